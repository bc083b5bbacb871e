//! The lists of the pages, for programs.

use axum::http::StatusCode;
use domain::access::Access;
use serde_json::{Value, json};

use crate::support::Server;

async fn reported() -> Server {
    let server = Server::start().await;
    let runs: Vec<Value> = (0..25)
        .map(|n| {
            json!({"type": "run", "key": format!("r{n}"), "status": if n % 5 == 0 { "failed" } else { "ok" },
                "started_at": format!("2026-11-12T09:00:{n:02}Z"),
                "integration": {"key": if n < 20 { "i" } else { "j" }, "flow": "f", "user_id": "u"},
                "steps": [{"key": "s", "name": "Create", "status": "ok", "request": {"method": "POST", "url": "https://crm.test/c?token=hunter2hunter2",
                    "headers": {"content-type": "application/json"}, "body": {"a": 1}},
                    "response": {"status": 200, "body_base64": "/w=="}, "object": {"id": 7}}]})
        })
        .collect();
    assert_eq!(server.batch(&runs).await.status, StatusCode::OK);
    server
}

/// All rows of a list, page by page, each under this name.
async fn walked(server: &Server, path: &str, name: &str) -> Vec<String> {
    let (mut told, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = server.read(&format!("{path}{cursor}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let page = answer.json();
        let rows = page["rows"].as_array().expect("rows");
        assert!(rows.len() <= 10);
        told.extend(
            rows.iter()
                .map(|row| row[name].as_str().expect("an ID").to_owned()),
        );
        assert!(
            told.len() <= 100,
            "{path} goes round: {told:?} {}",
            page["next"]
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("&at={next}"),
            None => return told,
        }
    }
}

#[tokio::test]
async fn a_list_is_walked_to_its_end_with_the_filters_of_its_page() {
    let server = reported().await;
    let all = walked(&server, "/api/v1/runs?size=10", "run_id").await;
    assert_eq!(
        (all.len(), all[0].as_str(), all[24].as_str()),
        (25, "r24", "r0")
    );
    let failed = walked(&server, "/api/v1/runs?status=failed", "run_id").await;
    assert_eq!(failed, ["r20", "r15", "r10", "r5", "r0"]);
    let of_one = walked(
        &server,
        "/api/v1/runs?integration=j&status=failed",
        "run_id",
    )
    .await;
    assert_eq!(of_one, ["r20"]);
    let some = walked(&server, "/api/v1/runs?search=r7&size=10", "run_id").await;
    assert_eq!(some, ["r7"]);
    let flows = server.read("/api/v1/flows").await.json();
    assert_eq!(
        (&flows["rows"][0]["flow_id"], &flows["rows"][0]["runs"]),
        (&json!("f"), &json!(25))
    );
    assert_eq!(flows["total"], json!({"count": 1, "exact": true}));
    for path in ["/api/v1/integrations?flow=f", "/api/v1/integrations?user=u"] {
        let mut keys = walked(&server, path, "integration_id").await;
        keys.sort();
        assert_eq!(keys, ["i", "j"], "{path}");
    }
    let steps = server.read("/api/v1/steps?run=r3").await.json();
    assert_eq!(steps["rows"][0]["step_id"], "s");
    assert_eq!(
        server.read("/api/v1/runs?user=nobody").await.json()["rows"],
        json!([])
    );
}

#[tokio::test]
async fn what_means_nothing_is_named_and_what_is_missing_too() {
    let server = reported().await;
    for (path, status, told) in [
        (
            "/api/v1/runs?status=broken",
            StatusCode::UNPROCESSABLE_ENTITY,
            "status: `broken` means nothing here",
        ),
        (
            "/api/v1/runs?at=x",
            StatusCode::UNPROCESSABLE_ENTITY,
            "at: ",
        ),
        (
            "/api/v1/runs?size=11",
            StatusCode::UNPROCESSABLE_ENTITY,
            "size: ",
        ),
        (
            "/api/v1/integrations",
            StatusCode::UNPROCESSABLE_ENTITY,
            "flow=KEY or user=ID",
        ),
        ("/api/v1/steps", StatusCode::UNPROCESSABLE_ENTITY, "run=KEY"),
        (
            "/api/v1/runs/r1/log?at=x.y",
            StatusCode::UNPROCESSABLE_ENTITY,
            "at: ",
        ),
        (
            "/api/v1/runs/r1/log?level=loud",
            StatusCode::UNPROCESSABLE_ENTITY,
            "level: `loud` means nothing here",
        ),
        (
            "/api/v1/integrations?flow=nothing",
            StatusCode::NOT_FOUND,
            "no such flow",
        ),
        (
            "/api/v1/runs?integration=nothing",
            StatusCode::NOT_FOUND,
            "no such integration",
        ),
        (
            "/api/v1/steps?run=nothing",
            StatusCode::NOT_FOUND,
            "no such run",
        ),
        (
            "/api/v1/runs/nothing/log",
            StatusCode::NOT_FOUND,
            "no such run",
        ),
    ] {
        let answer = server.read(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.text().contains(told), "{path}: {}", answer.text());
    }
    // A key that reports reads nothing.
    for path in [
        "/api/v1/flows",
        "/api/v1/runs",
        "/api/v1/runs/r1?with=payloads",
    ] {
        let request = server
            .authorized(axum::http::Method::GET, path)
            .body(axum::body::Body::empty());
        let answer = server.send(request.expect("a request")).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::FORBIDDEN, "wrong_scope"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn payloads_are_told_where_they_are_asked_for_and_without_secrets() {
    let server = reported().await;
    let plain = server.read("/api/v1/runs/r1").await;
    assert!(!plain.text().contains("crm.test") && plain.json().get("payloads").is_none());
    let full = server.read("/api/v1/runs/r1?with=payloads").await;
    assert!(!full.text().contains("hunter2"));
    let told = &full.json()["payloads"]["s"];
    assert_eq!(told["request"]["method"], "POST");
    assert_eq!(told["request"]["body"]["text"], r#"{"a":1}"#);
    assert_eq!(
        told["request"]["headers"],
        json!([["content-type", "application/json"]])
    );
    assert_eq!(
        (
            &told["response"]["body"]["base64"],
            &told["response"]["status"]
        ),
        (&json!("/w=="), &json!(200))
    );
    assert_eq!(told["object"], json!({"id": 7}));
    let wrong = server.read("/api/v1/runs/r1?with=everything").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong
            .text()
            .contains("with: `everything` means nothing here")
    );
    // Of many steps and of none.
    let steps: Vec<Value> = (0..300)
        .map(|n| json!({"key": format!("s{n}\"{n}"), "object": {"n": n}}))
        .collect();
    let many = json!({"type": "run", "key": "many", "steps": steps});
    let none = json!({"type": "run", "key": "none"});
    assert_eq!(server.batch(&[many, none]).await.status, StatusCode::OK);
    let told = server.read("/api/v1/runs/many?with=payloads").await.json();
    assert_eq!(told["payloads"].as_object().expect("payloads").len(), 300);
    assert_eq!(told["payloads"]["s299\"299"]["object"], json!({"n": 299}));
    assert_eq!(
        server.read("/api/v1/runs/none?with=payloads").await.json()["payloads"],
        json!({})
    );
}

#[tokio::test]
async fn a_log_is_followed_from_where_it_was_left() {
    let server = reported().await;
    let line = |n: u32| json!({"type": "log", "run": "r1", "key": format!("l{n}"), "logged_at": format!("2026-11-12T09:00:00.{n:03}Z"), "message": format!("line {n}")});
    assert_eq!(
        server.batch(&[line(1), line(2)]).await.status,
        StatusCode::OK
    );
    let messages = |page: &Value| -> Vec<String> {
        let rows = page["rows"].as_array().expect("rows").iter();
        rows.map(|row| row["message"].as_str().expect("text").to_owned())
            .collect()
    };
    let first = server.read("/api/v1/runs/r1/log").await.json();
    assert_eq!(messages(&first), ["line 1", "line 2"]);
    let next = first["next"].as_str().expect("a place").to_owned();
    let path = format!("/api/v1/runs/r1/log?at={next}");
    let none = server.read(&path).await.json();
    assert_eq!(
        (messages(&none), none["next"].as_str()),
        (vec![], Some(next.as_str()))
    );
    assert_eq!(server.batch(&[line(3)]).await.status, StatusCode::OK);
    assert_eq!(messages(&server.read(&path).await.json()), ["line 3"]);
    let loud = json!({"type": "log", "run": "r1", "key": "l9", "level": "error", "logged_at": "2026-11-12T09:00:01Z", "message": "Refused", "description": "at LINE 9"});
    assert_eq!(server.batch(&[loud]).await.status, StatusCode::OK);
    for (query, told) in [
        ("level=warning", vec!["Refused"]),
        ("q=line+2", vec!["line 2"]),
        ("q=line+9&level=error", vec!["Refused"]),
        ("q=line&at=", vec!["line 1", "line 2", "line 3", "Refused"]),
    ] {
        let page = server.read(&format!("/api/v1/runs/r1/log?{query}")).await;
        assert_eq!(messages(&page.json()), told, "{query}");
    }
    assert_eq!(
        server.read("/api/v1/runs/r2/log").await.json(),
        json!({"rows": [], "next": null})
    );
}

/// An address that programs call and nobody documented would be found by nobody.
#[tokio::test]
async fn every_address_with_a_key_is_in_the_contract() {
    let server = Server::start().await;
    let (_, table) = server::router::build(server.state.clone());
    let contract: Value = serde_json::from_str(server::api::OPENAPI).expect("JSON");
    for rule in table.rules() {
        if let Access::Key(_) = rule.access {
            let method = rule.method.as_str().to_lowercase();
            assert!(
                contract["paths"][&rule.path][&method].is_object(),
                "{} {}",
                rule.method,
                rule.path
            );
        }
    }
}
