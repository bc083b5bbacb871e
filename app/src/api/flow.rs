//! Flows, and the integrations of one.

use domain::{
    Flow, Integration, Key, Page, Timestamp, Workspace,
    filter::{Dropped, FlowFilter, IntegrationFilter},
    view::SavedView,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::Wire;
use crate::{context::Demo, error::AppError};

/// The flows of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowsPage {
    pub workspace: Workspace,
    pub filter: FlowFilter,
    /// Values of the address that mean nothing.
    pub dropped: Vec<Dropped>,
    pub flows: Page<Flow>,
    pub demo: Demo,
    /// How to begin; only in an empty workspace.
    pub first_start: Option<FirstStart>,
    pub now: Timestamp,
}

/// What a newcomer needs to send the first report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstStart {
    pub origin: String,
    /// An ingest key; `None` where it was shown before and is kept as a hash only.
    pub key: Option<String>,
}

/// The integrations of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowPage {
    pub workspace: Workspace,
    pub flow: Flow,
    pub filter: IntegrationFilter,
    /// Values of the address that mean nothing.
    pub dropped: Vec<Dropped>,
    pub integrations: Page<Integration>,
    /// Integrations whose IDs begin with the searched text; only where none matches it exactly.
    pub alike: Vec<Integration>,
    /// The apps that the filter offers.
    pub apps: Vec<Key>,
    pub views: Vec<SavedView>,
    /// The run behind which all are new.
    pub seen: i64,
    pub now: Timestamp,
}

/// Reads the list of flows.
#[server(prefix = "/_", endpoint = "flows", input = GetUrl)]
pub async fn list_flows(workspace: String, query: String) -> Result<Wire, AppError> {
    use crate::context::{DemoState, FirstKey, Origin};

    let demo = use_context::<DemoState>()
        .map(|state| state.get())
        .unwrap_or_default();
    let FirstKey(key) = use_context().unwrap_or_default();
    let Origin(origin) = use_context().unwrap_or_default();
    let scope = super::scope::Scope::open(&workspace).await?;
    // A key is for those who look after the workspace.
    let key = key.filter(|_| scope.role == domain::access::Role::Admin);

    let (filter, dropped) = FlowFilter::from_query(&query);
    let flows = scope.read(scope.store.list_flows(scope.workspace.id, &filter).await)?;
    let is_empty = flows.total.is_zero() && filter.search.is_none();
    Wire::pack(&FlowsPage {
        workspace: scope.workspace,
        filter,
        dropped,
        flows,
        demo,
        first_start: is_empty.then_some(FirstStart { origin, key }),
        now: scope.now,
    })
}

/// Reads the integrations of a flow.
#[server(prefix = "/_", endpoint = "flow", input = GetUrl)]
pub async fn show_flow(workspace: String, flow: String, query: String) -> Result<Wire, AppError> {
    let scope = super::scope::Scope::open(&workspace).await?;
    let (id, store) = (scope.workspace.id, &scope.store);

    let flow = scope.found(store.flow(id, &flow).await, "flow", &flow)?;
    // Read first: what comes in between is announced, and not missed.
    let seen = scope.read(store.newest_run(id).await)?;
    let (filter, dropped) = scope.filter(&query, IntegrationFilter::from_query);
    let integrations = scope.read(store.list_integrations(id, &flow, &filter, scope.now).await)?;
    let alike = match &filter.search {
        Some(text) if integrations.total.is_zero() => {
            scope.read(store.integrations_beginning(id, flow.id, text).await)?
        }
        _ => Vec::new(),
    };
    let apps = scope.read(store.apps_of_flow(id, flow.id).await)?;
    let views = scope.read(
        store
            .saved_views(id, domain::view::ViewList::Integrations)
            .await,
    )?;
    Wire::pack(&FlowPage {
        workspace: scope.workspace,
        flow,
        filter,
        dropped,
        integrations,
        alike,
        apps,
        views,
        seen,
        now: scope.now,
    })
}
