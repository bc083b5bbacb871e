//! What people may see and do, and what nobody else becomes.

use axum::http::StatusCode;
use domain::access::{Role, Token};

use crate::{
    browser::{Browser, HOUR_MS, PASSWORD, colleague, first_admin, guarded, report_a_run},
    support::NOW,
};

#[tokio::test]
async fn a_viewer_sees_no_payload_by_any_way() {
    let server = guarded().await;
    let mut admin = first_admin(&server).await;
    report_a_run(&server).await;
    let mut viewer = colleague(&server, &mut admin, Role::Viewer).await;
    let page = viewer.get(&server, "/main/runs/r/steps/s").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Your role shows no payloads."));
    for path in [
        "/main/runs/r",
        "/main/runs/r/steps/s",
        "/main/runs/r/steps/s?section=changes",
        "/main/runs/r/steps/s?section=request",
        "/_/step?workspace=main&run=r&step=s&query=",
        "/main/runs/r/steps/s/response-body",
        "/main/runs.csv",
        "/main/runs/r/steps.json",
        "/main/runs/r/compare/r",
        "/_/compare?workspace=main&run=r&other=r",
        "/main/runs/r/share",
    ] {
        let answer = viewer.get(&server, path).await;
        assert!(!answer.text().contains("what the customer said"), "{path}");
    }
    let mut support = colleague(&server, &mut admin, Role::Support).await;
    let body = support
        .get(&server, "/main/runs/r/steps/s/response-body")
        .await;
    assert_eq!(body.text(), "what the customer said");
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_at_the_next_request() {
    let server = guarded().await;
    let mut admin = first_admin(&server).await;
    let mut lee = colleague(&server, &mut admin, Role::Admin).await;
    assert_eq!(lee.get(&server, "/main/keys").await.status, StatusCode::OK);
    let members = server
        .state
        .store
        .members(server.workspace)
        .await
        .expect("members");
    let lee_is = members
        .iter()
        .find(|one| one.account.email.as_deref() == Some("admin@acme.test"));
    let path = format!("/main/people/{}", lee_is.expect("Lee").account.id.0);
    admin.post(&server, &path, &[("role", "viewer")]).await;
    assert_eq!(
        lee.get(&server, "/main/keys").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(lee.get(&server, "/main/flows").await.status, StatusCode::OK);
    admin.post(&server, &path, &[("do", "remove")]).await;
    assert_eq!(
        lee.get(&server, "/main/flows").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn whoever_is_in_another_workspace_sees_nothing_of_this_one() {
    let server = guarded().await;
    first_admin(&server).await;
    report_a_run(&server).await;
    let store = &server.state.store;
    let other = store
        .ensure_workspace("other", NOW)
        .await
        .expect("a workspace")
        .id;
    let stranger = store
        .invite(other, "stranger@evil.test", Role::Admin, NOW)
        .await
        .expect("the store")
        .expect("an account");
    let ticket = Token::Password.secret([9; 32]);
    store
        .create_ticket(Some(stranger.id), &ticket, NOW.plus_ms(HOUR_MS), NOW)
        .await
        .expect("a link");
    let mut browser = Browser::default();
    browser
        .post(
            &server,
            &format!("/password/{ticket}"),
            &[("password", PASSWORD)],
        )
        .await;
    assert_eq!(
        browser.get(&server, "/other/flows").await.status,
        StatusCode::OK
    );
    for path in [
        "/flows",
        "/runs",
        "/runs/r",
        "/runs/r/steps/s",
        "/settings",
        "/people",
        "/keys",
        "/audit",
        "/runs.csv",
        "/runs/r/steps/s/response-body",
        "/runs/r/share",
        "/events",
    ] {
        let at = async |browser: &mut Browser, workspace: &str| {
            let answer = browser.get(&server, &format!("/{workspace}{path}")).await;
            (answer.status, answer.text())
        };
        let foreign = at(&mut browser, "main").await;
        assert_eq!(foreign.0, StatusCode::NOT_FOUND, "{path}");
        assert!(!foreign.1.contains("what the customer said"), "{path}");
    }
}

#[tokio::test]
async fn an_admin_of_one_workspace_cannot_become_somebody_of_another() {
    let server = guarded().await;
    let mut admin = first_admin(&server).await;
    let store = &server.state.store;
    let other = store
        .ensure_workspace("other", NOW)
        .await
        .expect("a workspace")
        .id;
    // Neither has set a password yet.
    for email in ["lee@acme.test", "kim@acme.test"] {
        store
            .invite(other, email, Role::Admin, NOW)
            .await
            .expect("the store")
            .expect("an account");
    }
    for (path, form) in [
        (
            "/main/people".to_owned(),
            vec![("email", "lee@acme.test"), ("role", "viewer")],
        ),
        (
            "/main/people".to_owned(),
            vec![("email", "kim@acme.test"), ("role", "viewer")],
        ),
    ] {
        let text = admin.post(&server, &path, &form).await.text();
        assert!(text.contains("They are in other workspaces too"), "{text}");
        assert!(!text.contains("iv_password_"));
    }
    let members = store.members(server.workspace).await.expect("members");
    let lee = members
        .iter()
        .find(|one| one.account.email.as_deref() == Some("lee@acme.test"));
    let path = format!("/main/people/{}", lee.expect("Lee").account.id.0);
    let text = admin.post(&server, &path, &[("do", "link")]).await.text();
    assert!(!text.contains("iv_password_"));
}

#[tokio::test]
async fn a_function_is_not_called_past_its_role_by_naming_the_workspace_twice() {
    let server = guarded().await;
    let mut admin = first_admin(&server).await;
    report_a_run(&server).await;
    let mut viewer = colleague(&server, &mut admin, Role::Viewer).await;
    for query in [
        "workspace=main&workspace=main",
        "workspace=other&workspace=main",
        "workspace[]=main",
        "workspac%65=main&workspace=main",
    ] {
        let path = format!("/_/compare?{query}&run=r&other=r");
        let answer = viewer.get(&server, &path).await;
        assert!(
            answer.status.is_client_error(),
            "{query}: {}",
            answer.status
        );
        assert!(!answer.text().contains("what the customer said"), "{query}");
    }
}
