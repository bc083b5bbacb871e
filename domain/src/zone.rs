//! A time zone as the pages need it: its name, and which offset holds when.
//!
//! It knows no rules. The server, which alone has the world's zones, hands over a table of one
//! zone, so that server and browser write the same text, and the browser carries no zones at all.

use std::{fmt, str::FromStr};

use crate::{Timestamp, time::DAY_MS};

/// The name of the zone that everybody has.
pub const UTC: &str = "UTC";

/// So long a name of a zone may be; the longest that exists has 30 characters.
const NAME_CHARS: usize = 64;

const MINUTE_MS: i64 = 60_000;

/// A zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    /// Offsets with their abbreviations; the first one holds before the first change.
    kinds: Vec<Kind>,
    /// Since when which kind holds, the oldest first.
    changes: Vec<(Timestamp, usize)>,
}

/// An offset from UTC and what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Minutes to add to UTC.
    pub minutes: i32,
    /// `CET`, or `+03` where there is no word.
    pub abbreviation: String,
}

impl Default for Zone {
    fn default() -> Self {
        Self::utc()
    }
}

/// Whether a text may be the name of a zone, such as `America/Argentina/Buenos_Aires`.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+');
    !text.is_empty() && text.len() <= NAME_CHARS && text.bytes().all(letter)
}

impl Zone {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        let kind = Kind {
            minutes: 0,
            abbreviation: UTC.to_owned(),
        };
        Self::new(UTC.to_owned(), kind, Vec::new())
    }

    /// The zone in which `first` holds until the first of `changes`, which stand oldest first.
    #[must_use]
    pub fn new(name: String, first: Kind, changes: Vec<(Timestamp, Kind)>) -> Self {
        let mut kinds = vec![first];
        let mut numbered = Vec::with_capacity(changes.len());
        for (at, kind) in changes {
            let index = match kinds.iter().position(|known| *known == kind) {
                Some(index) => index,
                None => {
                    kinds.push(kind);
                    kinds.len() - 1
                }
            };
            numbered.push((at, index));
        }
        Self {
            name,
            kinds,
            changes: numbered,
        }
    }

    /// `Europe/Oslo`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is UTC, which needs no table and no field in a form.
    #[must_use]
    pub fn is_utc(&self) -> bool {
        self.name == UTC
    }

    /// What holds at this moment.
    #[must_use]
    pub fn kind_at(&self, at: Timestamp) -> &Kind {
        let behind = self.changes.partition_point(|(since, _)| *since <= at);
        let index = behind.checked_sub(1).map_or(0, |last| self.changes[last].1);
        &self.kinds[index]
    }

    /// `12 Nov 2026 10:14:03 CET`, for people.
    #[must_use]
    pub fn long(&self, at: Timestamp) -> String {
        let text = self.local(at).to_long();
        let text = text.strip_suffix(UTC).unwrap_or(&text);
        format!("{text}{}", self.word_at(at))
    }

    /// `12 Nov 10:14:03`, for table cells; with the year where it is not that of `now`.
    #[must_use]
    pub fn short(&self, at: Timestamp, now: Timestamp) -> String {
        self.local(at).to_short(self.local(now))
    }

    /// `10:14:03`, for what happened a moment ago.
    #[must_use]
    pub fn clock(&self, at: Timestamp) -> String {
        let text = self.local(at).to_rfc3339();
        text.get(11..16).unwrap_or_default().to_owned()
    }

    /// What a form's date-time field shows: `2026-11-12T10:14`.
    #[must_use]
    pub fn field(&self, at: Timestamp) -> String {
        self.local(at).to_field()
    }

    /// RFC 3339 with this zone's offset: `2026-11-12T10:14:03.250+01:00`.
    #[must_use]
    pub fn rfc3339(&self, at: Timestamp) -> String {
        if self.is_utc() {
            return at.to_rfc3339();
        }
        let minutes = self.kind_at(at).minutes;
        let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
        let text = self.local(at).to_rfc3339();
        let text = text.strip_suffix('Z').unwrap_or(&text);
        format!("{text}{sign}{:02}:{:02}", size / 60, size % 60)
    }

    /// The moment that a form's date-time field means here.
    ///
    /// What the clocks showed twice means the first time; what they left out means as long after
    /// the change as it says.
    #[must_use]
    pub fn moment(&self, field: &str) -> Option<Timestamp> {
        let local = Timestamp::parse_field(field)?;
        let with = |minutes: i32| local.plus_ms(-i64::from(minutes) * MINUTE_MS);
        let before = self.kind_at(local.plus_ms(-DAY_MS)).minutes;
        let behind = self.kind_at(local.plus_ms(DAY_MS)).minutes;
        let holds = |minutes: &i32| self.kind_at(with(*minutes)).minutes == *minutes;
        let minutes = [before, behind].into_iter().find(holds).unwrap_or(before);
        // Before 1970 there is nothing.
        Some(with(minutes)).filter(|at| at.as_ms() >= 0)
    }

    /// A list's query with its moments told in UTC, as the filters read them.
    ///
    /// Fields of moments end with `_from` and `_to`. What means nothing stays, to be reported.
    #[must_use]
    pub fn query_in_utc(&self, query: &str) -> String {
        let query = query.strip_prefix('?').unwrap_or(query);
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let pairs = pairs.into_iter().filter(|(name, _)| name != "zone");
        let pairs = pairs.map(|(name, value)| {
            let value = match name.rsplit_once('_') {
                Some((_, "from")) => self.moment(&value).map(Timestamp::to_field),
                // A day means until its end, which may be 23 or 25 hours later.
                Some((_, "to")) if !value.is_empty() && !value.contains('T') => self
                    .moment(&format!("{value}T23:59"))
                    .map(Timestamp::to_field),
                Some((_, "to")) => self.moment(&value).map(Timestamp::to_field),
                _ => None,
            }
            .unwrap_or(value);
            (name, value)
        });
        serde_urlencoded::to_string(pairs.collect::<Vec<_>>()).unwrap_or_default()
    }

    fn local(&self, at: Timestamp) -> Timestamp {
        at.plus_ms(i64::from(self.kind_at(at).minutes) * MINUTE_MS)
    }

    /// `CET`, or `UTC+03` where the zone has no word for it.
    fn word_at(&self, at: Timestamp) -> String {
        let word = &self.kind_at(at).abbreviation;
        if word.starts_with(['+', '-']) {
            format!("{UTC}{word}")
        } else {
            word.clone()
        }
    }
}

/// As it travels to the browser: `Europe/Oslo|60:CET,120:CEST|1:5385180,0:312480`, a change with its
/// kind and the minutes since the one before.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (index, kind) in self.kinds.iter().enumerate() {
            let mark = if index == 0 { '|' } else { ',' };
            write!(f, "{mark}{}:{}", kind.minutes, kind.abbreviation)?;
        }
        let mut last = 0;
        for (index, (at, kind)) in self.changes.iter().enumerate() {
            let mark = if index == 0 { '|' } else { ',' };
            let minute = at.as_ms().div_euclid(MINUTE_MS);
            write!(f, "{mark}{kind}:{}", minute - last)?;
            last = minute;
        }
        Ok(())
    }
}

impl FromStr for Zone {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('|');
        let name = parts.next().filter(|name| is_name(name)).ok_or(())?;
        let kinds = parts.next().ok_or(())?.split(',').map(|kind| {
            let (minutes, abbreviation) = kind.split_once(':').ok_or(())?;
            Ok(Kind {
                minutes: minutes.parse().map_err(|_| ())?,
                abbreviation: abbreviation.to_owned(),
            })
        });
        let kinds = kinds.collect::<Result<Vec<_>, ()>>()?;
        let mut changes = Vec::new();
        let mut minute = 0_i64;
        for change in parts
            .next()
            .map_or_else(Vec::new, |part| part.split(',').collect())
        {
            let (kind, delta) = change.split_once(':').ok_or(())?;
            let kind = kind.parse().map_err(|_| ())?;
            minute = minute.saturating_add(delta.parse().map_err(|_| ())?);
            if kind >= kinds.len() {
                return Err(());
            }
            changes.push((Timestamp::from_ms(minute.saturating_mul(MINUTE_MS)), kind));
        }
        Ok(Self {
            name: name.to_owned(),
            kinds,
            changes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect(text)
    }

    fn kind(minutes: i32, abbreviation: &str) -> Kind {
        Kind {
            minutes,
            abbreviation: abbreviation.to_owned(),
        }
    }

    /// Oslo around the two changes of 2027.
    fn oslo() -> Zone {
        Zone::new(
            "Europe/Oslo".to_owned(),
            kind(60, "CET"),
            vec![
                (at("2027-03-28T01:00:00Z"), kind(120, "CEST")),
                (at("2027-10-31T01:00:00Z"), kind(60, "CET")),
            ],
        )
    }

    #[test]
    fn moments_are_written_with_the_offset_of_their_day() {
        let zone = oslo();
        let table = [
            (
                "2027-03-28T00:59:59Z",
                "28 Mar 2027 01:59:59 CET",
                "2027-03-28T01:59:59.000+01:00",
            ),
            (
                "2027-03-28T01:00:00Z",
                "28 Mar 2027 03:00:00 CEST",
                "2027-03-28T03:00:00.000+02:00",
            ),
            (
                "2027-10-31T00:59:59Z",
                "31 Oct 2027 02:59:59 CEST",
                "2027-10-31T02:59:59.000+02:00",
            ),
            (
                "2027-10-31T01:00:00Z",
                "31 Oct 2027 02:00:00 CET",
                "2027-10-31T02:00:00.000+01:00",
            ),
        ];
        for (moment, long, rfc3339) in table {
            assert_eq!(zone.long(at(moment)), long);
            assert_eq!(zone.rfc3339(at(moment)), rfc3339);
            assert_eq!(at(rfc3339), at(moment));
        }
        let midnight = at("2026-12-31T23:30:00Z");
        assert_eq!(
            zone.short(midnight, at("2026-12-31T22:00:00Z")),
            "1 Jan 2027 00:30"
        );
        assert_eq!(zone.clock(midnight), "00:30");
        let utc = Zone::utc();
        assert_eq!(utc.long(midnight), midnight.to_long());
        assert_eq!(utc.rfc3339(midnight), midnight.to_rfc3339());
        let nameless = Zone::new("Asia/Riyadh".to_owned(), kind(180, "+03"), vec![]);
        assert_eq!(nameless.long(midnight), "1 Jan 2027 02:30:00 UTC+03");
        let west = Zone::new("America/St_Johns".to_owned(), kind(-210, "NST"), vec![]);
        assert_eq!(west.rfc3339(midnight), "2026-12-31T20:00:00.000-03:30");
    }

    #[test]
    fn what_is_typed_means_the_moment_of_that_zone_also_where_the_clocks_change() {
        let zone = oslo();
        for (field, moment) in [
            ("2027-03-28T01:59", "2027-03-28T00:59:00Z"),
            // Left out: half an hour after the change.
            ("2027-03-28T02:30", "2027-03-28T01:30:00Z"),
            ("2027-03-28T03:00", "2027-03-28T01:00:00Z"),
            ("2027-10-31T01:59", "2027-10-30T23:59:00Z"),
            // Shown twice: the first time.
            ("2027-10-31T02:30", "2027-10-31T00:30:00Z"),
            ("2027-10-31T03:00", "2027-10-31T02:00:00Z"),
            ("2027-07-01", "2027-06-30T22:00:00Z"),
        ] {
            assert_eq!(zone.moment(field), Some(at(moment)), "{field}");
        }
        assert_eq!(zone.moment("1970-01-01"), None);
        assert_eq!(zone.moment("yesterday"), None);
    }

    #[test]
    fn a_query_typed_in_a_zone_is_told_in_utc() {
        let zone = oslo();
        assert_eq!(
            zone.query_in_utc("?status=failed&zone=Europe%2FOslo&started_from=2027-10-31&started_to=2027-10-31&search=a_from"),
            "status=failed&started_from=2027-10-30T22%3A00&started_to=2027-10-31T22%3A59&search=a_from"
        );
        assert_eq!(
            zone.query_in_utc("started_from=soon&started_to="),
            "started_from=soon&started_to="
        );
    }

    #[test]
    fn names_are_short_and_plain() {
        for name in [
            "UTC",
            "Europe/Oslo",
            "Etc/GMT+12",
            "America/Argentina/Buenos_Aires",
        ] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "Europe/Oslo;", "a b", "é", "a|b", &"a".repeat(65)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_zone_survives_its_way_to_the_browser() {
        for zone in [Zone::utc(), oslo()] {
            assert_eq!(zone.to_string().parse(), Ok(zone));
        }
        for text in [
            "",
            "a",
            "a|",
            "a|x:CET",
            "a|60:CET|1:5",
            "a|60:CET|0:x",
            "a b|60:CET",
        ] {
            assert_eq!(text.parse::<Zone>(), Err(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_field_comes_back_to_its_minute(minute in 29_000_000_i64..32_000_000) {
            let zone = oslo();
            let moment = Timestamp::from_ms(minute * MINUTE_MS);
            let back = zone.moment(&zone.field(moment)).expect("a moment");
            // Only the hour that was shown a second time is read as the first.
            let second = moment >= at("2027-10-31T01:00:00Z") && moment < at("2027-10-31T02:00:00Z");
            prop_assert_eq!(back, if second { moment.plus_ms(-3_600_000) } else { moment });
        }

        #[test]
        fn no_table_makes_it_fail(text: String) {
            let _ = text.parse::<Zone>();
        }
    }
}
