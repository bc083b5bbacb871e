//! OneVizion's log API, as programs written for it call it: by each of its addresses, with each
//! way to show who they are.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Key, LogEntry, LogLevel, Status,
    access::{Bounds, Scope},
};
use serde_json::{Value, json};
use store::KeyAsked;

use crate::support::{Answer, NOW, Server, log_of, request};

const BEFORE_19_18: &str = "/api/v3/integrations/runs/logs/4711/logs";
const SINCE_19_18: &str = "/api/v3/integrations/runs/4711/logs";
const NOWADAYS: &str = "/api/v3/modules/runs/4711/logs";

/// A server with a run that is running, as `iv` begins it with OneVizion's files.
async fn running() -> Server {
    let server = Server::start().await;
    let run = json!({"integration": {"key": "crm-sync", "flow": "f", "description": "Nightly"},
        "status": "running", "started_at": NOW.to_rfc3339()});
    let answer = server.put("/api/v1/runs/4711", &run).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    server
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

async fn call(
    server: &Server,
    (method, path): (Method, &str),
    headers: &[(&str, &str)],
    body: &Value,
) -> Answer {
    let request = headers.iter().fold(
        request(method, path).header(header::CONTENT_TYPE, "application/json"),
        |request, (name, value)| request.header(*name, *value),
    );
    let request = request.body(Body::from(body.to_string()));
    server.send(request.expect("a request")).await
}

/// Adds an entry as the owner's program.
async fn add(server: &Server, path: &str, body: &Value) -> Answer {
    let shown = basic("integration_user", &server.ingest);
    call(
        server,
        (Method::POST, path),
        &[("authorization", &shown)],
        body,
    )
    .await
}

fn entry(message: &str, level: &str) -> Value {
    json!({"message": message, "description": "", "log_level_name": level})
}

async fn log(server: &Server) -> Vec<LogEntry> {
    let run = server.run_id("4711").await;
    log_of(&server.state.store, server.workspace, run).await
}

#[tokio::test]
async fn ov_16_ov_17_an_entry_comes_by_the_address_of_each_generation() {
    let server = running().await;
    for (path, level, known) in [
        (BEFORE_19_18, "Error", LogLevel::Error),
        (SINCE_19_18, "WARNING", LogLevel::Warning),
        (NOWADAYS, "info", LogLevel::Info),
        (NOWADAYS, "Debug", LogLevel::Debug),
    ] {
        let answer = add(&server, path, &entry(path, level)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let added = log(&server).await.pop().expect("an entry");
        assert_eq!(answer.json()["log_id"], added.key.as_str());
        assert_eq!(
            answer.json()["page"],
            "http://127.0.0.1:3000/main/runs/4711"
        );
        assert_eq!(
            (added.message.as_str(), added.level, added.logged_at),
            (path, known, NOW)
        );
        assert_eq!(added.description, None);
    }
    assert_eq!(log(&server).await.len(), 4);
}

#[tokio::test]
async fn ov_18_the_message_is_short_and_the_description_full_and_neither_holds_a_secret() {
    let server = running().await;
    let body = json!({"message": "password=hunter2hunter2", "description": "all of it: password=hunter2hunter2",
        "log_level_name": "Error"});
    let answer = add(&server, NOWADAYS, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let added = log(&server).await.remove(0);
    let description = added.description.expect("a description");
    assert!(description.starts_with("all of it"), "{description}");
    assert!(!format!("{}{description}", added.message).contains("hunter2"));
}

#[tokio::test]
async fn a_key_is_taken_where_their_clients_put_theirs() {
    let server = running().await;
    let key = &server.ingest;
    let taken = [
        basic("anybody", key),
        basic("", key),
        format!("bearer access-key:{key}"),
        format!("Bearer {key}"),
    ];
    for shown in &taken {
        for (method, path) in [
            (Method::POST, NOWADAYS),
            (Method::GET, "/api/v3/integrations/crm-sync"),
        ] {
            let headers = [("authorization", shown.as_str())];
            let answer = call(&server, (method, path), &headers, &entry("m", "Info")).await;
            assert_eq!(answer.status, StatusCode::OK, "{shown}: {}", answer.text());
        }
    }
    assert_eq!(log(&server).await.len(), taken.len());
    let forged = Scope::Ingest.secret([9; 32]);
    for shown in [
        basic(key, "password"),
        basic("user", &forged),
        format!("Basic {key}"),
        format!("Bearer {key}:secret"),
        format!("Digest {key}"),
    ] {
        let headers = [("authorization", shown.as_str())];
        let to = (Method::POST, NOWADAYS);
        let answer = call(&server, to, &headers, &entry("m", "Info")).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNAUTHORIZED, "unknown_key")
        );
        let challenge = &answer.headers[header::WWW_AUTHENTICATE];
        assert_eq!(challenge, "Basic realm=\"Integration View\", Bearer");
    }
    let shown = basic("user", &server.read);
    let to = (Method::POST, NOWADAYS);
    let answer = call(
        &server,
        to,
        &[("authorization", &shown)],
        &entry("m", "Info"),
    )
    .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::FORBIDDEN, "wrong_scope")
    );
}

#[tokio::test]
async fn what_is_wrong_with_an_entry_is_told_by_its_field() {
    let server = running().await;
    for (body, path) in [
        (entry("m", "Fatal"), "log_level_name"),
        (
            json!({"message": "m", "log_level_name": 0}),
            "log_level_name",
        ),
        (
            json!({"message": "m", "log_level_name": "0"}),
            "log_level_name",
        ),
        (json!({"message": 7, "log_level_name": "Info"}), "message"),
        (entry(&"x".repeat(65_537), "Info"), "message"),
    ] {
        let answer = add(&server, NOWADAYS, &body).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            answer.text()
        );
        assert_eq!(answer.json()["errors"][0]["path"], path);
    }
    for (body, field) in [
        (json!({"log_level_name": "Info"}), "message"),
        (json!({"message": "m"}), "log_level_name"),
    ] {
        let answer = add(&server, NOWADAYS, &body).await;
        let detail = answer.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(detail.contains(&format!("`{field}`")), "{detail}");
    }
    let answer = add(&server, NOWADAYS, &json!("m")).await;
    assert!(answer.status.is_client_error(), "{}", answer.text());
    assert!(log(&server).await.is_empty());
}

#[tokio::test]
async fn ov_45_an_unknown_process_is_404_and_one_that_has_ended_takes_entries() {
    let server = running().await;
    let unknown = NOWADAYS.replace("4711", "4712");
    let answer = add(&server, &unknown, &entry("m", "Info")).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::NOT_FOUND, "not_found")
    );
    assert!(
        server
            .state
            .store
            .run(server.workspace, "4712")
            .await
            .expect("the store")
            .is_none()
    );

    let end = json!({"status": "ok", "finished_at": NOW.to_rfc3339()});
    server.put("/api/v1/runs/4711", &end).await;
    let answer = add(&server, NOWADAYS, &entry("late", "Error")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let run = server.state.store.run(server.workspace, "4711").await;
    assert_eq!(run.expect("the store").expect("a run").status, Status::Ok);
    assert_eq!(log(&server).await[0].message, "late");
}

#[tokio::test]
async fn two_equal_entries_are_two_and_a_second_attempt_that_says_so_is_none() {
    let server = running().await;
    for _ in 0..2 {
        add(&server, NOWADAYS, &entry("again", "Info")).await;
    }
    assert_eq!(log(&server).await.len(), 2);
    let shown = basic("user", &server.ingest);
    let attempt = async |name: &str| {
        let headers = [("authorization", shown.as_str()), ("idempotency-key", name)];
        let answer = call(
            &server,
            (Method::POST, NOWADAYS),
            &headers,
            &entry("once", "Info"),
        )
        .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()["log_id"].clone()
    };
    assert_eq!(attempt("a").await, attempt("a").await);
    assert_eq!(log(&server).await.len(), 3);
    attempt(&"b".repeat(300)).await;
    assert_eq!(log(&server).await.len(), 4);
    // Another entry is no second attempt, and is not lost without a word.
    let headers = [("authorization", shown.as_str()), ("idempotency-key", "a")];
    for other in [entry("other", "Info"), entry("once", "Error")] {
        let refused = call(&server, (Method::POST, NOWADAYS), &headers, &other).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
        assert_eq!(refused.json()["errors"][0]["code"], "entry_differs");
    }
    assert_eq!(log(&server).await.len(), 4);
}

/// Uploads a form of one part as the owner's program.
async fn upload(
    server: &Server,
    path: &str,
    part: &str,
    content: &[u8],
    more: &[(&str, &str)],
) -> Answer {
    let head =
        format!("--b0\r\nContent-Disposition: form-data; {part}\r\nContent-Type: text/csv\r\n\r\n");
    let body = [head.as_bytes(), content, b"\r\n--b0--\r\n"].concat();
    let shown = basic("user", &server.ingest);
    let request = request(Method::POST, path)
        .header(header::AUTHORIZATION, shown)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b0");
    let request = more.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    server
        .send(request.body(Body::from(body)).expect("a request"))
        .await
}

const FILE: &str = "/api/v3/integrations/runs/logs/4711/logs/file?log_level=warning";
const PART: &str = "name=\"file\"; filename=\"orders.csv\"";

#[tokio::test]
async fn ov_19_an_entry_carries_a_file_and_a_second_attempt_is_the_same() {
    let server = running().await;
    let answer = upload(&server, FILE, PART, b"a;b\n1;2\n", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let added = log(&server).await.remove(0);
    assert_eq!(answer.json()["log_id"], added.key.as_str());
    assert_eq!(
        (added.message.as_str(), added.level),
        ("orders.csv", LogLevel::Warning)
    );
    let files = async || {
        let run = server.run_id("4711").await;
        let files = server.state.store.list_files(server.workspace, run).await;
        files.expect("files")
    };
    let file = files().await.remove(0);
    assert_eq!(
        (file.name.as_str(), file.entry.as_ref()),
        ("orders.csv", Some(&added.key))
    );
    assert_eq!(file.content_type.as_deref(), Some("text/csv"));
    let path = format!("/api/v1/runs/4711/files/{}", file.key);
    assert_eq!(server.read(&path).await.body, b"a;b\n1;2\n");
    for _ in 0..2 {
        let again = [("idempotency-key", "a")];
        let answer = upload(&server, FILE, PART, b"x", &again).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }
    let again = [("idempotency-key", "a")];
    let other = upload(&server, FILE, PART, b"y", &again).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text());
    assert_eq!(other.json()["errors"][0]["code"], "file_differs");
    assert_eq!((files().await.len(), log(&server).await.len()), (2, 2));
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_and_no_entry_is_left() {
    let server = running().await;
    let no_level = FILE.split_once('?').expect("a query").0;
    for (path, part, field) in [
        (no_level, PART, "log_level"),
        (&FILE.replace("warning", "1"), PART, "log_level"),
        (FILE, "name=\"other\"; filename=\"orders.csv\"", "file"),
        (FILE, "name=\"file\"", "file"),
    ] {
        let answer = upload(&server, path, part, b"x", &[]).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            answer.text()
        );
        assert_eq!(answer.json()["errors"][0]["path"], field, "{part}");
    }
    let answer = add(&server, FILE, &entry("m", "Info")).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown_type")
    );
    let answer = upload(&server, &FILE.replace("4711", "4712"), PART, b"x", &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(log(&server).await.is_empty());
    let run = server.run_id("4711").await;
    let files = server.state.store.list_files(server.workspace, run).await;
    assert!(files.expect("files").is_empty());
}

#[tokio::test]
async fn a_program_learns_from_which_level_on_it_logs_and_nothing_of_other_parts() {
    let server = running().await;
    let key = async |flow: Option<&str>, integration: Option<&str>, number: u8| {
        let key = |text: &str| Key::new(text).expect("a key");
        let bounds = Bounds {
            flow: flow.map(key),
            integration: integration.map(key),
        };
        let secret = Scope::Ingest.secret([number; 32]);
        let asked = KeyAsked {
            bounds,
            ..KeyAsked::default()
        };
        let store = &server.state.store;
        let made = store.create_api_key(server.workspace, Scope::Ingest, asked, &secret, NOW);
        made.await.expect("a key");
        secret
    };
    let ask = async |secret: &str, path: &str| {
        let shown = basic("user", secret);
        call(
            &server,
            (Method::GET, path),
            &[("authorization", &shown)],
            &Value::Null,
        )
        .await
    };
    let expected = json!({"name": "crm-sync", "description": "Nightly", "enabled": true, "log_level": "Debug"});
    for path in ["/api/v3/integrations/crm-sync", "/api/v3/modules/crm-sync"] {
        assert_eq!(ask(&server.ingest, path).await.json(), expected);
    }
    for (secret, status) in [
        (key(Some("f"), None, 11).await, StatusCode::OK),
        (key(None, Some("crm-sync"), 12).await, StatusCode::OK),
        (key(Some("other"), None, 13).await, StatusCode::NOT_FOUND),
        (key(None, Some("other"), 14).await, StatusCode::NOT_FOUND),
    ] {
        let told = ask(&secret, "/api/v3/integrations/crm-sync").await;
        assert_eq!(told.status, status);
    }
    let disabled = json!({"status": "disabled"});
    server.put("/api/v1/integrations/crm-sync", &disabled).await;
    let told = ask(&server.ingest, "/api/v3/modules/crm-sync").await;
    assert_eq!(told.json()["enabled"], false);
    let told = ask(&server.ingest, "/api/v3/modules/nobody").await;
    assert_eq!(told.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_examples_of_the_contract_are_taken() {
    let server = running().await;
    let contract: Value = serde_json::from_str(server::api::OPENAPI).expect("JSON");
    for path in [BEFORE_19_18, SINCE_19_18, NOWADAYS] {
        let documented = &contract["paths"][path.replace("4711", "{run}")]["post"];
        let content = &documented["requestBody"]["content"]["application/json"];
        let answer = add(&server, path, &content["examples"]["one"]["value"]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }
    assert_eq!(log(&server).await.len(), 3);
}
