//! What a file holds of each kind of row: its columns and its cells.

use domain::{Flow, StepRow, user::UserIntegration, zone::Zone};
use serde_json::{Value, json};

use super::{Exported, moment};

impl Exported for Flow {
    const COLUMNS: &'static [&'static str] = &[
        "flow_id",
        "name",
        "status",
        "group",
        "integrations",
        "deleted_integrations",
        "faulty_integrations",
        "runs",
        "failed_runs",
        "tasks",
    ];

    fn cells(&self, _: &Zone) -> Vec<Value> {
        vec![
            json!(self.key),
            json!(self.name),
            json!(self.status.as_str()),
            json!(self.flow_group),
            json!(self.integrations),
            json!(self.deleted),
            json!(self.faulty),
            json!(self.runs),
            json!(self.failed_runs),
            json!(self.tasks),
        ]
    }
}

impl Exported for StepRow {
    const COLUMNS: &'static [&'static str] = &[
        "step_id",
        "app",
        "name",
        "start_time",
        "duration_ms",
        "status",
        "network_code",
        "attempt",
        "error",
    ];

    fn cells(&self, zone: &Zone) -> Vec<Value> {
        vec![
            json!(self.key),
            json!(self.app()),
            json!(self.title()),
            moment(zone, self.started_at),
            json!(self.duration_ms),
            json!(self.status.as_str()),
            json!(self.network_code),
            json!(self.attempt),
            json!(self.error),
        ]
    }
}

impl Exported for UserIntegration {
    const COLUMNS: &'static [&'static str] = &[
        "integration_id",
        "flow_id",
        "flow_name",
        "user_id",
        "user_auth",
        "tasks",
        "last_run_start",
        "last_run_status",
        "integration_status",
    ];

    fn cells(&self, zone: &Zone) -> Vec<Value> {
        let row = &self.integration;
        vec![
            json!(row.key),
            json!(self.flow_key),
            json!(self.flow_name),
            json!(row.user_id),
            json!(row.user_auth),
            json!(row.tasks),
            moment(zone, row.last_run_at),
            json!(row.last_run_status.as_str()),
            json!(row.status.as_str()),
        ]
    }
}
