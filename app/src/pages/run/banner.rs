//! What failed in a run, before anything else that its page shows.

use domain::{Status, payload::Section};
use leptos::prelude::*;

use crate::{
    api::RunPage,
    components::{NoticeTone, long_text, network_code, notice},
    route,
};

/// The failing step, its error, and the way to its response.
pub(super) fn banner(page: &RunPage, workspace: &str) -> Option<AnyView> {
    let run = &page.run;
    let step = page.failing.as_ref();
    if step.is_none() && run.error.is_none() {
        return None;
    }
    let title = step.map(|step| {
        let number = page.failing_number;
        let app = step
            .app()
            .map(|app| format!("{app} · "))
            .unwrap_or_default();
        format!("Step {number} failed: {app}{}", step.title())
    });
    let mut errors: Vec<String> = step
        .and_then(|step| step.error.clone())
        .into_iter()
        .collect();
    errors.extend(run.error.clone().filter(|error| !errors.contains(error)));
    let code = step.and_then(|step| step.network_code);
    let ways = step.map(|step| {
        let at = |section| {
            route::section(
                workspace,
                run.key.as_str(),
                step.key.as_str(),
                section,
                false,
            )
        };
        view! {
            <p class="ways-out">
                <a class="button button-primary" href=at(Section::Response)>"View response"</a>
                <a class="button" href=at(Section::Request)>"View request"</a>
            </p>
        }
    });
    let text = view! {
        <p class="notice-title">{title.unwrap_or_else(|| "This run reported an error.".to_owned())}" "{code.map(|code| network_code(Some(code)))}</p>
        {errors.into_iter().map(|error| view! { <p class="error-text" tabindex="0">{long_text(&error)}</p> }).collect::<Vec<_>>()}
        {ways}
    };
    let tone = if run.status == Status::Failed || step.is_some() {
        NoticeTone::Failed
    } else {
        NoticeTone::Info
    };
    Some(notice(tone, text.into_any()))
}
