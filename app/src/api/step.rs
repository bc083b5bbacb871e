//! A step and one section of its payload.

use domain::{
    App, Flow, Integration, Key, Run, Step, StepRow, Timestamp, Workspace, filter::Dropped,
    json::Pretty, live::Standing, payload::Section, same::Attempt,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{BodyView, Changes, Times, Wire};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use domain::access::Role;

/// Steps before and behind the open one that the list beside it holds.
#[cfg(feature = "ssr")]
const STEPS_AROUND: usize = 50;

/// The payload of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepPage {
    pub workspace: Workspace,
    pub flow: Flow,
    pub integration: Integration,
    pub run: Run,
    /// The open step and those around it, in their order.
    pub steps: Vec<StepRow>,
    /// The number of the first of them, from 1.
    pub first_step: u32,
    /// Where the open one is among them.
    pub open: u32,
    pub steps_total: u32,
    pub step: Step,
    /// The application that it talks to.
    pub app: Option<App>,
    pub choice: Choice,
    /// Values of the address that mean nothing.
    pub dropped: Vec<Dropped>,
    /// Which sections were reported, in the order of [`Section::ALL`].
    pub reported: [bool; 3],
    pub section: SectionView,
    /// Whether the reader's role shows no payloads.
    pub withheld: bool,
    /// Whether the reader may ask for originals of what was redacted in the open section.
    pub sealed: bool,
    /// What changed, where the address asks for it.
    pub changes: Option<Changes>,
    /// Those of the listed steps that are attempts; `step` counts from the first listed one.
    pub attempts: Vec<Attempt>,
    /// The attempts before and behind this one.
    pub attempts_beside: (Option<Key>, Option<Key>),
    pub times: Option<Times>,
    /// How the run stood before it was read.
    pub standing: Option<Standing>,
    pub now: Timestamp,
}

/// Which section is open, and how its body is shown. Response, parsed, unless the address says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub section: Section,
    pub raw: bool,
}

/// One section, ready to be shown. What the section does not have is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionView {
    pub method: Option<String>,
    pub url: Option<String>,
    pub status: Option<i64>,
    pub headers: Vec<(String, String)>,
    pub body: Option<BodyView>,
    /// The request as a command, see [`domain::curl`].
    pub curl: Option<String>,
    /// The pairs of an object, their values as indented JSON: as many as a page can hold.
    pub object: Vec<(String, Pretty)>,
    /// How many pairs it has.
    pub object_pairs: u32,
}

/// Reads a step and one section of its payload.
#[server(prefix = "/_", endpoint = "step", input = GetUrl)]
pub async fn show_step(
    workspace: String,
    run: String,
    step: String,
    query: String,
) -> Result<Wire, AppError> {
    let scope = super::scope::Scope::open(&workspace).await?;
    let (id, store) = (scope.workspace.id, &scope.store);

    // Read first: what changes in between is told once more, and not missed.
    let standing = scope.read(store.standing(id, &run, Some(&step)).await)?;
    let run = scope.found(store.run(id, &run).await, "run", &run)?;
    let found = store.step(id, run.id, &step).await;
    let step = scope.found(found, &format!("step in run {}:", run.key), &step)?;
    let found = store.integration_by_id(id, run.integration_id).await;
    let integration = scope.found(found, "integration of run", run.key.as_str())?;
    let found = store.flow_by_id(id, integration.flow_id).await;
    let flow = scope.found(found, "flow of run", run.key.as_str())?;
    let steps = scope.read(store.list_steps(id, run.id).await)?;
    // Who may not read payloads gets none, whatever the page would show of them.
    let withheld = scope.role < Role::Support;
    let payload = match withheld {
        true => domain::Payload::default(),
        false => scope.read(store.payload(id, step.id).await)?,
    };
    let (choice, dropped) = Choice::from_query(&query);
    let sealed = scope.role >= domain::access::REVEALS
        && scope
            .read(store.sealed_sections(id, step.id).await)?
            .contains(&choice.section);
    let app = match &step.app_key {
        Some(key) => scope.read(store.app(id, key).await)?,
        None => None,
    };

    let total = steps.len();
    let index = steps
        .iter()
        .position(|row| row.key == step.key)
        .unwrap_or(0);
    let first = index.saturating_sub(STEPS_AROUND);
    let around = Around::new(&steps, index, first);
    let open = super::compare::OpenStep {
        run: &run,
        flow: &flow,
        steps: &steps,
        index,
        payload: &payload,
    };
    let changes = match withheld {
        true => None,
        false => open.asked(&scope, &query).await?,
    };
    let times = Times::new(&run, &steps, scope.now);
    Wire::pack(&StepPage {
        workspace: scope.workspace,
        flow,
        integration,
        run,
        steps: steps
            .into_iter()
            .skip(first)
            .take(2 * STEPS_AROUND + 1)
            .collect(),
        first_step: first as u32 + 1,
        open: (index - first) as u32,
        steps_total: total as u32,
        step,
        app,
        choice,
        dropped,
        reported: [
            payload.response.is_some(),
            payload.request.is_some(),
            payload.object.is_some(),
        ],
        section: SectionView::new(payload, choice),
        withheld,
        sealed,
        changes,
        attempts: around.attempts,
        attempts_beside: around.beside,
        times,
        standing,
        now: scope.now,
    })
}

/// The attempts among the steps around the open one.
#[cfg(feature = "ssr")]
struct Around {
    attempts: Vec<Attempt>,
    beside: (Option<Key>, Option<Key>),
}

#[cfg(feature = "ssr")]
impl Around {
    fn new(steps: &[StepRow], index: usize, first: usize) -> Self {
        let attempts = domain::same::attempts_by_step(steps);
        let open = attempts.iter().find(|a| a.step as usize == index);
        let key_of = |at: Option<u32>| at.map(|at| steps[at as usize].key.clone());
        Self {
            beside: open.map_or((None, None), |a| (key_of(a.before), key_of(a.behind))),
            attempts: super::run::listed(attempts, first, 2 * STEPS_AROUND + 1),
        }
    }
}

#[cfg(feature = "ssr")]
impl Choice {
    fn from_query(query: &str) -> (Self, Vec<Dropped>) {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let mut choice = Self {
            section: Section::Response,
            raw: false,
        };
        let mut dropped = Vec::new();
        for (name, value) in pairs {
            let known = match (name.as_str(), value.as_str()) {
                (_, "") | ("section", "changes") => true,
                ("section", word) => word.parse().map(|section| choice.section = section).is_ok(),
                ("body", word) => {
                    choice.raw = word == "raw";
                    matches!(word, "raw" | "parsed")
                }
                _ => true,
            };
            if !known {
                dropped.push(Dropped {
                    name,
                    value: value.chars().take(80).collect(),
                });
            }
        }
        (choice, dropped)
    }
}

#[cfg(feature = "ssr")]
impl SectionView {
    /// What of `payload` is shown.
    pub(crate) fn new(payload: domain::Payload, choice: Choice) -> Self {
        use super::body::{clip_headers, object_values};

        let parts = match choice.section {
            Section::Request => payload.request.map(|request| {
                let view = Self {
                    curl: domain::curl::command(&request),
                    method: request.method,
                    url: request.url,
                    ..Self::default()
                };
                (view, request.headers, request.body)
            }),
            Section::Response => payload.response.map(|response| {
                let view = Self {
                    status: response.status,
                    ..Self::default()
                };
                (view, response.headers, response.body)
            }),
            Section::Object => {
                let pairs = payload.object.unwrap_or_default().0;
                return Self {
                    object_pairs: pairs.len() as u32,
                    object: object_values(pairs),
                    ..Self::default()
                };
            }
        };
        let Some((view, headers, body)) = parts else {
            return Self::default();
        };
        Self {
            body: body.map(|body| BodyView::new(&body, headers.get("content-type"), choice.raw)),
            headers: clip_headers(headers.0),
            ..view
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_response_is_open_unless_the_address_says_otherwise() {
        let read = |query| Choice::from_query(query);
        let response = Choice {
            section: Section::Response,
            raw: false,
        };
        assert_eq!(read(""), (response, vec![]));
        let (choice, dropped) = read("section=request&body=raw");
        assert_eq!(
            (choice.section, choice.raw, dropped.len()),
            (Section::Request, true, 0)
        );
        let (choice, dropped) = read("section=headers&body=hex");
        assert_eq!((choice, dropped.len()), (response, 2));
    }
}
