//! Steps: their reports joined.

use super::{Join, LAST_POSITION, earliest, name, reference_key, text};
use crate::{Key, RunId, Status, Step, StepId, Timestamp, WorkspaceId, report::StepReport};

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
    pub parent: Option<Key>,
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
            parent: self.parent.clone(),
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
