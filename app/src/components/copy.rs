//! Copy buttons. They do nothing without script, so the style hides them until the page is hydrated.
//!
//! One listener of [`super::browser`] serves them all: they carry what to copy as an attribute, or
//! name what [`super::clipboard`] finds.

use leptos::prelude::*;

/// Copies `text`; `what` names it ("Run ID").
pub(crate) fn copy_button(what: &str, text: String) -> AnyView {
    view! {
        <button type="button" class="copy" data-copy=text data-copied=what.to_owned() title=format!("Copy {what}")>
            {icon()}
            {super::hidden_text(format!("Copy {what}"))}
        </button>
    }
    .into_any()
}

/// As [`copy_button`], its name shown as well.
pub(crate) fn copy_text_button(what: &str, text: String) -> AnyView {
    view! {
        <button type="button" class="copy copy-text" data-copy=text data-copied=what.to_owned()>
            {icon()}
            {format!("Copy {what}")}
        </button>
    }
    .into_any()
}

/// Copies the text of the element with this id.
pub(crate) fn copy_from(what: &str, id: &'static str) -> AnyView {
    view! {
        <button type="button" class="copy copy-text" data-copy-from=id data-copied=what.to_owned()>
            {icon()}
            {format!("Copy {what}")}
        </button>
    }
    .into_any()
}

/// Copies `before` and behind it the text of the element with this id.
pub(crate) fn copy_with(what: &str, before: String, id: &'static str) -> AnyView {
    view! {
        <button type="button" class="copy copy-text" data-copy=before data-copy-from=id data-copied=what.to_owned()>
            {icon()}
            {format!("Copy {what}")}
        </button>
    }
    .into_any()
}

fn icon() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
            <path d="M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z"></path>
        </svg>
    }
}
