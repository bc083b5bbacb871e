//! A whole list, for those who want all of it: the filter of its page, and its rows by the
//! thousand, so that a million needs no more memory than one page.
//!
//! A page can say which values of its address it left out. What is made of a whole list cannot,
//! so it is not made of them.

use app::context::FromQuery;
use axum::http::StatusCode;
use domain::{
    Flow, Integration, RunRow, Timestamp, WorkspaceId,
    filter::{FlowFilter, IntegrationFilter, RunFilter},
};
use store::{RunsOf, Store, StoreError};

use crate::{display::ZONES, problem::Problem};

/// Rows that are read at once.
const ROWS: i64 = 1_000;

/// The place in a list behind which to read on: a row's sort value and id. `None` is its beginning.
pub(crate) type Place = Option<(i64, i64)>;

/// Some rows, and the place behind them where there may be more.
pub(crate) struct Rows<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) next: Place,
}

impl<T> Rows<T> {
    /// Rows behind which there are no more.
    pub(crate) fn all(rows: Vec<T>) -> Self {
        Self { rows, next: None }
    }

    fn part(rows: Vec<T>, place: impl Fn(&T) -> (i64, i64)) -> Self {
        let full = rows.len() as i64 == ROWS;
        let next = rows.last().filter(|_| full).map(place);
        Self { rows, next }
    }
}

/// The filter of a query of which every value means something.
pub(crate) fn filter<F>(query: &str, read: FromQuery<F>) -> Result<F, Problem> {
    let (filter, dropped) = ZONES.filter(query, read);
    match dropped.first() {
        None => Ok(filter),
        Some(dropped) => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_filter",
            format!("{}: `{}` means nothing here", dropped.name, dropped.value),
        )),
    }
}

pub(crate) async fn flows(
    store: &Store,
    workspace: WorkspaceId,
    filter: &FlowFilter,
    place: Place,
) -> Result<Rows<Flow>, StoreError> {
    let rows = store.flows_from(workspace, filter, place, ROWS).await?;
    // The order is by name, which the database looks up by the id.
    Ok(Rows::part(rows, |row| (0, row.id.0)))
}

pub(crate) async fn integrations(
    store: &Store,
    workspace: WorkspaceId,
    flow: &Flow,
    filter: &IntegrationFilter,
    place: Place,
    now: Timestamp,
) -> Result<Rows<Integration>, StoreError> {
    let rows = store.integrations_from(workspace, flow, filter, place, ROWS, now);
    Ok(Rows::part(rows.await?, |row| {
        (filter.sort.place(row), row.id.0)
    }))
}

pub(crate) async fn runs(
    store: &Store,
    workspace: WorkspaceId,
    of: RunsOf<'_>,
    filter: &RunFilter,
    place: Place,
    now: Timestamp,
) -> Result<Rows<RunRow>, StoreError> {
    let rows = store.runs_from(workspace, of, filter, place, ROWS, now);
    Ok(Rows::part(rows.await?, |row| {
        (filter.sort.place(row), row.id.0)
    }))
}
