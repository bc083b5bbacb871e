//! Doing something to many: settling what it is done to, and the loop that does it.
//!
//! The loop is dumb: the step is `Store::bulk_step`, which works in parts that each hold their own
//! record. So a restart goes on, and several servers on one database take turns.

use std::time::Duration;

use app::route;
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::Redirect,
};
use domain::{
    BulkId, Key, Timestamp, WorkspaceId,
    bulk::{Bulk, BulkAction, MOST, NOTE_CHARS, Selection},
    filter::{IntegrationFilter, RunFilter},
    view::ViewList,
};
use store::{RunsOf, Store, StoreError};

use crate::{
    actions::own_page,
    clock::Clock,
    problem::{Problem, found},
    state::AppState,
    whole::{self, Place, Rows},
};

/// So many parts are done before the answer: what is small is then done when its page comes.
const PARTS_AT_ONCE: usize = 5;
/// How long the loop waits to be woken before it looks whether another server left something.
const LOOKS_EVERY: Duration = Duration::from_secs(10);
/// How long it waits after a failure of the database.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// `POST /{workspace}/bulk`: begins what the page of the same address asked about.
pub(crate) async fn begin(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    RawForm(form): RawForm,
) -> Result<Redirect, Problem> {
    let form = String::from_utf8_lossy(&form).into_owned();
    let (selection, rest, _) = Selection::from_query(&form);
    let selection = selection.ok_or_else(|| {
        invalid("action: with `list` and `of`, says what shall be done to which list")
    })?;
    let Form {
        expected,
        note,
        filter,
    } = Form::read(&rest)?;
    let id = state.workspace(&workspace).await?;
    let store = &state.store;
    let now = state.clock.now();
    let keys = meant(store, id, &selection, &filter, now).await?;
    if keys.len() as i64 != expected {
        // The number that was agreed to no longer holds: it is asked for again.
        let question = form_without(&form, &["expected", "note"]);
        return Ok(Redirect::to(&format!(
            "{}?{question}",
            route::bulk(&workspace)
        )));
    }
    let back = own_page(&route::selected(&workspace, &selection, &filter));
    let bulk = Bulk::new(
        selection.action,
        note.filter(|_| selection.action == BulkAction::Handle),
        back.unwrap_or_else(|| route::flows(&workspace)),
    );
    let bulk = store.begin_bulk(id, bulk, keys, now).await?;
    under_way(&state, now).await?;
    Ok(Redirect::to(&route::bulk_done(&workspace, bulk)))
}

/// `POST /{workspace}/bulk/{id}/undo`: takes back what can be taken back.
pub(crate) async fn undo(
    State(state): State<AppState>,
    Path((workspace, bulk)): Path<(String, i64)>,
) -> Result<Redirect, Problem> {
    let id = state.workspace(&workspace).await?;
    let store = &state.store;
    let done = found(store.find_bulk(id, BulkId(bulk)).await?, "action")?;
    let now = state.clock.now();
    let Some(undo) = store.begin_undo(id, &done, now).await? else {
        return Ok(Redirect::to(&route::bulk_done(&workspace, done.id)));
    };
    under_way(&state, now).await?;
    Ok(Redirect::to(&route::bulk_done(&workspace, undo)))
}

/// Does the first parts, and leaves the rest to the loop.
async fn under_way(state: &AppState, now: Timestamp) -> Result<(), Problem> {
    for _ in 0..PARTS_AT_ONCE {
        if !state.store.bulk_step(now).await? {
            return Ok(());
        }
    }
    state.bulk.notify_one();
    Ok(())
}

/// Does what is begun, until the program ends.
pub(crate) async fn work(store: Store, clock: Clock, begun: std::sync::Arc<tokio::sync::Notify>) {
    loop {
        match store.bulk_step(clock.now()).await {
            Ok(true) => {}
            Ok(false) => {
                let _ = tokio::time::timeout(LOOKS_EVERY, begun.notified()).await;
            }
            Err(error) => {
                tracing::error!(error = %error, "what was begun for many could not go on");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

/// What the question's form says beside the selection.
struct Form {
    expected: i64,
    note: Option<String>,
    /// The list's filter.
    filter: String,
}

impl Form {
    fn read(rest: &str) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(rest).unwrap_or_default();
        let field = |wanted: &str| {
            let found = pairs.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.trim().to_owned())
        };
        let expected = field("expected").and_then(|text| text.parse().ok());
        let note = field("note").filter(|note| !note.is_empty());
        if note
            .as_ref()
            .is_some_and(|note| note.chars().count() > NOTE_CHARS)
        {
            return Err(invalid(format!(
                "note: has at most {NOTE_CHARS} characters"
            )));
        }
        Ok(Self {
            expected: expected
                .ok_or_else(|| invalid("expected: is the number that was agreed to"))?,
            // Postgres stores no NUL, and nobody means one.
            note: note.map(|note| note.replace('\0', "\u{2400}")),
            filter: form_without(rest, &["expected", "note"]),
        })
    }
}

/// The keys of all that are meant, one more than are allowed where there are more.
async fn meant(
    store: &Store,
    workspace: WorkspaceId,
    selection: &Selection,
    filter: &str,
    now: Timestamp,
) -> Result<Vec<Key>, Problem> {
    if !selection.all {
        return Ok(selection.keys.clone());
    }
    let of = selection.of.as_ref().map_or("", Key::as_str);
    match selection.list {
        ViewList::Integrations => {
            let filter = whole::filter(filter, IntegrationFilter::from_query)?;
            let flow = found(store.flow(workspace, of).await?, "flow")?;
            let read = |place| whole::integrations(store, workspace, &flow, &filter, place, now);
            keys(read, |row| row.key).await
        }
        ViewList::IntegrationRuns | ViewList::Runs => {
            let filter = whole::filter(filter, RunFilter::from_query)?;
            let integration = match selection.list {
                ViewList::IntegrationRuns => {
                    let one = store.integration(workspace, of).await?;
                    Some(found(one, "integration")?)
                }
                _ => None,
            };
            let of = RunsOf::from(integration.as_ref());
            let read = |place| whole::runs(store, workspace, of, &filter, place, now);
            keys(read, |row| row.key).await
        }
    }
}

async fn keys<T, F: Future<Output = Result<Rows<T>, StoreError>>>(
    read: impl Fn(Place) -> F,
    key: fn(T) -> Key,
) -> Result<Vec<Key>, Problem> {
    let mut keys = Vec::new();
    let mut place = None;
    loop {
        let Rows { rows, next } = read(place).await?;
        keys.extend(rows.into_iter().map(key));
        if next.is_none() || keys.len() as i64 > MOST {
            return Ok(keys);
        }
        place = next;
    }
}

fn form_without(form: &str, names: &[&str]) -> String {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(form).unwrap_or_default();
    let kept: Vec<_> = pairs
        .iter()
        .filter(|(name, _)| !names.contains(&name.as_str()))
        .collect();
    serde_urlencoded::to_string(&kept).unwrap_or_default()
}

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", detail)
}
