//! A step and one section of its payload.

use domain::{
    App, Flow, Integration, Run, Step, StepRow, Timestamp, Workspace, filter::Dropped,
    json::Pretty, live::Standing, payload::Section,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::BodyView;
use super::Wire;
use crate::error::AppError;

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
    /// The pairs of an object, their values as indented JSON.
    pub object: Vec<(String, Pretty)>,
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
    let payload = scope.read(store.payload(id, step.id).await)?;
    let app = match &step.app_key {
        Some(key) => scope.read(store.app(id, key).await)?,
        None => None,
    };

    let (choice, dropped) = Choice::from_query(&query);
    let total = steps.len();
    let index = steps
        .iter()
        .position(|row| row.key == step.key)
        .unwrap_or(0);
    let first = index.saturating_sub(STEPS_AROUND);
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
        standing,
        now: scope.now,
    })
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
                (_, "") => true,
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
    fn new(payload: domain::Payload, choice: Choice) -> Self {
        use super::body::{clip_headers, object_value};

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
                    object: pairs
                        .into_iter()
                        .map(|(name, value)| (name, object_value(&value)))
                        .collect(),
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
