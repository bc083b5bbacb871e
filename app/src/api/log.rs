//! The log of a run.

use domain::{
    File, Flow, Integration, Key, LogEntry, Page, Run, Timestamp, Total, Workspace,
    filter::{Dropped, LogFilter, LogPlace},
    live::Standing,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::Wire;
use crate::error::AppError;

/// A page of a run's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    pub workspace: Workspace,
    pub flow: Flow,
    pub integration: Integration,
    pub run: Run,
    pub filter: LogFilter,
    pub place: LogPlace,
    /// Values of the address that mean nothing.
    pub dropped: Vec<Dropped>,
    pub log: Page<LogEntry>,
    /// How many entries there are without the filter.
    pub whole: Total,
    pub files: Vec<File>,
    pub first_error: Option<Key>,
    /// How the run stood before its log was read.
    pub standing: Option<Standing>,
    pub now: Timestamp,
}

/// Reads a page of a run's log.
#[server(prefix = "/_", endpoint = "log", input = GetUrl)]
pub async fn show_log(workspace: String, run: String, query: String) -> Result<Wire, AppError> {
    let scope = super::scope::Scope::open(&workspace).await?;
    let (id, store) = (scope.workspace.id, &scope.store);

    // Read first: what changes in between is told once more, and not missed.
    let standing = scope.read(store.standing(id, &run, None).await)?;
    let run = scope.found(store.run(id, &run).await, "run", &run)?;
    let found = store.integration_by_id(id, run.integration_id).await;
    let integration = scope.found(found, "integration of run", run.key.as_str())?;
    let found = store.flow_by_id(id, integration.flow_id).await;
    let flow = scope.found(found, "flow of run", run.key.as_str())?;
    let (filter, mut dropped) = LogFilter::from_query(&query);
    let (place, no_place) = LogPlace::from_query(&query);
    dropped.extend(no_place);
    let (log, whole) = scope.read(store.log_page(id, run.id, &filter, &place).await)?;
    if let LogPlace::Entry(key) = &place
        && !log.rows.iter().any(|entry| entry.key == *key)
    {
        dropped.push(Dropped {
            name: "entry".to_owned(),
            value: key.to_string(),
        });
    }
    let files = scope.read(store.list_files(id, run.id).await)?;
    let first_error = scope.read(store.first_error(id, run.id).await)?;
    Wire::pack(&LogPage {
        workspace: scope.workspace,
        flow,
        integration,
        run,
        filter,
        place,
        dropped,
        log,
        whole,
        files,
        first_error,
        standing,
        now: scope.now,
    })
}
