//! How fast passwords may be guessed: the attempts on one account.
//!
//! A few wrong ones are free; then each makes the next wait, longer every time, up to a quarter of
//! an hour, so that whoever knows the password never waits longer. A day has room for a hundred.

use crate::{Timestamp, time::DAY_MS};

/// Wrong attempts that cost nothing.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST_MS: i64 = 15 * 60 * 1_000;
/// Wrong attempts that are looked at in one day.
const A_DAY: u32 = 100;

/// The wrong attempts on one account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Since the last right one.
    in_a_row: u32,
    last: Timestamp,
    day_began: Timestamp,
    in_day: u32,
}

impl Attempts {
    /// The milliseconds until the next attempt is looked at; 0 where it is now.
    #[must_use]
    pub fn wait_ms(&self, now: Timestamp) -> i64 {
        let over = self.in_a_row.saturating_sub(FREE - 1);
        let pause = match over {
            0 => 0,
            over => (1_000_i64 << (over - 1).min(20)).min(LONGEST_MS),
        };
        let after = |from: Timestamp, ms: i64| (from.as_ms() + ms - now.as_ms()).clamp(0, ms);
        let today = if self.in_day >= A_DAY {
            after(self.day_began, DAY_MS)
        } else {
            0
        };
        after(self.last, pause).max(today)
    }

    /// Counts a wrong attempt.
    pub fn failed(&mut self, now: Timestamp) {
        if now.as_ms() - self.day_began.as_ms() >= DAY_MS {
            (self.day_began, self.in_day) = (now, 0);
        }
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.in_day += 1;
        self.last = now;
    }

    /// When it was last tried; the longest ago may be forgotten first.
    #[must_use]
    pub fn last(&self) -> Timestamp {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_ms(1_800_000_000_000);

    #[test]
    fn five_wrong_passwords_are_free_and_then_each_costs_more() {
        let mut attempts = Attempts::default();
        for _ in 0..FREE {
            assert_eq!(attempts.wait_ms(START), 0);
            attempts.failed(START);
        }
        let mut waits = Vec::new();
        let mut now = START;
        for _ in 0..12 {
            waits.push(attempts.wait_ms(now) / 1_000);
            now = now.plus_ms(attempts.wait_ms(now));
            assert_eq!(attempts.wait_ms(now), 0);
            attempts.failed(now);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    }

    #[test]
    fn of_ten_thousand_guesses_in_a_day_at_most_a_hundred_are_looked_at() {
        let mut attempts = Attempts::default();
        let mut looked_at = 0;
        for guess in 0..10_000 {
            let now = START.plus_ms(guess * DAY_MS / 10_000);
            if attempts.wait_ms(now) == 0 {
                looked_at += 1;
                attempts.failed(now);
            }
        }
        assert!(looked_at <= 100, "{looked_at}");
        assert!(looked_at > 50, "{looked_at}: the owner can still come in");
    }

    #[test]
    fn a_clock_that_steps_back_locks_nobody_out_for_longer() {
        let mut attempts = Attempts::default();
        for _ in 0..40 {
            attempts.failed(START);
        }
        assert_eq!(attempts.wait_ms(START.plus_ms(-DAY_MS)), LONGEST_MS);
    }
}
