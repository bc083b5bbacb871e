//! Pages that have nothing to show, and say why.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Arrival, Screen};
use crate::{
    components::{NoticeTone, notice, page_header},
    error::AppError,
    route,
};

/// An address that no page has.
pub(crate) fn not_found() -> AnyView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    let path = use_location().pathname.get_untracked();
    let error = AppError::NotFound {
        what: "page at this address".to_owned(),
    };
    expect_context::<Screen>().arrive(Arrival {
        path: path.clone(),
        title: error.title().to_owned(),
        ..Arrival::default()
    });
    failure(&error, path)
}

/// `again` is the address of this very page.
pub(super) fn failure(error: &AppError, again: String) -> AnyView {
    let missing = matches!(error, AppError::NotFound { .. } | AppError::Refused { .. });
    let out = *error == AppError::SignedOut;
    let request_id = match error {
        AppError::Failed { request_id } => request_id.clone(),
        _ => None,
    };
    let path = again.split('?').next().unwrap_or_default();
    // Where a list of flows is missing, so is its workspace.
    let workspace = match route::keys(route::FLOWS, path) {
        Some(_) => route::HOME_WORKSPACE.to_owned(),
        None => route::workspace_of(path),
    };
    let flows = route::flows(&workspace);
    let tone = if missing {
        NoticeTone::Info
    } else {
        NoticeTone::Failed
    };
    let text = view! {
        <p class="notice-title">{error.to_string()}</p>
        <p>{error.advice()}</p>
        {request_id.map(|id| view! { <p>"Request ID: "<code>{id}</code></p> })}
    };
    view! {
        {page_header(error.title().into_any(), vec![])}
        {notice(tone, text.into_any())}
        <p class="ways-out">
            {(!missing).then(|| {
                let (text, href) = match out {
                    true => ("Sign in", route::sign_in(Some(&again))),
                    false => ("Try again", again),
                };
                view! { <a class="button button-primary" href=href rel="external">{text}</a> }
            })}
            <a class="button" href=flows>"All flows"</a>
        </p>
    }
    .into_any()
}

pub(super) fn again(path: &str, query: &str) -> String {
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}
