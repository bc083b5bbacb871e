//! The reports that this program makes, in the words of the API.

use domain::{LogLevel, Timestamp, status::Stream};
use serde::Serialize;

/// One line of a run's log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) run: &'a str,
    /// Unique in its run.
    pub(crate) key: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) level: LogLevel,
    pub(crate) stream: Stream,
    pub(crate) message: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) step: Option<&'a str>,
}

/// A log entry as the API takes it.
pub(crate) fn log_entry(entry: &Entry<'_>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Wire<'a> {
        #[serde(rename = "type")]
        kind: &'a str,
        run: &'a str,
        key: &'a str,
        logged_at: i64,
        level: &'a str,
        stream: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<&'a str>,
    }
    let wire = Wire {
        kind: "log",
        run: entry.run,
        key: entry.key,
        logged_at: entry.at.as_ms(),
        level: entry.level.as_str(),
        stream: entry.stream.as_str(),
        message: entry.message,
        description: entry.description,
        step: entry.step,
    };
    serde_json::to_vec(&wire).unwrap_or_default()
}

/// A run, or news of one. What is absent stays as it was.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct RunNews<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    pub(crate) key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) integration: Option<Integration<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trigger: Option<Trigger<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) started_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) finished_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'a str>,
}

/// The integration of a run.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Integration<'a> {
    pub(crate) key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) flow: Option<&'a str>,
}

/// What set a run off.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Trigger<'a> {
    pub(crate) name: &'a str,
    #[serde(rename = "type")]
    pub(crate) kind: &'a str,
}

impl<'a> RunNews<'a> {
    pub(crate) fn of(key: &'a str) -> Self {
        Self {
            kind: "run",
            key,
            ..Self::default()
        }
    }

    pub(crate) fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
