//! One section of a payload: Request, Response or Object.

mod body;

use domain::{json::Pretty, network_code::name, page::grouped, payload::Section};
use leptos::prelude::*;

use super::changes;
use crate::{
    api::{Choice, Shown, StepPage},
    components::{
        BODY_ID, Tab, copy_button, copy_text_button, copy_with, empty, json_lines, network_code,
        pairs_table, tabs,
    },
    route,
};
use body::{body, pairs_text};

/// So many headers leave the body in sight.
const OPEN_HEADERS: usize = 6;

/// The sections as links. Response comes first and is open unless the address says otherwise.
pub(super) fn section_tabs(page: &StepPage) -> AnyView {
    let open = page.choice.section;
    let tab = |(section, reported): (&Section, bool)| Tab {
        text: section.label(),
        // Whether one was reported is nothing that a reader learns who may not see it.
        note: (!reported && !page.withheld).then_some("none"),
        href: at(page, *section, false),
        open: *section == open && page.changes.is_none(),
    };
    let all = Section::ALL.iter().zip(page.reported).map(tab);
    let all = all.chain(changes::tab(page)).collect();
    tabs("Sections of the payload", "tabs", all)
}

/// What the open section holds.
pub(super) fn section(page: &StepPage) -> AnyView {
    if let Some(asked) = &page.changes {
        return changes::changes(page, asked);
    }
    if page.withheld {
        let why = "They hold customers' data. Ask an admin of the workspace for the role Support.";
        return empty(
            "Your role shows no payloads.".to_owned(),
            why.to_owned(),
            None,
        );
    }
    let Choice { section, .. } = page.choice;
    let reported = Section::ALL
        .iter()
        .zip(page.reported)
        .any(|(of, reported)| *of == section && reported);
    if !reported {
        let what = format!(
            "No {} was reported for this step.",
            section.label().to_lowercase()
        );
        let why = match section {
            Section::Object => {
                "An object holds the key-value pairs that a step keeps for later ones."
            }
            _ => "Steps that call no API have none; others may not have reported it.",
        };
        return empty(what, why.to_owned(), None);
    }
    let content = match section {
        Section::Object => object(page),
        Section::Request => view! { {request_line(page)}{headers(page)}{body(page)} }.into_any(),
        Section::Response => view! { {status_line(page)}{headers(page)}{body(page)} }.into_any(),
    };
    view! { {reveal(page)}{content} }.into_any()
}

/// The way to what was redacted, where it is kept and the reader may see it.
fn reveal(page: &StepPage) -> Option<AnyView> {
    let (workspace, run, step) = (&page.workspace.key, &page.run.key, &page.step.key);
    let href = || route::reveal(workspace.as_str(), run.as_str(), step.as_str());
    page.sealed.then(|| {
        view! { <p class="notes"><a href=href() rel="external">"Reveal the originals…"</a></p> }
            .into_any()
    })
}

fn request_line(page: &StepPage) -> AnyView {
    let method = page
        .section
        .method
        .clone()
        .unwrap_or_else(|| "Method not reported".to_owned());
    let url = match page.section.url.clone() {
        Some(url) => {
            view! { <code class="url">{url.clone()}</code>{copy_button("URL", url)} }.into_any()
        }
        None => view! { <span class="quiet">"URL not reported"</span> }.into_any(),
    };
    view! {
        <section class="payload-part" aria-label="Method and URL">
            <p class="request-line"><strong>{method}</strong>" "{url}</p>
            {page.section.curl.clone().map(|command| copy_text_button("request as cURL", command))}
        </section>
    }
    .into_any()
}

fn status_line(page: &StepPage) -> AnyView {
    let status = page.section.status.or(page.step.network_code);
    let text = match status {
        Some(code) => view! { {network_code(Some(code))}" "{name(code)} }.into_any(),
        None => view! { <span class="quiet">"No status code was reported."</span> }.into_any(),
    };
    view! {
        <section class="payload-part" aria-label="Status">
            <div class="status-line">
                <p class="request-line">{text}</p>
                {copy_response(page, status)}
            </div>
        </section>
    }
    .into_any()
}

/// The whole answer as a text, for whoever is asked for help: status, headers, body.
fn copy_response(page: &StepPage, status: Option<i64>) -> AnyView {
    let mut before = status.map_or_else(
        || "No status code".to_owned(),
        |code| format!("{code} {}", name(code)),
    );
    before.push('\n');
    for (name, value) in &page.section.headers {
        before.push_str(&format!("{name}: {value}\n"));
    }
    let body = page.section.body.as_ref();
    match body.map(|body| &body.shown) {
        Some(Shown::Lines(_) | Shown::Hex { .. }) => {
            before.push('\n');
            copy_with("response", before, BODY_ID)
        }
        Some(Shown::Form { pairs, .. }) => {
            before.push('\n');
            copy_text_button("response", before + &pairs_text(pairs))
        }
        _ => copy_text_button("response", before),
    }
}

/// Few headers are open; many would push the body, which people come for, out of sight.
fn headers(page: &StepPage) -> AnyView {
    let headers = &page.section.headers;
    let count = headers.len();
    if headers.is_empty() {
        return view! { <p class="quiet">"No headers were reported."</p> }.into_any();
    }
    let open = count <= OPEN_HEADERS;
    let pairs = headers.iter().map(|(name, value)| {
        let value = view! { <code>{value.clone()}</code> };
        (name.clone(), value.into_any())
    });
    view! {
        <details class="headers" open=open>
            <summary>"Headers "<span class="quiet">{count}</span></summary>
            {pairs_table("Headers", "Header", pairs.collect())}
        </details>
    }
    .into_any()
}

fn object(page: &StepPage) -> AnyView {
    let shown = &page.section.object;
    let pairs: Vec<_> = shown
        .iter()
        .map(|(name, value)| (name.clone(), object_value(value)))
        .collect();
    let (shown, count) = (shown.len(), page.section.object_pairs as usize);
    let content = if pairs.is_empty() {
        view! { <p class="quiet">"The object is empty."</p> }.into_any()
    } else {
        pairs_table("Object", "Key", pairs)
    };
    let left_out = (shown < count).then(|| {
        view! { <p class="notes">{format!("The first {} of {} pairs.", grouped(shown as i64), grouped(count as i64))}</p> }
    });
    view! {
        <section class="payload-part" aria-labelledby="object">
            <h3 id="object">"Key-value pairs "<span class="quiet">{grouped(count as i64)}</span></h3>
            {content}
            {left_out}
        </section>
    }
    .into_any()
}

fn object_value(value: &Pretty) -> AnyView {
    let (shown, total) = (value.lines.len(), value.total_lines);
    let left_out = (shown < total).then(|| {
        view! { <p class="notes">{format!("The first {shown} of {} lines.", grouped(total as i64))}</p> }
    });
    view! { {json_lines(value)}{left_out} }.into_any()
}

fn at(page: &StepPage, section: Section, raw: bool) -> String {
    let (workspace, run, step) = (&page.workspace.key, &page.run.key, &page.step.key);
    route::section(
        workspace.as_str(),
        run.as_str(),
        step.as_str(),
        section,
        raw,
    )
}
