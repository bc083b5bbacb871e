//! `PUT` of one thing by its key. The same `PUT` twice is the same as once.

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::HeaderMap,
};
use domain::{
    Key,
    report::{Kind, Rejection, Target},
};
use serde::Serialize;

use super::{
    intake::{self, Form},
    key::Ingest,
};
use crate::{problem::Problem, state::AppState};

/// The thing is stored, and this is where people see it.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    key: Key,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

impl Answer {
    /// `page` is a path of this site.
    pub(super) fn new(state: &AppState, key: Key, page: Option<String>) -> Self {
        let page = page.map(|page| format!("{}{page}", state.origin.0));
        Self { key, page }
    }
}

macro_rules! put {
    ($($(#[$meta:meta])* $name:ident => $kind:expr;)+) => {$(
        $(#[$meta])*
        pub(crate) async fn $name(
            State(state): State<AppState>,
            ingest: Ingest,
            Path(key): Path<String>,
            headers: HeaderMap,
            body: Body,
        ) -> Result<Json<Answer>, Problem> {
            put(state, ingest, $kind, None, key, headers, body).await
        }
    )+};
}

put! {
    /// What a step talks to.
    put_app => Kind::App;
    /// A template.
    put_flow => Kind::Flow;
    /// One end-user's copy of a flow.
    put_integration => Kind::Integration;
    /// A run, or news of one.
    put_run => Kind::Run;
}

macro_rules! put_in_run {
    ($($(#[$meta:meta])* $name:ident => $kind:expr;)+) => {$(
        $(#[$meta])*
        pub(crate) async fn $name(
            State(state): State<AppState>,
            ingest: Ingest,
            Path((run, key)): Path<(String, String)>,
            headers: HeaderMap,
            body: Body,
        ) -> Result<Json<Answer>, Problem> {
            put(state, ingest, $kind, Some(run), key, headers, body).await
        }
    )+};
}

put_in_run! {
    /// A step of a run, or news of one.
    put_step => Kind::Step;
    /// A line of a run's log.
    put_log => Kind::Log;
}

async fn put(
    state: AppState,
    ingest: Ingest,
    kind: Kind,
    run: Option<String>,
    key: String,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Answer>, Problem> {
    let key = checked("key", key)?;
    let run = run.map(|run| checked("run", run)).transpose()?;
    let page = page(ingest.0.workspace_key.as_str(), kind, &key, run.as_ref());
    let form = Form::One(Target {
        kind,
        key: key.clone(),
        run,
    });
    intake::take(&state, &ingest, &headers, body, form).await?;
    Ok(Json(Answer::new(&state, key, page)))
}

/// Where people see it; an app has no page of its own.
fn page(workspace: &str, kind: Kind, key: &Key, run: Option<&Key>) -> Option<String> {
    use app::route;
    match (kind, run) {
        (Kind::Flow, _) => Some(route::flow(workspace, key.as_str())),
        (Kind::Integration, _) => Some(route::integration(workspace, key.as_str())),
        (Kind::Run, _) => Some(route::run(workspace, key.as_str())),
        (Kind::Step, Some(run)) => Some(route::step(workspace, run.as_str(), key.as_str())),
        (Kind::Log, Some(run)) => Some(route::run(workspace, run.as_str())),
        _ => None,
    }
}

pub(super) fn checked(path: &str, text: String) -> Result<Key, Problem> {
    Key::new(text)
        .map_err(|error| Problem::refused(Rejection::new(path, "invalid_field", error.to_string())))
}
