//! Lime's helper functions as calls: what each may say, its defaults, and the report it becomes.
//!
//! A monitor is an integration, a batch a run, a log an entry of a run's log. There is no second
//! world: what comes this way is read, filtered and shown like everything else. Nothing here knows
//! which monitors and batches exist.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    Key, LogLevel, Status, Timestamp,
    labels::Labels,
    report::{Name, Rejection, Text},
};

/// A thing that an earlier call gave: its key, or the whole answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Given {
    Key(String),
    Answer {
        #[serde(alias = "integration_key")]
        key: String,
    },
}

impl Given {
    /// The key, unless it is empty.
    fn key(given: &Option<Self>) -> Option<&str> {
        let (Self::Key(key) | Self::Answer { key }) = given.as_ref()?;
        Some(key.as_str()).filter(|key| !key.is_empty())
    }
}

/// `create_integration_monitor_batch` (LM-48).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewBatch {
    integration_key: Option<Name>,
    integration_id: Option<Name>,
    /// `running` where nothing is said.
    batch_status: Option<Name>,
    batch_text: Option<Text>,
    error_msg: Option<Text>,
    /// The key of the run, for a caller that may have to send it again.
    key: Option<Key>,
}

/// `update_integration_monitor_batch` (LM-55).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BatchUpdate {
    integration_monitor_batch: Option<Given>,
    /// `ok` where nothing is said.
    batch_status: Option<Name>,
    no_created: Option<u32>,
    no_updated: Option<u32>,
    no_deleted: Option<u32>,
    batch_text: Option<Text>,
    error_msg: Option<Text>,
    endtime: Option<Timestamp>,
}

/// `create_integration_monitor_log` and `create_integration_monitor_log_error` (LM-50, LM-53).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewLog {
    integration_monitor_batch: Option<Given>,
    integration_monitor: Option<Given>,
    integration_key: Option<Name>,
    integration_id: Option<Name>,
    /// `ok`, or `error` of an error, where nothing is said.
    log_status: Option<Name>,
    log_text: Option<Text>,
    error_msg: Option<Text>,
    message: Option<Text>,
    /// The key of the entry, for a caller that may have to send it again.
    key: Option<Key>,
}

/// Where a call goes, which its caller has looked up, and what it needs from outside.
#[derive(Debug, Clone, Copy)]
pub struct Into<'i> {
    pub integration: &'i Key,
    /// The key of the run, and of the entry where there is one.
    pub run: &'i Key,
    pub entry: &'i Key,
    pub labels: &'i Labels,
    pub now: Timestamp,
}

impl NewBatch {
    /// The monitor that is meant.
    #[must_use]
    pub fn monitor(&self) -> &str {
        said(&self.integration_key).unwrap_or_default()
    }

    /// The key that the caller gave the batch.
    #[must_use]
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The report that it becomes: a run that begins.
    ///
    /// # Errors
    /// A status that means nothing.
    pub fn report(&self, into: Into<'_>) -> Result<String, Rejection> {
        let word = said(&self.batch_status).unwrap_or("running");
        let (status, finished) = status(word, "batch_status", into.labels)?;
        let mut report = Map::new();
        let mut set = |name: &str, value: Value| report.insert(name.to_owned(), value);
        set("type", "run".into());
        set("key", json!(into.run));
        set("integration", json!(into.integration));
        set("status", status);
        set("started_at", json!(into.now));
        if finished {
            set("finished_at", json!(into.now));
        }
        texts(
            &mut report,
            &self.integration_id,
            [&self.batch_text, &self.error_msg],
        );
        Ok(Value::Object(report).to_string())
    }
}

impl BatchUpdate {
    /// The batch that is meant.
    #[must_use]
    pub fn batch(&self) -> Option<&str> {
        Given::key(&self.integration_monitor_batch)
    }

    /// The report that it becomes: news of a run. One that has ended without saying when has
    /// ended now. An empty text leaves the one that is there.
    ///
    /// # Errors
    /// A status that means nothing.
    pub fn report(&self, into: Into<'_>) -> Result<String, Rejection> {
        let word = said(&self.batch_status).unwrap_or("ok");
        let (status, finished) = status(word, "batch_status", into.labels)?;
        let mut report = Map::new();
        let mut set = |name: &str, value: Value| report.insert(name.to_owned(), value);
        set("type", "run".into());
        set("key", json!(into.run));
        set("status", status);
        set("created_count", self.no_created.unwrap_or(0).into());
        set("updated_count", self.no_updated.unwrap_or(0).into());
        set("deleted_count", self.no_deleted.unwrap_or(0).into());
        if let Some(at) = self.endtime.or(finished.then_some(into.now)) {
            set("finished_at", json!(at));
        }
        texts(&mut report, &None, [&self.batch_text, &self.error_msg]);
        Ok(Value::Object(report).to_string())
    }
}

impl NewLog {
    /// The batch that it belongs to.
    #[must_use]
    pub fn batch(&self) -> Option<&str> {
        Given::key(&self.integration_monitor_batch)
    }

    /// The monitor that is meant; the key counts only where the monitor itself was not given
    /// (LM-51).
    #[must_use]
    pub fn monitor(&self) -> Option<&str> {
        Given::key(&self.integration_monitor).or_else(|| said(&self.integration_key))
    }

    /// The key that the caller gave the entry.
    #[must_use]
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The reports that it becomes: an entry in the log of its batch, or else a run of its own
    /// with that entry. `usual` is the status where none is said.
    ///
    /// # Errors
    /// A status that means nothing.
    pub fn report(&self, usual: &str, into: Into<'_>) -> Result<String, Rejection> {
        let word = said(&self.log_status).unwrap_or(usual);
        let (status, finished) = status(word, "log_status", into.labels)?;
        let entry = self.entry(word, into);
        if self.batch().is_some() {
            return Ok(entry.to_string());
        }
        let mut report = json!({
            "type": "run", "key": into.run, "integration": into.integration, "status": status,
            "started_at": into.now, "log": [entry],
        });
        let mut set = |name: &str, value: Value| report[name] = value;
        if finished {
            set("finished_at", json!(into.now));
        }
        if let Some(id) = said(&self.integration_id) {
            set("reference", id.into());
        }
        if let Some(text) = said(&self.log_text) {
            set("summary", text.into());
        }
        if let Some(error) = said(&self.error_msg) {
            set("error", error.into());
        }
        Ok(report.to_string())
    }

    /// The entry. Its line is the first text that says something; the others are below it.
    fn entry(&self, word: &str, into: Into<'_>) -> Value {
        let texts = [&self.log_text, &self.error_msg, &self.message];
        let mut texts = texts.into_iter().filter_map(|text| said(text));
        let message = texts.next().unwrap_or(word);
        let rest: Vec<_> = texts.collect();
        let mut entry = json!({
            "type": "log", "run": into.run, "key": into.entry, "logged_at": into.now,
            "level": level(word, into.labels).as_str(), "label": word, "message": message,
        });
        if !rest.is_empty() {
            entry["description"] = rest.join("\n\n").into();
        }
        if let Some(id) = said(&self.integration_id) {
            entry["reference"] = id.into();
        }
        entry
    }
}

/// A text that says something.
fn said<const MAX: usize>(text: &Option<crate::report::Limited<MAX>>) -> Option<&str> {
    let text = text.as_ref().map(|text| text.0.as_str());
    text.filter(|text| !text.is_empty())
}

/// What Lime calls one of our statuses (LM-20, LM-30).
fn ours(word: &str) -> &str {
    match word {
        "error" => "failed",
        "donewitherror" => "warning",
        other => other,
    }
}

/// What Lime calls this status; the others have no word there.
#[must_use]
pub fn theirs(status: Status) -> &'static str {
    match status {
        Status::Failed => "error",
        Status::Warning => "donewitherror",
        other => other.as_str(),
    }
}

/// The word of a report for a word of Lime's or the workspace's, and whether it is an end.
fn status(word: &str, field: &str, labels: &Labels) -> Result<(Value, bool), Rejection> {
    match known(word, labels) {
        Some(status) => Ok((ours(word).into(), status.is_finished())),
        None => {
            let mut words = vec!["ok", "running", "error", "donewitherror"];
            words.extend(labels.words());
            let rule = format!("`{word}` is not one of {}", words.join(", "));
            Err(Rejection::new(field, "invalid_field", rule))
        }
    }
}

fn known(word: &str, labels: &Labels) -> Option<Status> {
    let fixed = ours(word)
        .parse()
        .ok()
        .filter(|status| *status != Status::Skipped);
    fixed.or_else(|| labels.find(word).map(|(_, status)| status))
}

fn level(word: &str, labels: &Labels) -> LogLevel {
    match known(word, labels) {
        Some(Status::Failed) => LogLevel::Error,
        Some(Status::Warning | Status::Interrupted) => LogLevel::Warning,
        _ => LogLevel::Info,
    }
}

/// The texts of a batch.
fn texts(report: &mut Map<String, Value>, id: &Option<Name>, [text, error]: [&Option<Text>; 2]) {
    let fields = [
        ("reference", said(id)),
        ("summary", said(text)),
        ("error", said(error)),
    ];
    for (name, text) in fields {
        if let Some(text) = text {
            report.insert(name.to_owned(), text.into());
        }
    }
}

#[cfg(test)]
mod tests;
