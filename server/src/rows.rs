//! What a file, or a program that reads, is told of each kind of row: its columns and its cells.

use domain::{
    File, Flow, Integration, LogEntry, RunRow, StepRow, Timestamp, user::UserIntegration,
    zone::Zone,
};
use serde_json::{Value, json};

/// A row of a file.
pub(crate) trait Exported {
    const COLUMNS: &'static [&'static str];
    /// Moments are told in `zone`.
    fn cells(&self, zone: &Zone) -> Vec<Value>;

    /// The cells under their names.
    fn object(&self, zone: &Zone) -> Value {
        let names = Self::COLUMNS.iter().map(|name| (*name).to_owned());
        names
            .zip(self.cells(zone))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

impl Exported for LogEntry {
    const COLUMNS: &'static [&'static str] = &[
        "entry_id",
        "step_id",
        "logged_at",
        "level",
        "stream",
        "message",
        "description",
        "label",
        "reference",
    ];

    fn cells(&self, zone: &Zone) -> Vec<Value> {
        vec![
            json!(self.key),
            json!(self.step),
            moment(zone, Some(self.logged_at)),
            json!(self.level.as_str()),
            json!(self.stream.as_str()),
            json!(self.message),
            json!(self.description),
            json!(self.label),
            json!(self.reference),
        ]
    }
}

impl Exported for File {
    const COLUMNS: &'static [&'static str] = &[
        "file_id",
        "name",
        "entry_id",
        "content_type",
        "size_bytes",
        "sent_bytes",
        "sha256",
        "redacted",
        "received_at",
    ];

    fn cells(&self, zone: &Zone) -> Vec<Value> {
        vec![
            json!(self.key),
            json!(self.name),
            json!(self.entry),
            json!(self.content_type),
            json!(self.size_bytes),
            json!(self.sent_bytes),
            json!(self.sha256),
            json!(self.redacted),
            moment(zone, Some(self.received_at)),
        ]
    }
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
        "own_status",
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
            json!(self.label),
        ]
    }
}

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

/// With the offset of the reader's zone, as the pages show it.
fn moment(zone: &Zone, at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::String(zone.rfc3339(at)))
}
