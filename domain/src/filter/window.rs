//! Windows in time, and how long something took.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// When something happened: from the first minute to the last, either open, in UTC; and, or, in
/// the time before now. What is relative stays relative: a saved link means the same tomorrow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub from: Option<Timestamp>,
    /// The whole of this minute is still in it.
    pub to: Option<Timestamp>,
    /// Not longer ago than this.
    pub within: Option<Within>,
}

impl Span {
    /// Its first moment, and the first one after it.
    #[must_use]
    pub fn bounds(self, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let since = self.within.map(|within| now.plus_ms(-within.ms()));
        let from = match (self.from, since) {
            (Some(from), Some(since)) => Some(from.max(since)),
            (from, since) => from.or(since),
        };
        (from, self.to.map(|to| to.plus_ms(60_000)))
    }
}

/// A time before now, to the minute: `15m`, `24h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Within {
    minutes: u32,
}

impl Within {
    /// What the forms offer.
    pub const OFFERED: [Self; 6] = [
        Self::minutes(15),
        Self::minutes(60),
        Self::minutes(6 * 60),
        Self::minutes(24 * 60),
        Self::minutes(7 * 24 * 60),
        Self::minutes(30 * 24 * 60),
    ];

    /// Two years: as far as anybody has asked.
    const MOST: u32 = 2 * 366 * 24 * 60;

    const fn minutes(minutes: u32) -> Self {
        Self { minutes }
    }

    /// Its length in milliseconds.
    #[must_use]
    pub fn ms(self) -> i64 {
        i64::from(self.minutes) * 60_000
    }

    /// `24 hours`, in the greatest unit that holds it whole; a day is said in hours.
    #[must_use]
    pub fn label(self) -> String {
        let (number, unit) = self.parts();
        let word = match unit {
            'd' => "day",
            'h' => "hour",
            _ => "minute",
        };
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {word}{plural}")
    }

    fn parts(self) -> (u32, char) {
        match self.minutes {
            m if m % 1_440 == 0 && m > 1_440 => (m / 1_440, 'd'),
            m if m % 60 == 0 => (m / 60, 'h'),
            m => (m, 'm'),
        }
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = self.parts();
        write!(f, "{number}{unit}")
    }
}

impl FromStr for Within {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (number, unit) =
            text.split_at(text.len() - text.chars().last().map_or(0, char::len_utf8));
        let unit = match unit {
            "m" => 1,
            "h" => 60,
            "d" => 1_440,
            _ => return Err(()),
        };
        let number: u32 = number.parse().map_err(|_| ())?;
        let minutes = number.checked_mul(unit).ok_or(())?;
        if (1..=Self::MOST).contains(&minutes) && !text.starts_with('+') {
            Ok(Self { minutes })
        } else {
            Err(())
        }
    }
}

/// How long something took, both ends included. What has not ended took no time that could be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Took {
    pub least_ms: Option<i64>,
    pub most_ms: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_moves_with_the_clock_and_keeps_within_its_limits() {
        let at = Timestamp::from_ms;
        let hour = "1h".parse::<Within>().ok();
        let span = Span {
            within: hour,
            ..Span::default()
        };
        assert_eq!(span.bounds(at(4_000_000)), (Some(at(400_000)), None));
        let span = Span {
            from: Some(at(600_000)),
            to: Some(at(900_000)),
            within: hour,
        };
        assert_eq!(
            span.bounds(at(4_000_000)),
            (Some(at(600_000)), Some(at(960_000)))
        );
        assert_eq!(span.bounds(at(4_300_000)).0, Some(at(700_000)));
    }

    #[test]
    fn a_window_reads_as_it_is_written() {
        for text in ["1m", "15m", "90m", "1h", "24h", "36h", "2d", "7d", "732d"] {
            assert_eq!(
                text.parse::<Within>().map(|w| w.to_string()),
                Ok(text.to_owned())
            );
        }
        assert_eq!(
            "1d".parse::<Within>().map(|w| w.to_string()),
            Ok("24h".to_owned())
        );
        assert_eq!(Within::OFFERED[5].label(), "30 days");
        assert_eq!(
            "1m".parse::<Within>().map(Within::label),
            Ok("1 minute".to_owned())
        );
        for text in [
            "",
            "m",
            "0m",
            "-1h",
            "+1h",
            "1",
            "1w",
            "733d",
            "4294967295d",
            "1é",
            "é",
        ] {
            assert_eq!(text.parse::<Within>(), Err(()), "{text}");
        }
    }
}
