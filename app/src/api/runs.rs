//! The runs of a workspace.

use domain::{
    Page, RunRow, Timestamp, Workspace,
    filter::{Dropped, RunFilter},
    view::SavedView,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::Wire;
use crate::error::AppError;

/// The runs of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsPage {
    pub workspace: Workspace,
    pub filter: RunFilter,
    /// Values of the address that mean nothing.
    pub dropped: Vec<Dropped>,
    pub runs: Page<RunRow>,
    /// Runs whose IDs begin with the searched text; only where none matches it exactly.
    pub alike: Vec<RunRow>,
    pub views: Vec<SavedView>,
    /// The run behind which all are new.
    pub seen: i64,
    pub now: Timestamp,
}

/// Reads the runs of a workspace.
#[server(prefix = "/_", endpoint = "runs", input = GetUrl)]
pub async fn show_runs(workspace: String, query: String) -> Result<Wire, AppError> {
    use domain::view::ViewList;
    use store::RunsOf;

    let scope = super::scope::Scope::open(&workspace).await?;
    let (id, store) = (scope.workspace.id, &scope.store);

    // Read first: what comes in between is announced, and not missed.
    let seen = scope.read(store.newest_run(id).await)?;
    let (filter, dropped) = scope.filter(&query, RunFilter::from_query);
    let runs = store.list_runs(id, RunsOf::Workspace, &filter, scope.now);
    let runs = scope.read(runs.await)?;
    let alike = match &filter.search {
        Some(text) if runs.total.is_zero() => {
            scope.read(store.find_runs_beginning(id, text).await)?
        }
        _ => Vec::new(),
    };
    let views = scope.read(store.saved_views(id, ViewList::Runs).await)?;
    Wire::pack(&RunsPage {
        workspace: scope.workspace,
        filter,
        dropped,
        runs,
        alike,
        views,
        seen,
        now: scope.now,
    })
}
