//! A body as it was reported, byte for byte.
//!
//! It is always a file to save, never a page to show: what somebody else's API
//! answered must not run here.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::Body;

use crate::{problem::Problem, state::AppState};

/// `request-body` or `response-body` of a step.
pub(crate) async fn body(
    State(state): State<AppState>,
    Path((workspace, run, step, section)): Path<(String, String, String, String)>,
) -> Result<Response, Problem> {
    let body = find(&state, &workspace, &run, &step, &section).await?;
    let body = body.ok_or_else(|| Problem::not_found("body"))?;
    let mut response = body.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    if let Some(value) = attachment(&format!("{run}.{step}.{section}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'"),
    );
    Ok(response)
}

/// Says that the answer is a file of this name; what file systems may stumble over becomes `_`.
pub(super) fn attachment(name: &str) -> Option<HeaderValue> {
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).ok()
}

async fn find(
    state: &AppState,
    workspace: &str,
    run: &str,
    step: &str,
    section: &str,
) -> Result<Option<Body>, Problem> {
    let store = &state.store;
    let Some(workspace) = store.workspace(workspace).await? else {
        return Ok(None);
    };
    let Some(run) = store.run(workspace.id, run).await? else {
        return Ok(None);
    };
    let Some(step) = store.step(workspace.id, run.id, step).await? else {
        return Ok(None);
    };
    let payload = store.payload(workspace.id, step.id).await?;
    Ok(match section {
        "request-body" => payload.request.and_then(|request| request.body),
        "response-body" => payload.response.and_then(|response| response.body),
        _ => None,
    })
}
