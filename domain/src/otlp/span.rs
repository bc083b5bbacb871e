//! A span as a report: a step of the run that its trace is. The root tells of the run as well.

use super::{
    attributes::Attributes,
    call,
    integration::Owner,
    model::{Code, Event, Id, Span, SpanKind},
};
use crate::{
    Key, LogLevel, Status,
    access::Bounds,
    report::{LogReport, Reference, Rejection, Report, RunReport, StepReport, TriggerReport},
    status::Stream,
};

/// The attributes of the event that tells of an exception.
const EXCEPTION: [&str; 3] = [
    "exception.type",
    "exception.message",
    "exception.stacktrace",
];

pub(super) fn report(
    span: &Span,
    resource: &Attributes,
    bounds: &Bounds,
) -> Result<Report, Rejection> {
    let is_root = span.parent.is_none();
    let owner = Owner::of(is_root, &span.attributes, resource, bounds)?;
    let key = span.trace.key()?;
    let mut run = match is_root {
        true => of_root(span, resource),
        // Its end is the root's to tell.
        false => RunReport {
            status: Some(Status::Running),
            ..RunReport::default()
        },
    };
    run.integration = owner.integration;
    run.claim = owner.claim;
    run.steps = vec![step(span, resource, &key)?];
    let events = span.events.iter().enumerate();
    let entries = events.map(|(place, event)| entry(span, place, event, &key));
    run.log = entries.collect::<Result<_, _>>()?;
    run.key = Some(key);
    Ok(Report::Run(Box::new(run)))
}

fn of_root(span: &Span, resource: &Attributes) -> RunReport {
    let own = &span.attributes;
    let kind = match span.kind {
        SpanKind::Server if call::request(own).is_some() => Some("webhook".to_owned()),
        SpanKind::Server => Some("request".to_owned()),
        SpanKind::Consumer => Some("message".to_owned()),
        _ => None,
    };
    RunReport {
        status: match (span.end, span.code) {
            (None, _) => Some(Status::Running),
            (_, Code::Error) => Some(Status::Failed),
            (_, Code::Ok) => Some(Status::Ok),
            // Without a word of its own it is what its steps are.
            (_, Code::Unset) => None,
        },
        trigger: Some(TriggerReport {
            app: resource.text(&["service.name"]).map(Into::into),
            name: (!span.name.is_empty()).then(|| span.name.clone().into()),
            kind: own.text(&["faas.trigger"]).or(kind).map(Into::into),
        }),
        started_at: span.start,
        finished_at: span.end,
        error: failure(span).map(|(what, _)| what.into()),
        ..RunReport::default()
    }
}

fn step(span: &Span, resource: &Attributes, run: &Key) -> Result<StepReport, Rejection> {
    let error = failure(span).map(|(what, stack)| match stack {
        Some(stack) => format!("{what}\n\n{stack}"),
        None => what,
    });
    let code = call::status(span);
    Ok(StepReport {
        key: Some(span.id.key()?),
        run: Some(run.clone()),
        parent: span.parent.as_ref().map(Id::key).transpose()?,
        app: call::app(span, resource).map(Reference::Key),
        name: (!span.name.is_empty()).then(|| span.name.clone().into()),
        status: match (span.end, span.code, span.kind) {
            (None, ..) => Some(Status::Running),
            (_, Code::Error, _) => Some(Status::Failed),
            (_, Code::Ok, _) => Some(Status::Ok),
            // To a server, a client's mistake is no failure of its own.
            (_, Code::Unset, SpanKind::Server) if code.is_some_and(|code| code < 500) => {
                Some(Status::Ok)
            }
            (_, Code::Unset, _) => None,
        },
        started_at: span.start,
        finished_at: span.end,
        network_code: code,
        attempt: call::attempt(span),
        error: error.map(Into::into),
        request: call::request(&span.attributes),
        response: call::response(span),
        object: call::object(&span.attributes),
        ..StepReport::default()
    })
}

/// What went wrong in a span that failed, and where: what its last exception says, else its status.
fn failure(span: &Span) -> Option<(String, Option<String>)> {
    let by_code = span.code == Code::Unset && call::status(span).is_some_and(|code| code >= 400);
    if span.code != Code::Error && !by_code {
        return None;
    }
    let mut exceptions = span.events.iter().rev();
    let exception = exceptions.find(|event| event.name == "exception");
    let what = exception.and_then(|event| said(&event.attributes));
    let stack = exception.and_then(|event| event.attributes.text(&EXCEPTION[2..]));
    let message = || (!span.message.trim().is_empty()).then(|| span.message.clone());
    let kind = || span.attributes.text(&["error.type"]);
    let what = what.or_else(message).or_else(kind)?;
    Some((what, stack))
}

/// `type: message`, or the half of it that was sent.
fn said(exception: &Attributes) -> Option<String> {
    let kind = exception.text(&EXCEPTION[..1]);
    let message = exception.text(&EXCEPTION[1..2]);
    match (kind, message) {
        (Some(kind), Some(message)) => Some(format!("{kind}: {message}")),
        (kind, message) => kind.or(message),
    }
}

/// An event of a span; its place in the span makes it the same entry however often it comes.
fn entry(span: &Span, place: usize, event: &Event, run: &Key) -> Result<LogReport, Rejection> {
    let exception = (event.name == "exception").then(|| said(&event.attributes));
    let is_exception = exception.is_some();
    let name = || (!event.name.trim().is_empty()).then(|| event.name.clone());
    let message = exception.flatten().or_else(name);
    let mut description = Vec::new();
    if is_exception {
        description.extend(event.attributes.text(&EXCEPTION[2..]));
    }
    let told: &[&str] = if is_exception { &EXCEPTION } else { &[] };
    let lines = event.attributes.to_lines(told);
    description.extend((!lines.is_empty()).then_some(lines));
    let key = format!("{}-{place}", span.id.0);
    Ok(LogReport {
        key: Key::new(key).ok(),
        run: Some(run.clone()),
        step: Some(span.id.key()?),
        logged_at: event.time.or(span.start),
        level: Some(if is_exception {
            LogLevel::Error
        } else {
            LogLevel::Info
        }),
        stream: Some(Stream::Otlp),
        message: Some(message.unwrap_or_else(|| "event".to_owned()).into()),
        description: (!description.is_empty()).then(|| description.join("\n\n").into()),
        ..LogReport::default()
    })
}

impl Id {
    pub(super) fn key(&self) -> Result<Key, Rejection> {
        Key::new(self.0.clone())
            .map_err(|error| Rejection::new("", "invalid_field", error.to_string()))
    }
}
