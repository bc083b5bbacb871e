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

mod integration;
mod run;
mod step;

pub use self::{
    integration::LastSeen,
    run::Handling,
    step::{StepFacts, is_finished},
};
use crate::{
    App, AppId, Flow, FlowId, FlowStatus, Key, LogEntry, LogEntryId, LogLevel, RunId, Timestamp,
    WorkspaceId,
    report::{AppReport, FlowReport, IntegrationReport, LogReport, Name, Reference, Text, Url},
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
            label: name(report.label.as_ref()),
            reference: name(report.reference.as_ref()),
        })
    }
}

#[cfg(test)]
mod tests;
