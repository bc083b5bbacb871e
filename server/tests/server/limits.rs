//! Too much of anything: a clear answer, never a fault.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::limit;
use serde_json::json;

use crate::support::Server;

async fn post(server: &Server, encoding: Option<&str>, body: Vec<u8>) -> (StatusCode, String) {
    let mut request = server
        .authorized(Method::POST, "/api/v1/batch")
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(encoding) = encoding {
        request = request.header(header::CONTENT_ENCODING, encoding);
    }
    let answer = server
        .send(request.body(Body::from(body)).expect("a request"))
        .await;
    let code = if answer.status.is_success() {
        String::new()
    } else {
        answer.code()
    };
    (answer.status, code)
}

/// `[` and blanks to `length`, and `]`.
fn blank_array(length: usize) -> Vec<u8> {
    let mut body = vec![b' '; length];
    body[0] = b'[';
    body[length - 1] = b']';
    body
}

#[tokio::test]
async fn the_last_byte_that_fits_is_taken_and_the_next_is_not() {
    let server = Server::start().await;
    let most = limit::REQUEST_BYTES;
    assert_eq!(
        post(&server, None, blank_array(most)).await.0,
        StatusCode::OK
    );
    assert_eq!(
        post(&server, None, blank_array(most + 1)).await,
        (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into())
    );
    for (encoding, pack) in [("zstd", true), ("gzip", false)] {
        let packed = |length: usize| {
            let plain = blank_array(length);
            if pack {
                return zstd::encode_all(&*plain, 1).expect("memory");
            }
            let mut gzip = flate2::read::GzEncoder::new(&*plain, flate2::Compression::fast());
            let mut packed = Vec::new();
            std::io::Read::read_to_end(&mut gzip, &mut packed).expect("memory");
            packed
        };
        assert_eq!(
            post(&server, Some(encoding), packed(most)).await.0,
            StatusCode::OK,
            "{encoding}"
        );
        assert_eq!(
            post(&server, Some(encoding), packed(most + 1)).await.0,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{encoding}"
        );
    }
}

#[tokio::test]
async fn a_bomb_is_stopped_at_the_limit() {
    let server = Server::start().await;
    // A gigabyte of blanks in some thousand bytes.
    let mut encoder =
        zstd::stream::read::Encoder::new(std::io::Read::take(std::io::repeat(b' '), 1 << 30), 1)
            .expect("memory");
    let mut bomb = Vec::new();
    std::io::Read::read_to_end(&mut encoder, &mut bomb).expect("memory");
    assert!(bomb.len() < 1 << 20);
    assert_eq!(
        post(&server, Some("zstd"), bomb).await,
        (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into())
    );
}

#[tokio::test]
async fn too_many_items_are_refused_as_a_whole() {
    let server = Server::start().await;
    let item = json!({"type": "app", "key": "a"}).to_string();
    let body = |count: usize| format!("[{}]", vec![item.as_str(); count].join(",")).into_bytes();
    assert_eq!(
        post(&server, None, body(limit::BATCH_ITEMS)).await.0,
        StatusCode::OK
    );
    assert_eq!(
        post(&server, None, body(limit::BATCH_ITEMS + 1)).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn depth_without_end_is_no_danger() {
    let server = Server::start().await;
    let deep = format!("[{}{}]", "[".repeat(1_000_000), "]".repeat(1_000_000)).into_bytes();
    let (status, _) = post(&server, None, deep).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let open = "[".repeat(1_000_000).into_bytes();
    assert_eq!(post(&server, None, open).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn text_headers_and_objects_over_their_limits_name_their_field() {
    let server = Server::start().await;
    let long = |count: usize| "x".repeat(count);
    let headers: Vec<_> = (0..=limit::HEADERS)
        .map(|n| json!([n.to_string(), "v"]))
        .collect();
    let cases = [
        (json!({"name": long(limit::NAME_CHARS + 1)}), "name"),
        (json!({"error": long(limit::TEXT_CHARS + 1)}), "error"),
        (
            json!({"request": {"url": long(limit::URL_CHARS + 1)}}),
            "request.url",
        ),
        (json!({"request": {"headers": headers}}), "request.headers"),
        (
            json!({"response": {"headers": {"a": long(limit::HEADER_CHARS + 1)}}}),
            "response.headers",
        ),
        (
            json!({"object": {"a": long(limit::OBJECT_BYTES)}}),
            "object",
        ),
        (json!({"position": -1}), "position"),
        (json!({"duration_ms": 1e12}), "duration_ms"),
    ];
    for (report, path) in cases {
        let answer = server.put("/api/v1/runs/r/steps/s", &report).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let named = answer.json()["errors"][0]["path"]
            .as_str()
            .expect("a path")
            .to_owned();
        assert!(named.starts_with(path), "{named} is not {path}");
    }
    let key = "k".repeat(limit::KEY_CHARS + 1);
    assert_eq!(
        server
            .put(&format!("/api/v1/runs/{key}"), &json!({}))
            .await
            .status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        server.read("/api/v1/runs/r").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_body_over_its_limit_is_cut_and_says_so() {
    let server = Server::start().await;
    let body = "x".repeat(limit::BODY_BYTES + 5);
    server
        .put(
            "/api/v1/runs/r/steps/s",
            &json!({"response": {"status": 200, "body": body}}),
        )
        .await;
    let back = server.get("/main/runs/r/steps/s/response-body").await;
    assert_eq!(back.body.len(), limit::BODY_BYTES);
    let page = server.get("/main/runs/r/steps/s").await.text();
    assert!(
        page.contains("2,097,157") || page.contains("2097157"),
        "the page names the original length"
    );
}
