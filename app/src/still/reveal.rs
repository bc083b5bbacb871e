//! The originals of what was redacted in a step: the question for a reason, and then what was asked for.

use domain::{audit::REASON_CHARS, payload::Section};
use leptos::prelude::*;

use super::{Frame, page, problem};
use crate::{
    components::{
        NoticeTone, breadcrumb, empty, long_text, notice, page_header, pairs_table, plain_text,
    },
    route,
};

/// What it shows.
#[derive(Debug, Clone, Default)]
pub struct RevealPage {
    pub workspace: String,
    pub run: String,
    pub step: String,
    /// How the step is called.
    pub title: String,
    /// Of which parts there are originals.
    pub parts: Vec<(Section, Vec<String>)>,
    /// The sections that cannot be opened, and why.
    pub shut: Vec<(Section, String)>,
    /// What is wrong with the reason, and the reason.
    pub problem: Option<String>,
    pub reason: String,
    /// The originals; none until they were asked for.
    pub shown: Vec<RevealedPart>,
}

/// The originals of one section.
#[derive(Clone, Default)]
pub struct RevealedPart {
    pub section: Option<Section>,
    /// Single texts, such as the URL.
    pub lines: Vec<(String, String)>,
    pub pairs: Vec<(String, String)>,
    pub body: Option<RevealedBody>,
}

/// A body as text, and what is to be said of that.
#[derive(Clone, Default)]
pub struct RevealedBody {
    pub text: String,
    pub notes: Vec<String>,
}

/// What they hold is never logged.
impl std::fmt::Debug for RevealedPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RevealedPart")
            .field("section", &self.section)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for RevealedBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RevealedBody").finish_non_exhaustive()
    }
}

/// The question, or the originals.
#[must_use]
pub fn reveal(frame: Frame, shown: RevealPage) -> String {
    page(frame, "Reveal the originals", move || {
        let (workspace, run) = (shown.workspace.as_str(), shown.run.as_str());
        let step = route::step(workspace, run, &shown.step);
        let above = vec![
            ("Flows".to_owned(), route::flows(workspace)),
            (run.to_owned(), route::run(workspace, run)),
            (shown.title.clone(), step.clone()),
        ];
        let content = match (shown.parts.is_empty(), shown.shown.is_empty()) {
            (true, _) => nothing(&shown),
            (false, true) => question(&shown),
            (false, false) => originals(&shown),
        };
        view! {
            {breadcrumb(above, "Originals".to_owned())}
            {page_header(view! { "Originals of " {shown.title.clone()} }.into_any(), vec![])}
            {problem("Nothing was revealed.", shown.problem.clone())}
            {shut(&shown.shut)}
            {content}
            <p class="ways-out"><a class="button" href=step>"Back to the step"</a></p>
        }
        .into_any()
    })
}

fn nothing(shown: &RevealPage) -> AnyView {
    if !shown.shut.is_empty() {
        return ().into_any();
    }
    let why = "Either nothing in it was redacted, or the workspace did not keep originals when it was reported, or they were deleted.";
    empty(
        "No originals of this step are kept.".to_owned(),
        why.to_owned(),
        None,
    )
}

fn shut(shut: &[(Section, String)]) -> Option<AnyView> {
    if shut.is_empty() {
        return None;
    }
    let lines = shut.iter().map(|(section, why)| {
        view! { <li>{section.label()}": "{why.clone()}"."</li> }
    });
    let text = view! {
        <p class="notice-title">"Some originals cannot be opened."</p>
        <ul>{lines.collect::<Vec<_>>()}</ul>
        <p>"Whoever runs the server can put an earlier key back into its key file."</p>
    };
    Some(notice(NoticeTone::Failed, text.into_any()))
}

fn question(shown: &RevealPage) -> AnyView {
    let parts = shown.parts.iter().map(|(section, parts)| {
        view! { <li>{section.label()}": "{parts.join(", ")}</li> }
    });
    let action = route::reveal(&shown.workspace, &shown.run, &shown.step);
    let (least, most) = (REASON_CHARS.start(), REASON_CHARS.end());
    let hint =
        format!("{least} to {most} characters. It stands in the audit log; name no secret in it.");
    let bad = shown.problem.is_some().then_some("true");
    view! {
        <section class="settings" aria-labelledby="ask">
            <h2 id="ask">"What is revealed"</h2>
            <p>"Of run "<code>{shown.run.clone()}</code>", step "<code>{shown.step.clone()}</code>", as they were before secrets were replaced:"</p>
            <ul class="plain-list">{parts.collect::<Vec<_>>()}</ul>
            <p>"The audit log will say that you looked, when, and why."</p>
            <form class="settings-form" method="post" action=action autocomplete="off">
                <label class="field">
                    <span class="field-label">"Reason"</span>
                    <textarea name="reason" rows="3" required=true minlength=least.to_string() maxlength=most.to_string()
                        autocomplete="off" aria-invalid=bad aria-describedby="reason-hint">{shown.reason.clone()}</textarea>
                    <span class="hint" id="reason-hint">{hint}</span>
                </label>
                <p><button type="submit" class="button button-primary">"Reveal the originals"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn originals(shown: &RevealPage) -> AnyView {
    let sections = shown.shown.iter().map(section).collect::<Vec<_>>();
    view! {
        <p class="hint">"Only what was redacted is here. It is on record that you looked. Copy no more than you need."</p>
        {sections}
    }
    .into_any()
}

fn section(part: &RevealedPart) -> AnyView {
    let label = part.section.map_or("", Section::label);
    let (caption, name) = match part.section {
        Some(Section::Object) => ("Object", "Key"),
        _ => ("Headers", "Header"),
    };
    let value = |text: &String| view! { <code>{long_text(text)}</code> }.into_any();
    let table = |caption, name, pairs: &[(String, String)]| {
        let rows = pairs.iter().map(|(name, text)| (name.clone(), value(text)));
        (!pairs.is_empty()).then(|| pairs_table(caption, name, rows.collect()))
    };
    let body = part.body.as_ref().map(|body| {
        let notes = body
            .notes
            .iter()
            .map(|note| view! { <p class="notes">{note.clone()}</p> });
        view! {
            <h3>"Body"</h3>
            {notes.collect::<Vec<_>>()}
            {plain_text(body.text.clone(), None)}
        }
    });
    view! {
        <section class="payload-part" aria-label=label>
            <h2>{label}</h2>
            {table("Method and URL", "Part", &part.lines)}
            {table(caption, name, &part.pairs)}
            {body}
        </section>
    }
    .into_any()
}
