//! The steps of a run beside an open payload: what guides to the next one.

use domain::{Status, time::duration_text};
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
    let class = if item.status == Status::Failed {
        "step-failed"
    } else {
        ""
    };
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
                </span>
                <span class="step-took">{facts.join(" · ")}</span>
            </a>
        </li>
    }
    .into_any()
}
