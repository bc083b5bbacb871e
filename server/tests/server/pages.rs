//! The pages as a browser without script gets them.

use axum::http::{StatusCode, header};
use serde_json::json;

use crate::support::Server;

async fn with_a_failed_run() -> Server {
    let server = Server::start().await;
    let report = json!({
        "integration": {"key": "int_1", "flow": {"key": "flow_1", "name": "Sync contacts", "status": "published"}, "user_id": "u_1", "user_auth": "dana@acme.example"},
        "status": "failed", "trigger": {"app": "Shop", "name": "Order created", "type": "webhook"},
        "started_at": "2026-11-12T09:14:00Z", "finished_at": "2026-11-12T09:14:02Z",
        "steps": [
            {"key": "s1", "name": "Get customer", "app": {"key": "shop", "name": "Shop"}, "response": {"status": 200, "body": {"id": 1}}},
            {"key": "s2", "name": "Create contact", "app": {"key": "crm", "name": "CRM"}, "error": "the token expired",
             "request": {"method": "POST", "url": "https://api.crm.example/contacts", "headers": {"X-Trace": "t1"}, "body": {"email": "dana@acme.example"}},
             "response": {"status": 401, "headers": {"Content-Type": "application/json"}, "body": {"error": {"code": "TOKEN_EXPIRED"}}},
             "object": {"email": "dana@acme.example"}}
        ],
    });
    assert_eq!(
        server.put("/api/v1/runs/run_1", &report).await.status,
        StatusCode::OK
    );
    let good = json!({
        "integration": "int_1", "status": "ok", "started_at": "2026-11-12T08:14:00Z",
        "steps": [{"key": "s2", "name": "Create contact", "app": "crm", "status": "ok", "started_at": "2026-11-12T08:14:00Z", "duration_ms": 5,
            "request": {"method": "POST", "url": "https://api.crm.example/contacts?dry_run=1", "body": {"email": "dana@acme.example"}},
            "response": {"status": 201}}],
    });
    assert_eq!(
        server.put("/api/v1/runs/run_0", &good).await.status,
        StatusCode::OK
    );
    server
}

const PAGES: [&str; 10] = [
    "/main/flows",
    "/main/flows/flow_1",
    "/main/integrations/int_1",
    "/main/runs/run_1",
    "/main/runs/run_1/steps/s2",
    "/main/runs/run_1/steps/s2?section=request",
    "/main/runs/run_1/steps/s2?section=object",
    "/main/runs/run_1/steps/s2?section=changes",
    "/main/runs/run_1/compare/run_0",
    "/main/runs/run_0",
];

#[tokio::test]
async fn every_page_is_whole_without_script() {
    let server = with_a_failed_run().await;
    let expected = [
        "Sync contacts",
        "dana@acme.example",
        "Order created",
        "Create contact",
        "TOKEN_EXPIRED",
        "https://api.crm.example/contacts",
        "email",
        "parameter dry_run",
        "Two runs compared",
        "Timeline of 1 step over",
    ];
    for (path, text) in PAGES.iter().zip(expected) {
        let page = server.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.text().contains(text), "{path} shows {text}");
    }
}

#[tokio::test]
async fn every_page_runs_under_a_strict_policy() {
    let server = with_a_failed_run().await;
    let mut policies = Vec::new();
    for path in PAGES.iter().chain(&["/main/flows/none", "/nowhere/at/all"]) {
        let page = server.get(path).await;
        let policy = page
            .headers
            .get(header::CONTENT_SECURITY_POLICY)
            .unwrap_or_else(|| panic!("{path} has no policy"));
        let policy = policy.to_str().expect("text").to_owned();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'nonce-"),
            "{path}: {policy}"
        );
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.headers[name], value, "{path} {name}");
        }
        let text = page.text();
        assert!(!text.contains(" style="), "{path} has an inline style");
        assert!(
            !text.contains(" onclick=") && !text.contains("javascript:"),
            "{path}"
        );
        policies.push(policy);
    }
    let nonces = policies.len();
    policies.sort();
    policies.dedup();
    assert_eq!(policies.len(), nonces, "each answer has a nonce of its own");
}

#[tokio::test]
async fn what_does_not_exist_is_404_and_says_so() {
    let server = with_a_failed_run().await;
    for path in [
        "/none/flows",
        "/main/flows/none",
        "/main/integrations/none",
        "/main/runs/none",
        "/main/runs/none/steps/s2",
        "/main/runs/run_1/steps/none",
        "/main/runs/run_1/compare/none",
        "/main/runs/none/compare/run_1",
        "/none/runs/run_1/compare/run_0",
        "/main/runs/run_1/steps/s2?section=changes&with=none",
        "/nowhere/at/all",
        "/main/runs/RUN_1",
    ] {
        let page = server.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(
            page.text().contains("Not found") || page.text().contains("not found"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_front_door_leads_to_the_flows() {
    let server = Server::start().await;
    let page = server.get("/").await;
    assert!(page.status.is_redirection(), "{}", page.status);
    assert_eq!(page.headers[header::LOCATION], "/main/flows");
}

#[tokio::test]
async fn an_empty_workspace_teaches_the_first_report_with_a_key_that_works() {
    let server = Server::start().await;
    let page = server.get("/main/flows").await.text();
    assert!(
        page.contains(&server.ingest),
        "the key is there to be pasted"
    );
    assert!(page.contains("curl"));
    server.put("/api/v1/flows/f", &json!({})).await;
    let page = server.get("/main/flows").await.text();
    assert!(
        !page.contains(&server.ingest),
        "once something was reported the key is gone"
    );
}

#[tokio::test]
async fn a_payload_of_markup_stays_text() {
    let server = Server::start().await;
    let attack = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
    let report = json!({
        "integration": {"key": "i", "user_id": attack, "flow": {"key": "f", "name": attack}}, "error": attack, "trigger": {"app": attack},
        "steps": [{"key": "s", "name": attack, "status": "failed", "error": attack,
            "request": {"url": attack, "headers": {attack: attack}, "body": attack},
            "response": {"status": 200, "headers": {attack: attack}, "body": attack}, "object": {attack: attack}}],
        "log": [{"key": "1", "message": attack}],
    });
    assert_eq!(
        server.put("/api/v1/runs/r", &report).await.status,
        StatusCode::OK
    );
    for path in [
        "/main/flows",
        "/main/flows/f",
        "/main/integrations/i",
        "/main/runs/r",
        "/main/runs/r/steps/s",
        "/main/runs/r/steps/s?body=raw",
        "/main/runs/r/steps/s?section=request",
        "/main/runs/r/steps/s?section=object",
        "/main/flows/f?search=%3C%2Fscript%3E%3Cscript%3Ealert(1)",
    ] {
        let page = server.get(path).await.text();
        assert!(!page.contains("<script>alert"), "{path}");
        assert!(!page.contains("<img"), "{path}");
    }
}

#[tokio::test]
async fn nonsense_in_an_address_is_left_out_and_named() {
    let server = with_a_failed_run().await;
    let page = server
        .get("/main/integrations/int_1?code=broken&size=7&at=x")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text().contains("broken"),
        "the page names what it left out"
    );
}

#[tokio::test]
async fn the_sample_workspace_goes_the_way_of_every_report() {
    let server = Server::start().await;
    let scale = server::demo::Scale::Small;
    let total = server::demo::total(scale) as u64;
    server::sample::feed(&server.state, server.workspace, scale, total)
        .await
        .expect("no report is refused");
    assert_eq!(
        server.state.demo.get(),
        app::context::Demo::Loading { done: total, total }
    );
    let page = server.get("/main/flows").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Sync contacts to CRM"));
}

#[tokio::test]
async fn a_pasted_run_leads_to_the_comparison() {
    let server = with_a_failed_run().await;
    for (with, expected) in [
        ("run_0", "/main/runs/run_1/compare/run_0"),
        ("+%E2%80%9Ca%2Fb%E2%80%9D", "/main/runs/run_1/compare/a%2Fb"),
        (
            "https%3A%2F%2Fiv.test%2Fmain%2Fruns%2Frun_0%2Fsteps%2Fs2",
            "/main/runs/run_1/compare/run_0",
        ),
        // Elsewhere, or nowhere.
        (
            "https%3A%2F%2Fiv.test%2Fother%2Fruns%2Fr",
            "/main/runs/run_1",
        ),
        ("", "/main/runs/run_1"),
    ] {
        let page = server
            .get(&format!("/main/runs/run_1/compare?with={with}"))
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{with}");
        assert_eq!(page.headers[header::LOCATION], expected, "{with}");
    }
}
