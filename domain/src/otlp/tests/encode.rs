//! OTLP/JSON written as protobuf, so that one example tries both formats.

use serde_json::Value;

pub(super) fn traces(request: &Value) -> Vec<u8> {
    groups(request, ["resourceSpans", "scopeSpans", "spans"], span)
}

pub(super) fn logs(request: &Value) -> Vec<u8> {
    groups(request, ["resourceLogs", "scopeLogs", "logRecords"], record)
}

fn groups(request: &Value, names: [&str; 3], item: fn(&Value) -> Vec<u8>) -> Vec<u8> {
    let scope = |scope: &Value| repeated(&scope[names[2]], 2, item);
    let group = |group: &Value| {
        let resource = repeated(&group["resource"]["attributes"], 1, pair);
        [repeated(&group[names[1]], 2, scope), bytes(1, &resource)].concat()
    };
    repeated(&request[names[0]], 1, group)
}

pub(super) fn span(span: &Value) -> Vec<u8> {
    let event = |event: &Value| {
        [
            fixed(1, &event["timeUnixNano"]),
            text(2, &event["name"]),
            repeated(&event["attributes"], 3, pair),
        ]
        .concat()
    };
    let status = [
        text(2, &span["status"]["message"]),
        number(3, &span["status"]["code"]),
    ];
    [
        hex(1, &span["traceId"]),
        hex(2, &span["spanId"]),
        hex(4, &span["parentSpanId"]),
        text(5, &span["name"]),
        number(6, &span["kind"]),
        fixed(7, &span["startTimeUnixNano"]),
        fixed(8, &span["endTimeUnixNano"]),
        repeated(&span["attributes"], 9, pair),
        repeated(&span["events"], 11, event),
        bytes(15, &status.concat()),
    ]
    .concat()
}

fn record(record: &Value) -> Vec<u8> {
    [
        fixed(1, &record["timeUnixNano"]),
        number(2, &record["severityNumber"]),
        text(3, &record["severityText"]),
        bytes(5, &any(&record["body"])),
        repeated(&record["attributes"], 6, pair),
        hex(9, &record["traceId"]),
        hex(10, &record["spanId"]),
        fixed(11, &record["observedTimeUnixNano"]),
    ]
    .concat()
}

fn pair(pair: &Value) -> Vec<u8> {
    [text(1, &pair["key"]), bytes(2, &any(&pair["value"]))].concat()
}

pub(super) fn any(value: &Value) -> Vec<u8> {
    let Some((kind, said)) = value.as_object().and_then(|kinds| kinds.iter().next()) else {
        return Vec::new();
    };
    match kind.as_str() {
        "stringValue" => bytes(1, said.as_str().expect("a text").as_bytes()),
        "boolValue" => varint_field(2, u64::from(said.as_bool().expect("a bool"))),
        "intValue" => varint_field(3, integer(said)),
        "doubleValue" => {
            let bits = said.as_f64().expect("a number").to_bits().to_le_bytes();
            [&[4 << 3 | 1][..], &bits].concat()
        }
        "arrayValue" => bytes(5, &repeated(&said["values"], 1, any)),
        "kvlistValue" => bytes(6, &repeated(&said["values"], 1, pair)),
        other => panic!("{other}"),
    }
}

fn repeated(list: &Value, field: u8, item: impl Fn(&Value) -> Vec<u8>) -> Vec<u8> {
    let list = list.as_array().cloned().unwrap_or_default();
    list.iter()
        .flat_map(|value| bytes(field, &item(value)))
        .collect()
}

fn text(field: u8, value: &Value) -> Vec<u8> {
    value
        .as_str()
        .map_or_else(Vec::new, |text| bytes(field, text.as_bytes()))
}

fn hex(field: u8, value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap_or("");
    let byte = |place| u8::from_str_radix(&text[place..place + 2], 16).expect("hex");
    let id: Vec<u8> = (0..text.len()).step_by(2).map(byte).collect();
    bytes(field, &id)
}

fn integer(value: &Value) -> u64 {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    number.expect("a number").cast_unsigned()
}

fn number(field: u8, value: &Value) -> Vec<u8> {
    match value {
        Value::Null => Vec::new(),
        value => varint_field(field, integer(value)),
    }
}

fn fixed(field: u8, value: &Value) -> Vec<u8> {
    match value {
        Value::Null => Vec::new(),
        value => [&[field << 3 | 1][..], &integer(value).to_le_bytes()].concat(),
    }
}

pub(super) fn bytes(field: u8, content: &[u8]) -> Vec<u8> {
    [
        &[field << 3 | 2][..],
        &varint(content.len() as u64),
        content,
    ]
    .concat()
}

pub(super) fn varint_field(field: u8, number: u64) -> Vec<u8> {
    [vec![field << 3], varint(number)].concat()
}

pub(super) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
