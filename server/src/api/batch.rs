//! `POST /api/v1/batch`: many reports of any kind, in any order.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use serde::Serialize;

pub use super::intake::{Outcome, take_items};
use super::{
    intake::{self, Form},
    key::Ingest,
};
use crate::{
    problem::{ItemError, Problem},
    state::AppState,
};

/// What became of a batch. `taken` are stored for good when this is read.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    taken: usize,
    rejected: Vec<ItemError>,
}

/// Takes a batch: a JSON array, or one object a line.
pub(crate) async fn take(
    State(state): State<AppState>,
    ingest: Ingest,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Answer>, Problem> {
    let form = form(&headers)?;
    let outcome = intake::take(&state, &ingest, &headers, body, form).await?;
    Ok(Json(Answer {
        taken: outcome.taken,
        rejected: outcome.rejected,
    }))
}

fn form(headers: &HeaderMap) -> Result<Form, Problem> {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    match value
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase()
        .as_str()
    {
        "application/json" => Ok(Form::Array),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(Form::Lines),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unknown_type",
            "the content type is application/json (an array) or application/x-ndjson (one object a line)",
        )),
    }
}
