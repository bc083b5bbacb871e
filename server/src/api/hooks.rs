//! `/hooks/…`: events, signed by Standard Webhooks 1.0, each of which sets off a run.
//!
//! An endpoint is a key of the scope `webhook`, so that it is listed, watched, rationed and revoked
//! as every key. Its address is not what guards it: nothing is taken that is not signed.
//! What an event becomes says [`domain::webhook`]; it goes in like every other report.

use app::route;
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use domain::{
    Key,
    access::{ApiKey, Scope, is_uuid},
    webhook::{BODY_BYTES, Event, Refused, Secret, Signed},
};
use serde::Serialize;
use store::{Keys, Unopened};

use super::{
    body, intake,
    key::{Ingest, mark_used},
};
use crate::{
    problem::{Challenge, Problem, found},
    state::AppState,
};

/// How the keys of steps begin that show an event.
const STEP: &str = "event-";

/// The event is stored, and this is the run that it set off.
#[derive(Debug, Serialize)]
pub(crate) struct Taken {
    run: Key,
    /// Where people see it.
    page: String,
}

/// `POST /hooks/{endpoint}`
///
/// 1. The headers say what is signed; a missing one costs no look at the database.
/// 2. The body is read, up to its limit, and checked against the endpoint's living secrets.
/// 3. Only a genuine event counts for the key: a forger uses up nobody's rate or ration.
/// 4. An event that came before is answered as then; another one with its ID is refused.
pub(crate) async fn take(
    State(state): State<AppState>,
    Path(endpoint): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Taken>, Problem> {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signed = Signed::read(value).map_err(refused)?;
    let known = match is_uuid(&endpoint) {
        true => state.store.api_key(&endpoint).await?,
        false => None,
    };
    let key = known.filter(|key| key.scope == Scope::Webhook);
    let key = found(key, "endpoint")?;
    let keys = state.secrets_keys.as_ref().ok_or_else(shut)?;
    let secrets = secrets(&state, keys, &key, &endpoint).await?;
    let mut held = state.door.budget.hold();
    let body = body::read_within(body, &mut held, BODY_BYTES).await?;
    signed
        .check(&secrets, &body, state.clock.now())
        .map_err(refused)?;
    mark_used(&state, &key);
    state.door.reports.admit(&key.id)?;

    let run = found(signed.run_key(&endpoint), "run")?;
    let answer = Taken {
        page: format!(
            "{}{}",
            state.origin.0,
            route::run(key.workspace_key.as_str(), run.as_str())
        ),
        run,
    };
    let digests = keys.digests(key.workspace_id, &body);
    let steps: Vec<Key> = digests.iter().filter_map(|digest| step(digest)).collect();
    if came_before(&state, &key, &answer.run, &steps).await? {
        return Ok(Json(answer));
    }
    let event = Event {
        run: &answer.run,
        integration: &found(key.bounds.integration.clone(), "integration")?,
        step: found(steps.first(), "step")?,
        url: &format!("{}{}", state.origin.0, route::hook(&endpoint)),
        headers: as_pairs(&headers),
        body: &body,
    };
    let report = event.report(state.clock.now());
    match intake::report(&state, &Ingest(key), vec![report]).await {
        Ok(_) => Ok(Json(answer)),
        // By their protocol a sender then sends here no more.
        Err(problem) if problem.is_of("integration_deleted") => Err(Problem::new(
            StatusCode::GONE,
            "integration_deleted",
            problem.detail(),
        )),
        Err(problem) => Err(problem),
    }
}

/// The living secrets of an endpoint.
async fn secrets(
    state: &AppState,
    keys: &Keys,
    key: &ApiKey,
    endpoint: &str,
) -> Result<Vec<Secret>, Problem> {
    let (id, now) = (key.workspace_id, state.clock.now());
    let boxes = state.store.webhook_secrets(id, key.id, now).await?;
    let opened = boxes
        .iter()
        .map(|shut| keys.open_secret((id, endpoint), shut));
    let (secrets, closed): (Vec<_>, Vec<_>) = opened.partition(Result::is_ok);
    for error in closed.iter().filter_map(|one| one.as_ref().err()) {
        tracing::error!(error = %error, endpoint = key.id.0, "the secret of a webhook stays shut");
    }
    let no_key = closed.contains(&Err(Unopened::NoKey));
    match secrets.is_empty() && no_key {
        true => Err(shut()),
        false => Ok(secrets.into_iter().flatten().collect()),
    }
}

/// Nothing can be checked here; senders try again later.
fn shut() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "no_secrets_key",
        "this server does not have the key that the endpoint's secret is sealed with: start it with that --secrets-key-file",
    )
}

fn refused(refused: Refused) -> Problem {
    let (status, code) = match refused {
        Refused::Missing(_) => (StatusCode::BAD_REQUEST, "missing_header"),
        Refused::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed_header"),
        Refused::Untimely(_) => (StatusCode::BAD_REQUEST, "untimely"),
        Refused::Forged => (StatusCode::UNAUTHORIZED, "wrong_signature"),
    };
    Problem::new(status, code, refused.to_string()).with_challenge(Challenge::Signature)
}

/// The key of the step that shows an event, by a digest of what came.
fn step(digest: &str) -> Option<Key> {
    Key::new(format!("{STEP}{digest}")).ok()
}

/// Whether this very event made the run already; `steps` is what may show it, under each key of
/// the server.
async fn came_before(
    state: &AppState,
    key: &ApiKey,
    run: &Key,
    steps: &[Key],
) -> Result<bool, Problem> {
    let (store, id) = (&state.store, key.workspace_id);
    let Some(run) = store.run(id, run.as_str()).await? else {
        return Ok(false);
    };
    for step in steps {
        if store.step(id, run.id, step.as_str()).await?.is_some() {
            return Ok(true);
        }
    }
    // Whoever works on the event may have told of it before it came here.
    let others = store.list_steps(id, run.id).await?;
    if others.iter().any(|step| is_event(&step.key)) {
        let detail = "an event with this webhook-id came before and had another body; nothing of this one was stored";
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "event_id_reused",
            detail,
        ));
    }
    Ok(false)
}

fn is_event(step: &Key) -> bool {
    let digest = step.as_str().strip_prefix(STEP);
    digest.is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// What was sent, in its order.
fn as_pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let pairs = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    pairs.collect()
}
