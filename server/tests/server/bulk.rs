//! Something done to many: asked about with its number first, done to just these, and taken back.

use axum::http::{Method, StatusCode};
use domain::{IntegrationStatus, Status};
use serde_json::{Value, json};

use crate::support::{Answer, Server, location, send};

async fn with_integrations(count: usize) -> Server {
    let server = Server::start().await;
    let items: Vec<Value> = (0..count)
        .map(|n| json!({"type": "integration", "key": format!("int_{n}"), "flow": "flow_1", "user_id": format!("u_{n}")}))
        .collect();
    for part in items.chunks(5_000) {
        assert_eq!(server.batch(part).await.status, StatusCode::OK);
    }
    let runs: Vec<Value> = (0..30)
        .map(|n| {
            let status = ["failed", "ok"][n % 3 % 2];
            json!({"type": "run", "key": format!("run_{n}"), "integration": format!("int_{}", n % 2),
                "status": status, "started_at": 1_794_000_000_000_i64 + n as i64})
        })
        .collect();
    assert_eq!(server.batch(&runs).await.status, StatusCode::OK);
    server
}

async fn status(server: &Server, key: &str) -> IntegrationStatus {
    let found = server.state.store.integration(server.workspace, key);
    found.await.expect("a read").expect("a row").status
}

async fn page(server: &Server, answer: &Answer) -> String {
    server.get(location(answer)).await.text()
}

#[tokio::test]
async fn the_number_is_asked_about_before_anything_is_done() {
    let server = with_integrations(25).await;
    let question = "/main/bulk?list=integrations&of=flow_1&action=disable";
    let some = server.get(&format!("{question}&key=int_3&key=int_4")).await;
    assert!(some.text().contains("Disable 2 integrations?"));
    let all = server.get(&format!("{question}&all=1")).await.text();
    assert!(all.contains("Disable 25 integrations?") && all.contains("and 15 more"));
    let none = server.get(question).await.text();
    assert!(none.contains("Nothing is selected."));
    let nonsense = server
        .get("/main/bulk?list=runs&action=destroy&all=1")
        .await;
    assert!(nonsense.text().contains("does not say what shall be done"));
    for foreign in [
        "/main/bulk?list=integrations&of=nobody&action=disable&all=1",
        "/other/bulk?list=runs&action=handle&all=1",
    ] {
        assert_eq!(
            server.get(foreign).await.status,
            StatusCode::NOT_FOUND,
            "{foreign}"
        );
    }
    assert_eq!(status(&server, "int_3").await, IntegrationStatus::Enabled);
}

#[tokio::test]
async fn what_was_selected_is_done_told_and_taken_back() {
    let server = with_integrations(25).await;
    let form = [
        ("list", "integrations"),
        ("of", "flow_1"),
        ("action", "disable"),
        ("expected", "2"),
        ("key", "int_3"),
        ("key", "int_4"),
        ("faulty", "1"),
    ];
    let done = send(&server, "/main/bulk", &form).await;
    let text = page(&server, &done).await;
    assert!(text.contains("2 integrations were disabled"), "{text}");
    assert!(text.contains("/main/flows/flow_1?faulty=1"));
    assert_eq!(status(&server, "int_3").await, IntegrationStatus::Disabled);
    assert_eq!(status(&server, "int_5").await, IntegrationStatus::Enabled);
    let undo = send(&server, &format!("{}/undo", location(&done)), &[]).await;
    assert!(
        page(&server, &undo)
            .await
            .contains("given their status back")
    );
    assert_eq!(status(&server, "int_3").await, IntegrationStatus::Enabled);
    // What was taken back cannot be taken back again: its page is shown.
    let again = send(&server, &format!("{}/undo", location(&undo)), &[]).await;
    assert_eq!(location(&again), location(&undo));
}

#[tokio::test]
async fn all_that_match_are_those_of_the_filter_and_no_others() {
    let server = with_integrations(2).await;
    let list = server.get("/main/runs.json?status=failed").await.json();
    let failed = list.as_array().expect("rows").len().to_string();
    let form = [
        ("list", "runs"),
        ("action", "handle"),
        ("expected", failed.as_str()),
        ("all", "1"),
        ("status", "failed"),
        ("note", " token renewed "),
        ("size", "50"),
    ];
    let done = send(&server, "/main/bulk", &form).await;
    let text = page(&server, &done).await;
    assert!(
        text.contains(&format!("{failed} runs were marked as handled")),
        "{text}"
    );
    let rows = server.get("/main/runs.json").await.json();
    for row in rows.as_array().expect("rows") {
        let handled = row["handled_note"] == "token renewed";
        assert_eq!(handled, row["status"] == Status::Failed.as_str(), "{row}");
    }
    let left = server
        .get("/main/runs.json?status=failed&handled=no")
        .await
        .json();
    assert_eq!(left, json!([]));
    // Handled failures stop showing red, here and in the list of flows.
    assert!(
        !server
            .get("/main/runs?status=failed")
            .await
            .text()
            .contains("row-failed")
    );
    assert!(
        !server
            .get("/main/flows/flow_1")
            .await
            .text()
            .contains("row-failed")
    );
}

#[tokio::test]
async fn a_number_that_no_longer_holds_is_asked_about_again() {
    let server = with_integrations(25).await;
    let form = [
        ("list", "integrations"),
        ("of", "flow_1"),
        ("action", "delete"),
        ("expected", "24"),
        ("all", "1"),
    ];
    let asked = send(&server, "/main/bulk", &form).await;
    assert_eq!(
        location(&asked),
        "/main/bulk?list=integrations&of=flow_1&action=delete&all=1"
    );
    assert!(
        page(&server, &asked)
            .await
            .contains("Delete 25 integrations?")
    );
    assert_eq!(status(&server, "int_3").await, IntegrationStatus::Enabled);
}

#[tokio::test]
async fn a_large_number_goes_on_after_the_answer() {
    let server = with_integrations(2_500).await;
    let form = [
        ("list", "integrations"),
        ("of", "flow_1"),
        ("action", "disable"),
        ("expected", "2500"),
        ("all", "1"),
    ];
    let begun = send(&server, "/main/bulk", &form).await;
    assert!(
        page(&server, &begun)
            .await
            .contains("1,000 of 2,500 integrations done")
    );
    // Not before it has ended can it be taken back.
    let early = send(&server, &format!("{}/undo", location(&begun)), &[]).await;
    assert_eq!(location(&early), location(&begun));
    while server
        .state
        .store
        .bulk_step(crate::support::NOW)
        .await
        .expect("a step")
    {}
    assert!(
        page(&server, &begun)
            .await
            .contains("2,500 integrations were disabled")
    );
    // The undo that was asked for too early was not begun behind it.
    let disabled = server.get("/main/flows/flow_1/integrations.json?status=disabled");
    let disabled = disabled.await.json();
    assert_eq!(disabled.as_array().expect("rows").len(), 2_500);
    let undo = send(&server, &format!("{}/undo", location(&begun)), &[]).await;
    assert_ne!(location(&undo), location(&begun));
}

#[tokio::test]
async fn what_a_form_lacks_is_named_and_nothing_is_done() {
    let server = with_integrations(2).await;
    let long = "n".repeat(1_001);
    for (form, field) in [
        (
            vec![("list", "runs"), ("action", "handle"), ("key", "run_0")],
            "expected",
        ),
        (
            vec![("list", "runs"), ("expected", "1"), ("key", "run_0")],
            "action",
        ),
        (
            vec![
                ("list", "runs"),
                ("action", "handle"),
                ("expected", "1"),
                ("all", "1"),
                ("status", "odd"),
            ],
            "status",
        ),
        (
            vec![
                ("list", "runs"),
                ("action", "handle"),
                ("expected", "1"),
                ("key", "run_0"),
                ("note", long.as_str()),
            ],
            "note",
        ),
    ] {
        let answer = send(&server, "/main/bulk", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(
            answer.json()["detail"]
                .as_str()
                .expect("a sentence")
                .starts_with(field),
            "{}",
            answer.text()
        );
    }
    for path in ["/other/bulk/7/undo", "/main/bulk/7/undo"] {
        assert_eq!(
            send(&server, path, &[]).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    assert_eq!(
        server.get("/main/bulk/7").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        server.get("/main/bulk/x").await.status,
        StatusCode::NOT_FOUND
    );
    let foreign = crate::support::request(Method::POST, "/main/bulk")
        .body("".into())
        .expect("a request");
    assert_eq!(server.send(foreign).await.status, StatusCode::FORBIDDEN);
    let runs = server.get("/main/runs.json?handled=yes").await.json();
    assert_eq!(runs, json!([]));
}
