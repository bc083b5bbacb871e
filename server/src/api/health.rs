//! Whether the server lives, and whether it can work.

use axum::extract::State;

use crate::{problem::Problem, state::AppState};

/// The process answers.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// The database answers too.
pub(crate) async fn ready(State(state): State<AppState>) -> Result<&'static str, Problem> {
    state.store.workspace("main").await?;
    Ok("ok\n")
}
