//! A list as a file: CSV for spreadsheets, JSON for programs.
//!
//! It has the filter, the order and the rows of the page that links to it, all of them, read and
//! sent by the thousand. Where the database fails in the middle the connection is cut, so that
//! nobody takes a part for the whole.

use std::sync::Arc;

use app::route::ExportFormat;
use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    Flow, Integration, WorkspaceId,
    filter::{FlowFilter, IntegrationFilter, RunFilter},
};
use futures_util::stream;
use store::{RunsOf, Store, StoreError};

mod text;

use super::download::attachment;
use crate::{
    display,
    problem::{Problem, found},
    rows::Exported,
    state::AppState,
    whole::{self, Place, Rows},
};

/// `GET /{workspace}/flows/{flow}/integrations.{csv,json}`
pub(crate) async fn integrations(
    format: ExportFormat,
    State(state): State<AppState>,
    Path((workspace, flow)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = state.workspace(&workspace).await?;
    let flow: Flow = found(state.store.flow(workspace, &flow).await?, "flow")?;
    let filter = whole::filter(&query.unwrap_or_default(), IntegrationFilter::from_query)?;
    let (name, now) = (format!("integrations-of-{}", flow.key), state.clock.now());
    let read = move |store: Store, place| {
        let (flow, filter) = (flow.clone(), filter.clone());
        async move { whole::integrations(&store, workspace, &flow, &filter, place, now).await }
    };
    Ok(file(format, &name, &headers, state.store, read))
}

/// `GET /{workspace}/integrations/{integration}/runs.{csv,json}`
pub(crate) async fn runs(
    format: ExportFormat,
    State(state): State<AppState>,
    Path((workspace, integration)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = state.workspace(&workspace).await?;
    let one = state.store.integration(id, &integration).await?;
    let of = Some(found(one, "integration")?);
    let name = format!("runs-of-{integration}");
    runs_of(of, format, &state, (id, &name), query, &headers)
}

/// `GET /{workspace}/runs.{csv,json}`
pub(crate) async fn all_runs(
    format: ExportFormat,
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = state.workspace(&workspace).await?;
    runs_of(None, format, &state, (id, "runs"), query, &headers)
}

/// The runs of one integration, or of all.
fn runs_of(
    of: Option<Integration>,
    format: ExportFormat,
    state: &AppState,
    (workspace, name): (WorkspaceId, &str),
    query: Option<String>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let filter = whole::filter(&query.unwrap_or_default(), RunFilter::from_query)?;
    let now = state.clock.now();
    let read = move |store: Store, place| {
        let (of, filter) = (of.clone(), filter.clone());
        async move {
            let of = RunsOf::from(of.as_ref());
            whole::runs(&store, workspace, of, &filter, place, now).await
        }
    };
    Ok(file(format, name, headers, state.store.clone(), read))
}

/// `GET /{workspace}/flows.{csv,json}`
pub(crate) async fn flows(
    format: ExportFormat,
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = state.workspace(&workspace).await?;
    let filter = whole::filter(&query.unwrap_or_default(), FlowFilter::from_query)?;
    let read = move |store: Store, place| {
        let filter = filter.clone();
        async move { whole::flows(&store, workspace, &filter, place).await }
    };
    Ok(file(format, "flows", &headers, state.store, read))
}

/// `GET /{workspace}/runs/{run}/steps.{csv,json}`
pub(crate) async fn steps(
    format: ExportFormat,
    State(state): State<AppState>,
    Path((workspace, run)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = state.workspace(&workspace).await?;
    let run = found(state.store.run(workspace, &run).await?, "run")?;
    let name = format!("steps-of-{}", run.key);
    let read = move |store: Store, _| async move {
        let steps = store.list_steps(workspace, run.id).await?;
        Ok(Rows::all(steps))
    };
    Ok(file(format, &name, &headers, state.store, read))
}

/// `GET /{workspace}/users/{user}/integrations.{csv,json}`
pub(crate) async fn user_integrations(
    format: ExportFormat,
    State(state): State<AppState>,
    Path((workspace, user)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = state.workspace(&workspace).await?;
    let known = state.store.count_of_user(workspace, &user).await? > 0;
    found(known.then_some(()), "end-user")?;
    let name = format!("integrations-of-{user}");
    let read = move |store: Store, _| {
        let user = user.clone();
        async move {
            let theirs = store.integrations_of_user(workspace, &user).await?;
            Ok(Rows::all(theirs))
        }
    };
    Ok(file(format, &name, &headers, state.store, read))
}

/// Where the file is.
enum At {
    Rows(Place),
    End,
    Sent,
}

/// The file of this name, without its ending. Moments are told in the reader's zone, as on pages.
fn file<T, F>(
    format: ExportFormat,
    name: &str,
    headers: &HeaderMap,
    store: Store,
    read: impl Fn(Store, Place) -> F + Send + 'static,
) -> Response
where
    T: Exported + Send + 'static,
    F: Future<Output = Result<Rows<T>, StoreError>> + Send + 'static,
{
    let zone = display::look(headers).zone;
    let rows = stream::try_unfold((At::Rows(None), true), move |(at, first)| {
        let reading = match at {
            At::Rows(place) => Some(read(store.clone(), place)),
            At::End | At::Sent => None,
        };
        let ended = matches!(at, At::Sent);
        let zone = Arc::clone(&zone);
        async move {
            if ended {
                return Ok(None);
            }
            let Some(reading) = reading else {
                return Ok(Some((Bytes::from(text::end(format)), (At::Sent, false))));
            };
            let Rows { rows, next } = reading.await.inspect_err(|error| {
                tracing::error!(error = %error, "an export ended in the middle");
            })?;
            let text = text::part(format, &rows, first, &zone);
            let at = next.map_or(At::End, |place| At::Rows(Some(place)));
            Ok::<_, StoreError>(Some((Bytes::from(text), (at, false))))
        }
    });
    let mut response = Body::from_stream(rows).into_response();
    let headers = response.headers_mut();
    let kind = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8; header=present",
        ExportFormat::Json => "application/json",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(value) = attachment(&format!("{name}.{}", format.ending())) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
