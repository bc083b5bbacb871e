//! Lime's helper functions, as the calls that they become.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::{LogLevel, Status, access::Bounds};
use serde_json::{Value, json};
use store::KeyAsked;

use crate::support::{Answer, NOW, Server, log_of, request};

/// A server with two monitors.
async fn monitored() -> Server {
    let server = Server::start().await;
    for (key, name) in [("prices", "Prices"), ("orders", "Orders")] {
        let path = format!("/api/v1/integrations/{key}");
        let put = server
            .put(&path, &json!({"name": name, "flow": "erp"}))
            .await;
        assert_eq!(put.status, StatusCode::OK);
    }
    server
}

async fn call(server: &Server, method: Method, path: &str, fields: &Value) -> Answer {
    let request = server
        .authorized(method, &format!("/api/v1/monitors{path}"))
        .header(header::CONTENT_TYPE, "application/json");
    let request = request.body(Body::from(fields.to_string()));
    server.send(request.expect("a request")).await
}

async fn created(server: &Server, path: &str, fields: Value) -> Value {
    let answer = call(server, Method::POST, path, &fields).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

async fn updated(server: &Server, fields: Value) -> Value {
    let answer = call(server, Method::PATCH, "/batches", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn refused(server: &Server, method: Method, path: &str, fields: Value) -> (u16, String) {
    let answer = call(server, method, path, &fields).await;
    (answer.status.as_u16(), answer.code())
}

async fn fetched(server: &Server, query: &str) -> Answer {
    let request = server.authorized(Method::GET, &format!("/api/v1/monitors{query}"));
    server
        .send(request.body(Body::empty()).expect("a request"))
        .await
}

async fn run(server: &Server, key: &Value) -> domain::Run {
    let key = key.as_str().expect("a key");
    let run = server.state.store.run(server.workspace, key).await;
    run.expect("a read").expect("a run")
}

async fn log(server: &Server, run: &domain::Run) -> Vec<domain::LogEntry> {
    log_of(&server.state.store, server.workspace, run.id).await
}

#[tokio::test]
async fn lm_02_a_monitor_is_one_of_its_key_and_lm_45_is_fetched_by_it() {
    let server = monitored().await;
    // Made again under the same key it is the same one.
    let renamed = json!({"name": "Prices of ERP"});
    let again = server.put("/api/v1/integrations/prices", &renamed).await;
    assert_eq!(again.status, StatusCode::OK);
    let flow = server.read("/api/v1/integrations?flow=erp").await.json();
    assert_eq!(flow["rows"].as_array().map(Vec::len), Some(2));
    let answer = fetched(&server, "?integration_key=prices").await;
    assert_eq!(
        answer.json(),
        json!({"integration_key": "prices", "name": "Prices of ERP", "active": true})
    );
    // LM-46
    let none = fetched(&server, "?integration_key=nothing").await;
    assert_eq!((none.status, none.json()), (StatusCode::OK, Value::Null));
    // LM-47
    for query in ["", "?integration_key="] {
        let missing = fetched(&server, query).await;
        assert_eq!(missing.code(), "missing_integration_key");
    }
}

#[tokio::test]
async fn lm_01_lm_03_lm_20_to_23_and_lm_48_a_batch_begins_as_a_running_run_of_its_monitor() {
    let server = monitored().await;
    let batch = created(
        &server,
        "/batches",
        json!({"integration_key": "prices", "integration_id": "job-7"}),
    )
    .await;
    // LM-20, LM-21, LM-22, LM-23, LM-26, LM-27
    for (field, value) in [
        ("integration_monitor", json!("prices")),
        ("logstatus", json!("running")),
        ("integrationid", json!("job-7")),
        ("starttime", json!("2026-11-12T09:14:03.250Z")),
        ("endtime", Value::Null),
        ("logtext", json!("")),
        ("errormsg", json!("")),
    ] {
        assert_eq!(batch[field], value, "{field}");
    }
    let run = run(&server, &batch["key"]).await;
    assert_eq!((run.status, run.finished_at), (Status::Running, None));
    // LM-03: the run is its integration's.
    let runs = server.read("/api/v1/runs?integration=prices").await.json();
    assert_eq!(runs["rows"][0]["run_id"], batch["key"]);
    // What it is called elsewhere is pasted into the one box and leads to it.
    let found = server.get("/main/find?q=job-7").await;
    assert_eq!(found.status, StatusCode::FOUND, "{}", found.text());
    // LM-49
    let unknown = json!({"integration_key": "nothing"});
    let refused = refused(&server, Method::POST, "/batches", unknown).await;
    assert_eq!(refused, (404, "integration_monitor_not_found".to_owned()));
}

#[tokio::test]
async fn lm_23_to_28_a_batch_ends_with_its_result() {
    let server = monitored().await;
    let batch = created(&server, "/batches", json!({"integration_key": "prices"})).await;
    // The answer of the first call is given as it was, as another process would have kept it.
    let update = json!({"integration_monitor_batch": batch, "batch_status": "donewitherror", "no_created": 3,
        "no_updated": 2, "batch_text": "5 of 6", "error_msg": "one was refused", "endtime": "2026-11-12T10:14:03.250+00:00"});
    let ended = updated(&server, update).await;
    // LM-23 to LM-27
    for (field, value) in [
        ("logstatus", json!("donewitherror")),
        ("endtime", json!("2026-11-12T10:14:03.250Z")),
        ("duration", json!("1 h 0 min")),
        ("no_created", json!(3)),
        ("no_updated", json!(2)),
        ("no_deleted", json!(0)),
        ("logtext", json!("5 of 6")),
        ("errormsg", json!("one was refused")),
    ] {
        assert_eq!(ended[field], value, "{field}");
    }
    assert_eq!(run(&server, &batch["key"]).await.status, Status::Warning);
    // LM-55: `ok`, zeros, and an end that is now.
    let plain = created(&server, "/batches", json!({"integration_key": "orders"})).await;
    let ended = updated(&server, json!({"integration_monitor_batch": plain["key"]})).await;
    assert_eq!(
        (&ended["logstatus"], &ended["no_created"]),
        (&json!("ok"), &json!(0))
    );
    assert_eq!(ended["endtime"], ended["starttime"]);
    // LM-56
    for batch in [
        json!({}),
        json!({"integration_monitor_batch": null}),
        json!({"integration_monitor_batch": "none"}),
    ] {
        let refused = refused(&server, Method::PATCH, "/batches", batch).await;
        assert_eq!(
            refused,
            (404, "integration_monitor_batch_not_found".to_owned())
        );
    }
}

#[tokio::test]
async fn lm_05_and_lm_29_to_32_logs_of_a_batch_are_entries_of_its_run() {
    let server = monitored().await;
    let batch = created(&server, "/batches", json!({"integration_key": "prices"})).await;
    let ok = json!({"integration_monitor_batch": batch, "integration_key": "prices", "log_text": "6 read", "message": "[1,2,3]"});
    created(&server, "/logs", ok).await;
    let error = json!({"integration_monitor_batch": batch["key"], "integration_id": "article-9", "log_text": "refused", "error_msg": "no such article"});
    created(&server, "/errors", error).await;
    let run = run(&server, &batch["key"]).await;
    let told: Vec<_> = log(&server, &run)
        .await
        .into_iter()
        .map(|entry| {
            (
                entry.level,
                entry.label.expect("a word"),
                entry.message,
                entry.description,
                entry.reference,
            )
        })
        .collect();
    // LM-29 to LM-32, LM-50, LM-53
    assert_eq!(
        told,
        [
            (
                LogLevel::Info,
                "ok".to_owned(),
                "6 read".to_owned(),
                Some("[1,2,3]".to_owned()),
                None
            ),
            (
                LogLevel::Error,
                "error".to_owned(),
                "refused".to_owned(),
                Some("no such article".to_owned()),
                Some("article-9".to_owned())
            ),
        ]
    );
    // The batch says by itself how it went.
    assert_eq!(run.status, Status::Running);
    // LM-49, LM-52, LM-54: a monitor that is not there, or not the batch's.
    for path in ["/logs", "/errors"] {
        let unknown =
            json!({"integration_monitor_batch": batch["key"], "integration_key": "nothing"});
        let unknown = refused(&server, Method::POST, path, unknown).await;
        assert_eq!(unknown, (404, "integration_monitor_not_found".to_owned()));
        let other = json!({"integration_monitor_batch": batch["key"], "integration_key": "orders"});
        let other = refused(&server, Method::POST, path, other).await;
        assert_eq!(other, (409, "run_of_other_integration".to_owned()));
    }
}

#[tokio::test]
async fn lm_06_a_log_without_a_batch_is_a_run_of_its_own() {
    let server = monitored().await;
    // LM-51: the monitor that is given counts, the key does not.
    let monitor = fetched(&server, "?integration_key=orders").await.json();
    let call = json!({"integration_monitor": monitor, "integration_key": "prices", "integration_id": "order-3", "error_msg": "no stock"});
    let answer = created(&server, "/errors", call).await;
    assert_eq!(
        (
            &answer["integration_monitor"],
            &answer["integration_monitor_batch"]
        ),
        (&json!("orders"), &Value::Null)
    );
    let run = run(&server, &answer["key"]).await;
    assert_eq!(
        (run.status, run.error.as_deref(), run.reference.as_deref()),
        (Status::Failed, Some("no stock"), Some("order-3"))
    );
    assert_eq!(run.finished_at, Some(NOW));
    assert_eq!(log(&server, &run).await.len(), 1);
    let nobody = refused(&server, Method::POST, "/logs", json!({"log_text": "x"})).await;
    assert_eq!(nobody, (422, "missing_integration_key".to_owned()));
}

#[tokio::test]
async fn lm_33_long_texts_are_kept_whole_or_refused_by_name() {
    let server = monitored().await;
    let long = "ä".repeat(2_000);
    let batch = json!({"integration_key": "prices", "batch_text": long, "error_msg": long});
    let batch = created(&server, "/batches", batch).await;
    assert_eq!(
        (&batch["logtext"], &batch["errormsg"]),
        (&json!(long), &json!(long))
    );
    let log = json!({"integration_monitor_batch": batch["key"], "message": long, "log_text": long});
    created(&server, "/logs", log).await;
    let too_long = json!({"integration_key": "prices", "error_msg": "x".repeat(65_537)});
    let answer = call(&server, Method::POST, "/batches", &too_long).await;
    assert_eq!(answer.json()["errors"][0]["path"], "error_msg");
    let unknown = call(&server, Method::POST, "/logs", &json!({"logtext": "x"})).await;
    assert_eq!(unknown.json()["errors"][0]["code"], "unknown_field");
}

#[tokio::test]
async fn lm_58_own_statuses_are_taken_filtered_by_and_shown() {
    let server = monitored().await;
    let word = json!({"integration_key": "prices", "batch_status": "half done"});
    let answer = call(&server, Method::POST, "/batches", &word).await;
    assert_eq!(answer.json()["errors"][0]["path"], "batch_status");

    let form = "/main/settings/labels";
    let bad = crate::support::send(&server, form, &[("labels", "half done = fine")]).await;
    let page = server.get(crate::support::location(&bad)).await.text();
    assert!(
        page.contains("Not saved.") && page.contains("not for “fine”"),
        "{page}"
    );
    let saved = crate::support::send(&server, form, &[("labels", "Half done = warning\r\n")]).await;
    assert_eq!(crate::support::location(&saved), "/main/settings?did=saved");

    let batch = created(&server, "/batches", word).await;
    assert_eq!(batch["logstatus"], "Half done");
    let native = json!({"integration": "orders", "status": "half done"});
    assert_eq!(
        server.put("/api/v1/runs/r1", &native).await.status,
        StatusCode::OK
    );
    let plain = json!({"integration": "orders", "status": "warning"});
    assert_eq!(
        server.put("/api/v1/runs/r2", &plain).await.status,
        StatusCode::OK
    );
    let listed = server.read("/api/v1/runs?label=Half+done").await.json();
    assert_eq!(listed["rows"].as_array().map(Vec::len), Some(2));
    assert!(
        listed["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .all(|row| row["status"] == "warning")
    );
    let page = server.get("/main/runs?label=Half+done").await.text();
    assert!(
        page.contains("Own status: Half done")
            && page.contains("own-word")
            && !page.contains("/main/runs/r2\"")
    );
    let unknown = server
        .put(
            "/api/v1/runs/r3",
            &json!({"integration": "orders", "status": "fine"}),
        )
        .await;
    let rule = unknown.json()["errors"][0]["rule"].to_string();
    assert!(rule.contains("nor of Half done"), "{rule}");
}

#[tokio::test]
async fn a_bounded_key_knows_only_its_own_monitors_and_batches() {
    let server = monitored().await;
    let batch = created(&server, "/batches", json!({"integration_key": "prices"})).await;
    let secret = domain::access::Scope::Ingest.secret([9; 32]);
    let bounds = Bounds {
        flow: None,
        integration: domain::Key::new("orders").ok(),
    };
    let asked = KeyAsked {
        bounds,
        ..KeyAsked::default()
    };
    let store = &server.state.store;
    let made = store.create_api_key(
        server.workspace,
        domain::access::Scope::Ingest,
        asked,
        &secret,
        NOW,
    );
    made.await.expect("a key");
    let send = async |method: Method, path: &str, fields: Value| {
        let request = request(method, &format!("/api/v1/monitors{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {secret}"));
        server
            .send(
                request
                    .body(Body::from(fields.to_string()))
                    .expect("a request"),
            )
            .await
    };
    let other = send(Method::GET, "?integration_key=prices", Value::Null).await;
    assert_eq!(other.json(), Value::Null);
    let own = send(Method::GET, "?integration_key=orders", Value::Null).await;
    assert_eq!(own.json()["integration_key"], "orders");
    let other = send(
        Method::POST,
        "/batches",
        json!({"integration_key": "prices"}),
    )
    .await;
    assert_eq!(other.code(), "integration_monitor_not_found");
    let other = send(
        Method::PATCH,
        "/batches",
        json!({"integration_monitor_batch": batch["key"]}),
    )
    .await;
    assert_eq!(other.code(), "integration_monitor_batch_not_found");
}

#[tokio::test]
async fn a_call_that_is_sent_again_under_its_key_changes_nothing() {
    let server = monitored().await;
    let begin =
        json!({"integration_key": "prices", "key": "night-7", "batch_text": "all articles"});
    let first = created(&server, "/batches", begin.clone()).await;
    let told = json!({"integration_monitor_batch": "night-7", "key": "1", "log_text": "42 priced"});
    for _ in 0..2 {
        created(&server, "/logs", told.clone()).await;
    }
    let end = json!({"integration_monitor_batch": "night-7", "no_created": 42});
    let ended = updated(&server, end.clone()).await;
    assert_eq!(updated(&server, end).await, ended);
    // The beginning comes once more after the end, which stays.
    let again = created(&server, "/batches", begin).await;
    assert_eq!(
        (&again["logstatus"], &again["no_created"]),
        (&json!("ok"), &json!(42))
    );
    assert_eq!(again["starttime"], first["starttime"]);
    let run = run(&server, &first["key"]).await;
    assert_eq!(log(&server, &run).await.len(), 1);
    // Another monitor's batch is not taken over.
    let other = json!({"integration_key": "orders", "key": "night-7"});
    let other = call(&server, Method::POST, "/batches", &other).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text());
}

#[tokio::test]
async fn a_monitor_that_is_switched_off_says_so_and_takes_no_new_batch() {
    let server = monitored().await;
    let batch = created(&server, "/batches", json!({"integration_key": "prices"})).await;
    let off = json!({"status": "disabled"});
    let put = server.put("/api/v1/integrations/prices", &off).await;
    assert_eq!(put.status, StatusCode::OK);
    let monitor = fetched(&server, "?integration_key=prices").await.json();
    assert_eq!(monitor["active"], false);
    let another = json!({"integration_key": "prices"});
    let refused = call(&server, Method::POST, "/batches", &another).await;
    assert_eq!(refused.json()["errors"][0]["code"], "integration_disabled");
    // What began before may end.
    let ended = updated(&server, json!({"integration_monitor_batch": batch["key"]})).await;
    assert_eq!(ended["logstatus"], "ok");
}
