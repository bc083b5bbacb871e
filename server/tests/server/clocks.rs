//! Reporters whose clocks are wrong are taken at their word where that harms nobody (I7).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{NOW, Server};

const HOUR: i64 = 3_600_000;

/// A server that has heard of runs of four clocks.
async fn heard() -> Server {
    let server = Server::start().await;
    for (key, ahead) in [
        ("tomorrow", 24 * HOUR),
        ("soon", HOUR),
        ("now", 0),
        ("yesterday", -24 * HOUR),
    ] {
        report(&server, key, ahead).await;
    }
    server
}

/// A run that ended after a second, by a clock that is ahead of ours by so much.
async fn report(server: &Server, key: &str, ahead: i64) {
    let began = NOW.plus_ms(ahead);
    let run = json!({
        "integration": "orders", "status": "ok",
        "started_at": began.to_rfc3339(), "finished_at": began.plus_ms(1_000).to_rfc3339(),
        "steps": [{"key": "1", "status": "ok", "started_at": began.to_rfc3339(), "duration_ms": 900}],
    });
    let answer = server.put(&format!("/api/v1/runs/{key}"), &run).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

/// The keys of a list, as a program reads it.
async fn listed(server: &Server) -> Vec<String> {
    let answer = server.read("/api/v1/runs").await.json();
    let rows = answer["rows"].as_array().expect("a list").clone();
    let keys = rows.iter().map(|row| row["run_id"].as_str());
    keys.map(|key| key.expect("a key").to_owned()).collect()
}

#[tokio::test]
async fn a_run_from_the_future_stands_where_it_was_heard_of() {
    let server = heard().await;
    // An hour may be a clock that nobody set for summer; more is not believed.
    let keys = listed(&server).await;
    assert_eq!(keys[0], "soon");
    assert_eq!(keys[3], "yesterday");

    let read: Value = server.read("/api/v1/runs/tomorrow").await.json();
    assert_eq!(read["run"]["started_at"], NOW.to_rfc3339());
    let told = NOW.plus_ms(24 * HOUR).to_rfc3339();
    assert_eq!(read["run"]["reported_started_at"], told);
    assert_eq!(read["run"]["duration_ms"], 1_000);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_marked_on_its_runs() {
    let server = heard().await;
    let page = async |key: &str| server.get(&format!("/main/runs/{key}")).await.text();
    let (tomorrow, soon, yesterday) = (
        page("tomorrow").await,
        page("soon").await,
        page("yesterday").await,
    );
    let ahead = "by the reporter’s clock, which is";
    assert!(
        tomorrow.contains(ahead) && tomorrow.contains("1 d 0 h"),
        "{tomorrow}"
    );
    assert!(!soon.contains(ahead) && !yesterday.contains(ahead));
    let received = "<dt>Received";
    assert!(yesterday.contains(received), "{yesterday}");
    assert!(!tomorrow.contains(received) && !soon.contains(received));
    // Its steps lie on its own time.
    assert!(!tomorrow.contains("clocks of the reporting machines disagree"));
}
