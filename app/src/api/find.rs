//! Whatever was pasted: what has exactly this ID, and else what begins with it.

use domain::{Flow, Integration, Run, RunRow, Timestamp, Workspace, find::FoundStep};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::Wire;
use crate::error::AppError;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindPage {
    pub workspace: Workspace,
    /// What was looked for, without what stood around it.
    pub text: String,
    pub flow: Option<Flow>,
    pub integration: Option<Integration>,
    pub run: Option<Run>,
    /// The newest runs that are called so elsewhere.
    pub referred: Vec<RunRow>,
    /// The newest steps of this ID, one more than are shown where there are more.
    pub steps: Vec<FoundStep>,
    /// How many integrations have it as User ID or User Auth.
    pub of_user: i64,
    /// What begins with it; only where nothing is exactly it.
    pub flows: Vec<Flow>,
    pub integrations: Vec<Integration>,
    pub runs: Vec<RunRow>,
    pub now: Timestamp,
}

/// Looks for `q` of the address.
#[server(prefix = "/_", endpoint = "find", input = GetUrl)]
pub async fn find(workspace: String, query: String) -> Result<Wire, AppError> {
    use domain::{
        filter::{FlowFilter, RunFilter},
        find::pasted,
        limit,
    };

    let scope = super::scope::Scope::open(&workspace).await?;
    let (id, store) = (scope.workspace.id, &scope.store);

    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&query).unwrap_or_default();
    let q = pairs.into_iter().find(|(name, _)| name == "q");
    let q = q.map(|(_, text)| text).unwrap_or_default();
    let text: String = pasted(&q).chars().take(4 * limit::KEY_CHARS).collect();
    let mut page = FindPage {
        workspace: scope.workspace.clone(),
        text: text.clone(),
        flow: None,
        integration: None,
        run: None,
        referred: Vec::new(),
        steps: Vec::new(),
        of_user: 0,
        flows: Vec::new(),
        integrations: Vec::new(),
        runs: Vec::new(),
        now: scope.now,
    };
    if text.is_empty() {
        return Wire::pack(&page);
    }
    page.flow = scope.read(store.flow(id, &text).await)?;
    page.integration = scope.read(store.integration(id, &text).await)?;
    page.run = scope.read(store.run(id, &text).await)?;
    let filter = RunFilter {
        reference: Some(text.clone()),
        ..RunFilter::default()
    };
    let referred = store.list_runs(id, store::RunsOf::Workspace, &filter, scope.now);
    page.referred = scope.read(referred.await)?.rows;
    page.steps = scope.read(store.find_steps(id, &text).await)?;
    page.of_user = scope.read(store.count_of_user(id, &text).await)?;
    if page.is_empty() {
        let filter = FlowFilter {
            search: Some(text.clone()),
            ..FlowFilter::default()
        };
        page.flows = scope.read(store.list_flows(id, &filter).await)?.rows;
        page.integrations = scope.read(store.find_integrations_beginning(id, &text).await)?;
        page.runs = scope.read(store.find_runs_beginning(id, &text).await)?;
    }
    Wire::pack(&page)
}

impl FindPage {
    /// Whether nothing is exactly it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.matches() == 0
    }

    /// How many things are exactly it.
    #[must_use]
    pub fn matches(&self) -> usize {
        usize::from(self.flow.is_some())
            + usize::from(self.integration.is_some())
            + usize::from(self.run.is_some())
            + usize::from(self.of_user > 0)
            + self.referred.len()
            + self.steps.len()
    }
}
