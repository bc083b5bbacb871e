//! Two runs beside each other, and what changed in a step since it last worked.

use domain::{Flow, Run, Step, StepRow, Timestamp, Workspace, diff::Part};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::Wire;
use crate::error::AppError;

/// Pairs of steps that a page shows.
pub const PAIRS: usize = 500;

/// What changed in a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    pub against: Against,
    pub parts: Vec<Part>,
}

/// What a step is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Against {
    /// The same step in another run.
    Step {
        run: Run,
        step: Step,
        /// The key of the other run's integration, where that is another one.
        elsewhere: Option<String>,
        /// Whether the address names the run; else it is the last one in which the step worked.
        chosen: bool,
    },
    /// The run that the address names has no such step.
    NoStep { run: Run },
    /// It has never worked, as far as was looked.
    Nothing,
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
    let scope = super::scope::Scope::open(&workspace).await?;
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
        run,
        then,
        then_elsewhere,
        steps: shown,
        steps_total: pairs.len() as u32,
        now: scope.now,
    })
}

#[cfg(feature = "ssr")]
pub(super) use reading::{OpenStep, asked};
#[cfg(feature = "ssr")]
use reading::{elsewhere, told_apart};

#[cfg(feature = "ssr")]
mod reading {
    use std::collections::HashMap;

    use domain::{Flow, Payload, Run, StepId, StepRow, same};
    use store::{Digests, Wanted};

    use super::{Against, Changes, ComparedStep};
    use crate::{api::scope::Scope, error::AppError};

    /// Whether the address asks what changed, and since which run.
    pub(in crate::api) fn asked(query: &str) -> Option<Option<String>> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let last = |name: &str| {
            let mut values = pairs.iter().rev().filter(|(known, _)| known == name);
            values.next().map(|(_, value)| value.clone())
        };
        (last("section")? == "changes").then(|| last("with").filter(|run| !run.is_empty()))
    }

    /// The step that a page shows.
    pub(in crate::api) struct OpenStep<'a> {
        pub(in crate::api) run: &'a Run,
        pub(in crate::api) flow: &'a Flow,
        /// All steps of its run.
        pub(in crate::api) steps: &'a [StepRow],
        pub(in crate::api) index: usize,
        pub(in crate::api) payload: &'a Payload,
    }

    impl OpenStep<'_> {
        /// What changed since the run `with`, or since the step last worked.
        pub(in crate::api) async fn changes(
            &self,
            scope: &Scope,
            with: Option<String>,
        ) -> Result<Changes, AppError> {
            let against = match &with {
                Some(with) => self.in_run(scope, with).await?,
                None => self.where_it_worked(scope).await?,
            };
            let parts = match &against {
                Against::Step { step, .. } => {
                    let (id, store) = (scope.workspace.id, &scope.store);
                    let then = scope.read(store.payload(id, step.id).await)?;
                    domain::diff::payloads(&then, self.payload)
                }
                Against::NoStep { .. } | Against::Nothing => vec![],
            };
            Ok(Changes { against, parts })
        }

        async fn in_run(&self, scope: &Scope, with: &str) -> Result<Against, AppError> {
            let (id, store) = (scope.workspace.id, &scope.store);
            let run = scope.found(store.run(id, with).await, "run", with)?;
            let steps = scope.read(store.list_steps(id, run.id).await)?;
            let Some(at) = same::counterpart(&steps, self.steps, self.index) else {
                return Ok(Against::NoStep { run });
            };
            self.against(scope, run, steps[at].key.as_str(), true).await
        }

        async fn where_it_worked(&self, scope: &Scope) -> Result<Against, AppError> {
            let (id, store) = (scope.workspace.id, &scope.store);
            let Some(wanted) = Wanted::of(self.steps, self.index) else {
                return Ok(Against::Nothing);
            };
            let found = store.last_good_step(id, self.run, self.flow.id, &wanted);
            let Some(good) = scope.read(found.await)? else {
                return Ok(Against::Nothing);
            };
            let key = good.step_key.as_str();
            let run = scope.found(store.run_by_id(id, good.run_id).await, "run of step", key)?;
            self.against(scope, run, key, false).await
        }

        async fn against(
            &self,
            scope: &Scope,
            run: Run,
            key: &str,
            chosen: bool,
        ) -> Result<Against, AppError> {
            let (id, store) = (scope.workspace.id, &scope.store);
            let step = scope.found(store.step(id, run.id, key).await, "step", key)?;
            let elsewhere = elsewhere(scope, self.run, &run).await?;
            Ok(Against::Step {
                run,
                step,
                elsewhere,
                chosen,
            })
        }
    }

    /// The key of the other run's integration, where that is another one.
    pub(super) async fn elsewhere(
        scope: &Scope,
        run: &Run,
        other: &Run,
    ) -> Result<Option<String>, AppError> {
        if other.integration_id == run.integration_id {
            return Ok(None);
        }
        let (id, store) = (scope.workspace.id, &scope.store);
        let found = store.integration_by_id(id, other.integration_id).await;
        let integration = scope.found(found, "integration of run", other.key.as_str())?;
        Ok(Some(integration.key.to_string()))
    }

    /// Fills in which parts of the payloads are the same.
    pub(super) async fn told_apart(
        scope: &Scope,
        steps: &mut [ComparedStep],
    ) -> Result<(), AppError> {
        let ids = |step: &ComparedStep| [&step.then, &step.now].map(|s| s.as_ref().map(|s| s.id));
        let all: Vec<StepId> = steps.iter().flat_map(ids).flatten().collect();
        let read = scope.store.payload_digests(scope.workspace.id, &all).await;
        let read = scope.read(read)?;
        let known: HashMap<StepId, Digests> = read.into_iter().map(|d| (d.step_id, d)).collect();
        for step in steps {
            let [then, now] = ids(step).map(|id| digests(id.and_then(|id| known.get(&id))));
            for (index, same) in step.same.iter_mut().enumerate() {
                if then[index].is_some() || now[index].is_some() {
                    *same = Some(then[index] == now[index]);
                }
            }
        }
        Ok(())
    }

    fn digests(of: Option<&Digests>) -> [Option<i64>; 3] {
        of.map_or([None; 3], |of| {
            [of.request_digest, of.response_digest, of.object_digest]
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_the_section_asks_and_the_run_may_be_left_out() {
            let with = |run: &str| Some(Some(run.to_owned()));
            assert_eq!(asked("section=changes&with=a%26b"), with("a&b"));
            assert_eq!(asked("section=changes&with="), Some(None));
            assert_eq!(asked("section=changes"), Some(None));
            assert_eq!(asked("section=request&with=r"), None);
            assert_eq!(asked(""), None);
        }
    }
}
