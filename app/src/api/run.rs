//! The steps of a run and the beginning of its log, or the whole log.

use domain::{
    File, Flow, Integration, Key, LogEntry, Page, Run, StepRow, Timestamp, Total, Workspace,
    filter::{Dropped, LogFilter, LogPlace},
    live::Standing,
    same::Attempt,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{Times, Wire};
use crate::error::AppError;

/// Steps of a long run that one page shows.
pub const STEPS_PER_PAGE: usize = 500;

/// A page of a run's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogView {
    pub filter: LogFilter,
    pub place: LogPlace,
    /// Values of the address that mean nothing.
    pub dropped: Vec<Dropped>,
    pub entries: Page<LogEntry>,
    /// How many entries there are without the filter.
    pub whole: Total,
}

/// The steps of a run, or its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPage {
    pub workspace: Workspace,
    pub flow: Flow,
    pub integration: Integration,
    pub run: Run,
    /// Up to [`STEPS_PER_PAGE`] of them, in their order.
    pub steps: Vec<StepRow>,
    /// The number of the first of them, from 1.
    pub first_step: u32,
    /// The first failed one, also where another page shows it.
    pub failing: Option<StepRow>,
    /// The number of the failing step.
    pub failing_number: u32,
    pub steps_total: u32,
    /// Whether its log is all that is shown; then there are no steps here.
    pub is_log: bool,
    pub log: LogView,
    pub first_error: Option<Key>,
    pub files: Vec<File>,
    /// The failed runs of the same integration that began next before and next after.
    pub failed_beside: (Option<Key>, Option<Key>),
    /// The run before a failed one that went well.
    pub last_good: Option<Key>,
    /// Those of the shown steps that are attempts; `step` counts from the first shown one.
    pub attempts: Vec<Attempt>,
    /// Beside the first steps.
    pub times: Option<Times>,
    /// How it stood before it was read.
    pub standing: Option<Standing>,
    pub now: Timestamp,
}

/// `Webhook “New order” from Shop`, as much of it as is known.
#[must_use]
pub fn trigger(run: &Run) -> Option<String> {
    let mut parts = Vec::new();
    parts.extend(run.trigger_type.clone());
    parts.extend(run.trigger_name.as_ref().map(|name| format!("“{name}”")));
    parts.extend(run.trigger_app.as_ref().map(|app| format!("from {app}")));
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Reads the steps of a run and the beginning of its log, or the log alone.
#[server(prefix = "/_", endpoint = "run", input = GetUrl)]
pub async fn show_run(
    workspace: String,
    run: String,
    query: String,
    #[server(default)] log: bool,
) -> Result<Wire, AppError> {
    let is_log = log;
    let scope = super::scope::Scope::open(&workspace).await?;
    let (id, store) = (scope.workspace.id, &scope.store);

    // Read first: what changes in between is told once more, and not missed.
    let standing = scope.read(store.standing(id, &run, None).await)?;
    let run = scope.found(store.run(id, &run).await, "run", &run)?;
    let found = store.integration_by_id(id, run.integration_id).await;
    let integration = scope.found(found, "integration of run", run.key.as_str())?;
    let found = store.flow_by_id(id, integration.flow_id).await;
    let flow = scope.found(found, "flow of run", run.key.as_str())?;
    let steps = match is_log {
        true => Vec::new(),
        false => scope.read(store.list_steps(id, run.id).await)?,
    };
    let (filter, place, mut dropped) = match is_log {
        true => LogView::from_query(&query),
        false => Default::default(),
    };
    let read = store.log_page(id, run.id, &filter, &place).await;
    let (entries, whole) = scope.read(read)?;
    if let LogPlace::Entry(key) = &place
        && !entries.rows.iter().any(|entry| entry.key == *key)
    {
        let (name, value) = ("entry".to_owned(), key.to_string());
        dropped.push(Dropped { name, value });
    }
    let log = LogView {
        filter,
        place,
        dropped,
        entries,
        whole,
    };
    let first_error = scope.read(store.first_error(id, run.id).await)?;
    let files = scope.read(store.list_files(id, run.id).await)?;
    let failed_beside = scope.read(store.failed_beside(id, &run).await)?;

    let last_good = match run.status {
        domain::Status::Failed => scope.read(store.last_good_run(id, &run).await)?,
        _ => None,
    };

    let total = steps.len();
    let failing = run.failing_step.as_ref();
    let failing = failing.and_then(|key| steps.iter().position(|step| step.key == *key));
    let first = first_step(&query, total);
    let attempts = domain::same::attempts_by_step(&steps);
    let attempts = listed(attempts, first, STEPS_PER_PAGE);
    let times = (first == 0 && !is_log).then(|| Times::new(&run, &steps, scope.now));
    Wire::pack(&RunPage {
        workspace: scope.workspace,
        flow,
        integration,
        run,
        failing: failing.map(|index| steps[index].clone()),
        failing_number: failing.map_or(0, |index| index as u32 + 1),
        steps: steps.into_iter().skip(first).take(STEPS_PER_PAGE).collect(),
        first_step: first as u32 + 1,
        steps_total: total as u32,
        is_log,
        log,
        first_error,
        files,
        failed_beside,
        last_good,
        attempts,
        times: times.flatten(),
        standing,
        now: scope.now,
    })
}

#[cfg(feature = "ssr")]
impl LogView {
    fn from_query(query: &str) -> (LogFilter, LogPlace, Vec<Dropped>) {
        let (filter, mut dropped) = LogFilter::from_query(query);
        let (place, no_place) = LogPlace::from_query(query);
        dropped.extend(no_place);
        (filter, place, dropped)
    }
}

/// The attempts among the `most` steps from `first` on, counted from there.
#[cfg(feature = "ssr")]
pub(super) fn listed(attempts: Vec<Attempt>, first: usize, most: usize) -> Vec<Attempt> {
    let from_there = |mut attempt: Attempt| {
        attempt.step = u32::try_from((attempt.step as usize).checked_sub(first)?).ok()?;
        ((attempt.step as usize) < most).then_some(attempt)
    };
    attempts.into_iter().filter_map(from_there).collect()
}

/// The index that `?from=` asks for, moved to the beginning of its page.
#[cfg(feature = "ssr")]
fn first_step(query: &str, total: usize) -> usize {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let from = pairs.iter().find(|(name, _)| name == "from");
    let index = from
        .and_then(|(_, number)| number.parse::<usize>().ok())
        .map_or(0, |number| number.saturating_sub(1));
    index.min(total.saturating_sub(1)) / STEPS_PER_PAGE * STEPS_PER_PAGE
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_is_shown_in_whole_pages() {
        let first = |query| first_step(query, 1_200);
        assert_eq!(
            [first(""), first("from=501"), first("from=700")],
            [0, 500, 500]
        );
        assert_eq!(
            [first("from=99999"), first("from=x"), first("from=0")],
            [1_000, 0, 0]
        );
        assert_eq!(first_step("from=9", 0), 0);
    }
}
