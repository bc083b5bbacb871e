//! `/ping/…`: heartbeats, as clients of heartbeat monitors send them.
//!
//! The answers are theirs too: a word of plain text, never a problem object. What a ping becomes
//! says [`domain::ping`]; it goes in like every other report.

use axum::{
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Key,
    access::{ApiKey, Scope},
    ping::{self, Address, Malformed, Ping, Signal, Whose},
};
use http_body_util::BodyExt as _;

use super::{
    body, intake,
    key::{Ingest, mark_used},
    query::Asked,
};
use crate::{clock, problem::Problem, state::AppState};

/// How a ping ends.
enum Answer {
    Ok,
    Created,
    NotFound,
    Malformed(Malformed),
    Problem(Problem),
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<store::StoreError> for Answer {
    fn from(error: store::StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::Ok => (StatusCode::OK, "OK").into_response(),
            Self::Created => (StatusCode::CREATED, "Created").into_response(),
            Self::NotFound => (StatusCode::NOT_FOUND, "not found").into_response(),
            Self::Malformed(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
            Self::Problem(problem) => problem.into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(
            HeaderName::from_static("ping-body-limit"),
            HeaderValue::from(ping::BODY_BYTES),
        );
        // A page may ping as well; there is nothing to read.
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        );
        headers.insert(
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        );
        response
    }
}

/// `GET`, `HEAD` and `POST /ping/{*rest}`
pub(crate) async fn ping(
    State(state): State<AppState>,
    Path(rest): Path<String>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Response {
    match take(&state, &rest, &Asked::new(query), body).await {
        Ok(answer) | Err(answer) => answer.into_response(),
    }
}

async fn take(state: &AppState, rest: &str, asked: &Asked, body: Body) -> Result<Answer, Answer> {
    let address = Address::read(rest).map_err(Answer::Malformed)?;
    let run_id = asked.text("rid").map(|id| ping::run_id(&id)).transpose();
    let run_id = run_id.map_err(Answer::Malformed)?;
    let (key, integration) = whose(state, address.whose).await?;
    state.door.reports.admit(&key.id)?;
    let known = state
        .store
        .integration(key.workspace_id, integration.as_str())
        .await?;
    let create = asked.text("create").as_deref() == Some("1");
    if known.is_none() && matches!(address.whose, Whose::Slug { .. }) && !create {
        return Err(Answer::NotFound);
    }
    let (body, cut) = text(body).await?;
    let ping = Ping {
        signal: address.signal,
        run_id: run_id.as_deref(),
        body: &body,
        cut,
        nonce: clock::random().map_err(|_| intake::failed())?,
    };
    let open = match ping.ends_what_is_open() {
        true => open_run(state, &key, &integration, address.signal).await?,
        false => None,
    };
    let report = ping.report(&integration, open.as_ref(), state.clock.now());
    match intake::report(state, &Ingest(key), vec![report]).await {
        Ok(_) if known.is_none() && create => Ok(Answer::Created),
        Ok(_) => Ok(Answer::Ok),
        // One that is disabled is answered and ignored, so that a job is not disturbed by it.
        Err(problem) if problem.is_of("integration_disabled") => Ok(Answer::Ok),
        Err(problem) if problem.is_of("integration_deleted") || problem.is_of("beyond_key") => {
            Err(Answer::NotFound)
        }
        Err(problem) => Err(problem.into()),
    }
}

/// The key in the address, and the integration that is meant.
async fn whose(state: &AppState, whose: Whose<'_>) -> Result<(ApiKey, Key), Answer> {
    let secret = match whose {
        Whose::Uuid(secret) | Whose::Slug { key: secret, .. } => secret,
    };
    let known = match Scope::is_secret(secret) {
        true => state.store.api_key(secret).await?,
        false => None,
    };
    let key = known.filter(|key| key.scope == Scope::Ping);
    let key = key.ok_or(Answer::NotFound)?;
    mark_used(state, &key);
    let integration = match whose {
        Whose::Uuid(_) => key.bounds.integration.clone(),
        Whose::Slug { slug, .. } => Key::new(slug).ok(),
    };
    Ok((key, integration.ok_or(Answer::NotFound)?))
}

/// The run that a ping belongs to which names none; a mere line of log goes to the newest run.
async fn open_run(
    state: &AppState,
    key: &ApiKey,
    integration: &Key,
    signal: Signal,
) -> Result<Option<Key>, Answer> {
    let (store, id) = (&state.store, key.workspace_id);
    let open = store.pinged_run(id, integration.as_str()).await?;
    if open.is_some() || signal != Signal::Log {
        return Ok(open);
    }
    let Some(known) = store.integration(id, integration.as_str()).await? else {
        return Ok(None);
    };
    let newest = store.last_runs(id, known.id, 1).await?;
    Ok(newest.into_iter().next().map(|run| run.key))
}

/// What the client sent, as far as it is kept, and whether there was more.
async fn text(mut body: Body) -> Result<(String, bool), Problem> {
    let (mut bytes, mut cut) = (Vec::new(), false);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| body::incomplete())?;
        if let Ok(part) = frame.into_data() {
            let room = ping::BODY_BYTES - bytes.len();
            bytes.extend_from_slice(&part[..part.len().min(room)]);
            cut |= part.len() > room;
        }
    }
    Ok((String::from_utf8_lossy(&bytes).into_owned(), cut))
}
