//! From the bytes of a request to committed rows: the one way in, for every report.
//!
//! 1. The body is read, at most [`limit::REQUEST_BYTES`] of it, and decompressed under the same limit;
//!    what all requests hold together is bounded as well ([`crate::budget`]).
//! 2. Its items are told apart, parsed and checked one by one; a bad one is put aside with its place.
//! 3. The good ones are redacted and compressed, then handed to the writer, which commits them.
//!
//! Only then is there an answer.

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode},
};
use domain::{
    Timestamp, WorkspaceId,
    access::{Bounds, Reporter},
    limit,
    onevizion::Place,
    otlp::{self, Format, Signal, Unreadable},
    report::{Rejection, Report, Target},
};
use serde_json::value::RawValue;
use store::{Prepared, Reading, Sealer, Store};

use super::{
    body::{self, Encoding, utf8},
    key::Ingest,
};
use crate::{
    clock,
    problem::{ItemError, Problem},
    state::AppState,
};

/// How the items of a body are told apart.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    /// One object, for the thing that the address names.
    One(Target),
    /// A JSON array of objects.
    Array,
    /// One object a line.
    Lines,
    /// What an OpenTelemetry exporter sends.
    Otlp(Signal, Format),
    /// A log entry as OneVizion's clients send it.
    Entry(Place),
}

/// What became of a request's items.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many are stored now.
    pub taken: usize,
    /// The others.
    pub rejected: Vec<ItemError>,
    /// What was left out of those that are stored.
    pub notes: Vec<String>,
}

impl Outcome {
    /// A problem where all items were refused.
    fn or_problem(self) -> Result<Self, Problem> {
        if self.taken == 0 && !self.rejected.is_empty() {
            return Err(Problem::rejected(self.rejected));
        }
        Ok(self)
    }
}

/// Takes a request in.
pub(crate) async fn take(
    state: &AppState,
    ingest: &Ingest,
    headers: &HeaderMap,
    body: Body,
    form: Form,
) -> Result<Outcome, Problem> {
    take_some(state, ingest, headers, body, form)
        .await?
        .or_problem()
}

/// The same, where it is no problem that all items were refused.
pub(crate) async fn take_some(
    state: &AppState,
    ingest: &Ingest,
    headers: &HeaderMap,
    body: Body,
    form: Form,
) -> Result<Outcome, Problem> {
    let AppState {
        store, clock, door, ..
    } = state;
    let encoding = Encoding::of(headers)?;
    let mut held = door.budget.hold();
    let bytes = body::read(body, &mut held).await?;
    // Decompressing, parsing and compressing again are work for a core, not for the reactor.
    let workspace = ingest.0.workspace_id;
    let sealer = sealer(state, workspace).await?;
    let reading = reading(store, workspace, clock.now()).await?;
    let how = How { reading, sealer };
    let bounds = ingest.0.bounds.clone();
    let (sorted, _held) = tokio::task::spawn_blocking(move || {
        let bytes = encoding.decode(bytes, &mut held)?;
        let sorted = match form {
            Form::Otlp(signal, format) => spans(&bytes, signal, format, &bounds, &how)?,
            form => sort(&bytes, &form, &how)?,
        };
        Ok::<_, Problem>((sorted, held))
    })
    .await
    .map_err(|_| failed())??;
    door.quotas
        .spend(&ingest.0, sorted.good.len(), clock.now())?;
    commit(store, ingest.reporter(), clock.now(), sorted).await
}

/// Takes items in that other protocols were made into.
pub(crate) async fn report(
    state: &AppState,
    ingest: &Ingest,
    items: Vec<String>,
) -> Result<Outcome, Problem> {
    let now = state.clock.now();
    state.door.quotas.spend(&ingest.0, items.len(), now)?;
    let sealer = sealer(state, ingest.0.workspace_id).await?;
    take_texts(&state.store, ingest.reporter(), now, (items, sealer)).await
}

/// Takes items in that are text already: what the sample workspace reports.
///
/// # Errors
/// A [`Problem`] where the store fails.
pub async fn take_items(
    store: &Store,
    workspace: WorkspaceId,
    now: Timestamp,
    items: Vec<String>,
) -> Result<Outcome, Problem> {
    take_texts(store, workspace.into(), now, (items, None)).await
}

async fn take_texts(
    store: &Store,
    reporter: Reporter,
    now: Timestamp,
    (items, sealer): (Vec<String>, Option<Sealer>),
) -> Result<Outcome, Problem> {
    let reading = reading(store, reporter.workspace, now).await?;
    let how = How { reading, sealer };
    let sorted = tokio::task::spawn_blocking(move || {
        let texts = items.iter().map(String::as_str).enumerate();
        check(texts, None, &how)
    });
    commit(store, reporter, now, sorted.await.map_err(|_| failed())??)
        .await?
        .or_problem()
}

/// How items are read, lose their secrets, and what keeps the originals of those.
struct How {
    reading: Reading,
    sealer: Option<Sealer>,
}

/// How the reports of this workspace are read. Asked each time, so that what a person sets on one
/// server holds at once on all.
pub(super) async fn reading(
    store: &Store,
    workspace: WorkspaceId,
    now: Timestamp,
) -> Result<Reading, Problem> {
    if let Some(reading) = store.reading(workspace).await? {
        return Ok(reading);
    }
    // The first report into this workspace; of two at once, one gives the key that both then read.
    let key = clock::random().map_err(|_| failed())?;
    store.give_redaction_key(workspace, key, now).await?;
    store.reading(workspace).await?.ok_or_else(failed)
}

/// What seals the originals of secrets, where the workspace asks for that and the server can.
async fn sealer(state: &AppState, workspace: WorkspaceId) -> Result<Option<Sealer>, Problem> {
    let Some(keys) = &state.secrets_keys else {
        return Ok(None);
    };
    if state.store.originals_since(workspace).await?.is_none() {
        return Ok(None);
    }
    let prefix = clock::random().inspect_err(
        |error| tracing::warn!(error = %error, "originals of a request are not kept: no random numbers"),
    );
    Ok(prefix.ok().map(|prefix| keys.sealer(workspace, prefix)))
}

/// Items on their way: the good ones with their places, and the others.
struct Sorted {
    places: Vec<usize>,
    good: Vec<Prepared>,
    rejected: Vec<ItemError>,
    notes: Vec<String>,
}

async fn commit(
    store: &Store,
    reporter: Reporter,
    now: Timestamp,
    sorted: Sorted,
) -> Result<Outcome, Problem> {
    let Sorted {
        places,
        good,
        mut rejected,
        notes,
    } = sorted;
    let answers = if good.is_empty() {
        Vec::new()
    } else {
        store.ingest(reporter, good, now).await?
    };
    let mut taken = 0;
    for (index, answer) in places.into_iter().zip(answers) {
        match answer {
            None => taken += 1,
            Some(rejection) => rejected.push(ItemError { index, rejection }),
        }
    }
    rejected.sort_by_key(|error| error.index);
    Ok(Outcome {
        taken,
        rejected,
        notes,
    })
}

pub(super) fn failed() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "the server has a fault; nothing was stored",
    )
}

fn sort(bytes: &[u8], form: &Form, how: &How) -> Result<Sorted, Problem> {
    let text = utf8(bytes)?;
    match form {
        Form::One(target) => check([(0, text)].into_iter(), Some(target), how),
        Form::Array => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| {
                let detail = format!("the body is not a JSON array: {error}");
                Problem::new(StatusCode::BAD_REQUEST, "not_json", detail)
            })?;
            few_enough(items.len())?;
            check(items.iter().map(|item| item.get()).enumerate(), None, how)
        }
        Form::Lines => {
            let lines = || {
                text.lines()
                    .enumerate()
                    .filter(|(_, line)| !line.trim().is_empty())
            };
            few_enough(lines().count())?;
            check(lines(), None, how)
        }
        Form::Entry(place) => sorted([(0, place.read(text))].into_iter(), how),
        Form::Otlp(..) => Err(failed()),
    }
}

/// The spans or log records of an exporter, which are checked where they are read.
fn spans(
    bytes: &[u8],
    signal: Signal,
    format: Format,
    bounds: &Bounds,
    how: &How,
) -> Result<Sorted, Problem> {
    let taken = otlp::read(bytes, signal, format, bounds).map_err(|error| match error {
        Unreadable::TooMany { .. } => Problem::too_large(error.to_string()),
        Unreadable::Malformed(_) => {
            Problem::new(StatusCode::BAD_REQUEST, "malformed", error.to_string())
        }
    })?;
    let mut sorted = sorted(taken.items.into_iter().enumerate(), how)?;
    sorted.notes = taken.notes;
    Ok(sorted)
}

fn few_enough(items: usize) -> Result<(), Problem> {
    if items > limit::BATCH_ITEMS {
        let detail = format!(
            "a batch has at most {} items, this one has {items}",
            limit::BATCH_ITEMS
        );
        return Err(Problem::too_large(detail));
    }
    Ok(())
}

fn check<'t>(
    items: impl Iterator<Item = (usize, &'t str)>,
    target: Option<&Target>,
    how: &How,
) -> Result<Sorted, Problem> {
    let labels = &how.reading.labels;
    sorted(
        items.map(|(index, text)| (index, Report::parse_with(text, target, labels))),
        how,
    )
}

fn sorted(
    items: impl Iterator<Item = (usize, Result<Report, Rejection>)>,
    how: &How,
) -> Result<Sorted, Problem> {
    let (mut places, mut reports, mut rejected) = (Vec::new(), Vec::new(), Vec::new());
    for (index, item) in items {
        match item {
            Ok(report) => {
                places.push(index);
                reports.push(report);
            }
            Err(rejection) => rejected.push(ItemError { index, rejection }),
        }
    }
    let good = Prepared::all_sealing(reports, &how.reading.rules, how.sealer.as_ref())
        .map_err(|_| failed())?;
    Ok(Sorted {
        places,
        good,
        rejected,
        notes: Vec::new(),
    })
}
