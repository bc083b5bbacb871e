//! How far something is that goes on by itself.

use leptos::prelude::*;

/// `text` says in words what the bar shows.
pub(crate) fn progress(label: &'static str, text: String, done: u64, total: u64) -> AnyView {
    view! {
        <div class="progress">
            <label for="progress">{label}</label>
            <progress id="progress" value=done.to_string() max=total.max(1).to_string()>{text.clone()}</progress>
            <span class="progress-count">{text}</span>
        </div>
    }
    .into_any()
}
