//! Files of runs: sent by programs, saved by people, and never shown as pages (OV-12, OV-15, OV-19).

use axum::{
    body::Body,
    http::{HeaderMap, Method, StatusCode, header},
};
use domain::limit;
use serde_json::json;

use crate::support::{Answer, Server};

async fn send(server: &Server, query: &str, bytes: impl Into<Body>) -> Answer {
    let request = server
        .authorized(Method::POST, &format!("/api/v1/runs/r/files?{query}"))
        .header(header::CONTENT_TYPE, "text/html");
    let request = request.body(bytes.into()).expect("a request");
    server.send(request).await
}

/// It is saved, and runs nowhere.
fn assert_is_saved(headers: &HeaderMap, name: &str) {
    assert_eq!(headers[header::CONTENT_TYPE], "application/octet-stream");
    assert_eq!(
        headers[header::CONTENT_DISPOSITION],
        format!("attachment; filename={name}")
    );
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(
        headers[header::CONTENT_SECURITY_POLICY],
        "sandbox; default-src 'none'"
    );
}

#[tokio::test]
async fn ov_15_and_ov_19_a_file_is_read_back_by_programs_and_saved_by_people() {
    let server = Server::start().await;
    let page = "<script>alert(1)</script>\r\n\0\u{e9}".as_bytes();
    // Before its run and before its entry.
    let taken = send(
        &server,
        "key=f%2F1&name=out%2F%C3%BCbersicht.html&log=l1",
        page,
    )
    .await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text());
    assert_eq!(
        taken.json(),
        json!({"key": "f/1", "page": "http://127.0.0.1:3000/main/runs/r"})
    );
    let listed = server.read("/api/v1/runs/r/files").await.json();
    let row = &listed["rows"][0];
    assert_eq!(
        (
            &row["file_id"],
            &row["name"],
            &row["entry_id"],
            &row["content_type"]
        ),
        (
            &json!("f/1"),
            &json!("übersicht.html"),
            &json!("l1"),
            &json!("text/html")
        )
    );
    assert_eq!(
        (&row["size_bytes"], &row["redacted"], &listed["total"]),
        (
            &json!(page.len()),
            &json!(false),
            &json!({"count": 1, "exact": true})
        )
    );
    let name = "\"_bersicht.html\"; filename*=UTF-8''%C3%BCbersicht.html";
    for answer in [
        server.read("/api/v1/runs/r/files/f%2F1").await,
        server.get("/main/runs/r/files/f%2F1").await,
    ] {
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (StatusCode::OK, page)
        );
        assert_is_saved(&answer.headers, name);
    }
    // Handing it out is on record.
    let lines = server.state.store.audit_before(server.workspace, None, 5);
    let lines = lines.await.expect("lines");
    assert_eq!(
        (lines[0].action.as_str(), lines[0].target.as_str()),
        ("file.download", "/main/runs/r/files/f%2F1")
    );
    for missing in [
        "/api/v1/runs/r/files/no",
        "/api/v1/runs/no/files",
        "/api/v1/runs/no/files/f%2F1",
    ] {
        assert_eq!(server.read(missing).await.code(), "not_found", "{missing}");
    }
    assert_eq!(
        server.get("/main/runs/r/files/no").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_same_file_again_is_answered_the_same_and_another_is_refused() {
    let server = Server::start().await;
    let first = send(&server, "key=f&name=a.csv", "a;b").await;
    let again = send(&server, "key=f&name=a.csv", "a;b").await;
    assert_eq!((again.status, again.body), (first.status, first.body));
    let other = send(&server, "key=f&name=a.csv", "a;c").await;
    assert_eq!(
        (other.status, other.code().as_str()),
        (StatusCode::CONFLICT, "rejected")
    );
    assert_eq!(other.json()["errors"][0]["code"], "file_differs");
    assert_eq!(server.read("/api/v1/runs/r/files/f").await.text(), "a;b");
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_by_its_field_and_nothing_is_stored() {
    let server = Server::start().await;
    for (query, field) in [
        ("name=a.csv", "key"),
        ("key=f", "name"),
        ("key=f&name=..%2F..", "name"),
        ("key=f%00&name=a.csv", "key"),
        ("key=f&name=a.csv&log=+", "log"),
        ("key=f&name=a.csv&step=s", "step"),
    ] {
        let refused = send(&server, query, "a").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(refused.json()["errors"][0]["path"], field, "{query}");
    }
    let packed = send(&server, "key=f&name=a.xz", b"\xfd7zXZ\0\0".as_slice()).await;
    assert_eq!(
        (packed.status, packed.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "unchecked_file")
    );
    let large = send(
        &server,
        "key=f&name=a.bin",
        vec![b'a'; limit::REQUEST_BYTES + 1],
    )
    .await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        server.read("/api/v1/runs/r/files").await.code(),
        "not_found"
    );
    let whole = send(
        &server,
        "key=f&name=a.bin",
        vec![b'a'; limit::REQUEST_BYTES],
    )
    .await;
    assert_eq!(whole.status, StatusCode::OK, "{}", whole.text());
}

#[tokio::test]
async fn a_file_is_kept_without_its_secrets() {
    let server = Server::start().await;
    let secret = "customer;1\nAuthorization: Bearer abcdefghijklmnopqrstuvwxyz012345\n";
    let packed = {
        use std::io::Write as _;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(secret.as_bytes()).expect("memory");
        gzip.finish().expect("memory")
    };
    for (key, bytes) in [("plain", secret.as_bytes().to_vec()), ("packed", packed)] {
        let query = format!("key={key}&name=log%3Ftoken%3Dhunter2hunter2.txt");
        assert_eq!(send(&server, &query, bytes).await.status, StatusCode::OK);
        let kept = server.read(&format!("/api/v1/runs/r/files/{key}")).await;
        let text = kept.text();
        assert!(
            text.starts_with("customer;1\nAuthorization: Bearer [redacted:"),
            "{text}"
        );
        let listed = server.read("/api/v1/runs/r/files").await;
        assert!(!listed.text().contains("hunter2") && !text.contains("abcdefghij"));
        assert_eq!(listed.json()["rows"][0]["redacted"], true);
    }
}
