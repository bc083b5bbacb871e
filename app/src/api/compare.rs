//! Two runs beside each other, and what changed in a step since it last worked.

use domain::{Flow, Run, Step, StepRow, Timestamp, Workspace, diff::Difference};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

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

#[cfg(feature = "ssr")]
pub(super) use reading::OpenStep;
#[cfg(feature = "ssr")]
use reading::{elsewhere, told_apart};

#[cfg(feature = "ssr")]
mod reading {
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

#[cfg(feature = "ssr")]
mod words {
    use domain::{
        Run,
        diff::{Group, Missing, Part},
        page::grouped,
        time::duration_text,
    };

    use super::{ChangedGroup, ChangedPart};

    /// `2 h 5 min earlier`.
    pub(super) fn distance(run: &Run, then: &Run) -> String {
        let ms = run
            .started_at
            .as_ms()
            .saturating_sub(then.started_at.as_ms());
        match ms {
            0 => "at the same time".to_owned(),
            1.. => format!("{} earlier", duration_text(ms)),
            _ => format!("{} later", duration_text(ms.saturating_neg())),
        }
    }

    /// What is told of two runs beside their status and start; a dash where there is nothing.
    pub(super) fn facts(then: &Run, now: &Run) -> Vec<(String, String, String)> {
        let row = |name: &str, tell: fn(&Run) -> Option<String>| {
            let told = |run| tell(run).unwrap_or_else(|| "–".to_owned());
            (name.to_owned(), told(then), told(now))
        };
        let code = |run: &Run| {
            let failing = run
                .failing_code
                .filter(|code| run.network_code != Some(*code));
            let text = run.network_code.map(|code| code.to_string());
            let failing = failing.map(|code| format!("failing step {code}"));
            let both: Vec<_> = text.into_iter().chain(failing).collect();
            (!both.is_empty()).then(|| both.join(", "))
        };
        vec![
            row("Duration", |run| run.duration_ms.map(duration_text)),
            row("Trigger", crate::api::run::trigger),
            row("Network Code", code),
            row("Steps", |run| {
                let (steps, failed) = (grouped(run.steps), grouped(run.failed_steps));
                Some(format!("{steps}, {failed} failed"))
            }),
            row("Error", |run| {
                Some(run.error.as_ref()?.chars().take(300).collect())
            }),
        ]
    }

    /// What is said before and behind the other run.
    pub(super) fn against(run: &Run, then: &Run, here: bool, chosen: bool) -> (String, String) {
        let apart = distance(run, then);
        let lead = "Compared with run ";
        match (here, chosen) {
            (_, true) => (lead.to_owned(), format!(", {apart}.")),
            (true, false) => (
                lead.to_owned(),
                format!(", {apart}, the last in which this step worked."),
            ),
            (false, false) => (
                format!("This step has not worked before in this integration. {lead}"),
                format!(" of the same flow, {apart}."),
            ),
        }
    }

    impl ChangedPart {
        pub(super) fn new(part: Part) -> Self {
            let missing = match part.missing {
                Some(Missing::Then) => "None was reported then, so there is nothing to compare.",
                Some(Missing::Now) => "None was reported now, so there is nothing to compare.",
                None => "",
            };
            let count = match part.count() {
                _ if part.missing.is_some() => String::new(),
                0 => "nothing that matters differs".to_owned(),
                1 => "1 difference".to_owned(),
                many => format!("{} differences", number(many)),
            };
            let groups = part.groups.into_iter();
            Self {
                name: part.section.label().to_owned(),
                count,
                missing: missing.to_owned(),
                groups: groups.filter_map(ChangedGroup::new).collect(),
            }
        }
    }

    impl ChangedGroup {
        fn new(group: Group) -> Option<Self> {
            let (count, usual) = (group.count(), group.usual_count());
            if count + usual + group.equal == 0 && group.notes.is_empty() {
                return None;
            }
            let mut notes = group.notes;
            if !group.redacted.is_empty() {
                notes.push(format!(
                    "Redacted in both before it was stored, so nobody knows whether it is the same: {}.",
                    group.redacted.join(", ")
                ));
            }
            let equal = match group.equal {
                0 => String::new(),
                many => format!("{} equal", number(many)),
            };
            let usual_count = match usual {
                1 => "1 difference in a date or an ID, as in every run".to_owned(),
                many => format!(
                    "{} differences in dates and IDs, as in every run",
                    number(many)
                ),
            };
            Some(Self {
                name: group.name,
                equal,
                differences: group.differences,
                further: further(group.more),
                usual: group.usual,
                usual_count,
                usual_further: further(group.usual_more),
                notes,
            })
        }
    }

    fn further(more: u32) -> String {
        match more {
            0 => String::new(),
            1 => "1 further difference is not shown.".to_owned(),
            many => format!("{} further differences are not shown.", number(many)),
        }
    }

    fn number(count: u32) -> String {
        grouped(i64::from(count))
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use domain::{diff::Change, payload::Section};

        #[test]
        fn what_is_folded_and_what_is_left_out_is_told() {
            let difference = domain::diff::Difference {
                path: "a".into(),
                change: Change::Added,
                then: String::new(),
                now: "1".into(),
            };
            let group = Group {
                name: "Body".into(),
                differences: vec![difference.clone()],
                more: 1_233,
                usual: vec![difference],
                equal: 41,
                redacted: vec!["token".into(), "x.secret".into()],
                ..Group::default()
            };
            let part = ChangedPart::new(Part {
                section: Section::Response,
                missing: None,
                groups: vec![group, Group::default()],
            });
            assert_eq!(
                (part.count.as_str(), part.groups.len()),
                ("1,234 differences", 1)
            );
            let group = &part.groups[0];
            let words = [
                &group.equal,
                &group.further,
                &group.usual_count,
                &group.usual_further,
            ];
            assert_eq!(
                words,
                [
                    "41 equal",
                    "1,233 further differences are not shown.",
                    "1 difference in a date or an ID, as in every run",
                    "",
                ]
            );
            assert!(group.notes[0].ends_with("the same: token, x.secret."));
        }
    }
}
