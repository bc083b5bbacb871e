//! What is read for a comparison: the other step, and what of the payloads is the same.

use std::collections::HashMap;

use domain::{Flow, Payload, Run, StepId, StepRow, same};
use store::{Digests, Wanted};

use super::{ChangedPart, Changes, ComparedStep, words};
use crate::{api::scope::Scope, error::AppError};

/// Whether the address asks what changed, and since which run.
fn asked(query: &str) -> Option<Option<String>> {
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
    /// What changed since the run that the query names, or since the step last worked; nothing
    /// where the query asks for another section.
    pub(in crate::api) async fn asked(
        &self,
        scope: &Scope,
        query: &str,
    ) -> Result<Option<Changes>, AppError> {
        let Some(with) = asked(query) else {
            return Ok(None);
        };
        let mut changes = match &with {
            Some(with) => self.in_run(scope, with).await?,
            None => self.where_it_worked(scope).await?,
        };
        if let (Some(run), Some(step)) = (&changes.run, &changes.step) {
            let (id, store) = (scope.workspace.id, &scope.store);
            let then = scope.read(store.payload(id, step.id).await)?;
            let parts = domain::diff::payloads(&then, self.payload);
            changes.parts = parts.into_iter().map(ChangedPart::new).collect();
            changes.elsewhere = elsewhere(scope, self.run, run).await?;
            let here = changes.elsewhere.is_none();
            (changes.lead, changes.tail) = words::against(self.run, run, here, with.is_some());
        }
        Ok(Some(changes))
    }

    async fn in_run(&self, scope: &Scope, with: &str) -> Result<Changes, AppError> {
        let (id, store) = (scope.workspace.id, &scope.store);
        let run = scope.found(store.run(id, with).await, "run", with)?;
        let steps = scope.read(store.list_steps(id, run.id).await)?;
        let Some(at) = same::counterpart(&steps, self.steps, self.index) else {
            return Ok(Changes {
                run: Some(run),
                ..Changes::default()
            });
        };
        step_of(scope, run, steps[at].key.as_str()).await
    }

    async fn where_it_worked(&self, scope: &Scope) -> Result<Changes, AppError> {
        let (id, store) = (scope.workspace.id, &scope.store);
        let Some(wanted) = Wanted::of(self.steps, self.index) else {
            return Ok(Changes::default());
        };
        let found = store.last_good_step(id, self.run, self.flow.id, &wanted);
        let Some(good) = scope.read(found.await)? else {
            return Ok(Changes::default());
        };
        let key = good.step_key.as_str();
        let run = scope.found(store.run_by_id(id, good.run_id).await, "run of step", key)?;
        step_of(scope, run, key).await
    }
}

async fn step_of(scope: &Scope, run: Run, key: &str) -> Result<Changes, AppError> {
    let (id, store) = (scope.workspace.id, &scope.store);
    let step = scope.found(store.step(id, run.id, key).await, "step", key)?;
    Ok(Changes {
        run: Some(run),
        step: Some(step),
        ..Changes::default()
    })
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
pub(super) async fn told_apart(scope: &Scope, steps: &mut [ComparedStep]) -> Result<(), AppError> {
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
