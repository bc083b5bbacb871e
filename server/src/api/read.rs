//! Reading back what was reported, for programs.

use axum::{
    Json,
    extract::{Path, State},
};
use domain::{Run, StepRow};
use serde::Serialize;

use super::key::Read;
use crate::{
    problem::{Problem, found},
    state::AppState,
};

/// A run and its steps, without payloads.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    run: Run,
    steps: Vec<StepRow>,
}

/// `GET /api/v1/runs/{key}`
pub(crate) async fn run(
    State(state): State<AppState>,
    Read(workspace): Read,
    Path(key): Path<String>,
) -> Result<Json<Answer>, Problem> {
    let run = found(state.store.run(workspace, &key).await?, "run")?;
    let steps = state.store.list_steps(workspace, run.id).await?;
    Ok(Json(Answer { run, steps }))
}
