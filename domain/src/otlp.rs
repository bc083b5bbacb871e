//! OpenTelemetry as reports: what an exporter sends to `/v1/traces` and `/v1/logs`.
//!
//! A trace is a run and each of its spans a step. Both wire formats become the same few values
//! ([`model`]), which become reports ([`span`], [`record`]); from there on nothing knows where they
//! came from. Items are read one by one, so that a bad one is put aside with its place and the
//! others are taken.
//!
//! It keeps nothing between requests: what a span says of its run is written so that spans in any
//! order, any grouping and any repetition come together to the same run
//! ([decision 23](../../docs/decisions/0023-a-trace-is-a-run.md)).
//! Links, scopes, metrics and fields that it does not know are passed over.

mod attributes;
mod call;
mod integration;
mod json;
mod model;
mod protobuf;
mod record;
mod span;
#[cfg(test)]
mod tests;
mod wire;

use crate::{
    access::Bounds,
    limit,
    report::{Rejection, Report},
};

use self::{
    attributes::Attributes,
    model::{LogRecord, Room, Span},
};

/// How a request is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Protobuf,
    Json,
}

/// What a request tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Traces,
    Logs,
}

/// Why nothing of a request can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the body is not what its content type says: {0}")]
    Malformed(String),
    #[error("a request has at most {most} {what}; send it in parts")]
    TooMany { what: &'static str, most: usize },
}

impl Unreadable {
    fn too_many(what: &'static str) -> Self {
        let most = limit::BATCH_ITEMS;
        Self::TooMany { what, most }
    }
}

/// A request, item by item.
#[derive(Debug, Default)]
pub struct Taken {
    /// In the order in which they were sent: a report, or why there is none.
    pub items: Vec<Result<Report, Rejection>>,
    /// What was left out of items that were taken: sentences for whoever reads the exporter's log.
    pub notes: Vec<String>,
}

/// Reads the body of a request, for a key with these `bounds`.
///
/// # Errors
/// [`Unreadable`] where not even its items can be told apart.
pub fn read(
    bytes: &[u8],
    signal: Signal,
    format: Format,
    bounds: &Bounds,
) -> Result<Taken, Unreadable> {
    let mut reading = Reading {
        bounds,
        taken: Taken::default(),
        dropped: 0,
        entries_left: limit::OTLP_ENTRIES,
    };
    match (signal, format) {
        (Signal::Traces, Format::Protobuf) => protobuf::traces(bytes, &mut reading)?,
        (Signal::Traces, Format::Json) => json::traces(bytes, &mut reading)?,
        (Signal::Logs, Format::Protobuf) => protobuf::logs(bytes, &mut reading)?,
        (Signal::Logs, Format::Json) => json::logs(bytes, &mut reading)?,
    }
    Ok(reading.end())
}

/// A request being read.
struct Reading<'b> {
    bounds: &'b Bounds,
    taken: Taken,
    /// Attributes and events that were left out.
    dropped: usize,
    /// Log entries that spans may still bring.
    entries_left: usize,
}

impl Reading<'_> {
    fn span(
        &mut self,
        resource: &Attributes,
        read: impl FnOnce(&mut Room) -> Result<Span, Rejection>,
    ) -> Result<(), Unreadable> {
        self.one_more("spans")?;
        let mut room = Room::new(self.entries_left);
        let report = read(&mut room).and_then(|span| {
            self.entries_left = self.entries_left.saturating_sub(span.events.len());
            span::report(&span, resource, self.bounds)
        });
        self.keep(report, &room);
        Ok(())
    }

    fn record(
        &mut self,
        resource: &Attributes,
        read: impl FnOnce(&mut Room) -> Result<LogRecord, Rejection>,
    ) -> Result<(), Unreadable> {
        self.one_more("log records")?;
        let mut room = Room::new(0);
        let report =
            read(&mut room).and_then(|record| record::report(&record, resource, self.bounds));
        self.keep(report, &room);
        Ok(())
    }

    fn one_more(&self, what: &'static str) -> Result<(), Unreadable> {
        match self.taken.items.len() < limit::BATCH_ITEMS {
            true => Ok(()),
            false => Err(Unreadable::too_many(what)),
        }
    }

    fn keep(&mut self, report: Result<Report, Rejection>, room: &Room) {
        self.dropped += room.dropped;
        self.taken.items.push(report);
    }

    fn note(&mut self, note: impl Into<String>) {
        self.taken.notes.push(note.into());
    }

    fn end(mut self) -> Taken {
        if self.dropped > 0 {
            let note = format!(
                "{} attributes or events were left out: at most {} of each are kept of a span or log record",
                self.dropped,
                limit::OTLP_ATTRIBUTES
            );
            self.note(note);
        }
        self.taken
    }
}
