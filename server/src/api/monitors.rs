//! `/api/v1/monitors…`: the calls behind Lime's helper functions.
//!
//! What a call says and becomes is told by [`domain::lime`]; it goes in like every other report.
//! Here is only looked up what the helpers look up, and answered in their words.

use axum::{
    Json,
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
};
use domain::{
    Integration, IntegrationStatus, Key, Run,
    access::ApiKey,
    labels::Labels,
    lime::{self, BatchUpdate, NewBatch, NewLog},
    payload::hex,
    report::{Rejection, read},
};
use serde_json::{Value, json};

use super::{
    body, intake,
    key::{Ingest, covers},
    query::Asked,
};
use crate::{
    clock,
    problem::{Problem, found},
    state::AppState,
};

type Answer = Result<Json<Value>, Problem>;
type Made = Result<(StatusCode, Json<Value>), Problem>;

/// `GET /api/v1/monitors?integration_key=…`: the monitor, or `null`.
///
/// A key that reports may ask: it learns what the answers to its reports tell it anyway.
pub(crate) async fn monitor(
    State(state): State<AppState>,
    Ingest(key): Ingest,
    RawQuery(query): RawQuery,
) -> Answer {
    let wanted = Asked::new(query).text("integration_key");
    let wanted = wanted.ok_or_else(missing_key)?;
    let found = find(&state, &key, &wanted).await?;
    Ok(Json(found.map_or(Value::Null, |found| {
        json!({
            "integration_key": found.key,
            "name": found.name,
            "active": found.status == IntegrationStatus::Enabled,
        })
    })))
}

/// `POST /api/v1/monitors/batches`: begins a batch, which is a run.
pub(crate) async fn create_batch(
    State(state): State<AppState>,
    ingest: Ingest,
    headers: HeaderMap,
    body: Body,
) -> Made {
    let text = body::text(&state, &headers, body).await?;
    let call = read::<NewBatch>(&text).map_err(Problem::refused)?;
    let integration = monitored(&state, &ingest.0, Some(call.monitor())).await?;
    let run = given_or_new(call.key(), "batch")?;
    let labels = labels(&state, &ingest.0).await?;
    let report = call.report(lime::Into {
        integration: &integration.key,
        run: &run,
        entry: &run,
        labels: &labels,
        now: state.clock.now(),
    });
    take(&state, ingest.clone(), report).await?;
    let told = told(&state, &ingest.0, &integration, &run).await?;
    Ok((StatusCode::CREATED, Json(told)))
}

/// `PATCH /api/v1/monitors/batches`: news of a batch, usually its end.
pub(crate) async fn update_batch(
    State(state): State<AppState>,
    ingest: Ingest,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let text = body::text(&state, &headers, body).await?;
    let call = read::<BatchUpdate>(&text).map_err(Problem::refused)?;
    let (run, integration) = batch(&state, &ingest.0, call.batch().unwrap_or_default()).await?;
    let labels = labels(&state, &ingest.0).await?;
    let report = call.report(lime::Into {
        integration: &integration.key,
        run: &run.key,
        entry: &run.key,
        labels: &labels,
        now: state.clock.now(),
    });
    take(&state, ingest.clone(), report).await?;
    let told = told(&state, &ingest.0, &integration, &run.key).await?;
    Ok(Json(told))
}

/// `POST /api/v1/monitors/logs`: an entry in the log of a batch, or a run of its own.
pub(crate) async fn create_log(
    State(state): State<AppState>,
    ingest: Ingest,
    headers: HeaderMap,
    body: Body,
) -> Made {
    log(state, ingest, "ok", headers, body).await
}

/// `POST /api/v1/monitors/errors`: the same for an error.
pub(crate) async fn create_error(
    State(state): State<AppState>,
    ingest: Ingest,
    headers: HeaderMap,
    body: Body,
) -> Made {
    log(state, ingest, "error", headers, body).await
}

async fn log(
    state: AppState,
    ingest: Ingest,
    usual: &'static str,
    headers: HeaderMap,
    body: Body,
) -> Made {
    let text = body::text(&state, &headers, body).await?;
    let call = read::<NewLog>(&text).map_err(Problem::refused)?;
    let entry = given_or_new(call.key(), "log")?;
    let (integration, run) = match call.batch() {
        Some(key) => {
            let (run, integration) = batch(&state, &ingest.0, key).await?;
            if let Some(other) = call
                .monitor()
                .filter(|key| *key != integration.key.as_str())
            {
                monitored(&state, &ingest.0, Some(other)).await?;
                return Err(other_monitor(&integration.key));
            }
            (integration, run.key)
        }
        None => (
            monitored(&state, &ingest.0, call.monitor()).await?,
            entry.clone(),
        ),
    };
    let labels = labels(&state, &ingest.0).await?;
    let report = call.report(
        usual,
        lime::Into {
            integration: &integration.key,
            run: &run,
            entry: &entry,
            labels: &labels,
            now: state.clock.now(),
        },
    );
    let workspace = ingest.0.workspace_key.clone();
    take(&state, ingest, report).await?;
    let answer = json!({
        "key": entry,
        "integration_monitor": integration.key,
        "integration_monitor_batch": call.batch(),
        "page": page(&state, workspace.as_str(), &run),
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The integration behind a monitor's key, where this key may report of it.
async fn find(
    state: &AppState,
    key: &ApiKey,
    wanted: &str,
) -> Result<Option<Integration>, Problem> {
    let found = state.store.integration(key.workspace_id, wanted).await?;
    let Some(found) = found else { return Ok(None) };
    Ok(covers(state, key, &found).await?.then_some(found))
}

/// The integration that a call must name.
async fn monitored(
    state: &AppState,
    key: &ApiKey,
    wanted: Option<&str>,
) -> Result<Integration, Problem> {
    let wanted = wanted.filter(|wanted| !wanted.is_empty());
    let found = find(state, key, wanted.ok_or_else(missing_key)?).await?;
    found.ok_or_else(|| {
        let detail = "there is no integration with this integration_key; PUT /api/v1/integrations/{key} makes one";
        Problem::new(StatusCode::NOT_FOUND, "integration_monitor_not_found", detail)
    })
}

/// The run behind a batch, and whose it is.
async fn batch(state: &AppState, key: &ApiKey, run: &str) -> Result<(Run, Integration), Problem> {
    let none = || {
        let detail = "integration_monitor_batch: give the key, or the whole answer, of a batch that was created";
        Problem::new(
            StatusCode::NOT_FOUND,
            "integration_monitor_batch_not_found",
            detail,
        )
    };
    let (store, id) = (&state.store, key.workspace_id);
    let run = store.run(id, run).await?.ok_or_else(none)?;
    let owner = store.integration_by_id(id, run.integration_id).await?;
    let owner = owner.ok_or_else(none)?;
    match covers(state, key, &owner).await? {
        true => Ok((run, owner)),
        false => Err(none()),
    }
}

async fn labels(state: &AppState, key: &ApiKey) -> Result<Labels, Problem> {
    let now = state.clock.now();
    let reading = intake::reading(&state.store, key.workspace_id, now).await?;
    Ok(reading.labels)
}

async fn take(
    state: &AppState,
    ingest: Ingest,
    report: Result<String, Rejection>,
) -> Result<(), Problem> {
    let report = report.map_err(Problem::refused)?;
    intake::report(state, &ingest, vec![report]).await?;
    Ok(())
}

/// The key that the caller gave, or one that nothing else has.
fn given_or_new(given: Option<&Key>, prefix: &str) -> Result<Key, Problem> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let nonce: [u8; 16] = clock::random().map_err(|_| intake::failed())?;
    Key::new(format!("{prefix}_{}", hex(&nonce))).map_err(|_| intake::failed())
}

/// A batch in Lime's words, as it is stored now.
async fn told(
    state: &AppState,
    key: &ApiKey,
    of: &Integration,
    run: &Key,
) -> Result<Value, Problem> {
    let run = state.store.run(key.workspace_id, run.as_str()).await?;
    let run = found(run, "run")?;
    Ok(json!({
        "key": run.key,
        "integration_monitor": of.key,
        "logstatus": run.label.as_deref().unwrap_or_else(|| lime::theirs(run.status)),
        "integrationid": run.reference.unwrap_or_default(),
        "starttime": run.started_at,
        "endtime": run.finished_at,
        "duration": run.duration_ms.map(domain::time::duration_text),
        "no_created": run.created_count,
        "no_updated": run.updated_count,
        "no_deleted": run.deleted_count,
        "logtext": run.summary.unwrap_or_default(),
        "errormsg": run.error.unwrap_or_default(),
        "page": page(state, key.workspace_key.as_str(), &run.key),
    }))
}

fn page(state: &AppState, workspace: &str, run: &Key) -> String {
    format!(
        "{}{}",
        state.origin.0,
        app::route::run(workspace, run.as_str())
    )
}

fn missing_key() -> Problem {
    let detail = "integration_key: say whose monitor; it is empty";
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "missing_integration_key",
        detail,
    )
}

fn other_monitor(of: &Key) -> Problem {
    let detail =
        format!("the batch is one of the monitor `{of}`; leave the monitor out or give that one");
    Problem::new(StatusCode::CONFLICT, "run_of_other_integration", detail)
}
