//! Bytes as they were reported: a body, or a file of a run.
//!
//! They are always a file to save, never a page to show: what somebody else's API
//! answered must not run here.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{Body, WorkspaceId, percent::push_encoded};
use store::Store;

use crate::{
    problem::{Problem, found},
    state::AppState,
};

/// `request-body` or `response-body` of a step.
pub(crate) async fn body(
    State(state): State<AppState>,
    Path((workspace, run, step, section)): Path<(String, String, String, String)>,
) -> Result<Response, Problem> {
    let body = find(&state, &workspace, &run, &step, &section).await?;
    let body = found(body, "body")?;
    Ok(saved(body.bytes, &format!("{run}.{step}.{section}")))
}

/// `GET /{workspace}/runs/{run}/files/{key}`
pub(crate) async fn file(
    State(state): State<AppState>,
    Path((workspace, run, key)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let workspace = state.workspace(&workspace).await?;
    file_of(&state.store, workspace, &run, &key).await
}

/// A file of a run, for a person or a program.
pub(crate) async fn file_of(
    store: &Store,
    workspace: WorkspaceId,
    run: &str,
    key: &str,
) -> Result<Response, Problem> {
    let run = found(store.run(workspace, run).await?, "run")?;
    let (file, bytes) = found(store.file(workspace, run.id, key).await?, "file")?;
    Ok(saved(bytes, &file.name))
}

fn saved(bytes: Vec<u8>, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    if let Some(value) = attachment(name) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'"),
    );
    response
}

/// Says that the answer is a file of this name; what file systems may stumble over becomes `_`,
/// and what is not ASCII follows as RFC 8187 writes it.
pub(super) fn attachment(name: &str) -> Option<HeaderValue> {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut value = format!("attachment; filename=\"{plain}\"");
    if !name.is_ascii() {
        value.push_str("; filename*=UTF-8''");
        push_encoded(&mut value, name);
    }
    HeaderValue::from_str(&value).ok()
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
