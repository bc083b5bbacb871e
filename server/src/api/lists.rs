//! The lists of the pages, for programs: the same filters, the same rows, page by page.
//!
//! `next` is the place behind the last row, to be sent back as `at`. Moments are told in UTC.

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::StatusCode,
};
use domain::{
    LogEntryId, Page, Timestamp, Total,
    filter::{FlowFilter, IntegrationFilter, LogFilter, RunFilter},
    zone::Zone,
};
use serde::Serialize;
use serde_json::Value;
use store::RunsOf;

use super::{key::Read, query::Asked};
use crate::{
    problem::{Problem, found},
    rows::Exported,
    state::AppState,
    whole,
};

/// Log entries that are told at once.
const ENTRIES: i64 = 1_000;

/// A page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    rows: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Count>,
    /// `null` where the list ends.
    next: Option<String>,
}

/// How many rows the whole list has.
#[derive(Debug, Serialize)]
struct Count {
    count: i64,
    /// False where there are more, and counting stopped.
    exact: bool,
}

impl From<Total> for Count {
    fn from(total: Total) -> Self {
        match total {
            Total::Exact(count) => Self { count, exact: true },
            Total::MoreThan(count) => Self {
                count,
                exact: false,
            },
        }
    }
}

fn page<T: Exported>(page: Page<T>) -> Json<Answer> {
    Json(Answer {
        rows: objects(&page.rows),
        total: Some(page.total.into()),
        next: page.next.map(|cursor| cursor.to_string()),
    })
}

/// A list that is told as a whole.
pub(super) fn whole<T: Exported>(rows: &[T]) -> Json<Answer> {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    Json(Answer {
        rows: objects(rows),
        total: Some(Total::Exact(count).into()),
        next: None,
    })
}

fn objects<T: Exported>(rows: &[T]) -> Vec<Value> {
    let zone = Zone::utc();
    rows.iter().map(|row| row.object(&zone)).collect()
}

fn missing(name: &str, why: &str) -> Problem {
    let detail = format!("{name}: {why}");
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "missing_parameter",
        detail,
    )
}

/// `GET /api/v1/flows`
pub(crate) async fn flows(
    State(state): State<AppState>,
    Read(workspace): Read,
    RawQuery(query): RawQuery,
) -> Result<Json<Answer>, Problem> {
    let filter = whole::filter(&query.unwrap_or_default(), FlowFilter::from_query)?;
    Ok(page(state.store.list_flows(workspace, &filter).await?))
}

/// `GET /api/v1/integrations?flow=…` or `?user=…`
pub(crate) async fn integrations(
    State(state): State<AppState>,
    Read(workspace): Read,
    RawQuery(query): RawQuery,
) -> Result<Json<Answer>, Problem> {
    let asked = Asked::new(query);
    let filter = whole::filter(&asked.0, IntegrationFilter::from_query)?;
    let store = &state.store;
    if let Some(user) = asked.text("user") {
        return Ok(whole(&store.integrations_of_user(workspace, &user).await?));
    }
    let flow = asked
        .text("flow")
        .ok_or_else(|| missing("flow", "say whose integrations: flow=KEY or user=ID"))?;
    let flow = found(store.flow(workspace, &flow).await?, "flow")?;
    let now = state.clock.now();
    Ok(page(
        store
            .list_integrations(workspace, &flow, &filter, now)
            .await?,
    ))
}

/// `GET /api/v1/runs`, of all integrations or with `?integration=…`
pub(crate) async fn runs(
    State(state): State<AppState>,
    Read(workspace): Read,
    RawQuery(query): RawQuery,
) -> Result<Json<Answer>, Problem> {
    let asked = Asked::new(query);
    let of = match asked.text("integration") {
        Some(key) => {
            let one = state.store.integration(workspace, &key).await?;
            Some(found(one, "integration")?)
        }
        None => None,
    };
    let filter = whole::filter(&asked.0, RunFilter::from_query)?;
    let (of, now) = (RunsOf::from(of.as_ref()), state.clock.now());
    Ok(page(
        state.store.list_runs(workspace, of, &filter, now).await?,
    ))
}

/// `GET /api/v1/steps?run=…`
pub(crate) async fn steps(
    State(state): State<AppState>,
    Read(workspace): Read,
    RawQuery(query): RawQuery,
) -> Result<Json<Answer>, Problem> {
    let run = Asked::new(query).text("run");
    let run = run.ok_or_else(|| missing("run", "say whose steps: run=KEY"))?;
    let run = found(state.store.run(workspace, &run).await?, "run")?;
    Ok(whole(&state.store.list_steps(workspace, run.id).await?))
}

/// `GET /api/v1/runs/{run}/log`, `?level=`, `?q=`: from its beginning, or behind `at`. `next` is there even at the
/// end, so that a program may ask again for what came in the meantime.
pub(crate) async fn log(
    State(state): State<AppState>,
    Read(workspace): Read,
    Path(run): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Answer>, Problem> {
    let run = found(state.store.run(workspace, &run).await?, "run")?;
    let asked = Asked::new(query);
    let filter = whole::filter(&asked.0, LogFilter::from_query)?;
    let cursor = asked.text("at");
    let place = match &cursor {
        Some(text) => place(text).ok_or_else(|| {
            let detail = "at: send the `next` of an earlier answer";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_filter", detail)
        })?,
        None => (Timestamp::from_ms(i64::MIN), LogEntryId(0)),
    };
    let entries = state
        .store
        .log_after(workspace, run.id, &filter, place, ENTRIES);
    let entries = entries.await?;
    let last = entries.last().map(|entry| {
        let (at, id) = (entry.logged_at.as_ms(), entry.id.0);
        format!("{at}.{id}")
    });
    Ok(Json(Answer {
        rows: objects(&entries),
        total: None,
        next: last.or(cursor),
    }))
}

fn place(text: &str) -> Option<(Timestamp, LogEntryId)> {
    let (at, id) = text.split_once('.')?;
    Some((
        Timestamp::from_ms(at.parse().ok()?),
        LogEntryId(id.parse().ok()?),
    ))
}
