//! The question before something is done to many, and what came of it.

use domain::{
    Key, Timestamp, Total, Workspace,
    bulk::{Bulk, Selection},
    filter::Dropped,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::Wire;
#[cfg(feature = "ssr")]
use super::scope::Scope;
use crate::error::AppError;

/// The first of those that are meant are shown by name.
#[cfg(feature = "ssr")]
const SHOWN: usize = 10;

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
    let scope = Scope::open(&workspace)
        .await?
        .needs(domain::access::Role::Operator)?;
    let (selection, filter, mut dropped) = Selection::from_query(&query);
    let meant = match &selection {
        Some(selection) if selection.all => all(&scope, selection, &filter).await?,
        some => {
            let keys = some.as_ref().map_or(&[][..], |some| &some.keys);
            Meant {
                total: Total::Exact(keys.len() as i64),
                first: keys.iter().take(SHOWN).cloned().collect(),
                dropped: Vec::new(),
            }
        }
    };
    dropped.extend(meant.dropped);
    Wire::pack(&BulkPage {
        workspace: scope.workspace,
        selection,
        filter,
        dropped,
        total: meant.total,
        first: meant.first,
        now: scope.now,
    })
}

/// What an action is about.
#[cfg(feature = "ssr")]
struct Meant {
    total: Total,
    first: Vec<Key>,
    dropped: Vec<Dropped>,
}

/// All that match the filter of the selection's list.
#[cfg(feature = "ssr")]
async fn all(scope: &Scope, selection: &Selection, filter: &str) -> Result<Meant, AppError> {
    use domain::{
        filter::{IntegrationFilter, RunFilter},
        view::ViewList,
    };
    use store::RunsOf;

    let (id, store, now) = (scope.workspace.id, &scope.store, scope.now);
    let of = selection.of.as_ref().map_or("", Key::as_str);
    if selection.list == ViewList::Integrations {
        let (filter, dropped) = scope.filter(filter, IntegrationFilter::from_query);
        let flow = scope.found(store.flow(id, of).await, "flow", of)?;
        let filter = filter.at(None);
        let page = store.list_integrations(id, &flow, &filter, now).await;
        return Ok(meant(scope.read(page)?, dropped, |row| row.key));
    }
    let (filter, dropped) = scope.filter(filter, RunFilter::from_query);
    let integration = match selection.list {
        ViewList::IntegrationRuns => {
            let found = store.integration(id, of).await;
            Some(scope.found(found, "integration", of)?)
        }
        _ => None,
    };
    let of = RunsOf::from(integration.as_ref());
    let filter = filter.at(None);
    let page = store.list_runs(id, of, &filter, now).await;
    Ok(meant(scope.read(page)?, dropped, |row| row.key))
}

#[cfg(feature = "ssr")]
fn meant<T>(page: domain::Page<T>, dropped: Vec<Dropped>, key: fn(T) -> Key) -> Meant {
    Meant {
        total: page.total,
        first: page.rows.into_iter().take(SHOWN).map(key).collect(),
        dropped,
    }
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
    let scope = Scope::open(&workspace)
        .await?
        .needs(domain::access::Role::Operator)?;
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
