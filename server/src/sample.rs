//! Loads the sample workspace, through the way in that everybody's reports take.

use app::context::Demo;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use domain::WorkspaceId;
use tokio::task::JoinSet;

use crate::{
    api::batch::take_items,
    demo::{self, Scale},
    problem::Problem,
    state::AppState,
};

/// Reports in one commit.
const BATCH: usize = 500;

/// Batches that are prepared while another is being committed.
const AHEAD: usize = 3;

/// `POST /{workspace}/demo`: begins loading and goes back to the flows, which show how far it is.
pub(crate) async fn load(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
) -> Result<Redirect, Problem> {
    start(&state, state.workspace(&workspace).await?);
    Ok(Redirect::to(&app::route::flows(&workspace)))
}

/// Begins loading in the background, unless that was begun before.
pub fn start(state: &AppState, workspace: WorkspaceId) {
    let total = demo::total(Scale::Full) as u64;
    if !state.demo.start(total) {
        return;
    }
    let state = state.clone();
    tokio::spawn(async move {
        let end = match feed(&state, workspace, Scale::Full, total).await {
            Ok(()) => Demo::Done,
            Err(sentence) => Demo::Failed(sentence),
        };
        state.demo.set(end);
    });
}

/// Takes all of it in, telling how far it is.
///
/// # Errors
/// A sentence that says where it stopped. Loading again goes on: what is there already changes nothing.
pub async fn feed(
    state: &AppState,
    workspace: WorkspaceId,
    scale: Scale,
    total: u64,
) -> Result<(), String> {
    let now = state.clock.now();
    let mut items = demo::items(now, scale);
    let mut under_way = JoinSet::new();
    let mut done = 0;
    loop {
        let batch: Vec<String> = items.by_ref().take(BATCH).collect();
        if batch.is_empty() || under_way.len() == AHEAD {
            match under_way.join_next().await {
                None => return Ok(()),
                Some(result) => {
                    done += result
                        .map_err(|_| "loading stopped by a fault of the server".to_owned())??;
                    state.demo.set(Demo::Loading { done, total });
                }
            }
        }
        if !batch.is_empty() {
            let store = state.store.clone();
            under_way.spawn(async move {
                let outcome = take_items(&store, workspace, now, batch).await;
                let outcome = outcome.map_err(|problem| problem.detail().to_owned())?;
                match outcome.rejected.first() {
                    None => Ok(outcome.taken as u64),
                    Some(error) => Err(format!("a report was refused: {}", error.rejection.rule)),
                }
            });
        }
    }
}
