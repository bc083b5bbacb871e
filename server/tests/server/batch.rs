//! Batches, single reports, and what becomes of them.

use std::io::Write as _;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::Total;
use serde_json::{Value, json};

use crate::support::{Answer, Server};

async fn send(server: &Server, media: &str, encoding: Option<&str>, body: Vec<u8>) -> Answer {
    let mut request = server
        .authorized(Method::POST, "/api/v1/batch")
        .header(header::CONTENT_TYPE, media);
    if let Some(encoding) = encoding {
        request = request.header(header::CONTENT_ENCODING, encoding);
    }
    server
        .send(request.body(Body::from(body)).expect("a request"))
        .await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn a_batch_is_an_array_or_lines_plain_or_compressed() {
    let server = Server::start().await;
    let array = |key: &str| {
        json!([{"type": "run", "key": key, "integration": "i"}])
            .to_string()
            .into_bytes()
    };
    let lines = |key: &str| {
        format!(
            "\n{}\r\n\n",
            json!({"type": "run", "key": key, "integration": "i"})
        )
        .into_bytes()
    };
    let cases = [
        ("application/json", None, array("a")),
        (
            "application/json; charset=utf-8",
            Some("gzip"),
            gzip(&array("b")),
        ),
        (
            "application/json",
            Some("zstd"),
            zstd::encode_all(&*array("c"), 1).expect("memory"),
        ),
        ("application/x-ndjson", None, lines("d")),
        ("application/x-ndjson", Some("gzip"), gzip(&lines("e"))),
        (
            "application/x-ndjson",
            Some("zstd"),
            zstd::encode_all(&*lines("f"), 1).expect("memory"),
        ),
    ];
    for (media, encoding, body) in cases {
        let answer = send(&server, media, encoding, body).await;
        assert_eq!(
            answer.json(),
            json!({"taken": 1, "rejected": []}),
            "{media} {encoding:?}"
        );
    }
    for key in ["a", "b", "c", "d", "e", "f"] {
        assert_eq!(
            server.read(&format!("/api/v1/runs/{key}")).await.status,
            StatusCode::OK,
            "{key}"
        );
    }
    assert_eq!(
        send(&server, "application/json", None, b"[]".to_vec())
            .await
            .json()["taken"],
        0
    );
}

#[tokio::test]
async fn good_items_are_kept_and_each_bad_one_is_listed() {
    let server = Server::start().await;
    let answer = server.batch(&[
        json!({"type": "run", "key": "good", "integration": "i"}),
        json!({"type": "run", "key": "bad", "integration": "i", "steps": [{"key": "a"}, {"key": "b", "started_at": "noon"}]}),
        json!({"type": "run", "key": "good", "integration": "someone-else"}),
        json!(7),
        json!({"type": "log", "run": "good", "key": "1", "message": "kept"}),
    ]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let body = answer.json();
    assert_eq!(body["taken"], 2);
    let listed: Vec<_> = body["rejected"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|e| {
            (
                e["index"].as_u64().expect("a place"),
                e["path"].as_str().expect("a path"),
                e["code"].as_str().expect("a code"),
            )
        })
        .collect();
    assert_eq!(
        listed,
        [
            (1, "steps[1].started_at", "invalid_field"),
            (2, "integration", "run_of_other_integration"),
            (3, "", "invalid_field"),
        ]
    );
    assert_eq!(
        server.read("/api/v1/runs/good").await.status,
        StatusCode::OK
    );
    assert_eq!(
        server.read("/api/v1/runs/bad").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_batch_of_which_nothing_is_good_is_a_problem() {
    let server = Server::start().await;
    let answer = server
        .batch(&[json!({"type": "run"}), json!({"type": "app"})])
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "rejected")
    );
    assert_eq!(answer.json()["errors"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_line_of_ndjson_is_named_by_its_number() {
    let server = Server::start().await;
    let body = b"{\"type\":\"app\",\"key\":\"a\"}\nnot json\n".to_vec();
    let answer = send(&server, "application/x-ndjson", None, body)
        .await
        .json();
    assert_eq!(
        (
            &answer["taken"],
            &answer["rejected"][0]["index"],
            &answer["rejected"][0]["code"]
        ),
        (&json!(1), &json!(1), &json!("not_json"))
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_anything_is_stored() {
    let server = Server::start().await;
    let cases = [
        ("text/plain", None, b"[]".as_slice(), 415, "unknown_type"),
        (
            "application/json",
            Some("br"),
            b"[]",
            415,
            "unknown_encoding",
        ),
        ("application/json", Some("gzip"), b"[]", 400, "bad_encoding"),
        ("application/json", Some("zstd"), b"[]", 400, "bad_encoding"),
        (
            "application/json",
            None,
            b"{\"type\":\"app\",\"key\":\"a\"}",
            400,
            "not_json",
        ),
        (
            "application/json",
            None,
            b"[{\"type\":\"app\",\"key\":\"a\"},",
            400,
            "not_json",
        ),
        ("application/json", None, b"", 400, "not_json"),
        ("application/json", None, b"[\"\xff\"]", 400, "not_utf8"),
    ];
    for (media, encoding, body, status, code) in cases {
        let answer = send(&server, media, encoding, body.to_vec()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{media} {encoding:?} {}",
            answer.text()
        );
        assert!(answer.headers.contains_key("x-request-id"));
    }
}

#[tokio::test]
async fn one_put_makes_everything_and_a_repeat_changes_nothing() {
    let server = Server::start().await;
    let report = json!({
        "integration": {"key": "int_1", "flow": {"key": "flow_1", "name": "Sync"}, "user_id": "u_1", "user_auth": "dana@acme.example"},
        "status": "failed", "started_at": "2026-11-12T09:14:00Z", "finished_at": "2026-11-12T09:14:02Z",
        "steps": [{"name": "Create", "app": {"key": "crm", "name": "CRM"}, "response": {"status": 401, "body": "no"}}],
    });
    let first = server.put("/api/v1/runs/r", &report).await;
    assert_eq!(
        first.json(),
        json!({"key": "r", "page": "http://127.0.0.1:3000/main/runs/r"})
    );
    let before = server.read("/api/v1/runs/r").await.json();
    assert_eq!(
        server.put("/api/v1/runs/r", &report).await.status,
        StatusCode::OK
    );
    assert_eq!(server.read("/api/v1/runs/r").await.json(), before);
    assert_eq!(before["run"]["status"], "failed");
    assert_eq!(before["run"]["duration_ms"], 2_000);
    assert_eq!(before["steps"][0]["app_name"], "CRM");

    let flow = server
        .state
        .store
        .flow(server.workspace, "flow_1")
        .await
        .expect("the store")
        .expect("a flow");
    assert_eq!(
        (
            flow.integrations,
            flow.faulty,
            flow.runs,
            flow.failed_runs,
            flow.tasks
        ),
        (1, 1, 1, 1, 1)
    );
    // A late word that it runs changes nothing either.
    server
        .put("/api/v1/runs/r", &json!({"status": "running"}))
        .await;
    assert_eq!(server.read("/api/v1/runs/r").await.json(), before);
}

#[tokio::test]
async fn a_step_may_come_before_its_run_and_its_log_after() {
    let server = Server::start().await;
    server
        .put(
            "/api/v1/runs/r/steps/s",
            &json!({"status": "ok", "network_code": 204}),
        )
        .await;
    let before = server.read("/api/v1/runs/r").await.json();
    assert_eq!(before["run"]["status"], "running");
    server
        .put(
            "/api/v1/runs/r",
            &json!({"integration": "i", "status": "ok"}),
        )
        .await;
    let answer = server
        .put("/api/v1/runs/r/log/1", &json!({"message": "done"}))
        .await;
    assert_eq!(answer.json()["page"], "http://127.0.0.1:3000/main/runs/r");
    let after = server.read("/api/v1/runs/r").await.json();
    assert_eq!(
        (&after["run"]["status"], &after["run"]["network_code"]),
        (&json!("ok"), &json!(204))
    );
    let run = server
        .state
        .store
        .run(server.workspace, "r")
        .await
        .expect("the store")
        .expect("a run");
    let (log, total) = server
        .state
        .store
        .log_page(
            server.workspace,
            run.id,
            &Default::default(),
            &Default::default(),
        )
        .await
        .expect("the store");
    assert_eq!(
        (log.rows[0].message.as_str(), total),
        ("done", Total::Exact(1))
    );
}

#[tokio::test]
async fn any_key_fits_into_an_address() {
    let server = Server::start().await;
    let answer = server
        .put(
            "/api/v1/runs/octo%2Frepo%23%2512%20%C3%A9%3Fx",
            &json!({"integration": "i"}),
        )
        .await;
    assert_eq!(answer.json()["key"], "octo/repo#%12 é?x");
    let page = answer.json()["page"]
        .as_str()
        .expect("a page")
        .replace("http://127.0.0.1:3000", "");
    assert_eq!(page, "/main/runs/octo%2Frepo%23%2512%20%C3%A9%3Fx");
    assert_eq!(server.get(&page).await.status, StatusCode::OK);
    assert_eq!(
        server
            .read("/api/v1/runs/octo%2Frepo%23%2512%20%C3%A9%3Fx")
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn any_bytes_of_a_body_come_back_as_they_were() {
    let server = Server::start().await;
    let odd: Vec<Vec<u8>> = vec![
        vec![],
        vec![0],
        vec![0xff, 0xfe, 0, 1],
        b"\xef\xbb\xbf{}".to_vec(),
        b"{\"a\":1e400,\"a\":123456789012345678901234567890}".to_vec(),
        "\u{202e}\u{0}é\r\n".into(),
        (0..=255).collect(),
    ];
    for (index, bytes) in odd.iter().enumerate() {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        let answer = server
            .put(
                &format!("/api/v1/runs/r/steps/{index}"),
                &json!({"response": {"body_base64": text}, "request": {"body_base64": text}}),
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        for section in ["request-body", "response-body"] {
            let back = server
                .get(&format!("/main/runs/r/steps/{index}/{section}"))
                .await;
            assert_eq!(&back.body, bytes, "{index} {section}");
            assert_eq!(
                back.headers[header::CONTENT_TYPE],
                "application/octet-stream"
            );
            assert!(
                back.headers[header::CONTENT_DISPOSITION]
                    .to_str()
                    .expect("text")
                    .starts_with("attachment")
            );
            assert_eq!(
                back.headers[header::CONTENT_SECURITY_POLICY],
                "sandbox; default-src 'none'"
            );
        }
    }
    assert_eq!(
        server
            .get("/main/runs/r/steps/none/response-body")
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn secrets_are_gone_before_anything_is_written() {
    let server = Server::start().await;
    let report = json!({"request": {
        "url": "https://ann:hunter2@api.example/x?api_key=hunter2", "headers": {"Authorization": "Bearer hunter2", "Cookie": "sid=hunter2"},
        "body": {"password": "hunter2", "name": "Ann"}}, "object": {"access_token": "hunter2"}});
    server.put("/api/v1/runs/r/steps/s", &report).await;
    server.state.store.close().await;
    let folder = server.folder();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        assert!(!bytes.windows(7).any(|window| window == b"hunter2"));
    }
}

/// Reports of one run, one by one and in reverse, end the same.
#[tokio::test]
async fn reports_in_reverse_end_in_the_same_run() {
    let reports: [(&str, Value); 4] = [
        (
            "/api/v1/runs/r",
            json!({"integration": "i", "status": "running", "started_at": 1_000}),
        ),
        (
            "/api/v1/runs/r/steps/a",
            json!({"position": 1, "status": "ok", "network_code": 200}),
        ),
        (
            "/api/v1/runs/r/steps/b",
            json!({"position": 2, "status": "failed", "network_code": 500}),
        ),
        (
            "/api/v1/runs/r",
            json!({"status": "failed", "finished_at": 5_000}),
        ),
    ];
    let mut ends = Vec::new();
    for backwards in [false, true] {
        let server = Server::start().await;
        let mut order: Vec<_> = reports.iter().collect();
        if backwards {
            order.reverse();
        }
        for (path, report) in order {
            assert_eq!(server.put(path, report).await.status, StatusCode::OK);
        }
        let mut end = server.read("/api/v1/runs/r").await.json();
        for step in end["steps"].as_array_mut().expect("steps") {
            step["id"] = Value::Null;
        }
        for field in ["id", "integration_id", "workspace_id"] {
            end["run"][field] = Value::Null;
        }
        ends.push(end);
    }
    assert_eq!(ends[0], ends[1]);
    assert_eq!(ends[0]["run"]["failing_step"], "b");
}
