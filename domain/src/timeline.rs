//! The steps of a run along its time: where each bar stands, and where nothing ran.
//!
//! The axis is the run's own time. Clocks that disagree cannot stretch it: a step
//! that would lie outside is shown moved to where it can have been, and marked.
//! What was reported is not changed; nothing here draws.

use serde::{Deserialize, Serialize};

use crate::{Status, Timestamp};

/// Length of the axis, in the units of the drawing.
pub const AXIS: u32 = 1_000;
/// Steps that are drawn.
pub const STEPS: usize = 200;
/// Gaps that are told.
const GAPS: usize = 10;
/// What an end may lie outside before a clock is blamed: machines round, and write their report last.
const TOLERANCE_MS: i64 = 100;

/// A run's own time. Without a duration it still runs, or nobody knows.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub started_at: Timestamp,
    pub duration_ms: Option<i64>,
    /// No step can have begun after it.
    pub now: Timestamp,
}

/// What is drawn of a step.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub status: Status,
    pub started_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
}

/// Where the clocks disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Skew {
    /// It was said to begin before the run; shown at the run's beginning.
    Before,
    /// It was said to end after the run; shown at the run's end.
    After,
    /// It was said to end before it began; shown where it began.
    Backwards,
}

/// A step on the axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Its place in the list that was given.
    pub step: u32,
    pub status: Status,
    pub duration_ms: Option<i64>,
    /// From the axis' beginning, of [`AXIS`].
    pub from: u32,
    /// Never so little that it could not be seen.
    pub length: u32,
    /// After the run's beginning, as it is shown.
    pub after_ms: i64,
    pub skew: Option<Skew>,
}

/// A bar as it is drawn, its words already made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// The step's number, from 1.
    pub number: u32,
    /// What is said of it on hover.
    pub text: String,
    pub status: Status,
    pub from: u32,
    pub length: u32,
    /// Beginning and length of the time before it in which nothing ran.
    pub gap: Option<(u32, u32)>,
    /// Whether it was moved, as clocks disagree.
    pub moved: bool,
}

/// A time in which no step ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The place of the step that began after it; `None` for the time behind the last one.
    pub before: Option<u32>,
    pub from: u32,
    pub length: u32,
    pub ms: i64,
}

/// A run along its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    pub axis_ms: i64,
    /// In the order of the steps.
    pub bars: Vec<Bar>,
    /// The longest ones, in their order.
    pub gaps: Vec<Gap>,
    /// Of the first [`STEPS`], those of which no beginning was reported.
    pub without_start: Vec<u32>,
    /// Steps in all.
    pub total: u32,
}

/// Lays out the first [`STEPS`] of `steps`; `None` where there is no time to show.
#[must_use]
pub fn lay_out(run: Span, steps: &[Entry]) -> Option<Timeline> {
    let shown = &steps[..steps.len().min(STEPS)];
    let axis_ms = axis(run, shown);
    let scale = |ms: i64| -> u32 {
        let units = i128::from(ms) * i128::from(AXIS) / i128::from(axis_ms);
        units.clamp(0, i128::from(AXIS)) as u32
    };
    let (mut bars, mut without_start) = (Vec::new(), Vec::new());
    let mut times = Vec::new();
    for (index, step) in shown.iter().enumerate() {
        let Some(started) = step.started_at else {
            without_start.push(index as u32);
            continue;
        };
        let (from, took, skew) = place(run, axis_ms, started, step);
        let at = scale(from).min(AXIS - 1);
        bars.push(Bar {
            step: index as u32,
            status: step.status,
            duration_ms: step.duration_ms,
            from: at,
            length: scale(took).clamp(1, AXIS - at),
            after_ms: from,
            skew,
        });
        if skew.is_none() {
            times.push((from, from.saturating_add(took), index as u32));
        }
    }
    if bars.is_empty() {
        return None;
    }
    // Behind the last step others may have run: those that are not shown, or were moved there.
    let moved = bars.iter().any(|bar| bar.skew == Some(Skew::After));
    let closed = steps.len() <= STEPS && run.duration_ms.is_some() && !moved;
    let gaps = gaps(times, axis_ms, closed, scale);
    Some(Timeline {
        axis_ms,
        bars,
        gaps,
        without_start,
        total: steps.len() as u32,
    })
}

/// How long the axis is: the run, and what its steps need beyond it within the tolerance.
fn axis(run: Span, steps: &[Entry]) -> i64 {
    let ends = steps.iter().filter_map(|step| {
        let after = offset(run, step.started_at?);
        let end = after.saturating_add(step.duration_ms.unwrap_or(0).max(0));
        (after >= 0).then_some(end)
    });
    let (length, most) = match run.duration_ms.filter(|ms| *ms > 0) {
        Some(ms) => (ms, ms.saturating_add(tolerance(ms))),
        None => (0, offset(run, run.now).saturating_add(TOLERANCE_MS).max(1)),
    };
    ends.filter(|end| *end <= most)
        .max()
        .unwrap_or(0)
        .max(length)
        .max(1)
}

/// Beginning and length within the axis, and what was done to get there.
fn place(run: Span, axis_ms: i64, started: Timestamp, step: &Entry) -> (i64, i64, Option<Skew>) {
    let after = offset(run, started);
    let took = match step.duration_ms {
        Some(ms) => ms.max(0),
        // It still runs, as far as anybody knows.
        None if step.status == Status::Running => axis_ms.saturating_sub(after).max(0),
        None => 0,
    };
    let backwards = step.duration_ms.is_some_and(|ms| ms < 0);
    let length = took.min(axis_ms);
    if after < 0 {
        // A little before the run is where the first step often begins.
        let skew = (after < -TOLERANCE_MS).then_some(Skew::Before);
        (0, length, skew.or(backwards.then_some(Skew::Backwards)))
    } else if after > axis_ms || after.saturating_add(took) > axis_ms {
        (axis_ms - length, length, Some(Skew::After))
    } else {
        (after, length, backwards.then_some(Skew::Backwards))
    }
}

fn offset(run: Span, at: Timestamp) -> i64 {
    at.as_ms().saturating_sub(run.started_at.as_ms())
}

fn tolerance(duration_ms: i64) -> i64 {
    TOLERANCE_MS.max(duration_ms / 20)
}

/// Where nothing ran for a fiftieth of the axis or longer.
fn gaps(
    mut times: Vec<(i64, i64, u32)>,
    axis_ms: i64,
    closed: bool,
    scale: impl Fn(i64) -> u32,
) -> Vec<Gap> {
    times.sort_unstable();
    let least = (axis_ms / 50).max(2);
    let mut gaps = Vec::new();
    let mut until = 0;
    let end = closed.then_some((axis_ms, axis_ms, None));
    let times = times
        .into_iter()
        .map(|(from, to, step)| (from, to, Some(step)));
    for (from, to, before) in times.chain(end) {
        let ms = from - until;
        if ms >= least {
            gaps.push(Gap {
                before,
                from: scale(until),
                length: scale(ms),
                ms,
            });
        }
        until = until.max(to);
    }
    gaps.sort_by_key(|gap| std::cmp::Reverse(gap.ms));
    gaps.truncate(GAPS);
    gaps.sort_by_key(|gap| gap.from);
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BEGIN: i64 = 1_794_474_843_000;

    fn run(duration_ms: Option<i64>) -> Span {
        Span {
            started_at: Timestamp::from_ms(BEGIN),
            duration_ms,
            now: Timestamp::from_ms(BEGIN + 60_000),
        }
    }

    fn step(after_ms: i64, duration_ms: Option<i64>) -> Entry {
        Entry {
            status: Status::Ok,
            started_at: Some(Timestamp::from_ms(BEGIN + after_ms)),
            duration_ms,
        }
    }

    #[test]
    fn a_bar_stands_where_its_step_ran_and_gaps_are_told() {
        let steps = [
            step(0, Some(100)),
            step(100, Some(400)),
            step(800, Some(100)),
        ];
        let timeline = lay_out(run(Some(1_000)), &steps).expect("a timeline");
        let bars: Vec<_> = timeline
            .bars
            .iter()
            .map(|bar| (bar.from, bar.length))
            .collect();
        assert_eq!(bars, [(0, 100), (100, 400), (800, 100)]);
        let gaps: Vec<_> = timeline
            .gaps
            .iter()
            .map(|gap| (gap.before, gap.ms))
            .collect();
        assert_eq!(gaps, [(Some(2), 300), (None, 100)]);
    }

    #[test]
    fn a_skewed_step_is_moved_and_marked_and_stretches_nothing() {
        let steps = [
            step(-3_600_000, Some(100)),
            step(0, Some(900)),
            step(86_400_000, Some(200)),
            step(500, Some(-40)),
            step(1_050, Some(20)),
            step(100, Some(5_000)),
        ];
        let timeline = lay_out(run(Some(1_000)), &steps).expect("a timeline");
        let bars: Vec<_> = timeline
            .bars
            .iter()
            .map(|bar| (bar.after_ms, bar.skew))
            .collect();
        assert_eq!(timeline.axis_ms, 1_070);
        assert_eq!(
            bars,
            [
                (0, Some(Skew::Before)),
                (0, None),
                (870, Some(Skew::After)),
                (500, Some(Skew::Backwards)),
                (1_050, None),
                (0, Some(Skew::After)),
            ]
        );
    }

    #[test]
    fn a_run_without_an_end_is_as_long_as_its_steps_so_far() {
        let running = Entry {
            status: Status::Running,
            ..step(4_000, None)
        };
        let no_start = Entry {
            started_at: None,
            ..running
        };
        let steps = [
            step(0, Some(3_000)),
            running,
            no_start,
            step(999_999_999, Some(1)),
        ];
        let timeline = lay_out(run(None), &steps).expect("a timeline");
        assert_eq!(
            (timeline.axis_ms, &timeline.without_start[..]),
            (4_000, &[2][..])
        );
        assert_eq!(timeline.bars[2].skew, Some(Skew::After));
        assert_eq!(lay_out(run(None), &[no_start]), None);
    }

    #[test]
    fn of_very_many_steps_the_first_are_drawn() {
        let steps = vec![step(0, Some(1)); 1_000];
        let timeline = lay_out(run(Some(1_000)), &steps).expect("a timeline");
        assert_eq!((timeline.bars.len(), timeline.total), (STEPS, 1_000));
        assert_eq!(timeline.gaps, []);
    }

    proptest! {
        #[test]
        fn whatever_clocks_say_bars_stay_on_the_axis(
            duration: Option<i64>,
            steps in proptest::collection::vec((any::<Option<i64>>(), any::<Option<i64>>(), any::<bool>()), 1..40),
        ) {
            let steps: Vec<_> = steps.into_iter().map(|(at, duration_ms, runs)| Entry {
                status: if runs { Status::Running } else { Status::Ok },
                started_at: at.map(Timestamp::from_ms),
                duration_ms,
            }).collect();
            if let Some(timeline) = lay_out(run(duration), &steps) {
                for bar in &timeline.bars {
                    prop_assert!(bar.length >= 1 && bar.from + bar.length <= AXIS);
                }
                for gap in &timeline.gaps {
                    prop_assert!(gap.ms > 0 && gap.from + gap.length <= AXIS + 1);
                }
                prop_assert_eq!(timeline.bars.len() + timeline.without_start.len(), steps.len());
            }
        }
    }
}
