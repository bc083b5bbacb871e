//! One section of a payload: Request, Response or Object.

use domain::{body::BodyKind, network_code::name, page::grouped, payload::Section};
use leptos::prelude::*;

use super::changes;
use crate::{
    api::{BodyView, Choice, Shown, StepPage},
    components::{
        Tab, copy_button, copy_from, copy_text_button, empty, json_lines, long_text, network_code,
        pairs_table, plain_text, tabs,
    },
    route,
};

/// The element that holds the body, for its copy button.
const BODY_ID: &str = "body-text";

/// So many headers leave the body in sight.
const OPEN_HEADERS: usize = 6;

/// The sections as links. Response comes first and is open unless the address says otherwise.
pub(super) fn section_tabs(page: &StepPage) -> AnyView {
    let open = page.choice.section;
    let tab = |(section, reported): (&Section, bool)| Tab {
        text: section.label(),
        note: (!reported).then_some("none"),
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
    match section {
        Section::Object => object(page),
        Section::Request => view! { {request_line(page)}{headers(page)}{body(page)} }.into_any(),
        Section::Response => view! { {status_line(page)}{headers(page)}{body(page)} }.into_any(),
    }
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
    view! { <section class="payload-part" aria-label="Status"><p class="request-line">{text}</p></section> }.into_any()
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
    let pairs: Vec<_> = page
        .section
        .object
        .iter()
        .map(|(name, value)| (name.clone(), json_lines(value, None)))
        .collect();
    let count = pairs.len();
    let content = if pairs.is_empty() {
        view! { <p class="quiet">"The object is empty."</p> }.into_any()
    } else {
        pairs_table("Object", "Key", pairs)
    };
    view! {
        <section class="payload-part" aria-labelledby="object">
            <h3 id="object">"Key-value pairs "<span class="quiet">{count}</span></h3>
            {content}
        </section>
    }
    .into_any()
}

fn body(page: &StepPage) -> AnyView {
    let Some(body) = &page.section.body else {
        return view! {
            <section class="payload-part" aria-labelledby="body">
                <h3 id="body">"Body"</h3>
                <p class="quiet">"No body was reported."</p>
            </section>
        }
        .into_any();
    };
    let notes = notes(body)
        .into_iter()
        .map(|note| view! { <li>{note}</li> })
        .collect::<Vec<_>>();
    let has_bytes = body.kind != BodyKind::Empty;
    view! {
        <section class="payload-part" aria-labelledby="body">
            <div class="body-head">
                <h3 id="body">"Body "<span class="quiet">{about(body)}</span></h3>
                {forms(page, body)}
                <span class="body-actions">
                    {has_bytes.then(|| copy_from(&page.choice.section.label().to_lowercase(), BODY_ID))}
                    {has_bytes.then(|| download(page))}
                </span>
            </div>
            {(!notes.is_empty()).then(|| view! { <ul class="notes">{notes}</ul> })}
            {content(body)}
        </section>
    }
    .into_any()
}

/// Raw or parsed, where both exist.
fn forms(page: &StepPage, body: &BodyView) -> Option<AnyView> {
    if !matches!(body.kind, BodyKind::Json | BodyKind::Form) {
        return None;
    }
    let tab = |text, raw: bool| Tab {
        text,
        note: None,
        href: at(page, page.choice.section, raw),
        open: page.choice.raw == raw,
    };
    Some(tabs(
        "Form of the body",
        "segments",
        vec![tab("Parsed", false), tab("Raw", true)],
    ))
}

fn download(page: &StepPage) -> Option<AnyView> {
    let (workspace, run, step) = (&page.workspace.key, &page.run.key, &page.step.key);
    let href = route::body(
        workspace.as_str(),
        run.as_str(),
        step.as_str(),
        page.choice.section,
    )?;
    Some(view! { <a class="button" href=href download="">"Download"</a> }.into_any())
}

fn content(body: &BodyView) -> AnyView {
    match &body.shown {
        Shown::Nothing => {
            view! { <p class="quiet">"The body is empty: it was sent, with no bytes in it."</p> }
                .into_any()
        }
        Shown::Json { pretty, .. } => json_lines(pretty, Some(BODY_ID)),
        Shown::Form(pairs) => {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (name.clone(), long_text(value)));
            view! { <div id=BODY_ID>{pairs_table("Body", "Field", pairs.collect())}</div> }
                .into_any()
        }
        Shown::Text { text, .. } => plain_text(text.clone(), Some(BODY_ID)),
        Shown::Hex { head, .. } => plain_text(head.clone(), Some(BODY_ID)),
    }
}

/// `application/json · 412 B`.
fn about(body: &BodyView) -> String {
    let kind = match &body.content_type {
        Some(declared) => declared.clone(),
        None => body.kind.label().to_owned(),
    };
    format!("{kind} · {}", size(body.size_bytes))
}

/// Everything that is not as it was sent, or not all of it.
fn notes(body: &BodyView) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some((original, sha256)) = &body.original {
        notes.push(format!(
            "Only its first {} are kept. The original had {} ({} bytes); its SHA-256 is {sha256}.",
            size(body.size_bytes),
            size(*original),
            count(*original)
        ));
    }
    if body.redacted {
        notes.push("Secrets in it were replaced by [redacted] before it was stored.".to_owned());
    }
    match &body.shown {
        Shown::Json { pretty, cut } => {
            if pretty.lines.len() < pretty.total_lines {
                notes.push(format!(
                    "The first {} of {} lines. Download it to see all.",
                    grouped(pretty.lines.len() as i64),
                    grouped(pretty.total_lines as i64)
                ));
            }
            if *cut {
                notes.push(
                    "A value that is too long for a page is cut at “…”. Download it to see all."
                        .to_owned(),
                );
            }
        }
        Shown::Text {
            bytes,
            lossy,
            unparsed,
            ..
        } => {
            if *unparsed {
                let reason = if body.original.is_some() {
                    "it was cut"
                } else {
                    "it is not valid"
                };
                notes.push(format!(
                    "It could not be parsed, as {reason}; this is the raw text."
                ));
            }
            if *bytes < body.size_bytes {
                notes.push(format!(
                    "The first {} of {}. Download it to see all.",
                    size(*bytes),
                    size(body.size_bytes)
                ));
            }
            if *lossy {
                notes.push("Some bytes are no UTF-8 text and are shown as “\u{fffd}”. The download has them as they were.".to_owned());
            }
        }
        Shown::Hex { bytes, .. } => notes.push(format!(
            "Not text: its first {} of {} bytes in hexadecimal.",
            count(*bytes),
            count(body.size_bytes)
        )),
        Shown::Nothing | Shown::Form(_) => {}
    }
    notes
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

fn count(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

/// `412 B`, `3.4 kB`, `1.2 MB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_told() {
        let body = BodyView {
            kind: BodyKind::Json,
            content_type: None,
            size_bytes: 2_097_152,
            original: Some((5_000_000, "ab12".into())),
            redacted: true,
            shown: Shown::Text {
                text: "{".into(),
                bytes: 131_072,
                lossy: false,
                unparsed: true,
            },
        };
        assert_eq!(
            notes(&body),
            [
                "Only its first 2.0 MB are kept. The original had 5.0 MB (5,000,000 bytes); its SHA-256 is ab12.",
                "Secrets in it were replaced by [redacted] before it was stored.",
                "It could not be parsed, as it was cut; this is the raw text.",
                "The first 131.0 kB of 2.0 MB. Download it to see all.",
            ]
        );
        assert_eq!(about(&body), "JSON · 2.0 MB");
        assert_eq!([size(412), size(3_456)], ["412 B", "3.4 kB"]);
    }
}
