//! The nouns, as they are stored and as pages read them.
//!
//! A field that the reporter did not fill is `None`, never an empty text.
//! Counters are sums over the rows below and are kept by the store.

use serde::{Deserialize, Serialize};

use crate::{
    AppId, FlowId, FlowStatus, IntegrationId, IntegrationStatus, Key, LastRun, LogEntryId,
    LogLevel, RunId, Status, StepId, Timestamp, WorkspaceId,
    status::{Direction, Mode, Stream},
};

/// Everything belongs to exactly one workspace, and nothing is read without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Workspace {
    pub id: WorkspaceId,
    pub key: Key,
    pub name: String,
    /// Where the logs of the engine are: a template that [`crate::logs`] reads.
    pub logs_url: Option<String>,
    /// What the link to them is called.
    pub logs_label: Option<String>,
    /// Minutes before and after a run that the link's window holds.
    pub logs_margin: Option<i64>,
    /// Its own words for statuses, which [`crate::labels`] reads.
    pub status_labels: Option<String>,
}

/// The application that a step talks to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct App {
    pub id: AppId,
    pub workspace_id: WorkspaceId,
    pub key: Key,
    pub name: Option<String>,
    /// Where its API is described.
    pub documentation_url: Option<String>,
    /// Where its errors are explained.
    pub error_documentation_url: Option<String>,
    /// Whom to ask at its provider.
    pub contact: Option<String>,
}

/// The template that end-users make integrations of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Flow {
    pub id: FlowId,
    pub workspace_id: WorkspaceId,
    pub key: Key,
    pub name: Option<String>,
    pub status: FlowStatus,
    /// Flows with common logic (a control process).
    pub flow_group: Option<String>,
    pub direction: Option<Direction>,
    pub mode: Option<Mode>,
    pub interface_type: Option<String>,
    pub description: Option<String>,
    pub created_at: Timestamp,
    /// Integrations that are not deleted.
    pub integrations: i64,
    /// Those that are.
    pub deleted: i64,
    /// Of the living, the faulty ones.
    pub faulty: i64,
    pub runs: i64,
    pub failed_runs: i64,
    /// Executed steps.
    pub tasks: i64,
}

/// One end-user's copy of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Integration {
    pub id: IntegrationId,
    pub workspace_id: WorkspaceId,
    pub flow_id: FlowId,
    pub app_key: Option<Key>,
    pub key: Key,
    pub name: Option<String>,
    /// What your app calls the end-user, unchanged.
    pub user_id: Option<String>,
    /// What the end-user signs in with.
    pub user_auth: Option<String>,
    pub status: IntegrationStatus,
    /// Why it is paused, or could not start.
    pub status_reason: Option<String>,
    pub description: Option<String>,
    pub created_at: Timestamp,
    /// When its description, not its runs, last changed.
    pub modified_at: Timestamp,
    /// Since when it takes no new runs; only while it is disabled or deleted.
    pub stopped_at: Option<Timestamp>,
    pub last_run_key: Option<Key>,
    pub last_run_at: Option<Timestamp>,
    pub last_run_status: LastRun,
    pub last_run_code: Option<i64>,
    /// Whether somebody looked after its last run.
    pub last_run_handled: bool,
    pub runs: i64,
    pub failed_runs: i64,
    pub tasks: i64,
}

/// One execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Run {
    pub id: RunId,
    pub workspace_id: WorkspaceId,
    pub integration_id: IntegrationId,
    pub key: Key,
    /// What holds: the reporter's word, or else what its steps say.
    pub status: Status,
    pub trigger_app: Option<String>,
    pub trigger_name: Option<String>,
    pub trigger_type: Option<String>,
    /// Reported; else its first step's start, its end, or when we first heard of it.
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// None while it runs.
    pub duration_ms: Option<i64>,
    /// Of the last executed step, unless reported.
    pub network_code: Option<i64>,
    /// The first failed step.
    pub failing_step: Option<Key>,
    pub failing_code: Option<i64>,
    /// The app that it talked to.
    pub failing_app: Option<Key>,
    pub created_count: Option<i64>,
    pub updated_count: Option<i64>,
    pub deleted_count: Option<i64>,
    pub summary: Option<String>,
    pub error: Option<String>,
    /// The workspace's own word for its status.
    pub label: Option<String>,
    /// What it is called elsewhere.
    pub reference: Option<String>,
    pub steps: i64,
    pub failed_steps: i64,
    /// Executed steps.
    pub tasks: i64,
    /// When somebody said that this failure was looked after.
    pub handled_at: Option<Timestamp>,
    pub handled_note: Option<String>,

    // What was reported, from which the fields above follow (`merge`).
    #[serde(skip)]
    pub reported_status: Option<Status>,
    /// As the reporter's clock showed it.
    pub reported_started_at: Option<Timestamp>,
    #[serde(skip)]
    pub reported_duration_ms: Option<i64>,
    #[serde(skip)]
    pub reported_network_code: Option<i64>,
    /// When the first report of it came, by our clock.
    pub received_at: Timestamp,
    /// Which fields a finished report filled.
    #[serde(skip)]
    pub settled: i64,
}

/// A run as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct RunRow {
    pub id: RunId,
    pub key: Key,
    pub status: Status,
    /// The workspace's own word for it.
    pub label: Option<String>,
    pub trigger_app: Option<String>,
    pub trigger_name: Option<String>,
    pub trigger_type: Option<String>,
    pub started_at: Timestamp,
    pub duration_ms: Option<i64>,
    pub network_code: Option<i64>,
    pub failing_step: Option<Key>,
    pub failing_code: Option<i64>,
    pub failing_app: Option<Key>,
    pub handled_at: Option<Timestamp>,
    pub handled_note: Option<String>,
    pub integration_key: Key,
    /// The end-user whose integration it is of.
    pub user_id: Option<String>,
}

/// One step of a run: an API call, or work between two of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Step {
    pub id: StepId,
    pub workspace_id: WorkspaceId,
    pub run_id: RunId,
    pub app_key: Option<Key>,
    pub key: Key,
    /// Its place in the run; [`crate::merge::LAST_POSITION`] where none was reported.
    pub position: i64,
    /// The key of the step that it is part of.
    pub parent: Option<Key>,
    pub name: Option<String>,
    pub status: Status,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// None while it runs.
    pub duration_ms: Option<i64>,
    pub network_code: Option<i64>,
    pub attempt: Option<i64>,
    pub error: Option<String>,
    #[serde(skip)]
    pub reported_duration_ms: Option<i64>,
    /// Which fields a finished report filled.
    #[serde(skip)]
    pub settled: i64,
}

/// A step as a run's page shows it, beside its app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct StepRow {
    pub id: StepId,
    pub key: Key,
    pub position: i64,
    /// The key of the step that it is part of.
    pub parent: Option<Key>,
    pub name: Option<String>,
    pub app_key: Option<Key>,
    pub app_name: Option<String>,
    pub status: Status,
    pub started_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
    pub network_code: Option<i64>,
    pub attempt: Option<i64>,
    /// The beginning of its error.
    pub error: Option<String>,
}

/// One line of a run's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct LogEntry {
    pub id: LogEntryId,
    pub workspace_id: WorkspaceId,
    pub run_id: RunId,
    pub step: Option<Key>,
    pub key: Key,
    pub logged_at: Timestamp,
    pub level: LogLevel,
    pub stream: Stream,
    pub message: String,
    pub description: Option<String>,
    /// The reporter's own word for how it went.
    pub label: Option<String>,
    /// What it is about, as that is called elsewhere.
    pub reference: Option<String>,
}

impl Flow {
    /// Its name, or its key where it has none.
    #[must_use]
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.key.as_str())
    }
}

impl StepRow {
    /// Its name, or its key where it has none.
    #[must_use]
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.key.as_str())
    }

    /// The app's name, or its key where it has none.
    #[must_use]
    pub fn app(&self) -> Option<&str> {
        self.app_name
            .as_deref()
            .or(self.app_key.as_ref().map(Key::as_str))
    }
}

impl Integration {
    /// Faulty: its last run failed and nobody looked after it, or it is paused or could not start.
    /// A deleted one is nobody's task.
    #[must_use]
    pub fn is_faulty(&self) -> bool {
        match self.status {
            IntegrationStatus::Deleted => false,
            IntegrationStatus::Paused | IntegrationStatus::FailedToInitialize => true,
            _ => self.last_run_status == LastRun::Failed && !self.last_run_handled,
        }
    }
}
