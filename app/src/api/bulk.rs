//! The question before something is done to many, and what came of it.

use domain::{
    Key, Timestamp, Total, Workspace,
    bulk::{Bulk, Selection},
    filter::Dropped,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::Wire;
use crate::error::AppError;

/// The first of those that are meant are shown by name.
#[cfg(feature = "ssr")]
const SHOWN: i64 = 10;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPage {
    pub workspace: Workspace,
    /// `None` where the address asks for nothing that there is.
    pub selection: Option<Selection>,
    /// The filter of the list, without `?`.
    pub filter: String,
    /// Values of the address that mean nothing.
    pub dropped: Vec<Dropped>,
    /// How many are meant.
    pub total: Total,
    /// The first of them.
    pub first: Vec<Key>,
    pub now: Timestamp,
}

/// Reads what is asked for.
#[server(prefix = "/_", endpoint = "bulk", input = GetUrl)]
pub async fn ask_bulk(workspace: String, query: String) -> Result<Wire, AppError> {
    use domain::{
        PageSize,
        filter::{IntegrationFilter, RunFilter},
        view::ViewList,
    };
    use store::RunsOf;

    let scope = super::scope::Scope::open(&workspace).await?;
    let (id, store, now) = (scope.workspace.id, &scope.store, scope.now);

    let (selection, filter, mut dropped) = Selection::from_query(&query);
    let (mut total, mut first) = (Total::Exact(0), Vec::new());
    match &selection {
        Some(selection) if !selection.all => {
            total = Total::Exact(selection.keys.len() as i64);
            first.extend(selection.keys.iter().take(SHOWN as usize).cloned());
        }
        Some(Selection { list, of, .. }) => {
            let of = of.as_ref().map_or("", Key::as_str);
            if *list == ViewList::Integrations {
                let (filter, more) = IntegrationFilter::from_query(&filter);
                dropped.extend(more);
                let filter = IntegrationFilter {
                    size: PageSize::default(),
                    ..filter.at(None)
                };
                let flow = scope.found(store.flow(id, of).await, "flow", of)?;
                let page = store.list_integrations(id, &flow, &filter, now).await;
                let page = scope.read(page)?;
                total = page.total;
                first.extend(page.rows.into_iter().map(|row| row.key));
            } else {
                let (filter, more) = RunFilter::from_query(&filter);
                dropped.extend(more);
                let filter = RunFilter {
                    size: PageSize::default(),
                    ..filter.at(None)
                };
                let integration = match list {
                    ViewList::IntegrationRuns => {
                        let found = store.integration(id, of).await;
                        Some(scope.found(found, "integration", of)?)
                    }
                    _ => None,
                };
                let of = match &integration {
                    Some(integration) => RunsOf::Integration(integration),
                    None => RunsOf::Workspace,
                };
                let page = scope.read(store.list_runs(id, of, &filter, now).await)?;
                total = page.total;
                first.extend(page.rows.into_iter().map(|row| row.key));
            }
        }
        None => {}
    }
    Wire::pack(&BulkPage {
        workspace: scope.workspace,
        selection,
        filter,
        dropped,
        total,
        first,
        now,
    })
}

/// What was done, as far as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkDonePage {
    pub workspace: Workspace,
    pub bulk: Bulk,
    /// The first of those that were refused.
    pub refused: Vec<Key>,
    pub now: Timestamp,
}

/// Reads what was done.
#[server(prefix = "/_", endpoint = "bulk_done", input = GetUrl)]
pub async fn show_bulk(workspace: String, bulk: String) -> Result<Wire, AppError> {
    let scope = super::scope::Scope::open(&workspace).await?;
    let (id, store) = (scope.workspace.id, &scope.store);
    let found = match bulk.parse() {
        Ok(number) => store.find_bulk(id, domain::BulkId(number)).await,
        Err(_) => Ok(None),
    };
    let bulk = scope.found(found, "action", &bulk)?;
    let refused = scope.read(store.refused_of(id, bulk.id).await)?;
    Wire::pack(&BulkDonePage {
        workspace: scope.workspace,
        bulk,
        refused,
        now: scope.now,
    })
}
