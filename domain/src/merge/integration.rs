//! Integrations: what their reports say, and what they keep of their last run.

use super::{name, reference_key, set, text};
use crate::{
    FlowId, Integration, IntegrationId, IntegrationStatus, Key, LastRun, Run, Status, Timestamp,
    WorkspaceId, report::IntegrationReport,
};

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
