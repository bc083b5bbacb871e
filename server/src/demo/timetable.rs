//! When runs begin: a month of hours, busy by day, quiet by night and on Sundays.

use domain::{Timestamp, time::DAY_MS};

/// One hour.
pub(super) const HOUR_MS: i64 = 3_600_000;
/// How far back the sample goes.
pub(super) const SPAN_MS: i64 = 30 * DAY_MS;
/// The last minutes belong to the runs that are still running.
pub(super) const QUIET_MS: i64 = 7 * 60_000;

/// An hour by the clock (cut at both ends of the span) and how many runs begin in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) runs: usize,
}

/// All slots, oldest first; together they hold exactly `runs`.
pub(super) fn slots(now: Timestamp, runs: usize) -> Vec<Slot> {
    let (begin, end) = (now.plus_ms(-SPAN_MS), now.plus_ms(-QUIET_MS));
    let outage = outage(now);
    let first = begin.as_ms().div_euclid(HOUR_MS) * HOUR_MS;
    let hours: Vec<(Timestamp, Timestamp, i64)> = (0..)
        .map(|hour| Timestamp::from_ms(first + hour * HOUR_MS))
        .take_while(|hour| *hour < end)
        .map(|hour| {
            let (from, to) = (hour.max(begin), hour.plus_ms(HOUR_MS).min(end));
            let seconds = (to.as_ms() - from.as_ms()) / 1_000;
            // People who see errors try again.
            let hurry = if hour == outage { 2 } else { 1 };
            (from, to, rhythm(hour) * seconds * hurry)
        })
        .collect();
    let weights: i64 = hours.iter().map(|hour| hour.2).sum();
    let (mut before, mut given) = (0, 0);
    hours
        .into_iter()
        .map(|(from, to, weight)| {
            // Rounding the running total, not each hour, loses no run.
            before += weight;
            let upto = (runs as i128 * i128::from(before) / i128::from(weights)) as usize;
            let slot = Slot {
                from,
                to,
                runs: upto - given,
            };
            given = upto;
            slot
        })
        .collect()
}

/// When the ERP was down: the hour from 14:00 UTC, nine days ago.
pub(super) fn outage(now: Timestamp) -> Timestamp {
    Timestamp::from_ms((now.day() - 9) * DAY_MS + 14 * HOUR_MS)
}

/// Whether people are at work: Monday to Friday, 9 to 17 o'clock UTC.
pub(super) fn is_busy(at: Timestamp) -> bool {
    (9..17).contains(&hour_of_day(at)) && weekday(at) < 5
}

/// How much happens in an hour, compared with others.
fn rhythm(hour: Timestamp) -> i64 {
    const BY_HOUR: [i64; 24] = [
        14, 11, 9, 8, 10, 16, 30, 52, 78, 96, 104, 102, 92, 98, 106, 103, 92, 76, 62, 54, 46, 36,
        26, 18,
    ];
    const BY_WEEKDAY: [i64; 7] = [108, 104, 100, 101, 94, 52, 44];
    BY_HOUR[hour_of_day(hour)] * BY_WEEKDAY[weekday(hour)]
}

fn hour_of_day(at: Timestamp) -> usize {
    (at.as_ms().rem_euclid(DAY_MS) / HOUR_MS) as usize
}

/// 0 for Monday; 1 January 1970 was a Thursday.
fn weekday(at: Timestamp) -> usize {
    (at.day() + 3).rem_euclid(7) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_run_is_lost_in_rounding_and_hours_do_not_overlap() {
        for (now, runs) in [(1_794_474_843_250, 100_000), (1_794_470_400_000, 1_500)] {
            let now = Timestamp::from_ms(now);
            let slots = slots(now, runs);
            assert_eq!(slots.iter().map(|slot| slot.runs).sum::<usize>(), runs);
            assert!(slots.windows(2).all(|pair| pair[0].to == pair[1].from));
            assert_eq!(slots[0].from, now.plus_ms(-SPAN_MS));
            assert!(
                slots
                    .iter()
                    .any(|slot| slot.from == outage(now) && slot.runs > 0)
            );
        }
    }

    #[test]
    fn weeks_begin_on_monday() {
        // 12 November 2026 is a Thursday.
        let thursday = Timestamp::parse("2026-11-12T09:14:03Z").expect("a moment");
        assert_eq!(weekday(thursday), 3);
        assert!(is_busy(thursday));
        assert!(!is_busy(thursday.plus_ms(3 * DAY_MS)));
    }
}
