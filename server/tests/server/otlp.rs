//! OpenTelemetry exporters: every answer that their protocol knows, in both of its formats.

use std::{io::Write as _, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{Method, StatusCode, header},
};
use domain::{access::Scope, limit};
use futures_util::stream;
use serde_json::{Value, json};
use server::{
    budget::Budget,
    rate::{Allowed, Rate},
};
use store::KeyAsked;

use crate::support::{Answer, NOW, Server, request};

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/x-protobuf";
const TRACE: &str = "5b8efff798038103d269b633813fc60c";

fn bytes(field: u8, content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 128, "one byte of length is enough here");
    [&[field << 3 | 2, content.len() as u8][..], content].concat()
}

/// A span of no name: a trace id that is right or none, and a span id.
fn span(is_good: bool) -> Vec<u8> {
    let trace: &[u8] = if is_good { &[7; 16] } else { &[] };
    [bytes(1, trace), bytes(2, &[8; 8])].concat()
}

fn protobuf(spans: &[Vec<u8>]) -> Vec<u8> {
    let spans: Vec<u8> = spans.iter().flat_map(|span| bytes(2, span)).collect();
    bytes(1, &bytes(2, &spans))
}

fn json_span(more: &Value) -> Value {
    let mut span = json!({"traceId": TRACE, "spanId": "eee19b7ec3c1b174", "name": "s",
        "startTimeUnixNano": 1_794_474_843_250_000_000_i64, "endTimeUnixNano": "1794474844250000000"});
    for (name, value) in more.as_object().expect("an object") {
        span[name] = value.clone();
    }
    span
}

fn json_request(spans: &[Value]) -> Vec<u8> {
    let resource =
        json!({"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]});
    json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]})
        .to_string()
        .into_bytes()
}

async fn send(server: &Server, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = server
        .authorized(Method::POST, path)
        .header(header::CONTENT_TYPE, kind);
    server
        .send(request.body(body.into()).expect("a request"))
        .await
}

fn kind_of(answer: &Answer) -> &str {
    let kind = answer.headers[header::CONTENT_TYPE].to_str();
    kind.expect("a content type")
}

/// The `Status` of a refusal: its code and its message.
fn status(answer: &Answer) -> (i64, String) {
    if answer.headers[header::CONTENT_TYPE] == JSON {
        let status = answer.json();
        let message = status["message"].as_str().expect("a message");
        return (status["code"].as_i64().expect("a code"), message.to_owned());
    }
    assert_eq!(answer.headers[header::CONTENT_TYPE], PROTOBUF);
    let [8, code, 18, rest @ ..] = answer.body.as_slice() else {
        panic!("{:?}", answer.body);
    };
    let length_bytes = if rest[0] < 128 { 1 } else { 2 };
    let message = String::from_utf8(rest[length_bytes..].to_vec()).expect("text");
    (i64::from(*code), message)
}

#[tokio::test]
async fn what_is_all_taken_is_answered_with_nothing() {
    let server = Server::start().await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&protobuf(&[span(true)])).expect("written");
    let packed = [
        ("gzip", gzip.finish().expect("packed")),
        (
            "zstd",
            zstd::encode_all(&*protobuf(&[span(true)]), 1).expect("packed"),
        ),
        ("identity", protobuf(&[span(true)])),
    ];
    for (encoding, body) in packed {
        let request = server
            .authorized(Method::POST, "/v1/traces")
            .header(header::CONTENT_TYPE, PROTOBUF)
            .header(header::CONTENT_ENCODING, encoding);
        let answer = server
            .send(request.body(Body::from(body)).expect("a request"))
            .await;
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (StatusCode::OK, &b""[..]),
            "{encoding}"
        );
        assert_eq!(answer.headers[header::CONTENT_TYPE], PROTOBUF);
    }
    // In parts, without a length, as some exporters send JSON.
    let body = json_request(&[json_span(&json!({}))]);
    let parts: Vec<_> = body
        .chunks(7)
        .map(|part| Ok::<_, std::io::Error>(Bytes::copy_from_slice(part)))
        .collect();
    let chunked = Body::from_stream(stream::iter(parts));
    for (path, kind, body) in [
        ("/v1/traces", "application/json; charset=utf-8", chunked),
        ("/v1/traces", JSON, Body::from("{}")),
        ("/v1/logs", JSON, Body::from("{}")),
        ("/v1/traces", PROTOBUF, Body::empty()),
        ("/v1/logs", PROTOBUF, Body::empty()),
    ] {
        let answer = send(&server, path, kind, body).await;
        let expected: (&[u8], _) = if kind == PROTOBUF {
            (b"", PROTOBUF)
        } else {
            (b"{}", JSON)
        };
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (StatusCode::OK, expected.0),
            "{path} {kind}"
        );
        assert_eq!(answer.headers[header::CONTENT_TYPE], expected.1);
    }
    let run = server.read(&format!("/api/v1/runs/{TRACE}")).await.json()["run"].take();
    assert_eq!(
        (&run["status"], &run["started_at"]),
        (&json!("ok"), &json!("2026-11-12T09:14:03.250Z"))
    );
    let packed = server
        .read(&format!("/api/v1/runs/{}", "07".repeat(16)))
        .await;
    assert_eq!(packed.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_refused_is_counted_and_the_rest_is_stored() {
    let server = Server::start().await;
    let bad = json_span(&json!({"traceId": "no"}));
    let answer = send(
        &server,
        "/v1/traces",
        JSON,
        json_request(&[bad.clone(), json_span(&json!({})), bad.clone()]),
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK);
    let partial = &answer.json()["partialSuccess"];
    assert_eq!(partial["rejectedSpans"], "2");
    let message = partial["errorMessage"].as_str().expect("a message");
    assert!(
        message.starts_with("2 of 3 spans were not taken: [0] traceId: 16 bytes"),
        "{message}"
    );
    assert_eq!(
        server.read(&format!("/api/v1/runs/{TRACE}")).await.status,
        StatusCode::OK
    );

    // Also where none is taken: to try again would change nothing.
    let answer = send(&server, "/v1/traces", JSON, json_request(&[bad])).await;
    assert_eq!(
        (
            answer.status,
            &answer.json()["partialSuccess"]["rejectedSpans"]
        ),
        (StatusCode::OK, &json!("1"))
    );

    let answer = send(
        &server,
        "/v1/traces",
        PROTOBUF,
        protobuf(&[span(false), span(true)]),
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK);
    // Field 1: a message of field 1, the count, and field 2, the text.
    let [10, length, 8, 1, 18, text_length, text @ ..] = answer.body.as_slice() else {
        panic!("{:?}", answer.body);
    };
    assert_eq!(
        (usize::from(*length), usize::from(*text_length)),
        (answer.body.len() - 2, text.len())
    );
    assert!(text.starts_with(b"1 of 2 spans were not taken: [0] traceId"));
}

#[tokio::test]
async fn log_records_of_no_trace_are_refused_whatever_the_key_is_good_for() {
    let server = Server::start().await;
    let asked = KeyAsked {
        bounds: domain::access::Bounds {
            flow: None,
            integration: domain::Key::new("mine").ok(),
        },
        ..KeyAsked::default()
    };
    let bounded = Scope::Ingest.secret([9; 32]);
    let made = server
        .state
        .store
        .create_api_key(server.workspace, Scope::Ingest, asked, &bounded, NOW)
        .await;
    made.expect("a key");
    let record = |trace: &str| json!({"traceId": trace, "body": {"stringValue": "m"}, "timeUnixNano": "1794474843250000000"});
    let body = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record(""), record(TRACE), record("")]}]}]});
    for key in [&server.ingest, &bounded] {
        let request = request(Method::POST, "/v1/logs")
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .header(header::CONTENT_TYPE, JSON);
        let answer = server
            .send(
                request
                    .body(Body::from(body.to_string()))
                    .expect("a request"),
            )
            .await;
        let partial = answer.json()["partialSuccess"].clone();
        assert_eq!(partial["rejectedLogRecords"], "2", "{partial}");
        let message = partial["errorMessage"].as_str().expect("a message");
        assert!(
            message.starts_with("2 of 3 log records were not taken: [0] traceId"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_warning_has_a_message_and_a_count_of_nothing() {
    let server = Server::start().await;
    let answer = send(&server, "/v1/traces", JSON, "{\"resource_spans\":[]}").await;
    let partial = answer.json()["partialSuccess"].clone();
    assert_eq!(
        (answer.status, &partial["rejectedSpans"]),
        (StatusCode::OK, &json!("0"))
    );
    assert!(
        partial["errorMessage"]
            .as_str()
            .expect("a message")
            .contains("resourceSpans")
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_in_its_own_type() {
    let server = Server::start().await;
    for (path, kind, body) in [
        ("/v1/traces", JSON, "{".to_owned()),
        ("/v1/traces", JSON, "[".repeat(1_000_000)),
        ("/v1/logs", JSON, "{\"resourceLogs\":7}".to_owned()),
        ("/v1/traces", PROTOBUF, "{}".to_owned()),
        ("/v1/logs", PROTOBUF, "\u{1}".to_owned()),
    ] {
        let answer = send(&server, path, kind, body).await;
        assert_eq!(
            (answer.status, kind_of(&answer)),
            (StatusCode::BAD_REQUEST, kind)
        );
        let (code, message) = status(&answer);
        assert!(
            code == 3 && message.starts_with("the body is not what"),
            "{code} {message}"
        );
    }
    let request = server
        .authorized(Method::POST, "/v1/traces")
        .header(header::CONTENT_TYPE, PROTOBUF)
        .header(header::CONTENT_ENCODING, "gzip");
    let answer = server
        .send(request.body(Body::from("no gzip")).expect("a request"))
        .await;
    assert_eq!(
        (answer.status, status(&answer).0),
        (StatusCode::BAD_REQUEST, 3)
    );
}

#[tokio::test]
async fn who_may_not_and_what_is_not_known_is_said_in_the_same_words() {
    let server = Server::start().await;
    for (key, expected, code) in [
        (None, StatusCode::UNAUTHORIZED, 16),
        (Some(&server.read), StatusCode::FORBIDDEN, 7),
    ] {
        for kind in [JSON, PROTOBUF] {
            let mut request =
                request(Method::POST, "/v1/traces").header(header::CONTENT_TYPE, kind);
            if let Some(key) = key {
                request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
            }
            let answer = server
                .send(request.body(Body::empty()).expect("a request"))
                .await;
            assert_eq!((answer.status, kind_of(&answer)), (expected, kind));
            assert_eq!(status(&answer).0, code);
            assert_eq!(
                answer.headers.contains_key(header::WWW_AUTHENTICATE),
                code == 16
            );
            assert!(answer.headers.contains_key("x-request-id"));
        }
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let answer = send(&server, "/v1/logs", kind, "{}").await;
        assert_eq!(
            (answer.status, status(&answer).0),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, 3)
        );
    }
    let wrong = server.get("/v1/traces").await;
    assert_eq!(
        (wrong.status, status(&wrong).0),
        (StatusCode::METHOD_NOT_ALLOWED, 12)
    );
    let metrics = send(&server, "/v1/metrics", PROTOBUF, "").await;
    assert_eq!(
        (metrics.status, metrics.code().as_str()),
        (StatusCode::NOT_FOUND, "unknown_endpoint")
    );
}

#[tokio::test]
async fn too_much_is_413_in_their_words() {
    let server = Server::start().await;
    let announced = vec![b' '; limit::REQUEST_BYTES + 1];
    let parts = (0..=limit::REQUEST_BYTES / 1_024)
        .map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1_024])));
    let many = json_request(&vec![json!(7); limit::BATCH_ITEMS + 1]);
    for (kind, body) in [
        (PROTOBUF, Body::from(announced.clone())),
        (JSON, Body::from(announced)),
        (JSON, Body::from_stream(stream::iter(parts))),
        (JSON, Body::from(many)),
    ] {
        let answer = send(&server, "/v1/traces", kind, body).await;
        assert_eq!(
            (answer.status, kind_of(&answer)),
            (StatusCode::PAYLOAD_TOO_LARGE, kind)
        );
        assert_eq!(status(&answer).0, 8);
    }
    // As much as is taken, all of it blanks around an empty request.
    let mut whole = vec![b' '; limit::REQUEST_BYTES];
    whole[..2].copy_from_slice(b"{}");
    assert_eq!(
        send(&server, "/v1/traces", JSON, whole).await.status,
        StatusCode::OK
    );
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..1_024 {
        gzip.write_all(&[0; 64 * 1_024]).expect("written");
    }
    let request = server
        .authorized(Method::POST, "/v1/traces")
        .header(header::CONTENT_TYPE, PROTOBUF)
        .header(header::CONTENT_ENCODING, "gzip");
    let bomb = Body::from(gzip.finish().expect("packed"));
    let answer = server.send(request.body(bomb).expect("a request")).await;
    assert_eq!(
        (answer.status, status(&answer).0),
        (StatusCode::PAYLOAD_TOO_LARGE, 8)
    );
}

#[tokio::test]
async fn who_comes_too_often_or_when_all_is_held_is_told_when_to_come_again() {
    let busy = Server::with(|state| {
        state.door.reports = Arc::new(Rate::new(Allowed::per_minute(1)));
        state.door.budget = Budget::new(64);
    })
    .await;
    let full = send(&busy, "/v1/traces", PROTOBUF, vec![0; 4_096]).await;
    assert_eq!(
        (full.status, status(&full).0),
        (StatusCode::SERVICE_UNAVAILABLE, 14)
    );
    assert!(full.headers.contains_key(header::RETRY_AFTER));
    let again = send(&busy, "/v1/logs", JSON, "{}").await;
    assert_eq!(
        (again.status, status(&again).0),
        (StatusCode::TOO_MANY_REQUESTS, 8)
    );
    assert!(again.headers.contains_key(header::RETRY_AFTER));

    let server = Server::start().await;
    let asked = KeyAsked {
        daily_quota: Some(1),
        ..KeyAsked::default()
    };
    let small = Scope::Ingest.secret([9; 32]);
    server
        .state
        .store
        .create_api_key(server.workspace, Scope::Ingest, asked, &small, NOW)
        .await
        .expect("a key");
    for (spans, expected) in [(1, StatusCode::OK), (1, StatusCode::TOO_MANY_REQUESTS)] {
        let request = request(Method::POST, "/v1/traces")
            .header(header::AUTHORIZATION, format!("Bearer {small}"))
            .header(header::CONTENT_TYPE, PROTOBUF);
        let body = Body::from(protobuf(&vec![span(true); spans]));
        let answer = server.send(request.body(body).expect("a request")).await;
        assert_eq!(answer.status, expected);
        assert_eq!(
            answer.headers.contains_key(header::RETRY_AFTER),
            expected != StatusCode::OK
        );
    }
}

#[tokio::test]
async fn secrets_leave_spans_before_they_are_kept() {
    let server = Server::start().await;
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let secret = "s3cr3ts3cr3ts3cr3ts3cr3t";
    let attributes = json!([
        text("http.request.method", "POST"),
        text("url.full", &format!("https://crm.test/a?access_token={secret}")),
        {"key": "http.request.header.authorization", "value": {"arrayValue": {"values": [{"stringValue": format!("Bearer {secret}")}]}}},
        text("integration.request.body", &format!("{{\"password\":\"{secret}\"}}")),
        text("integration.object", &format!("{{\"api_key\":\"{secret}\"}}")),
    ]);
    let events = json!([{"name": "exception", "attributes": [
        text("exception.type", "AuthError"), text("exception.message", &format!("password={secret}")),
        text("exception.stacktrace", &format!("client_secret={secret}")), text("password", secret)]}]);
    let span = json_span(
        &json!({"attributes": attributes, "events": events, "status": {"code": 2, "message": "m"}}),
    );
    let answer = send(&server, "/v1/traces", JSON, json_request(&[span])).await;
    assert_eq!(answer.text(), "{}");
    let run = server.read(&format!("/api/v1/runs/{TRACE}")).await.text();
    assert!(
        run.contains("AuthError") && run.contains("[redacted") && !run.contains(secret),
        "{run}"
    );
    for file in std::fs::read_dir(server.folder()).expect("files") {
        let held = std::fs::read(file.expect("a file").path()).expect("bytes");
        assert!(
            !held
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        );
    }
}
