//! Files of runs: taken in with their bytes as the whole body, told as a list, handed out.
//!
//! What type a file is said to have is kept and never used: it is bytes to save, not a page to show.

use axum::{
    Json,
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use domain::file::FileReport;
use store::{PreparedFile, Unfit};

use super::{
    body::{self, Encoding},
    intake,
    key::{Ingest, Read},
    lists, single,
};
use crate::{
    budget::Held,
    pages::download,
    problem::{Problem, found},
    state::AppState,
};

/// `POST /api/v1/runs/{run}/files?key=…&name=…&log=…`: takes a file in. The same file again changes
/// nothing.
pub(crate) async fn post(
    State(state): State<AppState>,
    ingest: Ingest,
    Path(run): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<single::Answer>, Problem> {
    let run = single::checked("run", run)?;
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let report = FileReport::from_query(run.clone(), &query.unwrap_or_default(), content_type);
    let report = report.map_err(Problem::refused)?;
    let key = report.key.clone();
    take(&state, &ingest, &headers, body, report).await?;
    let page = app::route::run(ingest.0.workspace_key.as_str(), run.as_str());
    Ok(Json(single::Answer::new(&state, key, Some(page))))
}

async fn take(
    state: &AppState,
    ingest: &Ingest,
    headers: &HeaderMap,
    body: Body,
    report: FileReport,
) -> Result<(), Problem> {
    let encoding = Encoding::of(headers)?;
    let mut held = state.door.budget.hold();
    let bytes = body::read(body, &mut held).await?;
    keep(state, ingest, report, (bytes, encoding, held)).await
}

/// Keeps the bytes of a file, which are still as they came.
pub(super) async fn keep(
    state: &AppState,
    ingest: &Ingest,
    report: FileReport,
    (bytes, encoding, mut held): (Vec<u8>, Encoding, Held),
) -> Result<(), Problem> {
    let (store, door) = (&state.store, &state.door);
    let reading = intake::reading(store, ingest.0.workspace_id, state.clock.now()).await?;
    let prepared = tokio::task::spawn_blocking(move || {
        let bytes = encoding.decode(bytes, &mut held)?;
        let file = PreparedFile::new(report, bytes, &reading.rules).map_err(unfit)?;
        Ok::<_, Problem>((file, held))
    });
    let (file, _held) = prepared.await.map_err(|_| intake::failed())??;
    let now = state.clock.now();
    door.quotas.spend(&ingest.0, 1, now)?;
    match store.take_file(ingest.reporter(), file, now).await? {
        None => Ok(()),
        Some(rejection) => Err(Problem::refused(rejection)),
    }
}

fn unfit(why: Unfit) -> Problem {
    match why {
        Unfit::Unchecked => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unchecked_file",
            "it is packed in a way that cannot be looked into for secrets, and nothing was stored; send it unpacked, or as gzip or zip",
        ),
        Unfit::Uncompressed => intake::failed(),
    }
}

/// `GET /api/v1/runs/{run}/files`: all of them, in the order in which they came.
pub(crate) async fn list(
    State(state): State<AppState>,
    Read(workspace): Read,
    Path(run): Path<String>,
) -> Result<Json<lists::Answer>, Problem> {
    let run = found(state.store.run(workspace, &run).await?, "run")?;
    Ok(lists::whole(
        &state.store.list_files(workspace, run.id).await?,
    ))
}

/// `GET /api/v1/runs/{run}/files/{key}`: its bytes as they are kept.
pub(crate) async fn bytes(
    State(state): State<AppState>,
    Read(workspace): Read,
    Path((run, key)): Path<(String, String)>,
) -> Result<Response, Problem> {
    download::file_of(&state.store, workspace, &run, &key).await
}
