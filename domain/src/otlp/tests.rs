mod bounds;
mod encode;
mod fuzz;
mod json;
mod logs;
mod mapping;
mod protobuf;
mod wire;

use serde_json::{Value, json};

use super::*;
use crate::{
    Key, LogLevel, Status,
    report::{Claim, LogReport, Reference, RunReport, StepReport},
};

const TRACE: &str = "5B8EFFF798038103D269B633813FC60C";
const SPAN: &str = "EEE19B7EC3C1B174";

/// Attributes as JSON writes them.
fn attributes(pairs: &Value) -> Value {
    let pairs = pairs.as_object().expect("an object").iter();
    let value = |value: &Value| match value {
        Value::String(text) => json!({"stringValue": text}),
        Value::Bool(bool) => json!({"boolValue": bool}),
        Value::Number(number) if number.is_i64() => json!({"intValue": number.to_string()}),
        Value::Array(texts) => {
            let values: Vec<_> = texts
                .iter()
                .map(|text| json!({"stringValue": text}))
                .collect();
            json!({"arrayValue": {"values": values}})
        }
        other => other.clone(),
    };
    pairs
        .map(|(name, said)| json!({"key": name, "value": value(said)}))
        .collect()
}

/// A span that ended, with these attributes and whatever else `more` says.
fn span(own: &Value, more: &Value) -> Value {
    let mut span = json!({
        "traceId": TRACE, "spanId": SPAN, "parentSpanId": "EEE19B7EC3C1B173", "name": "s", "kind": 3,
        "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": "1544712661500000000",
        "attributes": attributes(own),
    });
    for (name, value) in more.as_object().expect("an object") {
        span[name] = value.clone();
    }
    span
}

fn request(resource: &Value, spans: &[Value]) -> Value {
    json!({"resourceSpans": [{
        "resource": {"attributes": attributes(resource)},
        "scopeSpans": [{"scope": {"name": "library"}, "spans": spans}],
    }]})
}

fn take_json(request: &Value) -> Taken {
    take(request.to_string().as_bytes(), Format::Json).expect("readable")
}

fn take(bytes: &[u8], format: Format) -> Result<Taken, Unreadable> {
    read(bytes, Signal::Traces, format, &Bounds::default())
}

fn run_of(item: &Result<Report, Rejection>) -> &RunReport {
    match item {
        Ok(Report::Run(run)) => run,
        other => panic!("{other:?}"),
    }
}

/// The run that a request with this one span tells of.
fn run(resource: &Value, span: Value) -> RunReport {
    run_of(&take_json(&request(resource, &[span])).items[0]).clone()
}

fn step(own: &Value, more: &Value) -> StepReport {
    run(&json!({"service.name": "shop"}), span(own, more))
        .steps
        .remove(0)
}
