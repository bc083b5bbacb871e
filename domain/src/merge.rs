//! How reports of one thing come together.
//!
//! Flows, integrations and apps are descriptions: the last word holds.
//! Runs and steps are events: their reports are joined, so that any order of
//! arrival, and any repetition, ends in the same state. Each field is a
//! maximum over (came with an end, value): what a finished report says beats
//! what an unfinished one said, and between equals the greater value stays,
//! which is arbitrary but the same everywhere.
//!
//! Nothing here reads a database or a clock; the store calls these rules
//! inside its transaction.

use crate::{
    App, AppId, Flow, FlowId, FlowStatus, Integration, IntegrationId, IntegrationStatus, Key,
    LastRun, LogEntry, LogEntryId, LogLevel, Run, RunId, Status, Step, StepId, Timestamp,
    WorkspaceId,
    report::{
        AppReport, FlowReport, IntegrationReport, LogReport, Name, Reference, RunReport,
        StepReport, Text, Url,
    },
    status::Stream,
};

/// The position of a step for which none was reported: behind those that have one.
pub const LAST_POSITION: i64 = i32::MAX as i64;

fn set<T>(field: &mut Option<T>, news: Option<T>) {
    if news.is_some() {
        *field = news;
    }
}

fn name(report: Option<&Name>) -> Option<String> {
    report.map(|text| text.0.clone())
}

fn text(report: Option<&Text>) -> Option<String> {
    report.map(|text| text.0.clone())
}

fn url(report: Option<&Url>) -> Option<String> {
    report.map(|url| url.0.clone())
}

fn earliest(mine: Option<Timestamp>, news: Option<Timestamp>) -> Option<Timestamp> {
    match (mine, news) {
        (Some(mine), Some(news)) => Some(mine.min(news)),
        (mine, news) => mine.or(news),
    }
}

/// The fields of one report, on their way into a row.
struct Join<'a> {
    settled: &'a mut i64,
    finished: bool,
    bit: u32,
}

impl Join<'_> {
    /// Joins the next field. Calls stand in one order for ever: each owns a bit of `settled`.
    fn field<T: Ord>(&mut self, mine: &mut Option<T>, news: Option<T>) {
        let bit = 1_i64 << self.bit;
        self.bit += 1;
        let Some(news) = news else { return };
        let was_settled = *self.settled & bit != 0;
        let wins = match mine.as_ref() {
            None => true,
            Some(_) if was_settled != self.finished => self.finished,
            Some(mine) => news > *mine,
        };
        if wins {
            *mine = Some(news);
        }
        if self.finished {
            *self.settled |= bit;
        }
    }
}

impl App {
    /// An app that only its key is known of.
    #[must_use]
    pub fn placeholder(id: AppId, workspace_id: WorkspaceId, key: Key) -> Self {
        Self {
            id,
            workspace_id,
            key,
            name: None,
            documentation_url: None,
            error_documentation_url: None,
            contact: None,
        }
    }

    /// Takes in what `report` says.
    pub fn merge(&mut self, report: &AppReport) {
        set(&mut self.name, name(report.name.as_ref()));
        set(
            &mut self.documentation_url,
            url(report.documentation_url.as_ref()),
        );
        set(
            &mut self.error_documentation_url,
            url(report.error_documentation_url.as_ref()),
        );
        set(&mut self.contact, name(report.contact.as_ref()));
    }
}

impl Flow {
    /// A flow that only its key is known of. Somebody runs it, so it is published.
    #[must_use]
    pub fn placeholder(id: FlowId, workspace_id: WorkspaceId, key: Key, now: Timestamp) -> Self {
        Self {
            id,
            workspace_id,
            key,
            name: None,
            status: FlowStatus::Published,
            flow_group: None,
            direction: None,
            mode: None,
            interface_type: None,
            description: None,
            created_at: now,
            integrations: 0,
            deleted: 0,
            faulty: 0,
            runs: 0,
            failed_runs: 0,
            tasks: 0,
        }
    }

    /// Takes in what `report` says.
    pub fn merge(&mut self, report: &FlowReport) {
        set(&mut self.name, name(report.name.as_ref()));
        self.status = report.status.unwrap_or(self.status);
        set(&mut self.flow_group, name(report.group.as_ref()));
        set(&mut self.direction, report.direction);
        set(&mut self.mode, report.mode);
        set(
            &mut self.interface_type,
            name(report.interface_type.as_ref()),
        );
        set(&mut self.description, text(report.description.as_ref()));
        self.created_at = report.created_at.unwrap_or(self.created_at);
    }
}

impl Integration {
    /// An integration that only its key is known of.
    #[must_use]
    pub fn placeholder(
        id: IntegrationId,
        workspace_id: WorkspaceId,
        flow_id: FlowId,
        key: Key,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            workspace_id,
            flow_id,
            app_key: None,
            key,
            name: None,
            user_id: None,
            user_auth: None,
            status: IntegrationStatus::Enabled,
            status_reason: None,
            description: None,
            created_at: now,
            modified_at: now,
            stopped_at: None,
            last_run_key: None,
            last_run_at: None,
            last_run_status: LastRun::None,
            last_run_code: None,
            last_run_handled: false,
            runs: 0,
            failed_runs: 0,
            tasks: 0,
        }
    }

    /// Takes in what `report` says; its flow is resolved by the store.
    pub fn merge(&mut self, report: &IntegrationReport, now: Timestamp) {
        let before = self.clone();
        set(
            &mut self.app_key,
            report
                .app
                .as_ref()
                .and_then(|app| reference_key(app))
                .cloned(),
        );
        set(&mut self.name, name(report.name.as_ref()));
        set(&mut self.user_id, name(report.user_id.as_ref()));
        set(&mut self.user_auth, name(report.user_auth.as_ref()));
        if let Some(status) = report.status {
            if status != self.status {
                self.status_reason = None;
            }
            self.status = status;
            self.stopped_at = match status {
                IntegrationStatus::Disabled | IntegrationStatus::Deleted => {
                    self.stopped_at.or(Some(now))
                }
                _ => None,
            };
        }
        set(&mut self.status_reason, text(report.status_reason.as_ref()));
        set(&mut self.description, text(report.description.as_ref()));
        self.created_at = report.created_at.unwrap_or(self.created_at);
        if *self != before {
            self.modified_at = now;
        }
    }

    /// Whether a run that began at `started_at` may be added (IG-31, IG-32).
    ///
    /// What began before the integration was stopped is its history, however late it is reported.
    #[must_use]
    pub fn takes_run(&self, started_at: Timestamp) -> bool {
        self.stopped_at.is_none_or(|stopped| started_at < stopped)
    }

    /// Takes in the state of one of its runs. The later start is the last run; of equal ones the greater key.
    ///
    /// Answers `false` where the run was the last one and now began earlier:
    /// another may have overtaken it, and only the store can tell which.
    #[must_use]
    pub fn observe(&mut self, run: &Run) -> bool {
        let place = (Some(run.started_at), Some(&run.key));
        let known = (self.last_run_at, self.last_run_key.as_ref());
        let same = known.1 == place.1;
        if !same && place < known {
            return true;
        }
        let overtaken = same && place < known;
        self.show_last(LastSeen {
            key: run.key.clone(),
            started_at: run.started_at,
            status: run.status,
            network_code: run.network_code,
            handled_at: run.handled_at,
        });
        !overtaken
    }

    /// It has no run any more: the only one turned out to be another's.
    pub fn forget_last(&mut self) {
        self.last_run_key = None;
        self.last_run_at = None;
        self.last_run_status = LastRun::None;
        self.last_run_code = None;
        self.last_run_handled = false;
    }

    /// Makes this its last run.
    pub fn show_last(&mut self, last: LastSeen) {
        self.last_run_key = Some(last.key);
        self.last_run_at = Some(last.started_at);
        self.last_run_code = last.network_code;
        self.last_run_handled = last.handled_at.is_some();
        self.last_run_status = match last.status {
            Status::Queued => LastRun::Queued,
            Status::Running => LastRun::Running,
            Status::Ok | Status::Skipped => LastRun::Ok,
            Status::Warning => LastRun::Warning,
            Status::Interrupted => LastRun::Interrupted,
            Status::Failed => LastRun::Failed,
        };
    }
}

/// What an integration keeps of its last run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct LastSeen {
    pub key: Key,
    pub started_at: Timestamp,
    pub status: Status,
    pub network_code: Option<i64>,
    pub handled_at: Option<Timestamp>,
}

/// The key behind a reference.
#[must_use]
pub fn reference_key<T: KeyedReport>(reference: &Reference<T>) -> Option<&Key> {
    match reference {
        Reference::Key(key) => Some(key),
        Reference::Whole(whole) => whole.key(),
    }
}

/// A description that can stand inside another report.
pub trait KeyedReport {
    /// Its key.
    fn key(&self) -> Option<&Key>;
}

impl KeyedReport for AppReport {
    fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }
}

impl KeyedReport for FlowReport {
    fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }
}

impl KeyedReport for IntegrationReport {
    fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }
}

/// What a run needs to know of each of its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct StepFacts {
    pub run_id: RunId,
    pub key: Key,
    pub position: i64,
    pub started_at: Option<Timestamp>,
    pub status: Status,
    pub network_code: Option<i64>,
    pub app_key: Option<Key>,
}

/// Somebody looked after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    pub at: Timestamp,
    pub note: Option<String>,
}

impl Run {
    /// A run that only its key is known of.
    #[must_use]
    pub fn placeholder(
        id: RunId,
        workspace_id: WorkspaceId,
        integration_id: IntegrationId,
        key: Key,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            workspace_id,
            integration_id,
            key,
            status: Status::Running,
            trigger_app: None,
            trigger_name: None,
            trigger_type: None,
            started_at: now,
            finished_at: None,
            duration_ms: None,
            network_code: None,
            failing_step: None,
            failing_code: None,
            failing_app: None,
            created_count: None,
            updated_count: None,
            deleted_count: None,
            summary: None,
            error: None,
            steps: 0,
            failed_steps: 0,
            tasks: 0,
            handled_at: None,
            handled_note: None,
            reported_status: None,
            reported_started_at: None,
            reported_duration_ms: None,
            reported_network_code: None,
            received_at: now,
            settled: 0,
        }
    }

    /// Joins what `report` says; [`Self::settle`] draws the conclusions.
    pub fn merge(&mut self, report: &RunReport) {
        let finished =
            report.finished_at.is_some() || report.status.is_some_and(Status::is_finished);
        self.reported_status = self.reported_status.max(report.status);
        self.reported_started_at = earliest(self.reported_started_at, report.started_at);
        self.finished_at = self.finished_at.max(report.finished_at);
        let trigger = report.trigger.clone().unwrap_or_default();
        let mut join = Join {
            settled: &mut self.settled,
            finished,
            bit: 0,
        };
        join.field(&mut self.trigger_app, name(trigger.app.as_ref()));
        join.field(&mut self.trigger_name, name(trigger.name.as_ref()));
        join.field(&mut self.trigger_type, name(trigger.kind.as_ref()));
        join.field(
            &mut self.reported_duration_ms,
            report.duration_ms.map(i64::from),
        );
        join.field(
            &mut self.reported_network_code,
            report.network_code.map(i64::from),
        );
        join.field(&mut self.created_count, report.created_count.map(i64::from));
        join.field(&mut self.updated_count, report.updated_count.map(i64::from));
        join.field(&mut self.deleted_count, report.deleted_count.map(i64::from));
        join.field(&mut self.summary, text(report.summary.as_ref()));
        join.field(&mut self.error, text(report.error.as_ref()));
    }

    /// Draws the conclusions from what was reported of the run and from all its steps.
    pub fn settle(&mut self, steps: &mut [StepFacts]) {
        steps.sort_by(|a, b| order(a).cmp(&order(b)));
        self.steps = steps.len() as i64;
        self.tasks = count(steps, |step| step.status.is_executed());
        self.failed_steps = count(steps, |step| step.status == Status::Failed);

        let failing = steps.iter().find(|step| step.status == Status::Failed);
        self.failing_step = failing.map(|step| step.key.clone());
        self.failing_code = failing.and_then(|step| step.network_code);
        self.failing_app = failing.and_then(|step| step.app_key.clone());
        let last = steps.iter().rev().find(|step| step.status.is_executed());
        self.network_code = self
            .reported_network_code
            .or(last.and_then(|step| step.network_code));

        self.status = self.conclude(steps);
        let first_step_at = steps.iter().filter_map(|step| step.started_at).min();
        let known_start = self.reported_started_at.or(first_step_at);
        self.started_at = known_start.or(self.finished_at).unwrap_or(self.received_at);
        self.duration_ms = self.reported_duration_ms.or_else(|| {
            let finished_at = self.finished_at?;
            Some(finished_at.as_ms() - known_start?.as_ms())
        });
    }

    /// The reporter's word; where there is none: failed if a step failed, else warning if one
    /// warned, else running while unfinished, else ok.
    fn conclude(&self, steps: &[StepFacts]) -> Status {
        if let Some(end) = self.reported_status.filter(|status| status.is_finished()) {
            return end;
        }
        let worst = steps
            .iter()
            .map(|step| step.status)
            .filter(|status| matches!(status, Status::Failed | Status::Warning))
            .max();
        match (self.finished_at, self.reported_status) {
            (Some(_), _) => worst.unwrap_or(Status::Ok),
            (None, Some(Status::Queued)) if steps.is_empty() => Status::Queued,
            (None, Some(_)) => Status::Running,
            (None, None) => worst.unwrap_or(Status::Running),
        }
    }

    /// Whether somebody should look after it, or has.
    #[must_use]
    pub fn can_be_handled(&self) -> bool {
        matches!(
            self.status,
            Status::Failed | Status::Warning | Status::Interrupted
        )
    }

    /// Marks it as looked after, with a note; `None` takes the mark away. Answers whether anything changed.
    pub fn handle(&mut self, handling: Option<&Handling>) -> bool {
        let before = (self.handled_at, self.handled_note.take());
        match handling {
            // The first mark's moment stays; a second one brings a new note.
            Some(handling) => {
                self.handled_at = self.handled_at.or(Some(handling.at));
                self.handled_note = handling.note.clone().or_else(|| before.1.clone());
            }
            None => self.handled_at = None,
        }
        (self.handled_at, self.handled_note.as_ref()) != (before.0, before.1.as_ref())
    }

    /// The day that it counts for, in days since 1970.
    #[must_use]
    pub fn day(&self) -> i64 {
        self.started_at.day()
    }
}

fn order(step: &StepFacts) -> (i64, i64, &Key) {
    (
        step.position,
        step.started_at.map_or(i64::MAX, Timestamp::as_ms),
        &step.key,
    )
}

fn count(steps: &[StepFacts], of: impl Fn(&StepFacts) -> bool) -> i64 {
    steps.iter().filter(|step| of(step)).count() as i64
}

impl Step {
    /// A step that only its key is known of.
    #[must_use]
    pub fn placeholder(id: StepId, workspace_id: WorkspaceId, run_id: RunId, key: Key) -> Self {
        Self {
            id,
            workspace_id,
            run_id,
            app_key: None,
            key,
            position: LAST_POSITION,
            parent: None,
            name: None,
            status: Status::Queued,
            started_at: None,
            finished_at: None,
            duration_ms: None,
            network_code: None,
            attempt: None,
            error: None,
            reported_duration_ms: None,
            settled: 0,
        }
    }

    /// Joins what `report` says.
    pub fn merge(&mut self, report: &StepReport) {
        let finished = is_finished(report);
        let code = report.network_code.or_else(|| {
            report
                .response
                .as_ref()
                .and_then(|response| response.status)
        });
        // Without a word of its own, a step that began is running, and one that ended is
        // what its code says.
        let status = report.status.unwrap_or(match code {
            _ if !finished => Status::Running,
            Some(400..) => Status::Failed,
            _ => Status::Ok,
        });
        self.status = self.status.join(status);
        self.position = self
            .position
            .min(report.position.map_or(LAST_POSITION, i64::from));
        self.started_at = earliest(self.started_at, report.started_at);
        self.finished_at = self.finished_at.max(report.finished_at);
        let app = report
            .app
            .as_ref()
            .and_then(|app| reference_key(app))
            .cloned();
        let mut join = Join {
            settled: &mut self.settled,
            finished,
            bit: 0,
        };
        join.field(&mut self.app_key, app);
        join.field(&mut self.name, name(report.name.as_ref()));
        join.field(&mut self.parent, report.parent.clone());
        join.field(
            &mut self.reported_duration_ms,
            report.duration_ms.map(i64::from),
        );
        join.field(&mut self.network_code, code.map(i64::from));
        join.field(&mut self.attempt, report.attempt.map(i64::from));
        join.field(&mut self.error, text(report.error.as_ref()));
        self.duration_ms = self
            .reported_duration_ms
            .or_else(|| Some(self.finished_at?.as_ms() - self.started_at?.as_ms()));
    }

    /// What its run needs to know of it.
    #[must_use]
    pub fn facts(&self) -> StepFacts {
        StepFacts {
            run_id: self.run_id,
            key: self.key.clone(),
            position: self.position,
            started_at: self.started_at,
            status: self.status,
            network_code: self.network_code,
            app_key: self.app_key.clone(),
        }
    }
}

/// Whether a report of a step tells of its end.
///
/// A response, and no word on the status, is an end too.
#[must_use]
pub fn is_finished(report: &StepReport) -> bool {
    match report.status {
        Some(status) => status.is_finished(),
        None => report.finished_at.is_some() || report.response.is_some(),
    }
}

impl LogEntry {
    /// The entry that `report` tells of. `None` where a rule of [`crate::report`] was not checked.
    #[must_use]
    pub fn new(
        id: LogEntryId,
        workspace_id: WorkspaceId,
        run_id: RunId,
        report: &LogReport,
        now: Timestamp,
    ) -> Option<Self> {
        Some(Self {
            id,
            workspace_id,
            run_id,
            step: report.step.clone(),
            key: report.key.clone()?,
            logged_at: report.logged_at.unwrap_or(now),
            level: report.level.unwrap_or(LogLevel::Info),
            stream: report.stream.unwrap_or(Stream::Api),
            message: text(report.message.as_ref())?,
            description: text(report.description.as_ref()),
        })
    }
}

#[cfg(test)]
mod tests;
