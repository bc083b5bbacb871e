//! `POST /v1/traces` and `/v1/logs`: OpenTelemetry exporters, by their protocol (OTLP/HTTP).
//!
//! The way in is that of every report ([`super::intake`]); only the words differ, those of the
//! answers too: what exporters understand is a message of theirs in the type that they sent.

mod answer;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::otlp::{Format, Signal};

use super::{
    intake::{self, Form},
    key::Ingest,
};
use crate::{problem::Problem, state::AppState};

/// Spans.
pub(crate) async fn traces(
    State(state): State<AppState>,
    ingest: Ingest,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    take(Signal::Traces, &state, &ingest, &headers, body).await
}

/// Log records.
pub(crate) async fn logs(
    State(state): State<AppState>,
    ingest: Ingest,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    take(Signal::Logs, &state, &ingest, &headers, body).await
}

async fn take(
    signal: Signal,
    state: &AppState,
    ingest: &Ingest,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let format = format(headers).ok_or_else(unknown_type)?;
    let form = Form::Otlp(signal, format);
    let outcome = intake::take_some(state, ingest, headers, body, form).await?;
    Ok(answer::taken(&outcome, signal, format))
}

/// Whether an address is one of these.
pub(crate) fn is_one(path: &str) -> bool {
    matches!(path, "/v1/traces" | "/v1/logs")
}

/// Says a problem of a request in the words and the type of its exporter, wherever it arose.
pub(crate) async fn in_their_words(request: Request, next: Next) -> Response {
    if !is_one(request.uri().path()) {
        return next.run(request).await;
    }
    let format = format(request.headers()).unwrap_or(Format::Json);
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>() else {
        return response;
    };
    let mut said = answer::refused(problem, format).into_response();
    for name in [header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            said.headers_mut().insert(name, value.clone());
        }
    }
    let theirs = said.headers().clone();
    let (mut parts, _) = response.into_parts();
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        parts.headers.remove(name);
    }
    parts.headers.extend(theirs);
    Response::from_parts(parts, said.into_body())
}

fn format(headers: &HeaderMap) -> Option<Format> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let kind = value.split(';').next()?.trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/x-protobuf" | "application/protobuf" => Some(Format::Protobuf),
        "application/json" => Some(Format::Json),
        _ => None,
    }
}

fn unknown_type() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unknown_type",
        "the content type is application/x-protobuf or application/json",
    )
}
