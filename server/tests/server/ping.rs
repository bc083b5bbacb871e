//! Heartbeats, as clients of heartbeat monitors send them.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use domain::{
    Key, Status, Total,
    access::{Bounds, Scope},
    filter::RunFilter,
};
use store::{KeyAsked, RunsOf};

use crate::support::{Answer, NOW, Server, request};

const RID: &str = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

/// A key for heartbeats: of one integration, or of all.
async fn key(server: &Server, integration: Option<&str>, number: u8) -> String {
    let bounds = Bounds {
        flow: None,
        integration: integration.map(|key| Key::new(key).expect("a key")),
    };
    let secret = Scope::Ping.secret_for(&bounds, [number; 32]);
    let asked = KeyAsked {
        bounds,
        ..KeyAsked::default()
    };
    let made =
        server
            .state
            .store
            .create_api_key(server.workspace, Scope::Ping, asked, &secret, NOW);
    made.await.expect("a key");
    secret
}

async fn ping(server: &Server, method: Method, path: &str, body: &str) -> Answer {
    let request = request(method, &format!("/ping/{path}")).body(Body::from(body.to_owned()));
    server.send(request.expect("a request")).await
}

async fn taken(server: &Server, path: &str, body: &str) {
    let answer = ping(server, Method::POST, path, body).await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (StatusCode::OK, "OK"),
        "{path}"
    );
}

/// The statuses of an integration's runs and what they say, the oldest first.
async fn runs(server: &Server, integration: &str) -> Vec<(Status, String)> {
    let (store, all) = (&server.state.store, RunFilter::default());
    let found = store
        .integration(server.workspace, integration)
        .await
        .expect("the store")
        .expect("it");
    let page = store.list_runs(server.workspace, RunsOf::Integration(&found), &all, NOW);
    let mut told = Vec::new();
    for row in page.await.expect("runs").rows.into_iter().rev() {
        let run = store.run(server.workspace, row.key.as_str()).await;
        let run = run.expect("the store").expect("a run");
        told.push((run.status, run.error.unwrap_or_default()));
    }
    told
}

#[tokio::test]
async fn a_start_and_its_end_are_one_run_with_and_without_a_run_id() {
    let server = Server::start().await;
    let uuid = key(&server, Some("nightly"), 7).await;
    taken(&server, &format!("{uuid}/start"), "").await;
    assert_eq!(
        runs(&server, "nightly").await,
        [(Status::Running, String::new())]
    );
    // Clients mix methods in one run.
    let answer = ping(&server, Method::GET, &uuid, "").await;
    assert_eq!(answer.text(), "OK");
    assert_eq!(
        runs(&server, "nightly").await,
        [(Status::Ok, String::new())]
    );

    taken(&server, &format!("{uuid}/start?rid={RID}"), "").await;
    let other = "00000000-0000-4000-8000-000000000001";
    taken(&server, &format!("{uuid}/start?rid={other}"), "").await;
    taken(
        &server,
        &format!("{uuid}/3?rid={}", RID.to_uppercase()),
        "step 1\ndisk full\n",
    )
    .await;
    // The same again, after an answer that was lost.
    taken(
        &server,
        &format!("{uuid}/3?rid={RID}"),
        "step 1\ndisk full\n",
    )
    .await;
    let failed = (Status::Failed, "disk full".to_owned());
    let told = runs(&server, "nightly").await;
    assert_eq!(
        told.len(),
        3,
        "two starts with two IDs are two runs: {told:?}"
    );
    assert!(told.contains(&failed) && told.contains(&(Status::Running, String::new())));
    let run = server
        .state
        .store
        .list_runs(
            server.workspace,
            RunsOf::Workspace,
            &RunFilter {
                status: vec![Status::Failed],
                ..RunFilter::default()
            },
            NOW,
        )
        .await
        .expect("runs")
        .rows;
    let (entries, total) = server
        .state
        .store
        .log_page(
            server.workspace,
            run[0].id,
            &Default::default(),
            &Default::default(),
        )
        .await
        .expect("a log");
    let entries = entries.rows;
    assert_eq!(
        (total, entries[0].message.as_str()),
        (Total::Exact(1), "step 1")
    );
    assert_eq!(entries[0].description.as_deref(), Some("step 1\ndisk full"));
    // A failure without an ID ends what is open.
    taken(&server, &format!("{uuid}/fail"), "").await;
    let told = runs(&server, "nightly").await;
    assert_eq!(told.len(), 3);
    assert!(
        told.contains(&(Status::Failed, "the job reported that it failed".to_owned())),
        "{told:?}"
    );
}

#[tokio::test]
async fn an_end_that_comes_before_its_start_and_twice_is_one_run() {
    let server = Server::start().await;
    let uuid = key(&server, Some("nightly"), 7).await;
    for end in ["", "/start", "", "/start"] {
        taken(
            &server,
            &format!("{uuid}{end}?rid={RID}&rid=2&create=&x=%ff"),
            "",
        )
        .await;
        assert_eq!(
            runs(&server, "nightly").await,
            [(Status::Ok, String::new())],
            "{end}"
        );
    }
}

#[tokio::test]
async fn an_end_alone_is_a_run_and_a_line_of_log_joins_one() {
    let server = Server::start().await;
    let uuid = key(&server, Some("nightly"), 7).await;
    let head = ping(&server, Method::HEAD, &uuid, "").await;
    assert_eq!((head.status, head.text().as_str()), (StatusCode::OK, ""));
    taken(&server, &format!("{uuid}/1"), "").await;
    taken(&server, &format!("{uuid}/log"), "later").await;
    let told = runs(&server, "nightly").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.contains(&(
        Status::Failed,
        "the job ended with exit status 1".to_owned()
    )));
    // A log before any run.
    let quiet = key(&server, Some("quiet"), 8).await;
    taken(&server, &format!("{quiet}/log"), "hello").await;
    assert_eq!(
        runs(&server, "quiet").await,
        [(Status::Queued, String::new())]
    );
}

#[tokio::test]
async fn a_slug_is_found_made_or_unknown() {
    let server = Server::start().await;
    let all = key(&server, None, 7).await;
    let answer = ping(&server, Method::GET, &format!("{all}/backup"), "").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (StatusCode::NOT_FOUND, "not found")
    );
    let answer = ping(&server, Method::GET, &format!("{all}/backup?create=1"), "").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (StatusCode::CREATED, "Created")
    );
    let answer = ping(&server, Method::GET, &format!("{all}/backup?create=1"), "").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (StatusCode::OK, "OK")
    );
    assert_eq!(runs(&server, "backup").await.len(), 2);
}

#[tokio::test]
async fn what_clients_expect_of_answers_holds() {
    let server = Server::start().await;
    let (uuid, all) = (
        key(&server, Some("nightly"), 7).await,
        key(&server, None, 8).await,
    );
    for (path, status, text) in [
        (
            format!("{uuid}/256"),
            StatusCode::BAD_REQUEST,
            "invalid url format",
        ),
        (
            format!("{all}/Backup"),
            StatusCode::BAD_REQUEST,
            "invalid url format",
        ),
        (
            format!("{uuid}?rid=1"),
            StatusCode::BAD_REQUEST,
            "invalid uuid format",
        ),
        (
            "x".to_owned(),
            StatusCode::BAD_REQUEST,
            "invalid url format",
        ),
        (RID.to_owned(), StatusCode::NOT_FOUND, "not found"),
        // A key that reports is none that pings, and the other way round.
        (
            format!("{}/nightly", server.ingest),
            StatusCode::NOT_FOUND,
            "not found",
        ),
        (
            format!("{}/nightly", server.read),
            StatusCode::NOT_FOUND,
            "not found",
        ),
        (format!("{uuid}?unknown=1&x"), StatusCode::OK, "OK"),
    ] {
        let answer = ping(&server, Method::POST, &path, "").await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (status, text),
            "{path}"
        );
        assert_eq!(answer.headers["ping-body-limit"], "65000");
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
    }
    let request = request(Method::PUT, &format!("/ping/{uuid}")).body(Body::empty());
    let answer = server.send(request.expect("a request")).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_long_body_is_cut_and_a_secret_in_it_does_not_stay() {
    let server = Server::start().await;
    let uuid = key(&server, Some("nightly"), 7).await;
    let body = format!("password=hunter2hunter2\n{}", "x".repeat(200_000));
    taken(&server, &format!("{uuid}/fail"), &body).await;
    let store = &server.state.store;
    let rows = store
        .list_runs(
            server.workspace,
            RunsOf::Workspace,
            &RunFilter::default(),
            NOW,
        )
        .await
        .expect("runs")
        .rows;
    let (entries, _) = store
        .log_page(
            server.workspace,
            rows[0].id,
            &Default::default(),
            &Default::default(),
        )
        .await
        .expect("a log");
    let entries = entries.rows;
    let text = entries[0].description.as_deref().expect("the rest");
    assert!(text.ends_with("(cut here)") && text.len() < 70_000);
    assert!(
        !text.contains("hunter2") && !entries[0].message.contains("hunter2"),
        "{}",
        entries[0].message
    );
}

#[tokio::test]
async fn a_disabled_integration_ignores_pings_and_a_revoked_key_is_unknown() {
    let server = Server::start().await;
    let uuid = key(&server, Some("nightly"), 7).await;
    taken(&server, &uuid, "").await;
    let disabled = serde_json::json!({"status": "disabled"});
    server.put("/api/v1/integrations/nightly", &disabled).await;
    taken(&server, &uuid, "").await;
    assert_eq!(runs(&server, "nightly").await.len(), 1);
    let id = server.newest_key().await;
    server
        .state
        .store
        .revoke_api_key(server.workspace, id, NOW)
        .await
        .expect("revoked");
    let answer = ping(&server, Method::GET, &uuid, "").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (StatusCode::NOT_FOUND, "not found")
    );
}
