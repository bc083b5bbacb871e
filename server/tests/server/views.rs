//! The team's views: a filter under a name.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{Server, location, send};

async fn with_a_run() -> Server {
    let server = Server::start().await;
    let run = json!({"integration": {"key": "int_1", "flow": "flow_1"}, "status": "failed"});
    assert_eq!(
        server.put("/api/v1/runs/run_1", &run).await.status,
        StatusCode::OK
    );
    server
}

#[tokio::test]
async fn a_view_is_saved_found_on_its_kind_of_list_and_deleted() {
    let server = with_a_run().await;
    let form = [
        ("list", "runs"),
        ("name", "Failed  today"),
        ("query", "?status=failed&started_within=24h&at=last"),
        ("back", "/main/runs?status=failed"),
    ];
    let saved = send(&server, "/main/views", &form).await;
    assert_eq!(
        location(&saved),
        "/main/runs?status=failed&did=view_saved&of=Failed%20today"
    );
    let page = server.get(location(&saved)).await.text();
    assert!(page.contains("The view “Failed today” is saved."));
    // What is relative stays relative, and the place in the list is not part of it.
    assert!(
        page.contains("href=\"/main/runs?status=failed&amp;started_within=24h\""),
        "{page}"
    );
    let elsewhere = server.get("/main/integrations/int_1").await.text();
    assert!(elsewhere.contains("No views yet."));

    let views = server
        .state
        .store
        .saved_views(server.workspace, domain::view::ViewList::Runs);
    let id = views.await.expect("views")[0].id.0;
    let delete = format!("/main/views/{id}/delete");
    let deleted = send(
        &server,
        &delete,
        &[("name", "Failed today"), ("back", "//evil.test")],
    )
    .await;
    assert_eq!(
        location(&deleted),
        "/main/flows?did=view_deleted&of=Failed%20today"
    );
    assert!(
        server
            .get("/main/runs")
            .await
            .text()
            .contains("No views yet.")
    );
}

#[tokio::test]
async fn a_view_without_a_name_or_a_list_is_not_saved() {
    let server = with_a_run().await;
    let unnamed = send(
        &server,
        "/main/views",
        &[("list", "runs"), ("name", "  "), ("back", "/main/runs")],
    )
    .await;
    assert!(
        server
            .get(location(&unnamed))
            .await
            .text()
            .contains("A view needs a name")
    );
    let odd = send(&server, "/main/views", &[("list", "odd"), ("name", "x")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.text().contains("list: is one of"));
    let elsewhere = send(&server, "/other/views", &[("list", "runs"), ("name", "x")]).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    assert!(
        server
            .get("/main/runs")
            .await
            .text()
            .contains("No views yet.")
    );
}
