//! What the forms of the pages do.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::IntegrationStatus;
use serde_json::json;

use crate::support::{Server, location, request, send};

async fn with_an_integration() -> Server {
    let server = Server::start().await;
    let report = json!({
        "integration": {"key": "int/1", "flow": "flow_1", "user_id": "u_1"},
        "status": "failed", "started_at": "2026-11-12T09:14:00Z", "finished_at": "2026-11-12T09:14:02Z",
        "steps": [{"key": "s1", "status": "ok"}, {"key": "s2", "status": "failed"}],
    });
    let answer = server.put("/api/v1/runs/run_1", &report).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    server
}

async fn status(server: &Server) -> IntegrationStatus {
    let found = server.state.store.integration(server.workspace, "int/1");
    found.await.expect("a read").expect("a row").status
}

const FORM: &str = "/main/integrations/int%2F1/status";

#[tokio::test]
async fn an_integration_is_disabled_enabled_and_deleted_by_forms() {
    let server = with_an_integration().await;
    let back = "/main/flows/flow_1?size=50";
    let disabled = send(&server, FORM, &[("status", "disabled"), ("back", back)]).await;
    assert_eq!(
        location(&disabled),
        format!("{back}&did=disabled&of=int%2F1")
    );
    assert_eq!(status(&server).await, IntegrationStatus::Disabled);
    let page = server.get(location(&disabled)).await.text();
    assert!(
        page.contains("int/1 is disabled. It takes no new runs")
            && page.contains("Enable it again")
    );

    let run = json!({"integration": "int/1", "status": "ok"});
    let refused = server.put("/api/v1/runs/run_2", &run).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.json()["errors"][0]["code"], "integration_disabled");

    let enabled = send(&server, FORM, &[("status", "enabled")]).await;
    assert_eq!(
        location(&enabled),
        "/main/integrations/int%2F1?did=enabled&of=int%2F1"
    );
    assert_eq!(
        server.put("/api/v1/runs/run_2", &run).await.status,
        StatusCode::OK
    );

    let deleted = send(
        &server,
        FORM,
        &[("status", "deleted"), ("back", "//evil.test")],
    )
    .await;
    assert_eq!(
        location(&deleted),
        "/main/integrations/int%2F1?did=deleted&of=int%2F1"
    );
    let again = send(&server, FORM, &[("status", "enabled")]).await;
    assert!(location(&again).contains("did=refused"));
    assert_eq!(status(&server).await, IntegrationStatus::Deleted);
    let page = server.get(location(&again)).await.text();
    assert!(page.contains("was deleted in the meantime"));
}

#[tokio::test]
async fn a_form_of_another_site_or_with_another_word_does_nothing() {
    let server = with_an_integration().await;
    let foreign = request(Method::POST, FORM)
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let foreign = foreign
        .body(Body::from("status=deleted"))
        .expect("a request");
    assert_eq!(server.send(foreign).await.status, StatusCode::FORBIDDEN);
    let other = send(&server, FORM, &[("status", "paused")]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let missing = send(
        &server,
        "/main/integrations/none/status",
        &[("status", "deleted")],
    )
    .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(status(&server).await, IntegrationStatus::Enabled);
}

#[tokio::test]
async fn ig_37_before_a_delete_it_is_advised_to_disable() {
    let server = with_an_integration().await;
    let page = server.get("/main/integrations/int%2F1/delete").await.text();
    assert!(page.contains("Disable it first.") && page.contains("Delete for good"));
    send(&server, FORM, &[("status", "deleted")]).await;
    let page = server.get("/main/integrations/int%2F1/delete").await.text();
    assert!(page.contains("was deleted before") && !page.contains("Delete for good"));
}

#[tokio::test]
async fn ig_65_the_logs_link_is_set_checked_and_taken_away() {
    let server = with_an_integration().await;
    let form = "/main/settings/logs";
    let url = "https://logs.test/q?run={run}&from={from}&to={to}";
    let saved = send(
        &server,
        form,
        &[("url", url), ("label", ""), ("margin", "10")],
    )
    .await;
    assert_eq!(location(&saved), "/main/settings?did=saved");
    let page = server.get("/main/integrations/int%2F1").await.text();
    let link = "https://logs.test/q?run=run_1&amp;from=2026-11-12T09%3A04%3A00.000Z&amp;to=2026-11-12T09%3A24%3A02.000Z";
    assert!(
        page.contains(link) && page.contains("View GCP Logs Explorer"),
        "{page}"
    );

    let bad = send(
        &server,
        form,
        &[("url", "javascript:alert(1)"), ("margin", "5")],
    )
    .await;
    let page = server.get(location(&bad)).await.text();
    assert!(page.contains("Not saved.") && page.contains("javascript:alert(1)"));
    assert!(page.contains("The address begins with https:// or http://."));

    send(&server, form, &[("url", "")]).await;
    let page = server.get("/main/runs/run_1").await.text();
    assert!(!page.contains("logs.test"));
}

#[tokio::test]
async fn the_failing_step_is_one_link_away() {
    let server = with_an_integration().await;
    let answer = server.get("/main/runs/run_1/failing").await;
    assert_eq!(location(&answer), "/main/runs/run_1/steps/s2");
    let answer = server.get("/main/runs/none/failing").await;
    assert_eq!(location(&answer), "/main/runs/none");
}

#[tokio::test]
async fn what_is_pasted_leads_straight_to_it() {
    let server = with_an_integration().await;
    for (pasted, leads_to) in [
        ("u_1", "/main/users/u_1"),
        (" \u{201c}u_1\u{201d}\n", "/main/users/u_1"),
        ("int/1", "/main/integrations/int%2F1"),
        ("run_1", "/main/runs/run_1/steps/s2"),
        ("s1", "/main/runs/run_1/steps/s1"),
        ("flow_1", "/main/flows/flow_1"),
        (
            "https://iv.acme.test/main/runs/run_1?from=1",
            "/main/runs/run_1?from=1",
        ),
    ] {
        let query = serde_urlencoded::to_string([("q", pasted)]).expect("a query");
        let answer = server.get(&format!("/main/find?{query}")).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{pasted}");
        assert_eq!(answer.headers[header::LOCATION], leads_to, "{pasted}");
    }
    for (pasted, text) in [
        ("run_", "Nothing has exactly the ID"),
        ("nothing", "Nothing begins with it either."),
        ("", "Nothing to look for."),
        (
            "https://iv.acme.test/other/runs/run_1",
            "Nothing has exactly the ID",
        ),
    ] {
        let query = serde_urlencoded::to_string([("q", pasted)]).expect("a query");
        let answer = server.get(&format!("/main/find?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{pasted}");
        assert!(answer.text().contains(text), "{pasted}: {}", answer.text());
    }
}

#[tokio::test]
async fn an_end_user_is_shown_over_all_flows() {
    let server = with_an_integration().await;
    let report = json!({"flow": {"key": "flow_2", "name": "Second"}, "user_id": "u_1", "user_auth": "dana@acme.test"});
    server.put("/api/v1/integrations/int_2", &report).await;
    let page = server.get("/main/users/u_1").await;
    assert_eq!(page.status, StatusCode::OK);
    for text in [
        "int/1",
        "int_2",
        "Second",
        "dana@acme.test",
        "/main/runs/run_1/steps/s2",
        "in 30 days",
    ] {
        assert!(page.text().contains(text), "{text}");
    }
    assert_eq!(
        server.get("/main/users/u_2").await.status,
        StatusCode::NOT_FOUND
    );
}
