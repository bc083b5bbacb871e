//! The bridge to the pages: what they are handed, and the policy that they run under.

pub(crate) mod download;
pub(crate) mod export;

use std::sync::LazyLock;

use app::context::{ErrorReporter, Look, Now};
use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
};
use domain::access::{Access, Caller, Reader, Role};
use leptos::{context::provide_context, nonce::use_nonce, prelude::use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};
use tower_http::request_id::RequestId;

use crate::{
    csp,
    display::{self, ZONES},
    routes::Routes,
    state::AppState,
};

/// Made once in a process, before its first request: while it is made, leptos (0.8.23) starts no
/// resource in any thread, and a page that asks for one just then waits for ever
/// (leptos-rs/leptos#4773). Tests make many servers in one process.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

/// What each page asks. One of a role that shows less to some says so itself.
const PAGES: [(&str, Access); 16] = [
    ("/", Access::Person),
    ("/{workspace}/flows", Access::Role(Role::Viewer)),
    ("/{workspace}/flows/{flow}", Access::Role(Role::Viewer)),
    (
        "/{workspace}/integrations/{integration}",
        Access::Role(Role::Viewer),
    ),
    (
        "/{workspace}/integrations/{integration}/delete",
        Access::Role(Role::Operator),
    ),
    ("/{workspace}/users/{user}", Access::Role(Role::Viewer)),
    ("/{workspace}/find", Access::Role(Role::Viewer)),
    ("/{workspace}/settings", Access::Role(Role::Viewer)),
    ("/{workspace}/runs", Access::Role(Role::Viewer)),
    ("/{workspace}/bulk", Access::Role(Role::Operator)),
    ("/{workspace}/bulk/{bulk}", Access::Role(Role::Operator)),
    ("/{workspace}/runs/{run}", Access::Role(Role::Viewer)),
    ("/{workspace}/runs/{run}/log", Access::Role(Role::Viewer)),
    (
        "/{workspace}/runs/{run}/steps/{step}",
        Access::Role(Role::Viewer),
    ),
    (
        "/{workspace}/runs/{run}/compare/{other}",
        Access::Role(Role::Support),
    ),
    ("/_/zone", Access::Person),
];

/// What each server function asks, in the workspace that its arguments name.
const FUNCTIONS: [(&str, Role); 12] = [
    ("/_/flows", Role::Viewer),
    ("/_/flow", Role::Viewer),
    ("/_/integration", Role::Viewer),
    ("/_/user", Role::Viewer),
    ("/_/find", Role::Viewer),
    ("/_/settings", Role::Viewer),
    ("/_/runs", Role::Viewer),
    ("/_/run", Role::Viewer),
    ("/_/step", Role::Viewer),
    ("/_/compare", Role::Support),
    ("/_/bulk", Role::Operator),
    ("/_/bulk_done", Role::Operator),
];

/// Adds what the pages and their functions ask.
pub(crate) fn rules(routes: Routes) -> Routes {
    let functions = FUNCTIONS.map(|(path, role)| (path, Access::Role(role)));
    let all = PAGES.into_iter().chain(functions);
    all.fold(routes, |routes, (path, access)| routes.page(path, access))
}

/// The addresses of all pages, as axum writes them: what a test holds the rules against.
#[must_use]
pub fn pages_of_the_app() -> Vec<String> {
    ROUTES.iter().map(|page| page.path().to_owned()).collect()
}

/// The pages and their server functions.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    let list = ROUTES.clone();
    let context = {
        let state = state.clone();
        move || provide(&state)
    };
    let shell = {
        let options = state.leptos.clone();
        move || app::shell(options.clone())
    };
    Router::new()
        .leptos_routes_with_context(state, list, context.clone(), shell.clone())
        .fallback(leptos_axum::file_and_error_handler_with_context::<
            AppState,
            _,
        >(context, move |_| shell()))
}

fn provide(state: &AppState) {
    provide_context(state.store.clone());
    provide_context(Now(state.clock.now()));
    provide_context(state.assets.clone());
    provide_context(state.first_key.clone());
    provide_context(state.origin.clone());
    provide_context(state.demo.clone());
    provide_context(ErrorReporter::new(report));
    provide_context(ZONES);
    provide_context(caller());
    provide_context(look());
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(policy) = policy() {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            let endpoints = HeaderValue::from_static(csp::ENDPOINTS);
            response.insert_header(HeaderName::from_static("reporting-endpoints"), endpoints);
        }
    }
}

/// Who asks, as the gate found.
fn caller() -> Caller {
    let parts = use_context::<http::request::Parts>();
    parts
        .and_then(|parts| parts.extensions.get().cloned())
        .unwrap_or_default()
}

/// How the reader likes the pages, and who they are in the workspace of the address.
fn look() -> Look {
    let Some(parts) = use_context::<http::request::Parts>() else {
        return Look::default();
    };
    let workspace = app::route::workspace_of(parts.uri.path());
    Look {
        reader: Reader::of(&caller(), &workspace),
        ..display::look(&parts.headers)
    }
}

/// Takes the cause of a page's failure to the log, and tells the id to quote.
fn report(error: &dyn std::error::Error) -> Option<String> {
    let id = use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<RequestId>().cloned())
        .and_then(|id| id.header_value().to_str().map(str::to_owned).ok());
    tracing::error!(error = %error, request_id = id, "a page could not be read");
    id
}

/// Only our own files, and of scripts only those that carry this answer's nonce.
fn policy() -> Option<HeaderValue> {
    let nonce = use_nonce()?;
    HeaderValue::from_str(&format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; \
         report-uri {}; report-to csp",
        csp::ADDRESS
    ))
    .ok()
}
