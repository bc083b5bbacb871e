//! The world's time zones, each as the table that pages are given.
//!
//! Nothing else knows rules of zones. A table reaches from 1970 to 2100 and is made once.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use chrono::{DateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::{OffsetName as _, TZ_VARIANTS, Tz};
use domain::{
    Timestamp,
    time::DAY_MS,
    zone::{Kind, Zone},
};

/// How far changes of a zone lie apart at least: two within it would be missed.
const STEP_MS: i64 = 3 * DAY_MS;

/// 2100-01-01T00:00:00Z.
const END_MS: i64 = 4_102_444_800_000;

static TABLES: LazyLock<Mutex<HashMap<Tz, Arc<Zone>>>> = LazyLock::new(Mutex::default);

/// The zone of this name.
#[must_use]
pub(crate) fn find(name: &str) -> Option<Arc<Zone>> {
    if name == domain::zone::UTC {
        return Some(Arc::new(Zone::utc()));
    }
    let zone: Tz = name.parse().ok()?;
    // A poisoned lock still holds whole tables.
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    let table = tables.entry(zone).or_insert_with(|| Arc::new(table(zone)));
    Some(Arc::clone(table))
}

/// The names that a reader may choose: the places, without the abbreviations of old.
#[must_use]
pub(crate) fn names() -> Vec<String> {
    let names = TZ_VARIANTS.iter().map(|zone| zone.name());
    let places = names.filter(|name| name.contains('/') && !name.starts_with("Etc/"));
    std::iter::once(domain::zone::UTC)
        .chain(places.filter(|name| !name.starts_with("US/") && !name.starts_with("SystemV/")))
        .map(str::to_owned)
        .collect()
}

fn table(zone: Tz) -> Zone {
    let mut changes = Vec::new();
    let mut at = 0;
    let first = kind(zone, at);
    let mut last = first.clone();
    while at < END_MS {
        let next = at + STEP_MS;
        if kind(zone, next) != last {
            let moment = change(zone, &last, at, next);
            last = kind(zone, moment);
            changes.push((Timestamp::from_ms(moment), last.clone()));
            // There may be another one behind it.
            at = moment;
        } else {
            at = next;
        }
    }
    Zone::new(zone.name().to_owned(), first, changes)
}

/// The first minute behind `from` at which `last` holds no more.
fn change(zone: Tz, last: &Kind, from: i64, to: i64) -> i64 {
    let (mut from, mut to) = (from / 60_000, to / 60_000);
    while to - from > 1 {
        let middle = from + (to - from) / 2;
        if kind(zone, middle * 60_000) == *last {
            from = middle;
        } else {
            to = middle;
        }
    }
    to * 60_000
}

fn kind(zone: Tz, ms: i64) -> Kind {
    let moment: DateTime<Utc> = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    let offset = zone.offset_from_utc_datetime(&moment.naive_utc());
    let minutes = offset.fix().local_minus_utc().div_euclid(60);
    Kind {
        minutes,
        abbreviation: match offset.abbreviation() {
            Some(word) => word.to_owned(),
            None => number(minutes),
        },
    }
}

/// `+05:45`, where a zone has no word.
fn number(minutes: i32) -> String {
    let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
    match size % 60 {
        0 => format!("{sign}{:02}", size / 60),
        rest => format!("{sign}{:02}:{rest:02}", size / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_say_what_the_rules_say() {
        for (name, moment, text) in [
            (
                "Europe/Oslo",
                "2027-03-28T00:59:59Z",
                "28 Mar 2027 01:59:59 CET",
            ),
            (
                "Europe/Oslo",
                "2027-03-28T01:00:00Z",
                "28 Mar 2027 03:00:00 CEST",
            ),
            (
                "Europe/Oslo",
                "2027-10-31T01:00:00Z",
                "31 Oct 2027 02:00:00 CET",
            ),
            (
                "America/New_York",
                "2026-11-01T05:59:00Z",
                "1 Nov 2026 01:59:00 EDT",
            ),
            (
                "America/New_York",
                "2026-11-01T06:00:00Z",
                "1 Nov 2026 01:00:00 EST",
            ),
            (
                "Asia/Kathmandu",
                "2026-01-01T00:00:00Z",
                "1 Jan 2026 05:45:00 UTC+05:45",
            ),
            (
                "Australia/Lord_Howe",
                "2027-01-01T00:00:00Z",
                "1 Jan 2027 11:00:00 UTC+11",
            ),
            (
                "Pacific/Apia",
                "2011-12-30T10:00:00Z",
                "31 Dec 2011 00:00:00 UTC+14",
            ),
            ("UTC", "2026-01-01T00:00:00Z", "1 Jan 2026 00:00:00 UTC"),
        ] {
            let zone = find(name).expect(name);
            assert_eq!(
                zone.long(Timestamp::parse(moment).expect(moment)),
                text,
                "{name}"
            );
        }
        assert_eq!(find("Europe/Nowhere"), None);
    }

    #[test]
    fn every_name_that_is_offered_is_a_zone_that_travels() {
        let names = names();
        assert!(names.len() > 300 && names[0] == "UTC", "{}", names.len());
        for name in [
            "Europe/Oslo",
            "America/New_York",
            "Africa/Casablanca",
            "Asia/Tehran",
        ] {
            assert!(names.iter().any(|known| known == name));
            let zone = find(name).expect(name);
            let text = zone.to_string();
            assert!(text.len() < 8_000, "{name}: {}", text.len());
            assert_eq!(text.parse().as_ref(), Ok(&*zone), "{name}");
        }
        assert!(names.iter().all(|name| domain::zone::is_name(name)));
    }
}
