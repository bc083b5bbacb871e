//! Reading a run back, for programs: the run, its steps and, where they are asked for, what was
//! said in each. Secrets were taken out before anything was stored.

use axum::{
    Json,
    body::{Body as Answered, Bytes},
    extract::{Path, RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Run, StepRow, WorkspaceId,
    payload::{Body, Headers, Payload},
};
use futures_util::stream;
use serde::Serialize;
use serde_json::{Map, Value, json, value::RawValue};
use store::{Store, StoreError};

use super::{key::Read, query::Asked};
use crate::{
    problem::{Problem, found},
    state::AppState,
};

/// A run and its steps.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    run: Run,
    steps: Vec<StepRow>,
}

/// `GET /api/v1/runs/{key}`, `?with=payloads`
pub(crate) async fn run(
    State(state): State<AppState>,
    Read(workspace): Read,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let run = found(state.store.run(workspace, &key).await?, "run")?;
    let steps = state.store.list_steps(workspace, run.id).await?;
    let answer = Answer { run, steps };
    match Asked::new(query).text("with").as_deref() {
        None => Ok(Json(answer).into_response()),
        Some("payloads") => with_payloads(answer, state.store, workspace),
        Some(other) => {
            let detail = format!("with: `{other}` means nothing here; it is payloads or nothing");
            Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_filter",
                detail,
            ))
        }
    }
}

/// The answer and, behind it, `payloads` by the key of the step. A run may have ten thousand steps
/// of several megabytes, so that they are read and sent one at a time; where the database fails in
/// the middle the connection is cut.
fn with_payloads(
    answer: Answer,
    store: Store,
    workspace: WorkspaceId,
) -> Result<Response, Problem> {
    let mut beginning = serde_json::to_string(&answer).map_err(|_| Problem::internal())?;
    beginning.pop();
    beginning.push_str(",\"payloads\":{");
    let steps = answer.steps.into_iter();
    let parts = stream::try_unfold(
        (Some(beginning), steps, true),
        move |(text, mut steps, first)| {
            let store = store.clone();
            async move {
                if let Some(text) = text {
                    return Ok(Some((Bytes::from(text), (None, steps, first))));
                }
                let Some(step) = steps.next() else {
                    return Ok(None);
                };
                let payload = store
                    .payload(workspace, step.id)
                    .await
                    .inspect_err(|error| {
                        tracing::error!(error = %error, "a run was told in part only");
                    })?;
                let comma = if first { "" } else { "," };
                let text = format!("{comma}{}:{}", json!(step.key), payload_json(payload));
                Ok::<_, StoreError>(Some((Bytes::from(text), (None, steps, false))))
            }
        },
    );
    let end = stream::iter([Ok(Bytes::from_static(b"}}"))]);
    let mut response = Answered::from_stream(stream::StreamExt::chain(parts, end)).into_response();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(response)
}

fn payload_json(payload: Payload) -> Value {
    let request = payload.request.map(|request| {
        json!({
            "method": request.method,
            "url": request.url,
            "headers": headers(request.headers),
            "body": request.body.map(body),
        })
    });
    let response = payload.response.map(|response| {
        json!({
            "status": response.status,
            "headers": headers(response.headers),
            "body": response.body.map(body),
        })
    });
    // Values are JSON as they were reported.
    let object = payload.object.map(|object| {
        let members = object.0.into_iter().map(|(name, text)| {
            let value = serde_json::from_str::<Box<RawValue>>(&text).ok();
            let value = value.and_then(|raw| serde_json::to_value(raw).ok());
            (name, value.unwrap_or(Value::String(text)))
        });
        members.collect::<Map<_, _>>()
    });
    json!({"request": request, "response": response, "object": object})
}

/// Pairs, for a name may occur twice.
fn headers(headers: Headers) -> Value {
    json!(headers.0)
}

fn body(body: Body) -> Value {
    let (text, bytes) = match String::from_utf8(body.bytes) {
        Ok(text) => (Some(text), None),
        Err(error) => (None, Some(STANDARD.encode(error.as_bytes()))),
    };
    json!({
        "text": text,
        "base64": bytes,
        "cut_from_bytes": body.cut.map(|cut| cut.size_bytes),
        "redacted": body.redacted,
        "not_kept": body.unchecked,
    })
}
