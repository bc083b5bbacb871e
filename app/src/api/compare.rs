//! Two runs beside each other, and what changed in a step since it last worked.

#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod words;

use domain::{Flow, Run, Step, StepRow, Timestamp, Workspace, diff::Difference};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub(super) use self::reading::OpenStep;
#[cfg(feature = "ssr")]
use self::reading::{elsewhere, told_apart};
use super::Wire;
use crate::error::AppError;

/// Pairs of steps that a page shows.
pub const PAIRS: usize = 500;

/// What changed in a step. Its sentences are made here: the browser's half only shows them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The run it is compared with: the one that the address names, or the last one in which the
    /// step worked. Without one it has never worked, as far as was looked.
    pub run: Option<Run>,
    /// The same step there; without it that run has no such step.
    pub step: Option<Step>,
    /// The key of the other run's integration, where that is another one.
    pub elsewhere: Option<String>,
    /// What is said before and behind the other run.
    pub lead: String,
    pub tail: String,
    pub parts: Vec<ChangedPart>,
}

/// A section of the payload, as [`domain::diff::Part`] found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedPart {
    pub name: String,
    /// How many differences there are, in words.
    pub count: String,
    /// Why there is nothing to compare.
    pub missing: String,
    pub groups: Vec<ChangedGroup>,
}

/// A part of a section. What is folded or not shown is told by a sentence, which may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedGroup {
    pub name: String,
    pub equal: String,
    pub differences: Vec<Difference>,
    pub further: String,
    pub usual: Vec<Difference>,
    pub usual_count: String,
    pub usual_further: String,
    pub notes: Vec<String>,
}

/// A run beside another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparePage {
    pub workspace: Workspace,
    pub flow: Flow,
    pub integration: String,
    pub run: Run,
    /// The other run, which stands for "then".
    pub then: Run,
    /// The key of its integration, where that is another one.
    pub then_elsewhere: Option<String>,
    /// `2 h 5 min earlier`.
    pub apart: String,
    /// What else is told of both: its name, then and now.
    pub facts: Vec<(String, String, String)>,
    /// The first [`PAIRS`] of them.
    pub steps: Vec<ComparedStep>,
    pub steps_total: u32,
    pub now: Timestamp,
}

/// A step then and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedStep {
    pub then: Option<StepRow>,
    pub now: Option<StepRow>,
    /// Whether request, response and object are the same, byte for byte; `None` where neither has one.
    pub same: [Option<bool>; 3],
}

/// Reads a run beside another one.
#[server(prefix = "/_", endpoint = "compare", input = GetUrl)]
pub async fn show_compare(workspace: String, run: String, other: String) -> Result<Wire, AppError> {
    let scope = super::scope::Scope::open(&workspace)
        .await?
        .needs(domain::access::Role::Support)?;
    let (id, store) = (scope.workspace.id, &scope.store);

    let run = scope.found(store.run(id, &run).await, "run", &run)?;
    let then = scope.found(store.run(id, &other).await, "run", &other)?;
    let found = store.integration_by_id(id, run.integration_id).await;
    let integration = scope.found(found, "integration of run", run.key.as_str())?;
    let found = store.flow_by_id(id, integration.flow_id).await;
    let flow = scope.found(found, "flow of run", run.key.as_str())?;
    let steps = scope.read(store.list_steps(id, run.id).await)?;
    let steps_then = scope.read(store.list_steps(id, then.id).await)?;
    let then_elsewhere = elsewhere(&scope, &run, &then).await?;

    let pairs = domain::same::pairs(&steps_then, &steps);
    let shown = pairs.iter().take(PAIRS).map(|(was, is)| ComparedStep {
        then: was.map(|at| steps_then[at].clone()),
        now: is.map(|at| steps[at].clone()),
        same: [None; 3],
    });
    let mut shown: Vec<_> = shown.collect();
    told_apart(&scope, &mut shown).await?;
    Wire::pack(&ComparePage {
        workspace: scope.workspace,
        flow,
        integration: integration.key.to_string(),
        apart: words::distance(&run, &then),
        facts: words::facts(&then, &run),
        run,
        then,
        then_elsewhere,
        steps: shown,
        steps_total: pairs.len() as u32,
        now: scope.now,
    })
}
