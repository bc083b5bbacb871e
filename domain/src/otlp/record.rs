//! A log record as a report: an entry in the log of the run that its trace is.
//!
//! One without a trace is of no run, whatever its key is good for: an integration has no log of its own.

use super::{
    attributes::Attributes,
    integration::Owner,
    model::{Any, Id, LogRecord, moment},
};
use crate::{
    LogLevel,
    access::Bounds,
    report::{LogReport, Rejection, Report, RunReport},
    status::Stream,
};

pub(super) fn report(
    record: &LogRecord,
    resource: &Attributes,
    bounds: &Bounds,
) -> Result<Report, Rejection> {
    let owner = Owner::of(false, &record.attributes, resource, bounds)?;
    let key = record.trace.key()?;
    let lines = record.attributes.to_lines(&[]);
    let mut entry = LogReport {
        run: Some(key.clone()),
        step: record.span.as_ref().map(Id::key).transpose()?,
        logged_at: moment(record.nanos),
        level: Some(level(record)),
        stream: Some(Stream::Otlp),
        message: Some(message(record).into()),
        description: (!lines.is_empty()).then(|| lines.into()),
        told_apart_by: apart(record),
        ..LogReport::default()
    };
    entry.make_key()?;
    Ok(Report::Run(Box::new(RunReport {
        key: Some(key),
        integration: owner.integration,
        claim: owner.claim,
        log: vec![entry],
        ..RunReport::default()
    })))
}

/// What is not in the entry and yet tells it from others.
fn apart(record: &LogRecord) -> String {
    let span = record.span.as_ref().map_or("", |span| span.0.as_str());
    format!("{} {span}", record.nanos)
}

fn message(record: &LogRecord) -> String {
    let body = match &record.body {
        Any::Empty => None,
        body => Some(body.to_text()),
    };
    let others = || {
        let own = &record.attributes;
        let name = (!record.event_name.is_empty()).then(|| record.event_name.clone());
        name.or_else(|| own.text(&["event.name", "exception.message", "exception.type"]))
    };
    let said = body.filter(|body| !body.trim().is_empty()).or_else(others);
    said.unwrap_or_else(|| "(empty)".to_owned())
}

fn level(record: &LogRecord) -> LogLevel {
    match record.severity {
        1..=8 => LogLevel::Debug,
        9..=12 => LogLevel::Info,
        13..=16 => LogLevel::Warning,
        17.. => LogLevel::Error,
        // Some send the word alone.
        _ => match record.severity_text.to_ascii_lowercase().as_str() {
            "trace" | "debug" | "verbose" => LogLevel::Debug,
            "warn" | "warning" => LogLevel::Warning,
            "error" | "err" | "fatal" | "critical" | "alert" | "emergency" => LogLevel::Error,
            _ => LogLevel::Info,
        },
    }
}
