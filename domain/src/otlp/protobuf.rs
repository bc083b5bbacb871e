//! OTLP in protobuf: the few messages and fields that become reports.
//!
//! A field of a wire type that is not its own is passed over like one that is not known. Text that
//! is no UTF-8 is read as far as it is: one odd byte of a customer's data must not cost the span.

use super::{
    Reading, Unreadable,
    attributes::Attributes,
    model::{Any, Code, Event, Id, LogRecord, Room, Span, SpanKind, moment, no_span, no_trace},
    wire::{Malformed, Message, Value},
};
use crate::{limit, report::Rejection};

impl From<Malformed> for Unreadable {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<Malformed> for Rejection {
    fn from(error: Malformed) -> Self {
        Self::new("", "not_protobuf", error.to_string())
    }
}

pub(super) fn traces(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Unreadable> {
    each_item(bytes, |resource, bytes| {
        reading.span(resource, |room| span(bytes, room))
    })
}

pub(super) fn logs(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Unreadable> {
    each_item(bytes, |resource, bytes| {
        reading.record(resource, |room| record(bytes, room))
    })
}

/// Both requests have one shape: resources, of which each has scopes, of which each has items.
fn each_item<'b>(
    bytes: &'b [u8],
    mut take: impl FnMut(&Attributes, &'b [u8]) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    Message::new(bytes).each(|number, value| {
        let (1, Value::Bytes(group)) = (number, value) else {
            return Ok(());
        };
        // The resource may stand behind what belongs to it.
        let mut resource = Attributes::default();
        Message::new(group).each(|number, value| match (number, value) {
            (1, Value::Bytes(bytes)) => of_resource(bytes, &mut resource),
            _ => Ok(()),
        })?;
        Message::new(group).each(|number, value| {
            let (2, Value::Bytes(scope)) = (number, value) else {
                return Ok(());
            };
            Message::new(scope).each(|number, value| match (number, value) {
                (2, Value::Bytes(item)) => take(&resource, item),
                _ => Ok(()),
            })
        })
    })
}

/// What cannot be read of a resource is what its spans do without.
fn of_resource(bytes: &[u8], resource: &mut Attributes) -> Result<(), Unreadable> {
    let mut room = Room::new(0);
    Message::new(bytes).each(|number, value| {
        if let (1, Value::Bytes(bytes)) = (number, value)
            && let Ok((name, value)) = pair(bytes, &mut room, 0)
        {
            room.attribute(resource, name, value);
        }
        Ok::<_, Unreadable>(())
    })
}

fn span(bytes: &[u8], room: &mut Room) -> Result<Span, Rejection> {
    let (mut trace, mut id, mut parent) = (&[][..], &[][..], &[][..]);
    let mut span = Span {
        trace: Id(String::new()),
        id: Id(String::new()),
        parent: None,
        name: String::new(),
        kind: SpanKind::default(),
        start: None,
        end: None,
        attributes: Attributes::default(),
        events: Vec::new(),
        code: Code::default(),
        message: String::new(),
    };
    Message::new(bytes).each(|number, value| {
        match (number, value) {
            (1, Value::Bytes(bytes)) => trace = bytes,
            (2, Value::Bytes(bytes)) => id = bytes,
            (4, Value::Bytes(bytes)) => parent = bytes,
            (5, Value::Bytes(bytes)) => span.name = text(bytes),
            (6, Value::Varint(number)) => span.kind = SpanKind::of(signed(number)),
            (7, Value::Fixed64(nanos)) => span.start = moment(nanos),
            (8, Value::Fixed64(nanos)) => span.end = moment(nanos),
            (9, Value::Bytes(bytes)) => attribute(bytes, room, &mut span.attributes)?,
            (11, Value::Bytes(bytes)) if room.event() => span.events.push(event(bytes, room)?),
            (15, Value::Bytes(bytes)) => status(bytes, &mut span)?,
            _ => {}
        }
        Ok::<_, Rejection>(())
    })?;
    span.trace = Id::trace(trace).ok_or_else(no_trace)?;
    span.id = Id::span(id).ok_or_else(|| no_span("spanId"))?;
    span.parent = optional(parent, "parentSpanId")?;
    Ok(span)
}

fn status(bytes: &[u8], span: &mut Span) -> Result<(), Rejection> {
    Message::new(bytes).each(|number, value| {
        match (number, value) {
            (2, Value::Bytes(bytes)) => span.message = text(bytes),
            (3, Value::Varint(code)) => span.code = Code::of(signed(code)),
            _ => {}
        }
        Ok(())
    })
}

fn event(bytes: &[u8], room: &mut Room) -> Result<Event, Rejection> {
    let mut event = Event::default();
    Message::new(bytes).each(|number, value| {
        match (number, value) {
            (1, Value::Fixed64(nanos)) => event.time = moment(nanos),
            (2, Value::Bytes(bytes)) => event.name = text(bytes),
            (3, Value::Bytes(bytes)) => attribute(bytes, room, &mut event.attributes)?,
            _ => {}
        }
        Ok::<_, Rejection>(())
    })?;
    Ok(event)
}

fn record(bytes: &[u8], room: &mut Room) -> Result<LogRecord, Rejection> {
    let (mut trace, mut span) = (&[][..], &[][..]);
    let (mut at, mut observed) = (0, 0);
    let mut record = LogRecord {
        trace: Id(String::new()),
        span: None,
        nanos: 0,
        severity: 0,
        severity_text: String::new(),
        event_name: String::new(),
        body: Any::Empty,
        attributes: Attributes::default(),
    };
    Message::new(bytes).each(|number, value| {
        match (number, value) {
            (1, Value::Fixed64(nanos)) => at = nanos,
            (2, Value::Varint(number)) => record.severity = signed(number),
            (3, Value::Bytes(bytes)) => record.severity_text = text(bytes),
            (5, Value::Bytes(bytes)) => record.body = any(bytes, room, 0)?,
            (6, Value::Bytes(bytes)) => attribute(bytes, room, &mut record.attributes)?,
            (9, Value::Bytes(bytes)) => trace = bytes,
            (10, Value::Bytes(bytes)) => span = bytes,
            (11, Value::Fixed64(nanos)) => observed = nanos,
            (12, Value::Bytes(bytes)) => record.event_name = text(bytes),
            _ => {}
        }
        Ok::<_, Rejection>(())
    })?;
    record.nanos = if at == 0 { observed } else { at };
    record.trace = Id::trace(trace).ok_or_else(no_trace)?;
    record.span = optional(span, "spanId")?;
    Ok(record)
}

/// None, or a whole one.
fn optional(bytes: &[u8], path: &str) -> Result<Option<Id>, Rejection> {
    match Id::span(bytes) {
        None if bytes.iter().any(|byte| *byte != 0) => Err(no_span(path)),
        id => Ok(id),
    }
}

fn attribute(bytes: &[u8], room: &mut Room, list: &mut Attributes) -> Result<(), Rejection> {
    let (name, value) = pair(bytes, room, 0)?;
    room.attribute(list, name, value);
    Ok(())
}

fn pair(bytes: &[u8], room: &mut Room, depth: usize) -> Result<(String, Any), Rejection> {
    let mut pair = (String::new(), Any::Empty);
    Message::new(bytes).each(|number, value| {
        match (number, value) {
            (1, Value::Bytes(bytes)) => pair.0 = text(bytes),
            (2, Value::Bytes(bytes)) => pair.1 = any(bytes, room, depth)?,
            _ => {}
        }
        Ok::<_, Rejection>(())
    })?;
    Ok(pair)
}

fn any(bytes: &[u8], room: &mut Room, depth: usize) -> Result<Any, Rejection> {
    if depth > limit::OTLP_DEPTH {
        let rule = format!("at most {} values inside each other", limit::OTLP_DEPTH);
        return Err(Rejection::new("attributes", "too_deep", rule));
    }
    room.value()?;
    let mut any = Any::Empty;
    Message::new(bytes).each(|number, value| {
        match (number, value) {
            (1, Value::Bytes(bytes)) => any = Any::Text(text(bytes)),
            (2, Value::Varint(number)) => any = Any::Bool(number != 0),
            (3, Value::Varint(number)) => any = Any::Int(signed(number)),
            (4, Value::Fixed64(bits)) => any = Any::Double(f64::from_bits(bits)),
            (5, Value::Bytes(bytes)) => any = Any::List(values(bytes, room, depth)?),
            (6, Value::Bytes(bytes)) => any = Any::Map(members(bytes, room, depth)?),
            (7, Value::Bytes(bytes)) => any = Any::Bytes(bytes.to_vec()),
            _ => {}
        }
        Ok::<_, Rejection>(())
    })?;
    Ok(any)
}

fn values(bytes: &[u8], room: &mut Room, depth: usize) -> Result<Vec<Any>, Rejection> {
    let mut list = Vec::new();
    Message::new(bytes).each(|number, value| {
        if let (1, Value::Bytes(bytes)) = (number, value) {
            list.push(any(bytes, room, depth + 1)?);
        }
        Ok::<_, Rejection>(())
    })?;
    Ok(list)
}

fn members(bytes: &[u8], room: &mut Room, depth: usize) -> Result<Vec<(String, Any)>, Rejection> {
    let mut list = Vec::new();
    Message::new(bytes).each(|number, value| {
        if let (1, Value::Bytes(bytes)) = (number, value) {
            room.value()?;
            list.push(pair(bytes, room, depth + 1)?);
        }
        Ok::<_, Rejection>(())
    })?;
    Ok(list)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A varint is the two's complement of a negative number.
fn signed(number: u64) -> i64 {
    number.cast_signed()
}
