//! What is new, told to open pages as server-sent events.
//!
//! Each stream looks into the database itself: at once after a commit of this server, and every
//! few seconds for what other servers on the same database took in. It tells at most once a
//! second, and what it tells never depends on what was told before: a list's stream says how many
//! rows came in since the page was read, a run's stream how the run stands now. So a reader who
//! comes back misses nothing and counts nothing twice.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{
    WorkspaceId,
    filter::{IntegrationFilter, RunFilter},
    limit,
    live::{Look, NEWS, count_text},
};
use futures_util::stream;
use store::{Changes, Store, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::{
    clock::Clock,
    display::ZONES,
    guard,
    problem::{Problem, found},
    state::AppState,
};

/// Open streams; each costs little, but a broken client may open them without end.
const STREAMS: usize = 500;
/// Streams that look into the database at the same time: lists and reports have the rest of it.
const LOOKING: usize = 2;
/// The least time between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// What other servers took in is found after this time.
const POLL: Duration = Duration::from_secs(5);
/// A line that says nothing, so that a connection that nobody reads any more is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(2);

/// The streams of one server.
#[derive(Debug, Clone)]
pub struct Live {
    streams: Arc<Semaphore>,
    looking: Arc<Semaphore>,
    stop: Arc<watch::Sender<bool>>,
}

impl Default for Live {
    fn default() -> Self {
        Self::new(STREAMS)
    }
}

impl Live {
    /// At most so many streams at once.
    #[must_use]
    pub fn new(streams: usize) -> Self {
        Self {
            streams: Arc::new(Semaphore::new(streams)),
            looking: Arc::new(Semaphore::new(LOOKING)),
            stop: Arc::new(watch::Sender::new(false)),
        }
    }

    /// Ends every stream, and each one that is opened from now on.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    fn open(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.streams).try_acquire_owned().map_err(|_| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "too_many_streams",
                "as many pages listen as this server serves; the page works without",
            )
        })
    }
}

/// What a stream looks at.
enum Topic {
    /// The list of an integration's runs, or of all runs.
    Runs(Option<domain::IntegrationId>, Box<RunFilter>),
    /// The list of a flow's integrations.
    Integrations(domain::FlowId, Box<IntegrationFilter>),
    /// A run, and one of its steps.
    Run(String, Option<String>),
}

/// Where a stream stands.
struct Place {
    /// The run behind which nothing was counted yet; what a page saw of a run.
    mark: String,
    /// What was found before it.
    found: i64,
    more: bool,
    told: Option<String>,
    over: bool,
}

/// `GET /{workspace}/integrations/{integration}/events`
pub(crate) async fn integration(
    State(state): State<AppState>,
    Path((workspace, integration)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = state.workspace(&workspace).await?;
    let found = found(
        state.store.integration(workspace, &integration).await?,
        "integration",
    )?;
    let query = query.unwrap_or_default();
    let (filter, _) = ZONES.filter(&query, RunFilter::from_query);
    let topic = Topic::Runs(Some(found.id), Box::new(filter));
    answer(&state, workspace, topic, &query, &headers).await
}

/// `GET /{workspace}/events`
pub(crate) async fn all_runs(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = state.workspace(&workspace).await?;
    let query = query.unwrap_or_default();
    let (filter, _) = ZONES.filter(&query, RunFilter::from_query);
    let topic = Topic::Runs(None, Box::new(filter));
    answer(&state, workspace, topic, &query, &headers).await
}

/// `GET /{workspace}/flows/{flow}/events`
pub(crate) async fn flow(
    State(state): State<AppState>,
    Path((workspace, flow)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = state.workspace(&workspace).await?;
    let flow = found(state.store.flow(workspace, &flow).await?, "flow")?;
    let query = query.unwrap_or_default();
    let (filter, _) = ZONES.filter(&query, IntegrationFilter::from_query);
    let topic = Topic::Integrations(flow.id, Box::new(filter));
    answer(&state, workspace, topic, &query, &headers).await
}

/// `GET /{workspace}/runs/{run}/events`
pub(crate) async fn run(
    State(state): State<AppState>,
    Path((workspace, run)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = state.workspace(&workspace).await?;
    let query = query.unwrap_or_default();
    answer(&state, workspace, Topic::Run(run, None), &query, &headers).await
}

/// `GET /{workspace}/runs/{run}/steps/{step}/events`
pub(crate) async fn step(
    State(state): State<AppState>,
    Path((workspace, run, step)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = state.workspace(&workspace).await?;
    let query = query.unwrap_or_default();
    let topic = Topic::Run(run, Some(step));
    answer(&state, workspace, topic, &query, &headers).await
}

/// Opens a stream, unless there is nothing to wait for.
async fn answer(
    state: &AppState,
    workspace: WorkspaceId,
    topic: Topic,
    query: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    if guard::is_foreign(headers) {
        return Err(Problem::not_found("page"));
    }
    let slot = state.live.open()?;
    // Heard of from before the first look, so that nothing falls between.
    let changes = state.store.changes(workspace);
    let place = Place::of(query, headers);
    if let Topic::Run(run, step) = &topic {
        let standing = state.store.standing(workspace, run, step.as_deref());
        let standing = found(standing.await?, "run")?;
        if standing.finished && standing.mark == place.mark {
            // Tells the browser not to connect again.
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
    let watcher = Watcher {
        store: state.store.clone(),
        clock: state.clock,
        looking: Arc::clone(&state.live.looking),
        stop: state.live.stop.subscribe(),
        workspace,
        topic,
        place,
        changes,
        _slot: slot,
    };
    let opening = Event::default().retry(RETRY).comment("listening");
    let events = stream::unfold((Some(opening), watcher), |(opening, mut watcher)| async {
        match opening {
            Some(event) => Some((Ok::<_, Infallible>(event), (None, watcher))),
            None => Some((Ok(watcher.next().await?), (None, watcher))),
        }
    });
    let alive = KeepAlive::new().interval(HEARTBEAT);
    Ok(Sse::new(events).keep_alive(alive).into_response())
}

impl Place {
    /// What the browser heard last, or what the page that asks has seen.
    fn of(query: &str, headers: &HeaderMap) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let since = pairs.into_iter().find(|(name, _)| name == "since");
        let heard = headers.get("last-event-id");
        let heard = heard.and_then(|id| id.to_str().ok()).map(str::to_owned);
        let mark = heard.or(since.map(|(_, since)| since)).unwrap_or_default();
        Self {
            mark,
            found: 0,
            more: false,
            told: None,
            over: false,
        }
        .counted()
    }

    /// `123-4+`: four or more were found up to the run 123.
    fn counted(mut self) -> Self {
        if let Some((mark, found)) = self.mark.split_once('-')
            && let Ok(found) = found.trim_end_matches('+').parse::<u32>()
            && mark.parse::<i64>().is_ok()
        {
            self.more = self.mark.ends_with('+');
            self.found = i64::from(found);
            self.mark = mark.to_owned();
        }
        self
    }

    fn id(&self) -> String {
        let plus = if self.more { "+" } else { "" };
        format!("{}-{}{plus}", self.mark, self.found)
    }
}

/// One stream.
struct Watcher {
    store: Store,
    clock: Clock,
    looking: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
    workspace: WorkspaceId,
    topic: Topic,
    place: Place,
    changes: Changes,
    _slot: OwnedSemaphorePermit,
}

impl Watcher {
    /// The next thing to tell; `None` where there will be none.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.place.over || *self.stop.borrow() {
                return None;
            }
            match self.look().await {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                Err(error) => tracing::warn!(error = %error, "a stream could not look"),
            }
            let changes = &mut self.changes;
            let waiting = async {
                tokio::time::sleep(PAUSE).await;
                tokio::select! {
                    heard = changes.heard() => heard.is_ok(),
                    () = tokio::time::sleep(POLL) => true,
                }
            };
            let goes_on = tokio::select! {
                goes_on = waiting => goes_on,
                _ = self.stop.wait_for(|stop| *stop) => false,
            };
            if !goes_on {
                return None;
            }
        }
    }

    async fn look(&mut self) -> Result<Option<Event>, StoreError> {
        let Ok(_turn) = Arc::clone(&self.looking).acquire_owned().await else {
            return Ok(None);
        };
        if let Topic::Run(run, step) = &self.topic {
            let standing = self.store.standing(self.workspace, run, step.as_deref());
            let Some(standing) = standing.await? else {
                self.place.over = true;
                return Ok(None);
            };
            self.place.over = standing.finished;
            if standing.mark == self.place.mark {
                return Ok(None);
            }
            self.place.mark = standing.mark;
            let event = Event::default().id(&self.place.mark).data("changed");
            return Ok(Some(event));
        }
        let (found, more) = self.count().await?;
        let text = count_text(found, more);
        if found == 0 || self.place.told.as_ref() == Some(&text) {
            return Ok(None);
        }
        let event = Event::default().id(self.place.id()).data(&text);
        self.place.told = Some(text);
        Ok(Some(event))
    }

    /// How many are new by now. What lies far back is counted for good, so that the next look is short.
    async fn count(&mut self) -> Result<(i64, bool), StoreError> {
        loop {
            let since = self.place.mark.parse().unwrap_or(i64::MAX);
            let look = self.look_behind(since).await?;
            let several = matches!(self.topic, Topic::Integrations(..));
            let place = &mut self.place;
            // The same integration may stand on both sides of a place, so those are not added up.
            let both = if several {
                place.found.max(look.found)
            } else {
                place.found + look.found
            };
            let more = place.more || both > NEWS;
            if look.looked_at < limit::LOOK {
                return Ok((both, more));
            }
            place.mark = look.last.to_string();
            place.found = both.min(NEWS + 1);
            place.more = more || several;
        }
    }

    async fn look_behind(&self, since: i64) -> Result<Look, StoreError> {
        let (store, workspace, now) = (&self.store, self.workspace, self.clock.now());
        match &self.topic {
            Topic::Runs(integration, filter) => {
                store
                    .new_runs(workspace, *integration, filter, since, now)
                    .await
            }
            Topic::Integrations(flow, filter) => {
                let found = store.integrations_with_new_runs(workspace, *flow, filter, since, now);
                found.await
            }
            // A run is not counted.
            Topic::Run(..) => Ok(Look {
                looked_at: 0,
                last: since,
                found: 0,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_the_way_over_the_browser() {
        for (id, mark, found, more) in [
            ("123", "123", 0, false),
            ("123-4", "123", 4, false),
            ("123-1000+", "123", 1_000, true),
            ("running.5.-3", "running.5.-3", 0, false),
            ("", "", 0, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("last-event-id", id.parse().expect("a header"));
            let place = Place::of("since=7", &headers);
            assert_eq!(
                (place.mark.as_str(), place.found, place.more),
                (mark, found, more),
                "{id}"
            );
        }
        assert_eq!(
            Place::of("status=failed&since=7", &HeaderMap::new()).mark,
            "7"
        );
    }
}
