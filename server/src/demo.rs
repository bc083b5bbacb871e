//! The sample workspace: a month of a believable company's integrations.
//!
//! [`items`] yields one report after the other, as a client of the native API
//! would send them: apps, flows, integrations, then runs from the oldest on.
//! Whoever loads the sample passes them through the same door as everyone's.
//!
//! It is a pure function of `now` and the scale: no clock, no chance that is
//! not derived from a number in this code, nothing read, nothing written.
//! People, companies and products are invented and live in reserved domains;
//! the two webhook bodies in `demo/bodies` are GitHub's own examples.

mod bad_answer;
mod catalogue;
mod cause;
mod fault;
mod item;
mod people;
mod random;
mod run;
mod script;
mod seat;
mod timetable;

use domain::Timestamp;

use catalogue::Flow;
use cause::Cause;
use random::Random;
use script::Scene;
use seat::Seat;
use timetable::Slot;

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// 2,100 integrations and 100,000 runs.
    Full,
    /// The same shapes, few enough for a test: 60 integrations and 1,500 runs.
    Small,
}

impl Scale {
    /// How many integrations.
    #[must_use]
    pub const fn integrations(self) -> usize {
        match self {
            Self::Full => 2_100,
            Self::Small => 60,
        }
    }

    /// How many runs.
    #[must_use]
    pub const fn runs(self) -> usize {
        match self {
            Self::Full => 100_000,
            Self::Small => 1_500,
        }
    }
}

/// How many items [`items`] yields.
#[must_use]
pub const fn total(scale: Scale) -> usize {
    catalogue::ITEMS + scale.integrations() + scale.runs()
}

/// The sample as it would stand at `now`: one report in JSON per item, without line breaks.
///
/// Runs begin within the thirty days before `now`; the last few are still running.
pub fn items(now: Timestamp, scale: Scale) -> impl Iterator<Item = String> + Send + use<> {
    let runs = Runs::new(now, scale);
    let head: Vec<String> = catalogue::items(now)
        .into_iter()
        .chain(runs.seats.iter().map(Seat::item))
        .collect();
    head.into_iter().chain(runs)
}

/// So many runs at the end are still running.
const RUNNING: usize = 5;
/// Where the orders stand in [`Flow::SHARES`].
const ORDERS: usize = 2;
const SEED: u64 = 0x0005_ea70_0002;

/// The runs, planned hour by hour, so that never more than an hour is held.
struct Runs {
    now: Timestamp,
    scale: Scale,
    seats: Vec<Seat>,
    /// Indexes into `seats`, in the order of [`Flow::SHARES`].
    by_flow: [Vec<usize>; 6],
    slots: std::vec::IntoIter<Slot>,
    /// The rest of the current hour, latest first.
    planned: Vec<(Timestamp, usize)>,
    number: usize,
    /// Causes that come by chance and have not come yet.
    unseen: Vec<Cause>,
}

impl Iterator for Runs {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let Planned {
            number,
            at,
            seat,
            cause,
            random,
        } = self.draw()?;
        let scene = Scene {
            seat: &self.seats[seat],
            at,
            number,
            random,
        };
        Some(run::item(scene, cause))
    }
}

/// What is decided of a run before it is written.
struct Planned {
    number: usize,
    at: Timestamp,
    seat: usize,
    cause: Cause,
    random: Random,
}

impl Runs {
    fn new(now: Timestamp, scale: Scale) -> Self {
        let seats = seat::seats(now, scale.integrations());
        Self {
            now,
            scale,
            by_flow: Flow::SHARES.map(|(flow, _)| {
                let of_flow = |index: &usize| seats[*index].flow == flow;
                (0..seats.len()).filter(of_flow).collect()
            }),
            seats,
            slots: timetable::slots(now, scale.runs() - RUNNING).into_iter(),
            planned: Vec::new(),
            number: 0,
            unseen: cause::BY_CHANCE.to_vec(),
        }
    }

    /// Decides on the next run.
    fn draw(&mut self) -> Option<Planned> {
        while self.planned.is_empty() {
            match self.slots.next() {
                Some(slot) => self.plan(slot),
                None if self.number < self.scale.runs() => self.plan_last(),
                None => return None,
            }
        }
        let (at, seat) = self.planned.pop()?;
        let number = self.number;
        self.number += 1;
        let mut random = Random::of(SEED, number);
        let cause = match self.placed(number) {
            Some(cause) => cause,
            None => self.befall(seat, at, &mut random),
        };
        Some(Planned {
            number,
            at,
            seat,
            cause,
            random,
        })
    }

    /// What a run's place among all decides: the last are running, and a few stop on their way.
    fn placed(&self, number: usize) -> Option<Cause> {
        let every = (self.scale.runs() / 12).max(400);
        if number + RUNNING >= self.scale.runs() {
            Some(Cause::Running)
        } else if number % every == every / 2 {
            Some(Cause::Interrupted)
        } else {
            None
        }
    }

    /// What happens by circumstance or chance. What chance has left out so far comes towards the end.
    fn befall(&mut self, seat: usize, at: Timestamp, random: &mut Random) -> Cause {
        let seat = &self.seats[seat];
        let cause = cause::decide(seat, at, self.now, random);
        if cause == Cause::Healthy && self.number > self.scale.runs() * 2 / 3 {
            let missing = |cause: &Cause| cause::can_hit(*cause, seat, at);
            if let Some(index) = self.unseen.iter().position(missing) {
                return self.unseen.swap_remove(index);
            }
        } else {
            self.unseen.retain(|unseen| *unseen != cause);
        }
        cause
    }

    /// Spreads the runs of an hour.
    fn plan(&mut self, slot: Slot) {
        let mut random = Random::of(SEED ^ 0xff, self.number);
        // In the hour of the outage at least one order is waiting.
        let mut orders = (slot.from == timetable::outage(self.now)).then_some(ORDERS);
        let plan = (0..slot.runs).map(|_| {
            let flow = orders.take().unwrap_or_else(|| pick_flow(&mut random));
            let begin = random.between(slot.from.as_ms(), slot.to.as_ms() - 1);
            // By the clock means: on its beat, and a little late.
            let beat = Flow::SHARES[flow].0.beat_ms();
            let late = if beat > 1 {
                random.between(200, 9_000)
            } else {
                0
            };
            let on_beat = begin - begin.rem_euclid(beat) + late;
            let at = Timestamp::from_ms(on_beat.clamp(slot.from.as_ms(), slot.to.as_ms() - 1));
            (at, self.pick_seat(flow, at, &mut random))
        });
        self.planned = plan.collect();
        self.planned.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// The runs that have not ended yet: they began in the last minutes.
    fn plan_last(&mut self) {
        let mut random = Random::of(SEED ^ 0xff, self.number);
        let plan = (0..RUNNING).map(|index| {
            let flow = index % self.by_flow.len();
            let at = self.now.plus_ms(-random.between(40_000, 360_000));
            (at, self.pick_seat(flow, at, &mut random))
        });
        self.planned = plan.collect();
        self.planned.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// An integration that can run at that moment. A few are far busier than the rest.
    fn pick_seat(&self, flow: usize, at: Timestamp, random: &mut Random) -> usize {
        let of_flow = &self.by_flow[flow];
        let count = of_flow.len() as u64;
        for _ in 0..16 {
            let place = random.below(count) * random.below(count) / count;
            let seat = of_flow[place as usize];
            if self.seats[seat].runs_at(at) {
                return seat;
            }
        }
        // The first of each flow always runs.
        of_flow[0]
    }
}

fn pick_flow(random: &mut Random) -> usize {
    let mut left = random.below(100);
    let mut shares = Flow::SHARES.iter().map(|(_, share)| *share);
    shares
        .position(|share| {
            let found = left < share;
            left = left.saturating_sub(share);
            found
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
