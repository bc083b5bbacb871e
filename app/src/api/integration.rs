//! The runs of an integration.

use domain::{
    Flow, Integration, Page, RunRow, Timestamp, Workspace,
    filter::{Dropped, RunFilter},
    user::DayUsage,
    view::SavedView,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::Wire;
#[cfg(feature = "ssr")]
use super::user::USAGE_DAYS;
use crate::error::AppError;

/// Runs that the strip holds.
#[cfg(feature = "ssr")]
const STRIP_RUNS: i64 = 30;

/// The runs of an integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationPage {
    pub workspace: Workspace,
    pub flow: Flow,
    pub integration: Integration,
    pub filter: RunFilter,
    /// Values of the address that mean nothing.
    pub dropped: Vec<Dropped>,
    pub runs: Page<RunRow>,
    /// Runs whose IDs begin with the searched text; only where none matches it exactly.
    pub alike: Vec<RunRow>,
    /// The last runs whatever the filter says, the newest first.
    pub strip: Vec<RunRow>,
    /// The last thirty days, today last.
    pub usage: Vec<DayUsage>,
    pub views: Vec<SavedView>,
    /// The run behind which all are new.
    pub seen: i64,
    pub now: Timestamp,
}

/// Reads the runs of an integration.
#[server(prefix = "/_", endpoint = "integration", input = GetUrl)]
pub async fn show_integration(
    workspace: String,
    integration: String,
    query: String,
) -> Result<Wire, AppError> {
    use domain::view::ViewList;
    use store::RunsOf;

    let scope = super::scope::Scope::open(&workspace).await?;
    let (id, store) = (scope.workspace.id, &scope.store);

    let found = store.integration(id, &integration).await;
    let integration = scope.found(found, "integration", &integration)?;
    let found = store.flow_by_id(id, integration.flow_id).await;
    let flow = scope.found(found, "flow of integration", integration.key.as_str())?;
    // Read first: what comes in between is announced, and not missed.
    let seen = scope.read(store.newest_run(id).await)?;
    let (filter, dropped) = scope.filter(&query, RunFilter::from_query);
    let of = RunsOf::Integration(&integration);
    let runs = scope.read(store.list_runs(id, of, &filter, scope.now).await)?;
    let alike = match &filter.search {
        Some(text) if runs.total.is_zero() => {
            scope.read(store.runs_beginning(id, integration.id, text).await)?
        }
        _ => Vec::new(),
    };
    let strip = scope.read(store.last_runs(id, integration.id, STRIP_RUNS).await)?;
    let today = scope.now.day();
    let from = today - USAGE_DAYS + 1;
    let usage = store.usage_of_integration(id, integration.id, from).await;
    let usage = domain::user::each_day(&scope.read(usage)?, today, USAGE_DAYS);
    let views = store.saved_views(id, ViewList::IntegrationRuns).await;
    let views = scope.read(views)?;
    Wire::pack(&IntegrationPage {
        workspace: scope.workspace,
        flow,
        integration,
        filter,
        dropped,
        runs,
        alike,
        strip,
        usage,
        views,
        seen,
        now: scope.now,
    })
}
