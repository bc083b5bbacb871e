//! What a filter shows, told anew row by row: what the lists are measured against.

use domain::{
    Flow, Integration, Run, Timestamp,
    filter::{
        CodeFilter, FlowFilter, Handled, IntegrationFilter, IntegrationSort, RunFilter, Span,
    },
};

use super::now;
use crate::tests::people::MINUTE;

/// Pages ask for whole minutes.
pub(super) fn whole(moment: Timestamp) -> Timestamp {
    Timestamp::from_ms(moment.as_ms() / MINUTE * MINUTE)
}

fn within(span: Span, moment: Option<Timestamp>) -> bool {
    let after = span
        .from
        .is_none_or(|from| moment.is_some_and(|moment| moment >= from));
    after
        && span
            .to
            .is_none_or(|to| moment.is_some_and(|moment| whole(moment) <= to))
        && span.within.is_none_or(|within| {
            moment.is_some_and(|moment| now().as_ms() - moment.as_ms() <= within.ms())
        })
}

pub(super) fn place(sort: IntegrationSort, row: &Integration) -> i64 {
    match sort {
        IntegrationSort::CreatedNewest | IntegrationSort::CreatedOldest => row.created_at.as_ms(),
        _ => row.last_run_at.map_or(0, Timestamp::as_ms),
    }
}

pub(super) fn shows_integration(filter: &IntegrationFilter, row: &Integration) -> bool {
    let ids = [
        Some(row.key.as_str()),
        row.user_id.as_deref(),
        row.user_auth.as_deref(),
    ];
    (filter.search.is_none() || ids.contains(&filter.search.as_deref()))
        && (!filter.faulty || row.is_faulty())
        && (filter.last_run.is_empty() || filter.last_run.contains(&row.last_run_status))
        && (filter.status.is_empty() || filter.status.contains(&row.status))
        && within(filter.created, Some(row.created_at))
        && within(filter.last_run_at, row.last_run_at)
        && (filter.app.is_none() || filter.app == row.app_key)
}

pub(super) fn shows_run(filter: &RunFilter, row: &Run, exact: bool) -> bool {
    let found = filter
        .search
        .as_deref()
        .is_none_or(|search| match &row.trigger_app {
            _ if exact => row.key.as_str() == search,
            Some(app) => app.eq_ignore_ascii_case(search),
            None => false,
        });
    let code = |code: &CodeFilter| match code {
        CodeFilter::Exactly(code) => row.network_code == Some(i64::from(*code)),
        CodeFilter::Class(digit) => row
            .network_code
            .is_some_and(|code| code / 100 == i64::from(*digit)),
        CodeFilter::Absent => row.network_code.is_none(),
    };
    found
        && (filter.status.is_empty() || filter.status.contains(&row.status))
        && (filter.label.is_none() || filter.label == row.label)
        && (filter.reference.is_none() || filter.reference == row.reference)
        && (filter.code.is_empty() || filter.code.iter().any(code))
        && (filter.app.is_none() || filter.app == row.failing_app)
        && same(&filter.trigger_app, &row.trigger_app)
        && same(&filter.trigger_name, &row.trigger_name)
        && same(&filter.trigger_type, &row.trigger_type)
        && filter
            .took
            .least_ms
            .is_none_or(|least| row.duration_ms.is_some_and(|ms| ms >= least))
        && filter
            .took
            .most_ms
            .is_none_or(|most| row.duration_ms.is_some_and(|ms| ms <= most))
        && filter
            .handled
            .is_none_or(|handled| (handled == Handled::Yes) == row.handled_at.is_some())
        && within(filter.started, Some(row.started_at))
}

/// In any case, as far as ASCII goes.
fn same(wanted: &Option<String>, text: &Option<String>) -> bool {
    wanted.as_deref().is_none_or(|wanted| {
        text.as_deref()
            .is_some_and(|text| text.eq_ignore_ascii_case(wanted))
    })
}

pub(super) fn shows_flow(filter: &FlowFilter, row: &Flow) -> bool {
    filter.search.as_deref().is_none_or(|search| {
        let search = search.to_ascii_lowercase();
        let name = row.name.as_deref().unwrap_or_default().to_ascii_lowercase();
        (row.name.is_some() && name.contains(&search))
            || row.key.as_str().to_ascii_lowercase().starts_with(&search)
    })
}
