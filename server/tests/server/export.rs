//! Lists as files: the rows of the page, all of them, and nothing that a spreadsheet would run.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use crate::support::{Answer, Server};

/// More than are read at once.
const RUNS: usize = 2_345;

async fn with_many_runs() -> Server {
    let server = Server::start().await;
    let runs: Vec<Value> = (0..RUNS)
        .map(|n| {
            let status = if n % 10 == 0 { "failed" } else { "ok" };
            json!({"type": "run", "key": format!("run_{n}"), "integration": {"key": "int_1", "flow": "flow_1", "user_id": "=cmd()"},
                "status": status, "started_at": 1_794_000_000_000_i64 + (n as i64 / 3), "duration_ms": 5,
                "trigger": {"app": "Shop, \"the\" best\n", "name": "+1"}})
        })
        .collect();
    for part in runs.chunks(1_000) {
        assert_eq!(server.batch(part).await.status, StatusCode::OK);
    }
    server
}

fn csv(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    assert!(text.ends_with("\r\n"));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.expect("a record"));
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

#[tokio::test]
async fn an_export_has_every_row_of_the_list_in_its_order() {
    let server = with_many_runs().await;
    for (query, expected) in [
        ("", RUNS),
        ("?status=failed", RUNS.div_ceil(10)),
        (
            "?status=failed&sort=oldest&size=100&at=last",
            RUNS.div_ceil(10),
        ),
        ("?search=run_7", 1),
        ("?code=5xx", 0),
    ] {
        let path = |ending: &str| format!("/main/integrations/int_1/runs.{ending}{query}");
        let rows = csv(&server.get(&path("csv")).await);
        assert_eq!(rows[0][0], "run_id");
        assert_eq!(rows.len() - 1, expected, "{query}");
        let json: Vec<Value> =
            serde_json::from_slice(&server.get(&path("json")).await.body).expect("an array");
        let keys: Vec<_> = json
            .iter()
            .map(|row| row["run_id"].as_str().unwrap_or_default())
            .collect();
        let same: Vec<_> = rows[1..].iter().map(|row| row[0].as_str()).collect();
        assert_eq!(keys, same, "{query}");
        let mut once = keys.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), expected, "{query}: no row twice");
        let starts: Vec<_> = json
            .iter()
            .map(|row| row["start_time"].as_str().unwrap_or_default())
            .collect();
        let in_order = if query.contains("oldest") {
            starts.is_sorted()
        } else {
            starts.iter().rev().is_sorted()
        };
        assert!(in_order, "{query}");
    }
}

#[tokio::test]
async fn no_cell_is_a_formula_and_every_text_comes_back() {
    let server = with_many_runs().await;
    let rows = csv(&server
        .get("/main/integrations/int_1/runs.csv?search=run_7")
        .await);
    assert_eq!(rows[1][1..3], ["Shop, \"the\" best\n", "'+1"]);
    let answer = server.get("/main/flows/flow_1/integrations.csv").await;
    assert_eq!(
        answer.headers[header::CONTENT_DISPOSITION],
        "attachment; filename=\"integrations-of-flow_1.csv\""
    );
    let rows = csv(&answer);
    assert_eq!(rows[1][2], "'=cmd()");
    let answer = server.get("/main/flows/flow_1/integrations.json").await;
    let rows: Vec<Value> = serde_json::from_slice(&answer.body).expect("an array");
    assert_eq!(
        (&rows[0]["user_id"], &rows[0]["runs"]),
        (&json!("=cmd()"), &json!(RUNS))
    );
    let answer = server
        .get("/main/flows/flow_1/integrations.json?last_run=interrupted")
        .await;
    assert_eq!(answer.json(), json!([]));
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_makes_no_file() {
    let server = with_many_runs().await;
    let answer = server
        .get("/main/integrations/int_1/runs.csv?status=perhaps")
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("status: `perhaps`"));
    for path in [
        "/main/integrations/none/runs.csv",
        "/other/integrations/int_1/runs.csv",
        "/main/flows/none/integrations.json",
    ] {
        assert_eq!(
            server.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}
