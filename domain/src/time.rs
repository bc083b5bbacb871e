//! Moments and durations. The clock itself is elsewhere: `now` is always an argument.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: milliseconds since 1970 in UTC.
///
/// In JSON it is RFC 3339 text; integers (milliseconds) are read too, as many
/// engines have nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
#[cfg_attr(feature = "sqlx", sqlx(transparent))]
pub struct Timestamp(i64);

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// `ms` milliseconds later (earlier where negative).
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Days since 1970 in UTC.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY_MS)
    }

    /// Reads RFC 3339 text, in a year from 1970 to 9999.
    ///
    /// # Errors
    /// A sentence that names the expected form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| {
            format!(
                "`{}` is not a moment like 2026-11-12T09:14:03.250Z",
                shorten(text)
            )
        })?;
        Self(moment.timestamp_millis()).checked()
    }

    /// What a form's date or date-time field holds, read in UTC: `2026-11-12` or `2026-11-12T09:14`.
    #[must_use]
    pub fn parse_field(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let number = |part: Option<&str>, length: usize| {
            let part = part.filter(|p| p.len() == length && p.bytes().all(|b| b.is_ascii_digit()));
            part.and_then(|part| part.parse::<u32>().ok())
        };
        let mut date = date.split('-');
        let year = i32::try_from(number(date.next(), 4)?).ok()?;
        let date = NaiveDate::from_ymd_opt(year, number(date.next(), 2)?, number(date.next(), 2)?)?;
        let (hour, minute) = match time {
            None => (0, 0),
            Some(time) => {
                let mut time = time.split(':');
                (number(time.next(), 2)?, number(time.next(), 2)?)
            }
        };
        let moment = date.and_hms_opt(hour, minute, 0)?;
        Self(moment.and_utc().timestamp_millis()).checked().ok()
    }

    /// What a form's date-time field shows: `2026-11-12T09:14`, in UTC.
    #[must_use]
    pub fn to_field(self) -> String {
        let t = self.utc();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}",
            t.year(),
            t.month(),
            t.day(),
            t.hour(),
            t.minute()
        )
    }

    /// RFC 3339 in UTC with milliseconds, for machines.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let t = self.utc();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            t.year(),
            t.month(),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            self.0.rem_euclid(1_000)
        )
    }

    /// `12 Nov 2026 09:14:03 UTC`, for people.
    #[must_use]
    pub fn to_long(self) -> String {
        let t = self.utc();
        let (day, month, year) = (t.day(), month_name(t), t.year());
        format!(
            "{day} {month} {year} {:02}:{:02}:{:02} UTC",
            t.hour(),
            t.minute(),
            t.second()
        )
    }

    /// As [`Self::to_long`], without the year where it is that of `now` and with milliseconds dropped: for table cells.
    #[must_use]
    pub fn to_short(self, now: Self) -> String {
        let (this, now) = (self.utc(), now.utc());
        let (day, month) = (this.day(), month_name(this));
        let (hour, minute) = (this.hour(), this.minute());
        if this.year() == now.year() {
            format!("{day} {month} {hour:02}:{minute:02}:{:02}", this.second())
        } else {
            format!("{day} {month} {} {hour:02}:{minute:02}", this.year())
        }
    }

    /// `2 min ago`, up to a day back; `None` beyond, where the date says more.
    #[must_use]
    pub fn ago(self, now: Self) -> Option<String> {
        let seconds = (now.0 - self.0).div_euclid(1000);
        Some(match seconds {
            i64::MIN..=-1 => return None,
            0..=4 => "just now".to_owned(),
            5..=59 => format!("{seconds} s ago"),
            60..=3_599 => format!("{} min ago", seconds / 60),
            3_600..=86_399 => format!("{} h ago", seconds / 3_600),
            _ => return None,
        })
    }

    fn checked(self) -> Result<Self, String> {
        // 9999-12-31T23:59:59.999Z: beyond it neither chrono's text nor people's calendars agree.
        if (0..=253_402_300_799_999).contains(&self.0) {
            Ok(self)
        } else {
            Err("a moment lies between the years 1970 and 9999".to_owned())
        }
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

// chrono's own formatting reads a pattern at run time, which costs the browser's half 30 kB.
fn month_name(moment: DateTime<Utc>) -> &'static str {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    NAMES[moment.month0() as usize % 12]
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Where nobody reads along, the number is shorter.
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a moment like \"2026-11-12T09:14:03.250Z\", or milliseconds since 1970",
                )
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::parse(text).map_err(E::custom)
            }
            fn visit_i64<E: serde::de::Error>(self, ms: i64) -> Result<Timestamp, E> {
                Timestamp(ms).checked().map_err(E::custom)
            }
            fn visit_u64<E: serde::de::Error>(self, ms: u64) -> Result<Timestamp, E> {
                self.visit_i64(i64::try_from(ms).unwrap_or(i64::MAX))
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Visitor)
        } else {
            deserializer.deserialize_i64(Visitor)
        }
    }
}

/// A duration for people: `88 ms`, `4.21 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`.
///
/// A negative one can only come from clocks that disagree, and says so.
#[must_use]
pub fn duration_text(ms: i64) -> String {
    match ms {
        i64::MIN..=-1 => "skewed".to_owned(),
        0..=999 => format!("{ms} ms"),
        1_000..=59_999 => format!("{}.{:02} s", ms / 1_000, ms % 1_000 / 10),
        60_000..=3_599_999 => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
        3_600_000..DAY_MS => format!("{} h {} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
        _ => format!("{} d {} h", ms / DAY_MS, ms % DAY_MS / 3_600_000),
    }
}

/// Reads a duration as people type it: `88 ms`, `5s`, `1.5 min`, `2h`; a number alone is seconds.
/// Milliseconds, at most those of 366 days.
#[must_use]
pub fn parse_duration(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim() {
        "ms" => 1.0,
        "" | "s" => 1_000.0,
        "m" | "min" => 60_000.0,
        "h" => 3_600_000.0,
        _ => return None,
    };
    let ms = number.parse::<f64>().ok()? * unit;
    // Rounded: 4.21 s is 4,210 ms, whatever a binary fraction makes of it.
    (ms <= (366 * DAY_MS) as f64).then_some(ms.round() as i64)
}

/// A duration as a form shows it, in the greatest unit that holds it whole; [`parse_duration`] reads it.
#[must_use]
pub fn typed_duration(ms: i64) -> String {
    match ms {
        0 => "0 s".to_owned(),
        ms if ms % 3_600_000 == 0 => format!("{} h", ms / 3_600_000),
        ms if ms % 60_000 == 0 => format!("{} min", ms / 60_000),
        ms if ms % 1_000 == 0 => format!("{} s", ms / 1_000),
        ms => format!("{ms} ms"),
    }
}

/// How long something has been running, in whole seconds: `12 s`, `3 min 12 s`.
#[must_use]
pub fn running_text(ms: i64) -> String {
    match ms {
        i64::MIN..=59_999 => format!("{} s", ms.max(0) / 1_000),
        _ => duration_text(ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_told_in_whole_seconds() {
        let texts = [-5, 0, 12_999, 59_999, 192_000].map(running_text);
        assert_eq!(texts, ["0 s", "0 s", "12 s", "59 s", "3 min 12 s"]);
    }

    #[test]
    fn moments_are_read_as_text_and_as_milliseconds() {
        let expected = Timestamp::from_ms(1_794_474_843_250);
        for json in [
            "\"2026-11-12T09:14:03.250Z\"",
            "\"2026-11-12T10:14:03.25+01:00\"",
            "1794474843250",
        ] {
            assert_eq!(
                serde_json::from_str::<Timestamp>(json).expect(json),
                expected
            );
        }
        assert_eq!(
            serde_json::to_string(&expected).expect("json"),
            "\"2026-11-12T09:14:03.250Z\""
        );
    }

    #[test]
    fn what_is_no_moment_is_refused_with_the_expected_form() {
        for json in [
            "\"yesterday\"",
            "-1",
            "true",
            "1e400",
            "\"+10000-01-01T00:00:00Z\"",
            "99999999999999999",
        ] {
            assert!(serde_json::from_str::<Timestamp>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn durations_read_as_people_say_them() {
        let texts = [0, 88, 4_213, 59_999, 192_000, 7_500_000, 273_600_000, -8].map(duration_text);
        assert_eq!(
            texts,
            [
                "0 ms",
                "88 ms",
                "4.21 s",
                "59.99 s",
                "3 min 12 s",
                "2 h 5 min",
                "3 d 4 h",
                "skewed"
            ]
        );
    }

    #[test]
    fn a_duration_is_read_as_it_is_typed_and_shown_again() {
        let read = ["5", "5s", "5 s", "88ms", "4.21 s", "1.5min", "2 h", "0"].map(parse_duration);
        let ms = [5_000, 5_000, 5_000, 88, 4_210, 90_000, 7_200_000, 0];
        assert_eq!(read, ms.map(Some));
        for ms in ms {
            assert_eq!(parse_duration(&typed_duration(ms)), Some(ms));
        }
        for text in [
            "",
            "s",
            "-5",
            "5 d",
            "1e9",
            "1.2.3",
            "9999999 h",
            "5 sec onds",
            "\u{0661}",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn form_fields_round_trip_to_the_minute() {
        let moment = Timestamp::parse_field("2026-11-12T09:14").expect("a field");
        assert_eq!(moment.to_field(), "2026-11-12T09:14");
        assert_eq!(
            Timestamp::parse_field("2026-11-12")
                .expect("a date")
                .to_field(),
            "2026-11-12T00:00"
        );
        assert_eq!(Timestamp::parse_field("12.11.2026"), None);
    }

    #[test]
    fn what_was_long_ago_is_told_by_its_date() {
        let now = Timestamp::from_ms(1_794_474_843_250);
        assert_eq!(now.plus_ms(-125_000).ago(now).as_deref(), Some("2 min ago"));
        assert_eq!(now.plus_ms(-DAY_MS).ago(now), None);
        assert_eq!(now.plus_ms(60_000).ago(now), None);
    }
}
