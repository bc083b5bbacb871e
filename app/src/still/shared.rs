//! A run as somebody outside sees it: what happened and, where they may, what was said.

use domain::{
    Payload, Run, Step, StepRow, Timestamp, network_code::name, page::grouped, payload::Section,
    share::Share,
};
use leptos::prelude::*;

use super::{Frame, page};
use crate::{
    api::{BodyView, Choice, SectionView, Shown},
    components::{
        Column, Fact, NoticeTone, Place, Row, dash, data_table, duration, json_lines, long_text,
        moment, network_code, notice, page_header, pairs_table, plain_text, run_code, run_status,
        time_cell,
    },
    route,
};

/// Steps of a run that are shown.
const STEPS: usize = 500;

/// What it shows.
#[derive(Debug, Clone)]
pub struct SharedPage {
    /// What its address holds.
    pub secret: String,
    pub share: Share,
    pub run: Run,
    pub steps: Vec<StepRow>,
    /// The open step, where payloads are shown.
    pub open: Option<(Step, Payload)>,
    pub now: Timestamp,
}

/// The page of a shared run.
#[must_use]
pub fn shared(frame: Frame, shown: SharedPage) -> String {
    page(frame, "A shared run", move || {
        let open = shown.open.as_ref().map(|(step, payload)| {
            view! { {step_head(step)}{section(payload, Section::Request)}{section(payload, Section::Response)} }
        });
        view! {
            {header(&shown.run)}
            {about(&shown.share)}
            {steps(&shown)}
            {open}
        }
        .into_any()
    })
}

/// A link that leads to nothing any more. It does not say what it led to.
#[must_use]
pub fn shared_gone(frame: Frame) -> String {
    let title = "This link leads nowhere any more";
    page(frame, title, move || {
        let text = view! {
            <p class="notice-title">"It has expired, was revoked, or what it showed was deleted."</p>
            <p>"Ask whoever gave it to you for a new one."</p>
        };
        view! {
            {page_header(title.into_any(), vec![])}
            {notice(NoticeTone::Info, text.into_any())}
        }
        .into_any()
    })
}

fn header(run: &Run) -> AnyView {
    let heading = view! { {run_status(run.status)}" "<span>{run.key.to_string()}</span> };
    let facts = vec![
        Fact::new("Start Time", moment(run.started_at)),
        Fact::new("Duration", duration(run.duration_ms)),
        Fact::new("Network Code", run_code(run.network_code, run.failing_code)),
    ];
    let summary = run
        .summary
        .as_ref()
        .map(|text| view! { <p class="description">{long_text(text)}</p> });
    let error = run.error.as_ref().map(|text| {
        let text = view! { <p>{long_text(text)}</p> };
        notice(NoticeTone::Failed, text.into_any())
    });
    view! { {page_header(heading.into_any(), facts)}{summary}{error} }.into_any()
}

fn about(share: &Share) -> AnyView {
    let shows = match share.payloads {
        true => {
            "with requests and responses. Secrets in them were replaced before they were stored."
        }
        false => "without requests and responses.",
    };
    let by = format!("{} shares this run with you, {shows}", share.created_by);
    view! { <p class="hint">{by}" The link is good until "{moment(share.expires_at)}"."</p> }
        .into_any()
}

fn steps(shown: &SharedPage) -> AnyView {
    let columns = [
        Column::new("Step", Place::Name),
        Column::new("App", Place::Detail),
        Column::new("Start Time", Place::Time),
        Column::new("Duration", Place::Number),
        Column::new("Step Status", Place::Status),
        Column::new("Network Code", Place::Detail),
    ];
    let rows = shown.steps.iter().take(STEPS).map(|step| {
        let title = step.name.clone().unwrap_or_else(|| step.key.to_string());
        let name = match shown.share.payloads {
            true => {
                let href = route::shared(&shown.secret, Some(step.key.as_str()));
                view! { <a href=href>{title}</a> }.into_any()
            }
            false => view! { <span>{title}</span> }.into_any(),
        };
        let app = step.app().map(str::to_owned);
        Row {
            class: "",
            cells: vec![
                name,
                app.map_or_else(dash, |app| view! { <span>{app}</span> }.into_any()),
                step.started_at
                    .map_or_else(dash, |at| time_cell(at, shown.now)),
                duration(step.duration_ms),
                run_status(step.status),
                network_code(step.network_code),
            ],
        }
    });
    let left_out = (shown.steps.len() > STEPS).then(|| {
        view! { <p class="notes">{format!("The first {STEPS} of {} steps.", grouped(shown.steps.len() as i64))}</p> }
    });
    view! { {data_table("Steps".to_owned(), &columns, rows.collect())}{left_out} }.into_any()
}

fn step_head(step: &Step) -> AnyView {
    let title = step.name.clone().unwrap_or_else(|| step.key.to_string());
    view! { <h2 id="step">{run_status(step.status)}" "{title}</h2> }.into_any()
}

fn section(payload: &Payload, section: Section) -> AnyView {
    let choice = Choice {
        section,
        raw: false,
    };
    let view = SectionView::new(payload.clone(), choice);
    let first = match section {
        Section::Request => {
            let method = view.method.clone().unwrap_or_default();
            let url = view.url.clone().unwrap_or_default();
            view! { <p class="request-line"><strong>{method}</strong>" "<code class="url">{url}</code></p> }.into_any()
        }
        _ => match view.status {
            Some(code) => {
                view! { <p class="request-line">{network_code(Some(code))}" "{name(code)}</p> }
                    .into_any()
            }
            None => view! { <p class="quiet">"No status code was reported."</p> }.into_any(),
        },
    };
    let headers = view.headers.iter().map(|(name, value)| {
        (
            name.clone(),
            view! { <code>{value.clone()}</code> }.into_any(),
        )
    });
    let headers: Vec<_> = headers.collect();
    let headers = (!headers.is_empty()).then(|| pairs_table("Headers", "Header", headers));
    view! {
        <section class="payload-part" aria-label=section.label()>
            <h3>{section.label()}</h3>
            {first}
            {headers}
            {view.body.as_ref().map(body)}
        </section>
    }
    .into_any()
}

fn body(body: &BodyView) -> AnyView {
    let note = |text: String| view! { <p class="notes">{text}</p> }.into_any();
    match &body.shown {
        Shown::Nothing => note("The body is empty.".to_owned()),
        Shown::Lines(head) => {
            let left_out = (!head.whole).then(|| {
                note(format!(
                    "The first lines of {} bytes.",
                    grouped(body.size_bytes as i64)
                ))
            });
            view! { {json_lines(&head.lines)}{left_out} }.into_any()
        }
        Shown::Form { pairs, .. } => {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (name.clone(), long_text(value)));
            pairs_table("Body", "Field", pairs.collect())
        }
        Shown::Parts { parts, .. } => note(format!("A form of {} parts.", parts.len())),
        Shown::Hex { head, .. } => plain_text(head.clone(), None),
    }
}
