//! Reading a run back, for programs: the run, its steps and, where they are asked for, what was
//! said in each. Secrets were taken out before anything was stored.

use axum::{
    Json,
    extract::{Path, Query, State},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Run, StepRow,
    payload::{Body, Headers, Payload},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::RawValue};

use super::key::Read;
use crate::{
    problem::{Problem, found},
    state::AppState,
};

/// A run and its steps.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    run: Run,
    steps: Vec<StepRow>,
    /// By the key of the step; only where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    payloads: Option<Map<String, Value>>,
}

/// What shall be told beside the run and its steps.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    with: String,
}

/// `GET /api/v1/runs/{key}`, `?with=payloads`
pub(crate) async fn run(
    State(state): State<AppState>,
    Read(workspace): Read,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Answer>, Problem> {
    let run = found(state.store.run(workspace, &key).await?, "run")?;
    let steps = state.store.list_steps(workspace, run.id).await?;
    let mut payloads = None;
    if asked.with.split(',').any(|part| part == "payloads") {
        let mut told = Map::new();
        for step in &steps {
            let payload = state.store.payload(workspace, step.id).await?;
            told.insert(step.key.to_string(), payload_json(payload));
        }
        payloads = Some(told);
    }
    Ok(Json(Answer {
        run,
        steps,
        payloads,
    }))
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
