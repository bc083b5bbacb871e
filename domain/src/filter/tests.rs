use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::LogLevel;

fn minute() -> impl Strategy<Value = Option<Timestamp>> {
    option::of((0_i64..4_000_000).prop_map(|minutes| Timestamp::from_ms(minutes * 60_000 * 7)))
}

fn span() -> impl Strategy<Value = Span> {
    let within = option::of(
        (1_u32..9_999).prop_map(|minutes| format!("{minutes}m").parse().expect("a window")),
    );
    (minute(), minute(), within).prop_map(|(from, to, within)| Span { from, to, within })
}

fn search() -> impl Strategy<Value = Option<String>> {
    option::of("[a-z@&=?%+ä/]{1,12}")
}

fn cursor() -> impl Strategy<Value = Option<Cursor>> {
    option::of(prop_oneof![
        Just(Cursor::Last),
        (any::<i64>(), any::<i64>(), 1..9_i64).prop_map(|(value, id, first)| Cursor::After {
            value,
            id,
            first
        }),
    ])
}

fn some<T: Clone + Ord + std::fmt::Debug + 'static>(
    all: &'static [T],
) -> impl Strategy<Value = Vec<T>> {
    vec(select(all), 0..4).prop_map(|mut some| {
        some.sort();
        some.dedup();
        some
    })
}

fn code() -> impl Strategy<Value = Vec<CodeFilter>> {
    let one = prop_oneof![
        (0_u16..1_000).prop_map(CodeFilter::Exactly),
        (1_u8..6).prop_map(CodeFilter::Class),
        Just(CodeFilter::Absent)
    ];
    vec(one, 0..4).prop_map(|mut codes| {
        codes.sort();
        codes.dedup();
        codes
    })
}

fn columns<C: Copy + PartialEq + std::fmt::Debug + 'static>(
    all: &'static [C],
) -> impl Strategy<Value = Columns<C>> {
    vec(select(all), 0..5).prop_map(Columns::of)
}

fn took() -> impl Strategy<Value = Took> {
    let ms = || option::of(0_i64..9_999_999);
    (ms(), ms()).prop_map(|(least_ms, most_ms)| Took { least_ms, most_ms })
}

proptest! {
    #[test]
    fn an_integration_filter_survives_its_address(
        search in search(), faulty: bool, last_run in some(LastRun::ALL), status in some(IntegrationStatus::ALL),
        created in span(), last_run_at in span(), columns in columns(IntegrationColumn::ALL),
        sort in select(IntegrationSort::ALL), size in select(&PageSize::ALL[..]), cursor in cursor(),
    ) {
        let app = search.clone().and_then(|text| Key::new(text).ok());
        let filter = IntegrationFilter { search, faulty, last_run, status, created, last_run_at, app, columns, sort, size, cursor };
        prop_assert_eq!(IntegrationFilter::from_query(&filter.to_query()), (filter, vec![]));
    }

    #[test]
    fn a_run_filter_survives_its_address(
        search in search(), status in some(Status::ALL), code in code(), took in took(), started in span(),
        (trigger_app, trigger_name, trigger_type, user) in (search(), search(), search(), search()),
        (label, reference) in (search(), search()),
        handled in option::of(select(Handled::ALL)), columns in columns(RunColumn::ALL),
        sort in select(RunSort::ALL), size in select(&PageSize::ALL[..]), cursor in cursor(),
    ) {
        let app = user.clone().and_then(|text| Key::new(text).ok());
        let filter = RunFilter {
            search, status, label, reference, code, app, trigger_app, trigger_name, trigger_type, user, took, started, handled, columns, sort, size, cursor,
        };
        prop_assert_eq!(RunFilter::from_query(&filter.to_query()), (filter, vec![]));
    }

    #[test]
    fn a_place_in_a_log_survives_its_address(
        level in option::of(select(LogLevel::ALL)), text in search(), cursor in cursor(), entry in search(), tail: bool,
    ) {
        let place = match (entry.and_then(|key| Key::new(key).ok()), cursor) {
            (Some(key), _) => LogPlace::Entry(key),
            (None, Some(cursor)) => LogPlace::At(cursor),
            (None, None) if tail => LogPlace::Tail,
            (None, None) => LogPlace::Beginning,
        };
        let filter = LogFilter { level, text };
        let query = filter.to_query(&place);
        prop_assert_eq!(LogFilter::from_query(&query), (filter, vec![]));
        prop_assert_eq!(LogPlace::from_query(&query), (place, vec![]));
    }

    #[test]
    fn no_address_makes_it_fail(query: String) {
        let _ = FlowFilter::from_query(&query);
        let _ = IntegrationFilter::from_query(&query);
        let _ = RunFilter::from_query(&query);
    }
}

#[test]
fn defaults_are_absent_from_the_address() {
    assert_eq!(RunFilter::default().to_query(), "");
    assert_eq!(
        RunFilter::from_query("?status=&code=&size=10&sort=newest&started_from=").0,
        RunFilter::default()
    );
}

#[test]
fn what_means_nothing_is_dropped_and_reported() {
    let (filter, dropped) =
        RunFilter::from_query("status=broken&status=failed&code=401+5xx+9&size=7&at=x");
    assert_eq!(filter.status, [Status::Failed]);
    assert_eq!(
        filter.code,
        [CodeFilter::Exactly(401), CodeFilter::Class(5)]
    );
    let dropped: Vec<_> = dropped
        .iter()
        .map(|d| format!("{}={}", d.name, d.value))
        .collect();
    assert_eq!(dropped, ["status=broken", "code=9", "size=7", "at=x"]);
}

#[test]
fn a_level_stands_for_itself_and_all_above_it() {
    let levels = |query: &str| LogFilter::from_query(query).0.levels().to_vec();
    assert_eq!(levels("level=error"), [LogLevel::Error]);
    assert_eq!(levels("level=info"), LogLevel::ALL[1..]);
    // All of them, for which nothing has to be asked.
    assert_eq!((levels("level=debug"), levels("")), (vec![], vec![]));
    let (filter, dropped) = LogFilter::from_query("level=loud&q=+");
    assert!(!filter.narrows() && dropped.len() == 1);
}

#[test]
fn a_day_without_a_time_lasts_until_its_end() {
    let (filter, _) = RunFilter::from_query("started_from=2026-11-12&started_to=2026-11-12");
    let (from, end) = filter.started.bounds(Timestamp::default());
    let (from, end) = (from.expect("from"), end.expect("end"));
    assert_eq!(end.as_ms() - from.as_ms(), crate::time::DAY_MS);
}
