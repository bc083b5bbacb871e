//! HTTP status codes: the name on hover and for screen readers, the whole list one click away.

use domain::network_code::{REGISTRY, is_error, name};
use leptos::prelude::*;

use super::{dash, hidden_text};

/// A code; a dash where there was no HTTP.
pub(crate) fn network_code(code: Option<i64>) -> AnyView {
    match code {
        Some(code) => link(code, name(code).to_owned()),
        None => dash(),
    }
}

/// The code of a run, and that of its failing step where it is another one.
pub(crate) fn run_code(code: Option<i64>, failing: Option<i64>) -> AnyView {
    match failing {
        Some(failing) if code != Some(failing) => view! {
            <span class="code-pair">
                {network_code(code)}
                {hidden_text(", failing step ")}
                {link(failing, format!("{}, answered to the failing step", name(failing)))}
            </span>
        }
        .into_any(),
        _ => network_code(code),
    }
}

fn link(code: i64, title: String) -> AnyView {
    let class = if is_error(code) {
        "network-code network-code-error"
    } else {
        "network-code"
    };
    view! {
        <a class=class href=REGISTRY rel="noopener noreferrer" title=format!("{code} {title}")>
            {code}
            {hidden_text(format!(" {}", name(code)))}
        </a>
    }
    .into_any()
}
