//! The body of a request or response: what it is, what is shown of it, what can be done with it.

use domain::{body::BodyKind, page::grouped};
use leptos::prelude::*;

use super::at;
use crate::{
    api::{BodyView, Head, PartView, Shown, StepPage},
    components::{
        BODY_ID, Tab, Viewed, byte_size, copy_from, copy_text_button, long_text, pairs_table,
        plain_text, tabs, viewer,
    },
    route,
};

pub(super) fn body(page: &StepPage) -> AnyView {
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
    view! {
        <section class="payload-part" aria-labelledby="body">
            <div class="body-head">
                <h3 id="body">"Body "<span class="quiet">{about(body)}</span></h3>
                {forms(page, body)}
                <span class="body-actions">
                    {copy_body(&body.shown)}
                    {(body.kind != BodyKind::Empty).then(|| download(page))}
                </span>
            </div>
            {(!notes.is_empty()).then(|| view! { <ul class="notes">{notes}</ul> })}
            {content(page, body)}
        </section>
    }
    .into_any()
}

fn copy_body(shown: &Shown) -> Option<AnyView> {
    match shown {
        Shown::Lines(_) | Shown::Hex { .. } => Some(copy_from("body", BODY_ID)),
        Shown::Form { pairs, .. } => Some(copy_text_button("body", pairs_text(pairs))),
        // Its parts may be no text; the download has them.
        Shown::Parts { .. } | Shown::Nothing => None,
    }
}

pub(super) fn pairs_text(pairs: &[(String, String)]) -> String {
    let lines = pairs
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"));
    lines.collect()
}

/// Raw or parsed, where both exist.
fn forms(page: &StepPage, body: &BodyView) -> Option<AnyView> {
    let kinds = [
        BodyKind::Json,
        BodyKind::Form,
        BodyKind::Xml,
        BodyKind::Multipart,
    ];
    if !kinds.contains(&body.kind) {
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
    let href = address(page)?;
    Some(view! { <a class="button" href=href download="">"Download"</a> }.into_any())
}

/// Where the bytes of the body are.
fn address(page: &StepPage) -> Option<String> {
    let (workspace, run, step) = (&page.workspace.key, &page.run.key, &page.step.key);
    route::body(
        workspace.as_str(),
        run.as_str(),
        step.as_str(),
        page.choice.section,
    )
}

fn content(page: &StepPage, body: &BodyView) -> AnyView {
    match &body.shown {
        Shown::Nothing if body.unchecked => {
            view! { <p class="quiet">"The body was not kept because it could not be checked for secrets."</p> }
                .into_any()
        }
        Shown::Nothing => {
            view! { <p class="quiet">"The body is empty: it was sent, with no bytes in it."</p> }
                .into_any()
        }
        Shown::Lines(head) => viewer(Viewed {
            head: head.lines.clone(),
            form: head.form,
            whole: head.whole,
            address: address(page),
        }),
        Shown::Form { pairs, .. } => {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (name.clone(), long_text(value)));
            pairs_table("Body", "Field", pairs.collect())
        }
        Shown::Parts { parts, .. } => {
            let parts = parts.iter().map(|of| view! { <li>{part(of)}</li> });
            view! { <ol class="parts" aria-label="Parts">{parts.collect::<Vec<_>>()}</ol> }
                .into_any()
        }
        Shown::Hex { head, .. } => plain_text(head.clone(), Some(BODY_ID)),
    }
}

/// A part of a form: its name, what it is, its headers and its text or first bytes.
fn part(part: &PartView) -> AnyView {
    let name = part
        .name
        .clone()
        .unwrap_or_else(|| "without a name".to_owned());
    let file = part.filename.as_ref().map(|name| format!(" ({name})"));
    let about = format!(" {} · {}", part.kind.label(), byte_size(part.size_bytes));
    let headers: Vec<_> = part
        .headers
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("content-disposition"))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let cut = (part.shown_bytes < part.size_bytes).then(|| {
        format!(
            "The first {} of {} bytes. Download the body to see all.",
            count(part.shown_bytes),
            count(part.size_bytes)
        )
    });
    let text = if part.size_bytes == 0 {
        view! { <p class="quiet">"Empty"</p> }.into_any()
    } else {
        plain_text(part.text.clone(), None)
    };
    view! {
        <h4>{name}{file}<span class="quiet">{about}</span></h4>
        {(!headers.is_empty()).then(|| view! { <p class="part-headers">{headers.join(" · ")}</p> })}
        {text}
        {cut.map(|cut| view! { <p class="quiet">{cut}</p> })}
    }
    .into_any()
}

/// `application/json · 412 B`.
fn about(body: &BodyView) -> String {
    let kind = match &body.content_type {
        Some(declared) => declared.clone(),
        None => body.kind.label().to_owned(),
    };
    if body.unchecked {
        return format!("{kind} · not kept");
    }
    format!("{kind} · {}", byte_size(body.size_bytes))
}

/// Everything that is not as it was sent, or not all of it.
fn notes(body: &BodyView) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some((original, sha256)) = &body.original {
        notes.push(format!(
            "Only its first {} are kept. The original had {} ({} bytes); its SHA-256 is {sha256}.",
            byte_size(body.size_bytes),
            byte_size(*original),
            count(*original)
        ));
    }
    if body.redacted {
        notes.push("Secrets in it were replaced by marks before it was stored: equal marks, equal secrets.".to_owned());
    }
    match &body.shown {
        Shown::Lines(head) => notes.extend(notes_on_lines(head, body.original.is_some())),
        Shown::Hex { bytes, .. } => notes.push(format!(
            "Not text: its first {} of {} bytes in hexadecimal.",
            count(*bytes),
            count(body.size_bytes)
        )),
        Shown::Form { pairs, total } if (pairs.len() as u64) < *total => notes.push(format!(
            "The first {} of {} fields. Download it to see all.",
            count(pairs.len() as u64),
            count(*total)
        )),
        Shown::Parts { parts, all: false } => notes.push(format!(
            "The first {} parts. Download it to see all.",
            parts.len()
        )),
        Shown::Nothing | Shown::Form { .. } | Shown::Parts { .. } => {}
    }
    notes
}

fn notes_on_lines(head: &Head, was_cut: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if head.unparsed {
        let reason = if was_cut {
            "it was cut"
        } else {
            "it is not valid"
        };
        notes.push(format!(
            "It could not be parsed, as {reason}; this is the raw text."
        ));
    }
    if head.lossy {
        notes.push("Some bytes are no UTF-8 text and are shown as “\u{fffd}”. The download has them as they were.".to_owned());
    }
    notes
}

fn count(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::lines::{Form, Lines};

    #[test]
    fn what_was_left_out_is_told() {
        let body = BodyView {
            kind: BodyKind::Json,
            content_type: None,
            size_bytes: 2_097_152,
            original: Some((5_000_000, "ab12".into())),
            redacted: true,
            unchecked: false,
            shown: Shown::Lines(Head {
                lines: Lines::raw("{".into()).head(9),
                form: Form::Raw,
                whole: false,
                lossy: true,
                unparsed: true,
            }),
        };
        assert_eq!(
            notes(&body),
            [
                "Only its first 2.0 MB are kept. The original had 5.0 MB (5,000,000 bytes); its SHA-256 is ab12.",
                "Secrets in it were replaced by marks before it was stored: equal marks, equal secrets.",
                "It could not be parsed, as it was cut; this is the raw text.",
                "Some bytes are no UTF-8 text and are shown as “\u{fffd}”. The download has them as they were.",
            ]
        );
        assert_eq!(about(&body), "JSON · 2.0 MB");
    }
}
