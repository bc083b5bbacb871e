//! A list as a file: CSV for spreadsheets, JSON for programs.
//!
//! It has the filter, the order and the rows of the page that links to it, all of them. Rows are
//! read and sent by the thousand, so that a million needs no more memory than one page. Where the
//! database fails in the middle the connection is cut, so that nobody takes a part for the whole.

use std::sync::Arc;

use app::route::ExportFormat;
use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Flow, Integration, RunRow, Timestamp, WorkspaceId,
    filter::{Dropped, FlowFilter, IntegrationFilter, RunFilter},
    zone::Zone,
};
use futures_util::stream;
use serde_json::{Value, json};
use store::{RunsOf, Store, StoreError};

mod rows;

use super::download::attachment;
use crate::{
    display::{self, ZONES},
    problem::Problem,
    state::AppState,
};

/// Rows that are read at once.
const ROWS: i64 = 1_000;

/// Excel takes CSV without it for Latin-1.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A row of a file.
trait Exported {
    const COLUMNS: &'static [&'static str];
    /// Moments are told in `zone`.
    fn cells(&self, zone: &Zone) -> Vec<Value>;
}

impl Exported for Integration {
    const COLUMNS: &'static [&'static str] = &[
        "integration_id",
        "name",
        "user_id",
        "user_auth",
        "app",
        "date_created",
        "last_run_start",
        "last_run_status",
        "last_run_id",
        "last_run_network_code",
        "integration_status",
        "status_reason",
        "runs",
        "failed_runs",
        "tasks",
    ];

    fn cells(&self, zone: &Zone) -> Vec<Value> {
        vec![
            json!(self.key),
            json!(self.name),
            json!(self.user_id),
            json!(self.user_auth),
            json!(self.app_key),
            moment(zone, Some(self.created_at)),
            moment(zone, self.last_run_at),
            json!(self.last_run_status.as_str()),
            json!(self.last_run_key),
            json!(self.last_run_code),
            json!(self.status.as_str()),
            json!(self.status_reason),
            json!(self.runs),
            json!(self.failed_runs),
            json!(self.tasks),
        ]
    }
}

impl Exported for RunRow {
    const COLUMNS: &'static [&'static str] = &[
        "run_id",
        "trigger_app",
        "trigger_name",
        "trigger_type",
        "start_time",
        "duration_ms",
        "status",
        "network_code",
        "failing_step",
        "failing_code",
        "failing_app",
        "integration_id",
        "user_id",
        "handled_at",
        "handled_note",
    ];

    fn cells(&self, zone: &Zone) -> Vec<Value> {
        vec![
            json!(self.key),
            json!(self.trigger_app),
            json!(self.trigger_name),
            json!(self.trigger_type),
            moment(zone, Some(self.started_at)),
            json!(self.duration_ms),
            json!(self.status.as_str()),
            json!(self.network_code),
            json!(self.failing_step),
            json!(self.failing_code),
            json!(self.failing_app),
            json!(self.integration_key),
            json!(self.user_id),
            moment(zone, self.handled_at),
            json!(self.handled_note),
        ]
    }
}

/// With the offset of the reader's zone, as the pages show it.
fn moment(zone: &Zone, at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::String(zone.rfc3339(at)))
}

/// `GET /{workspace}/flows/{flow}/integrations.{csv,json}`
pub(crate) async fn integrations(
    format: ExportFormat,
    State(state): State<AppState>,
    Path((workspace, flow)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = workspace_id(&state, &workspace).await?;
    let flow: Flow = found(state.store.flow(workspace, &flow).await?, "flow")?;
    let (query, unknown) = ZONES.in_utc(&query.unwrap_or_default());
    let (filter, mut dropped) = IntegrationFilter::from_query(&query);
    dropped.extend(unknown);
    nothing_dropped(&dropped)?;
    let (name, now) = (format!("integrations-of-{}", flow.key), state.clock.now());
    let zone = display::look(&headers).zone;
    let read = move |store: Store, place| {
        let (flow, filter) = (flow.clone(), filter.clone());
        async move {
            let rows = store.integrations_from(workspace, &flow, &filter, place, ROWS, now);
            Ok(page(
                rows.await?,
                |row| filter.sort.place(row),
                |row| row.id.0,
            ))
        }
    };
    Ok(file(format, &name, zone, state.store, read))
}

/// `GET /{workspace}/integrations/{integration}/runs.{csv,json}`
pub(crate) async fn runs(
    format: ExportFormat,
    State(state): State<AppState>,
    Path((workspace, integration)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = workspace_id(&state, &workspace).await?;
    let integration = state.store.integration(workspace, &integration).await?;
    let integration = found(integration, "integration")?;
    let (query, unknown) = ZONES.in_utc(&query.unwrap_or_default());
    let (filter, mut dropped) = RunFilter::from_query(&query);
    dropped.extend(unknown);
    nothing_dropped(&dropped)?;
    let (name, now) = (format!("runs-of-{}", integration.key), state.clock.now());
    let zone = display::look(&headers).zone;
    let read = move |store: Store, place| {
        let (integration, filter) = (integration.clone(), filter.clone());
        async move {
            let of = RunsOf::Integration(&integration);
            let rows = store.runs_from(workspace, of, &filter, place, ROWS, now);
            Ok(page(
                rows.await?,
                |row| filter.sort.place(row),
                |row| row.id.0,
            ))
        }
    };
    Ok(file(format, &name, zone, state.store, read))
}

/// `GET /{workspace}/runs.{csv,json}`
pub(crate) async fn all_runs(
    format: ExportFormat,
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = workspace_id(&state, &workspace).await?;
    let (query, unknown) = ZONES.in_utc(&query.unwrap_or_default());
    let (filter, mut dropped) = RunFilter::from_query(&query);
    dropped.extend(unknown);
    nothing_dropped(&dropped)?;
    let now = state.clock.now();
    let zone = display::look(&headers).zone;
    let read = move |store: Store, place| {
        let filter = filter.clone();
        async move {
            let rows = store.runs_from(workspace, RunsOf::Workspace, &filter, place, ROWS, now);
            Ok(page(
                rows.await?,
                |row| filter.sort.place(row),
                |row| row.id.0,
            ))
        }
    };
    Ok(file(format, "runs", zone, state.store, read))
}

/// `GET /{workspace}/flows.{csv,json}`
pub(crate) async fn flows(
    format: ExportFormat,
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = workspace_id(&state, &workspace).await?;
    let (filter, dropped) = FlowFilter::from_query(&query.unwrap_or_default());
    nothing_dropped(&dropped)?;
    let zone = display::look(&headers).zone;
    let read = move |store: Store, place| {
        let filter = filter.clone();
        async move {
            let rows = store.flows_from(workspace, &filter, place, ROWS).await?;
            // The order is by name, which the database looks up by the id.
            Ok(page(rows, |_| 0, |row| row.id.0))
        }
    };
    Ok(file(format, "flows", zone, state.store, read))
}

/// `GET /{workspace}/runs/{run}/steps.{csv,json}`
pub(crate) async fn steps(
    format: ExportFormat,
    State(state): State<AppState>,
    Path((workspace, run)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = workspace_id(&state, &workspace).await?;
    let run = found(state.store.run(workspace, &run).await?, "run")?;
    let name = format!("steps-of-{}", run.key);
    let zone = display::look(&headers).zone;
    let read = move |store: Store, _| async move {
        let rows = store.list_steps(workspace, run.id).await?;
        Ok(Rows { rows, next: None })
    };
    Ok(file(format, &name, zone, state.store, read))
}

/// `GET /{workspace}/users/{user}/integrations.{csv,json}`
pub(crate) async fn user_integrations(
    format: ExportFormat,
    State(state): State<AppState>,
    Path((workspace, user)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = workspace_id(&state, &workspace).await?;
    let known = state.store.count_of_user(workspace, &user).await? > 0;
    found(known.then_some(()), "end-user")?;
    let name = format!("integrations-of-{user}");
    let zone = display::look(&headers).zone;
    let read = move |store: Store, _| {
        let user = user.clone();
        async move {
            let rows = store.integrations_of_user(workspace, &user).await?;
            Ok(Rows { rows, next: None })
        }
    };
    Ok(file(format, &name, zone, state.store, read))
}

async fn workspace_id(state: &AppState, key: &str) -> Result<WorkspaceId, Problem> {
    Ok(found(state.store.workspace(key).await?, "workspace")?.id)
}

fn found<T>(found: Option<T>, what: &str) -> Result<T, Problem> {
    found.ok_or_else(|| Problem::not_found(what))
}

/// A page can say which values it left out; a file cannot, so it is not made.
fn nothing_dropped(dropped: &[Dropped]) -> Result<(), Problem> {
    match dropped.first() {
        None => Ok(()),
        Some(dropped) => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_filter",
            format!("{}: `{}` means nothing here", dropped.name, dropped.value),
        )),
    }
}

/// Some rows, and the place behind them where there may be more.
struct Rows<T> {
    rows: Vec<T>,
    next: Option<(i64, i64)>,
}

fn page<T>(rows: Vec<T>, value: impl Fn(&T) -> i64, id: impl Fn(&T) -> i64) -> Rows<T> {
    let full = rows.len() as i64 == ROWS;
    let last = rows.last().filter(|_| full);
    let next = last.map(|row| (value(row), id(row)));
    Rows { rows, next }
}

/// Where the file is.
enum At {
    Rows(Option<(i64, i64)>),
    End,
    Sent,
}

fn file<T, F>(
    format: ExportFormat,
    name: &str,
    zone: Arc<Zone>,
    store: Store,
    read: impl Fn(Store, Option<(i64, i64)>) -> F + Send + 'static,
) -> Response
where
    T: Exported + Send + 'static,
    F: Future<Output = Result<Rows<T>, StoreError>> + Send + 'static,
{
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
                let end = if format == ExportFormat::Json {
                    "\n]\n"
                } else {
                    ""
                };
                return Ok(Some((Bytes::from(end), (At::Sent, false))));
            };
            let Rows { rows, next } = reading.await.inspect_err(|error| {
                tracing::error!(error = %error, "an export ended in the middle");
            })?;
            let text = match format {
                ExportFormat::Csv => csv(&rows, first, &zone),
                ExportFormat::Json => json_lines(&rows, first, &zone),
            };
            let at = next.map_or(At::End, |place| At::Rows(Some(place)));
            Ok::<_, StoreError>(Some((Bytes::from(text), (at, false))))
        }
    });
    let mut response = Body::from_stream(rows).into_response();
    let headers = response.headers_mut();
    let (kind, ending) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        ExportFormat::Json => ("application/json", "json"),
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(value) = attachment(&format!("{name}.{ending}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// RFC 4180, and no cell that a spreadsheet would take for a formula.
fn csv<T: Exported>(rows: &[T], first: bool, zone: &Zone) -> Vec<u8> {
    let mut text = Vec::new();
    if first {
        text.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
    }
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(text);
    // Writing into memory cannot fail, and every record has the same columns.
    if first {
        let _ = writer.write_record(T::COLUMNS);
    }
    for row in rows {
        let _ = writer.write_record(row.cells(zone).into_iter().map(cell));
    }
    writer.into_inner().unwrap_or_default()
}

fn cell(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']) => {
            format!("'{text}")
        }
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// An array with one object a line.
fn json_lines<T: Exported>(rows: &[T], first: bool, zone: &Zone) -> Vec<u8> {
    let mut text = String::new();
    if first {
        text.push('[');
    }
    for (index, row) in rows.iter().enumerate() {
        text.push_str(if first && index == 0 { "\n" } else { ",\n" });
        let members = T::COLUMNS.iter().zip(row.cells(zone));
        text.push('{');
        for (position, (name, value)) in members.enumerate() {
            if position > 0 {
                text.push(',');
            }
            text.push_str(&json!(name).to_string());
            text.push(':');
            text.push_str(&value.to_string());
        }
        text.push('}');
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1",
        ] {
            assert_eq!(cell(json!(text)), format!("'{text}"));
        }
        assert_eq!(cell(json!("a=1")), "a=1");
        assert_eq!(cell(json!(-5)), "-5");
        assert_eq!(cell(Value::Null), "");
    }
}
