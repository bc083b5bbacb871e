//! What exporters are answered: `Export…ServiceResponse` and `google.rpc.Status`.
//!
//! Both are a few fields, written here by hand in either format.

use std::fmt::Write as _;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::otlp::{Format, Signal};
use serde_json::json;

use crate::{api::intake::Outcome, problem::Problem};

/// Refused items that a message tells of; the others are in the count.
const TOLD: usize = 3;
/// Bytes of a message: exporters write it into their log.
const MESSAGE_BYTES: usize = 600;

/// All or some items are stored.
pub(super) fn taken(outcome: &Outcome, signal: Signal, format: Format) -> Response {
    let (rejected, message) = (outcome.rejected.len(), message(outcome, signal));
    let is_partial = rejected > 0 || !message.is_empty();
    let body = match (format, is_partial) {
        (Format::Protobuf, false) => Vec::new(),
        (Format::Json, false) => b"{}".to_vec(),
        (Format::Protobuf, true) => {
            let partial = [number(1, rejected as u64), text(2, &message)].concat();
            bytes(1, &partial)
        }
        (Format::Json, true) => {
            let name = match signal {
                Signal::Traces => "rejectedSpans",
                Signal::Logs => "rejectedLogRecords",
            };
            // 64-bit integers are texts in JSON.
            let partial = json!({name: rejected.to_string(), "errorMessage": message});
            json!({"partialSuccess": partial}).to_string().into_bytes()
        }
    };
    answer(StatusCode::OK, format, body)
}

/// Nothing is stored.
pub(super) fn refused(problem: &Problem, format: Format) -> Response {
    let (status, message) = (problem.status(), problem.detail());
    let code = match status.as_u16() {
        400 | 415 | 422 => 3,
        401 => 16,
        403 => 7,
        404 => 5,
        405 => 12,
        408 | 504 => 4,
        413 | 429 => 8,
        503 => 14,
        _ => 13,
    };
    let body = match format {
        Format::Protobuf => [number(1, code), text(2, message)].concat(),
        Format::Json => json!({"code": code, "message": message})
            .to_string()
            .into_bytes(),
    };
    answer(status, format, body)
}

fn answer(status: StatusCode, format: Format, body: Vec<u8>) -> Response {
    let kind = match format {
        Format::Protobuf => "application/x-protobuf",
        Format::Json => "application/json",
    };
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// Why items were refused, and what was left out; empty where all is well.
fn message(outcome: &Outcome, signal: Signal) -> String {
    let what = match signal {
        Signal::Traces => "spans",
        Signal::Logs => "log records",
    };
    let mut message = String::new();
    if !outcome.rejected.is_empty() {
        let count = outcome.rejected.len();
        let all = count + outcome.taken;
        let _ = write!(message, "{count} of {all} {what} were not taken");
        for (place, error) in outcome.rejected.iter().take(TOLD).enumerate() {
            let start = if place == 0 { ": " } else { "; " };
            let (index, rejection) = (error.index, &error.rejection);
            let _ = match rejection.path.as_str() {
                "" => write!(message, "{start}[{index}] {}", rejection.rule),
                path => write!(message, "{start}[{index}] {path}: {}", rejection.rule),
            };
        }
    }
    for note in &outcome.notes {
        let start = if message.is_empty() { "" } else { ". " };
        let _ = write!(message, "{start}{note}");
    }
    let end = message.floor_char_boundary(MESSAGE_BYTES);
    message.truncate(end);
    message
}

/// A varint field; zero is the same as none.
fn number(field: u8, number: u64) -> Vec<u8> {
    match number {
        0 => Vec::new(),
        _ => [vec![field << 3], varint(number)].concat(),
    }
}

fn text(field: u8, text: &str) -> Vec<u8> {
    match text {
        "" => Vec::new(),
        text => bytes(field, text.as_bytes()),
    }
}

fn bytes(field: u8, bytes: &[u8]) -> Vec<u8> {
    let length = varint(bytes.len() as u64);
    [&[field << 3 | 2], &*length, bytes].concat()
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let [low, ..] = (number & 0x7f).to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}
