//! The steps of a run beside an open payload: what guides to the next one.

use domain::{Status, same::Attempt, time::duration_text};
use leptos::prelude::*;

use super::run_status;

/// A step of the list.
#[derive(Debug, Clone)]
pub(crate) struct StepItem {
    pub(crate) number: u32,
    pub(crate) status: Status,
    pub(crate) app: Option<String>,
    pub(crate) name: String,
    pub(crate) duration_ms: Option<i64>,
    pub(crate) network_code: Option<i64>,
    pub(crate) href: String,
    pub(crate) open: bool,
    /// Where it is one of several attempts.
    pub(crate) attempt: Option<Attempt>,
}

/// `note` says which steps these are, where they are not all.
pub(crate) fn step_list(items: Vec<StepItem>, note: Option<AnyView>) -> AnyView {
    let items = items.into_iter().map(item).collect::<Vec<_>>();
    view! {
        <nav class="step-list" aria-label="Steps of this run">
            <h2>"Steps"</h2>
            {note}
            <ul>{items}</ul>
        </nav>
    }
    .into_any()
}

fn item(item: StepItem) -> AnyView {
    let again = item.attempt.is_some_and(|attempt| attempt.behind.is_some());
    let class = match (item.status == Status::Failed, again) {
        (true, false) => "step-failed",
        (true, true) => "step-failed step-tried-again",
        (false, true) => "step-tried-again",
        (false, false) => "",
    };
    let attempt = item.attempt.map(|Attempt { number, of, .. }| {
        view! { <span class="step-attempt">{format!(" attempt {number} of {of}")}</span> }
    });
    let code = item.network_code.map(|code| code.to_string());
    let took = item.duration_ms.map(duration_text);
    let facts: Vec<_> = code.into_iter().chain(took).collect();
    view! {
        <li class=class>
            <a href=item.href aria-current=item.open.then_some("step") data-noscroll="">
                <span class="step-number">{item.number}</span>
                {run_status(item.status)}
                <span class="step-name">
                    {item.app.map(|app| view! { <span class="step-app">{app}" "</span> })}
                    {item.name}
                    {attempt}
                </span>
                <span class="step-took">{facts.join(" · ")}</span>
            </a>
        </li>
    }
    .into_any()
}
