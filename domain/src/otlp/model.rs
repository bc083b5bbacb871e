//! What both wire formats say, in the words of OpenTelemetry.

use super::attributes::Attributes;
use crate::{Timestamp, limit, report::Rejection};

/// A value of an attribute or of a log record.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Any {
    #[default]
    Empty,
    Text(String),
    Bool(bool),
    Int(i64),
    Double(f64),
    Bytes(Vec<u8>),
    List(Vec<Any>),
    Map(Vec<(String, Any)>),
}

/// The identifier of a trace or a span, as lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Id(pub(super) String);

impl Id {
    /// Checks what a trace is called.
    pub(super) fn trace(bytes: &[u8]) -> Option<Self> {
        Self::of(bytes, 16)
    }

    /// Checks what a span is called.
    pub(super) fn span(bytes: &[u8]) -> Option<Self> {
        Self::of(bytes, 8)
    }

    /// All zeros is what "none" is in places that cannot be empty.
    fn of(bytes: &[u8], length: usize) -> Option<Self> {
        let said = bytes.len() == length && bytes.iter().any(|byte| *byte != 0);
        said.then(|| Self(crate::payload::hex(bytes)))
    }
}

/// Where a span stands to the services beside its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum SpanKind {
    #[default]
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

impl SpanKind {
    pub(super) fn of(number: i64) -> Self {
        match number {
            2 => Self::Server,
            3 => Self::Client,
            4 => Self::Producer,
            5 => Self::Consumer,
            _ => Self::Internal,
        }
    }
}

/// How a span says that it went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Code {
    #[default]
    Unset,
    Ok,
    Error,
}

impl Code {
    pub(super) fn of(number: i64) -> Self {
        match number {
            1 => Self::Ok,
            2 => Self::Error,
            _ => Self::Unset,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) trace: Id,
    pub(super) id: Id,
    pub(super) parent: Option<Id>,
    pub(super) name: String,
    pub(super) kind: SpanKind,
    pub(super) start: Option<Timestamp>,
    pub(super) end: Option<Timestamp>,
    pub(super) attributes: Attributes,
    pub(super) events: Vec<Event>,
    pub(super) code: Code,
    pub(super) message: String,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Event {
    pub(super) time: Option<Timestamp>,
    pub(super) name: String,
    pub(super) attributes: Attributes,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct LogRecord {
    pub(super) trace: Id,
    pub(super) span: Option<Id>,
    /// Nanoseconds since 1970, as sent: tells apart what happened in one millisecond.
    pub(super) nanos: u64,
    pub(super) severity: i64,
    pub(super) severity_text: String,
    pub(super) event_name: String,
    pub(super) body: Any,
    pub(super) attributes: Attributes,
}

/// A moment; 0 says that there is none.
pub(super) fn moment(nanos: u64) -> Option<Timestamp> {
    let ms = i64::try_from(nanos / 1_000_000).ok()?;
    (nanos != 0).then_some(Timestamp::from_ms(ms))
}

/// What one item may still take: a few bytes on the wire may stand for much memory.
#[derive(Debug)]
pub(super) struct Room {
    values: usize,
    events: usize,
    /// What was left out.
    pub(super) dropped: usize,
}

impl Room {
    pub(super) fn new(entries: usize) -> Self {
        Self {
            values: limit::OTLP_VALUES,
            events: entries.min(limit::OTLP_ATTRIBUTES),
            dropped: 0,
        }
    }

    /// One value more.
    pub(super) fn value(&mut self) -> Result<(), Rejection> {
        self.values = self.values.checked_sub(1).ok_or_else(too_many_values)?;
        Ok(())
    }

    /// Whether there is room for one event more.
    pub(super) fn event(&mut self) -> bool {
        let left = self.events.checked_sub(1);
        self.events = left.unwrap_or(0);
        self.dropped += usize::from(left.is_none());
        left.is_some()
    }

    /// Adds an attribute where there is room for it.
    pub(super) fn attribute(&mut self, list: &mut Attributes, name: String, value: Any) {
        if list.0.len() < limit::OTLP_ATTRIBUTES {
            list.0.push((name, value));
        } else {
            self.dropped += 1;
        }
    }
}

pub(super) fn too_many_values() -> Rejection {
    let rule = format!(
        "at most {} values in one span or log record",
        limit::OTLP_VALUES
    );
    Rejection::new("attributes", "too_many", rule)
}

pub(super) fn no_trace() -> Rejection {
    let rule = "16 bytes (32 hex digits), not all of them zero";
    Rejection::new("traceId", "invalid_field", rule)
}

pub(super) fn no_span(path: &str) -> Rejection {
    let rule = "8 bytes (16 hex digits), not all of them zero";
    Rejection::new(path, "invalid_field", rule)
}
