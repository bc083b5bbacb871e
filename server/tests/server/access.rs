//! Who may do what.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::access::Scope;
use serde_json::json;

use crate::support::{NOW, Server, request};

#[tokio::test]
async fn a_report_needs_a_living_key() {
    let server = Server::start().await;
    for value in [
        "",
        "Bearer",
        "Bearer nonsense",
        "Basic abc",
        &format!("Bearer {}", Scope::Ingest.secret([9; 32])),
    ] {
        let request = request(Method::PUT, "/api/v1/runs/r").header(header::AUTHORIZATION, value);
        let answer = server
            .send(request.body(Body::from("{}")).expect("a request"))
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNAUTHORIZED, "unknown_key"),
            "{value}"
        );
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    }
    assert_eq!(
        server.read("/api/v1/runs/r").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_revoked_key_is_dead_at_once() {
    let server = Server::start().await;
    let key = server
        .state
        .store
        .api_key(&server.ingest)
        .await
        .expect("the store")
        .expect("a key");
    assert_eq!(
        server.put("/api/v1/apps/a", &json!({})).await.status,
        StatusCode::OK
    );
    server
        .state
        .store
        .revoke_api_key(server.workspace, key.id, NOW)
        .await
        .expect("the store");
    assert_eq!(
        server.put("/api/v1/apps/a", &json!({})).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_key_that_reports_reads_nothing_and_one_that_reads_reports_nothing() {
    let server = Server::start().await;
    server
        .put("/api/v1/runs/r", &json!({"integration": "i"}))
        .await;
    let reading = server
        .authorized(Method::GET, "/api/v1/runs/r")
        .body(Body::empty())
        .expect("a request");
    let answer = server.send(reading).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::FORBIDDEN, "wrong_scope")
    );
    let writing = request(Method::PUT, "/api/v1/runs/r")
        .header(header::AUTHORIZATION, format!("Bearer {}", server.read));
    let answer = server
        .send(writing.body(Body::from("{}")).expect("a request"))
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::FORBIDDEN, "wrong_scope")
    );
    assert_eq!(
        server.read("/api/v1/runs/r").await.json()["run"]["key"],
        "r"
    );
}

#[tokio::test]
async fn a_stranger_with_a_key_of_another_workspace_sees_and_changes_nothing() {
    let server = Server::start().await;
    server
        .put(
            "/api/v1/runs/r",
            &json!({"integration": "i", "summary": "the owner's"}),
        )
        .await;
    let store = &server.state.store;
    let other = store
        .ensure_workspace("other", NOW)
        .await
        .expect("a workspace")
        .id;
    let (ingest, read) = (Scope::Ingest.secret([3; 32]), Scope::Read.secret([4; 32]));
    store
        .create_api_key(
            other,
            Scope::Ingest,
            store::KeyAsked::default(),
            &ingest,
            NOW,
        )
        .await
        .expect("a key");
    store
        .create_api_key(other, Scope::Read, store::KeyAsked::default(), &read, NOW)
        .await
        .expect("a key");

    let reading = request(Method::GET, "/api/v1/runs/r")
        .header(header::AUTHORIZATION, format!("Bearer {read}"));
    let foreign = server
        .send(reading.body(Body::empty()).expect("a request"))
        .await;
    let missing = server.read("/api/v1/runs/nothing").await;
    assert_eq!(
        (foreign.status, foreign.body),
        (missing.status, missing.body)
    );

    let writing = request(Method::PUT, "/api/v1/runs/r")
        .header(header::AUTHORIZATION, format!("Bearer {ingest}"));
    let body = json!({"integration": "i", "summary": "a stranger's"}).to_string();
    let answer = server
        .send(writing.body(Body::from(body)).expect("a request"))
        .await;
    // The same key in another workspace is another run.
    assert_eq!(answer.json()["page"], "http://127.0.0.1:3000/other/runs/r");
    assert_eq!(
        server.read("/api/v1/runs/r").await.json()["run"]["summary"],
        "the owner's"
    );
}

#[tokio::test]
async fn the_server_answers_to_names_of_this_machine_only() {
    let server = Server::start().await;
    for (host, status) in [
        ("localhost:3000", 200),
        ("[::1]:3000", 200),
        ("rebind.evil.test", 421),
    ] {
        let request = axum::http::Request::get("/livez").header(header::HOST, host);
        let answer = server
            .send(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(answer.status.as_u16(), status, "{host}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_load_the_sample() {
    let server = Server::start().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.test"),
        ("x-nothing", ""),
    ] {
        let request = request(Method::POST, "/main/demo").header(name, value);
        let answer = server
            .send(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::FORBIDDEN, "cross_origin"),
            "{name}"
        );
    }
    assert_eq!(server.state.demo.get(), app::context::Demo::Idle);
}
