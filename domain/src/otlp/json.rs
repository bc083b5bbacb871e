//! OTLP in JSON, as exporters really write it.
//!
//! Nulls are absent, integers may be numbers or text, enums numbers or names, identifiers hex of
//! any case; of a member that stands twice the last one counts. The outer levels are only cut
//! apart, so that what is wrong inside a span stays inside it.

mod node;
mod outer;

use serde_json::value::RawValue;

use self::{
    node::Node,
    outer::{elements, members},
};
use super::{
    Reading, Unreadable,
    attributes::Attributes,
    model::{Any, Code, Event, Id, LogRecord, Room, Span, SpanKind, moment, no_span, no_trace},
};
use crate::report::Rejection;

pub(super) fn traces(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Unreadable> {
    let names = ["resourceSpans", "scopeSpans", "spans"];
    each_item(bytes, names, reading, |reading, resource, raw| {
        reading.span(resource, |room| span(&Node::read(raw.get(), room)?, room))
    })
}

pub(super) fn logs(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(), Unreadable> {
    let names = ["resourceLogs", "scopeLogs", "logRecords"];
    each_item(bytes, names, reading, |reading, resource, raw| {
        reading.record(resource, |room| record(&Node::read(raw.get(), room)?, room))
    })
}

/// Both requests have one shape: resources, of which each has scopes, of which each has items.
fn each_item(
    bytes: &[u8],
    [groups, scopes, items]: [&'static str; 3],
    reading: &mut Reading<'_>,
    mut take: impl FnMut(&mut Reading<'_>, &Attributes, &RawValue) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    // A byte-order mark is none of JSON's, but some write one.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let raw: &RawValue = serde_json::from_slice(bytes).map_err(outer::malformed)?;
    if raw.get() == "null" {
        // Absent is what a null is inside a request; a request is never absent.
        return Err(outer::no_object());
    }
    let top = members(raw)?;
    for group in elements(top.get(groups), groups)? {
        let group = members(group)?;
        let resource = of_resource(group.get("resource"));
        for scope in elements(group.get(scopes), scopes)? {
            let scope = members(scope)?;
            for item in elements(scope.get(items), items)? {
                take(reading, &resource, item)?;
            }
            note_snake(reading, &scope, items);
        }
        note_snake(reading, &group, scopes);
    }
    note_snake(reading, &top, groups);
    Ok(())
}

/// Keys with underscores mean nothing, and would be lost in silence.
fn note_snake(reading: &mut Reading<'_>, members: &outer::Members<'_>, name: &str) {
    let snake = name.chars().fold(String::new(), |mut snake, c| {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
        snake
    });
    if snake != name && members.get(&snake).is_some() {
        reading.note(format!("`{snake}` was not read: it is `{name}` in JSON"));
    }
}

/// What cannot be read of a resource is what its spans do without.
fn of_resource(raw: Option<&RawValue>) -> Attributes {
    let mut room = Room::new(0);
    let resource = raw.and_then(|raw| Node::read(raw.get(), &mut room).ok());
    let list = resource.as_ref().and_then(|node| node.get("attributes"));
    attributes(list, &mut room).unwrap_or_default()
}

fn span(node: &Node, room: &mut Room) -> Result<Span, Rejection> {
    node.object()?;
    let status = node.get("status");
    let of_status = |name| status.and_then(|status| status.get(name));
    let code = integer(
        of_status("code"),
        "status.code",
        &["UNSET", "OK", "ERROR"],
        "STATUS_CODE_",
    )?;
    let kinds = [
        "UNSPECIFIED",
        "INTERNAL",
        "SERVER",
        "CLIENT",
        "PRODUCER",
        "CONSUMER",
    ];
    let mut events = Vec::new();
    for event in list(node.get("events"), "events")? {
        if room.event() {
            events.push(Event {
                time: moment(nanos(event.get("timeUnixNano"), "events.timeUnixNano")?),
                name: text(event.get("name"), "events.name")?,
                attributes: attributes(event.get("attributes"), room)?,
            });
        }
    }
    Ok(Span {
        trace: trace_id(node)?,
        id: hex(node.get("spanId"))
            .and_then(|bytes| Id::span(&bytes))
            .ok_or_else(|| no_span("spanId"))?,
        parent: optional_id(node.get("parentSpanId"), "parentSpanId")?,
        name: text(node.get("name"), "name")?,
        kind: SpanKind::of(integer(node.get("kind"), "kind", &kinds, "SPAN_KIND_")?),
        start: moment(nanos(node.get("startTimeUnixNano"), "startTimeUnixNano")?),
        end: moment(nanos(node.get("endTimeUnixNano"), "endTimeUnixNano")?),
        attributes: attributes(node.get("attributes"), room)?,
        events,
        code: Code::of(code),
        message: text(of_status("message"), "status.message")?,
    })
}

fn record(node: &Node, room: &mut Room) -> Result<LogRecord, Rejection> {
    node.object()?;
    let at = nanos(node.get("timeUnixNano"), "timeUnixNano")?;
    let observed = nanos(node.get("observedTimeUnixNano"), "observedTimeUnixNano")?;
    Ok(LogRecord {
        trace: trace_id(node)?,
        span: optional_id(node.get("spanId"), "spanId")?,
        nanos: if at == 0 { observed } else { at },
        severity: severity(node.get("severityNumber"))?,
        severity_text: text(node.get("severityText"), "severityText")?,
        event_name: text(node.get("eventName"), "eventName")?,
        body: node.get("body").map_or(Any::Empty, any),
        attributes: attributes(node.get("attributes"), room)?,
    })
}

fn trace_id(node: &Node) -> Result<Id, Rejection> {
    let bytes = hex(node.get("traceId"));
    bytes
        .and_then(|bytes| Id::trace(&bytes))
        .ok_or_else(no_trace)
}

/// None, or a whole one.
fn optional_id(node: Option<&Node>, path: &str) -> Result<Option<Id>, Rejection> {
    let Some(node) = node else { return Ok(None) };
    let bytes = hex(Some(node)).ok_or_else(|| no_span(path))?;
    match Id::span(&bytes) {
        None if bytes.iter().any(|byte| *byte != 0) => Err(no_span(path)),
        id => Ok(id),
    }
}

fn hex(node: Option<&Node>) -> Option<Vec<u8>> {
    let Some(Node::Text(text)) = node else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    });
    bytes.collect()
}

fn list<'n>(node: Option<&'n Node>, path: &str) -> Result<&'n [Node], Rejection> {
    match node {
        None => Ok(&[]),
        Some(Node::List(list)) => Ok(list),
        Some(_) => Err(Rejection::new(path, "invalid_field", "a list is needed")),
    }
}

fn text(node: Option<&Node>, path: &str) -> Result<String, Rejection> {
    match node {
        None => Ok(String::new()),
        Some(Node::Text(text)) => Ok(text.clone()),
        Some(_) => Err(Rejection::new(path, "invalid_field", "a text is needed")),
    }
}

fn nanos(node: Option<&Node>, path: &str) -> Result<u64, Rejection> {
    let Some(node) = node else { return Ok(0) };
    let number = node.integer().and_then(|number| u64::try_from(number).ok());
    number.ok_or_else(|| {
        let rule = "nanoseconds since 1970 are needed, as a text or a number";
        Rejection::new(path, "invalid_field", rule)
    })
}

/// An enum: its number, or its name.
fn integer(
    node: Option<&Node>,
    path: &str,
    names: &[&str],
    prefix: &str,
) -> Result<i64, Rejection> {
    let Some(node) = node else { return Ok(0) };
    if let Some(number) = node.integer().and_then(|number| i64::try_from(number).ok()) {
        return Ok(number);
    }
    let Node::Text(text) = node else {
        return Err(Rejection::new(path, "invalid_field", "a number is needed"));
    };
    let name = text.strip_prefix(prefix).unwrap_or(text);
    let place = names.iter().position(|known| *known == name);
    let number = place.and_then(|place| i64::try_from(place).ok());
    number.ok_or_else(|| Rejection::new(path, "invalid_field", "a known number is needed"))
}

/// The first number of a severity, where its name was sent.
fn severity(node: Option<&Node>) -> Result<i64, Rejection> {
    let names = [
        "UNSPECIFIED",
        "TRACE",
        "DEBUG",
        "INFO",
        "WARN",
        "ERROR",
        "FATAL",
    ];
    if let Some(Node::Text(name)) = node {
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let name = name.strip_prefix("SEVERITY_NUMBER_").unwrap_or(name);
        if let Some(place) = names.iter().position(|known| *known == name) {
            return Ok(i64::try_from(place).map_or(0, |place| place * 4 - 3).max(0));
        }
    }
    integer(node, "severityNumber", &[], "")
}

fn attributes(node: Option<&Node>, room: &mut Room) -> Result<Attributes, Rejection> {
    let mut attributes = Attributes::default();
    for pair in list(node, "attributes")? {
        let (name, value) = member(pair)?;
        room.attribute(&mut attributes, name, value);
    }
    Ok(attributes)
}

fn member(pair: &Node) -> Result<(String, Any), Rejection> {
    let name = text(pair.get("key"), "attributes.key")?;
    Ok((name, pair.get("value").map_or(Any::Empty, any)))
}

/// A value; what is none of the known kinds is nothing.
fn any(node: &Node) -> Any {
    let Node::Object(kinds) = node else {
        return node.as_any();
    };
    let kinds = kinds.iter().rev();
    let mut known = kinds.filter(|(_, value)| !matches!(value, Node::Null));
    let known = known.find_map(|(kind, value)| {
        Some(match kind.as_str() {
            "stringValue" | "boolValue" => value.as_any(),
            "intValue" => {
                let number = value
                    .integer()
                    .and_then(|number| i64::try_from(number).ok());
                number.map_or_else(|| value.as_any(), Any::Int)
            }
            "doubleValue" => value.double().map_or_else(|| value.as_any(), Any::Double),
            "bytesValue" => bytes(value),
            "arrayValue" => {
                let values = list(value.get("values"), "").unwrap_or(&[]);
                Any::List(values.iter().map(any).collect())
            }
            "kvlistValue" => {
                let members = list(value.get("values"), "").unwrap_or(&[]);
                Any::Map(
                    members
                        .iter()
                        .filter_map(|pair| member(pair).ok())
                        .collect(),
                )
            }
            _ => return None,
        })
    });
    known.unwrap_or(Any::Empty)
}

fn bytes(node: &Node) -> Any {
    let Node::Text(text) = node else {
        return node.as_any();
    };
    let bytes = crate::report::decode_base64(text);
    bytes.map_or_else(|| Any::Text(text.clone()), Any::Bytes)
}
