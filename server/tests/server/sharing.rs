//! A link to one run, case by case: who makes it, what it shows, when it ends (S7).

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::{Timestamp, access::Role};
use serde_json::json;
use server::{clock::Clock, router::router};
use tower::ServiceExt as _;

use crate::{
    browser::{Browser, colleague, first_admin, guarded, report_a_run},
    support::{Answer, NOW, Server, request},
};

const DAY_MS: i64 = 86_400_000;

/// A server with a run `r` and one of its people.
async fn with(role: Role) -> (Server, Browser) {
    let server = guarded().await;
    let mut admin = first_admin(&server).await;
    report_a_run(&server).await;
    let person = colleague(&server, &mut admin, role).await;
    (server, person)
}

async fn make(server: &Server, by: &mut Browser, form: &[(&str, &str)]) -> Answer {
    by.post(server, "/main/runs/r/share", form).await
}

/// The path of the link that a page shows.
fn link(page: &Answer) -> String {
    let text = page.text();
    let link = text.split("http://127.0.0.1:3000").nth(1).expect("a link");
    link.split('<').next().expect("its end").to_owned()
}

/// What a link answers at another moment, from the same database.
async fn status_at(server: &Server, path: &str, now: Timestamp) -> StatusCode {
    let mut state = server.state.clone();
    state.clock = Clock::Fixed(now);
    let request = request(Method::GET, path).body(Body::empty());
    let answer = router(state).oneshot(request.expect("a request")).await;
    answer.expect("infallible").status()
}

async fn open(server: &Server, path: &str) -> Answer {
    Browser::default().get(server, path).await
}

#[tokio::test]
async fn who_may_not_export_makes_no_link_and_whoever_may_makes_any() {
    for (role, status) in [
        (Role::Viewer, StatusCode::FORBIDDEN),
        (Role::Support, StatusCode::OK),
        (Role::Operator, StatusCode::OK),
        (Role::Admin, StatusCode::OK),
    ] {
        let (server, mut person) = with(role).await;
        let answer = make(&server, &mut person, &[("days", "7")]).await;
        assert_eq!(answer.status, status, "{role}");
        let payloads = make(&server, &mut person, &[("days", "7"), ("payloads", "yes")]).await;
        assert_eq!(payloads.status, status, "{role}, with payloads");
        let list = person.get(&server, "/main/runs/r/share").await;
        assert_eq!(list.status, status, "{role} looks at the links");
    }
    let (server, _) = with(Role::Support).await;
    let mut nobody = Browser::default();
    let answer = make(&server, &mut nobody, &[("days", "7")]).await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "nobody is led to sign-in"
    );
}

#[tokio::test]
async fn a_link_is_good_for_the_days_that_are_offered_and_for_no_others() {
    let (server, mut person) = with(Role::Support).await;
    for days in [1, 7, 30, 90] {
        let path = link(&make(&server, &mut person, &[("days", &days.to_string())]).await);
        let end = NOW.plus_ms(days * DAY_MS);
        for (now, status) in [
            (NOW, StatusCode::OK),
            (end.plus_ms(-1), StatusCode::OK),
            (end, StatusCode::GONE),
            (end.plus_ms(365 * DAY_MS), StatusCode::GONE),
        ] {
            let answer = status_at(&server, &path, now).await;
            assert_eq!(answer, status, "{days} days, at {}", now.to_rfc3339());
        }
    }
    for days in [
        "",
        "0",
        "-1",
        "91",
        "365",
        "7.5",
        "for ever",
        "9223372036854775807",
        "٧",
    ] {
        let answer = make(&server, &mut person, &[("days", days)]).await;
        assert!(
            answer.text().contains("Good for: choose one of the list"),
            "{days:?}"
        );
        assert!(!answer.text().contains("/shared/iv_share_"), "{days:?}");
    }
    let links = server
        .state
        .store
        .shares(server.workspace, server.run_id("r").await)
        .await
        .expect("links");
    assert_eq!(links.len(), 4, "a refused form makes none");
}

#[tokio::test]
async fn a_link_that_is_not_quite_right_opens_nothing() {
    let (server, mut person) = with(Role::Support).await;
    let path = link(&make(&server, &mut person, &[("days", "7"), ("payloads", "yes")]).await);
    let secret = path.trim_start_matches("/shared/");
    let mut other = secret.to_owned().into_bytes();
    let last = other.last_mut().expect("a character");
    *last = if *last == b'a' { b'b' } else { b'a' };
    let other = String::from_utf8(other).expect("text");
    for wrong in [
        "x".to_owned(),
        "iv_share_".to_owned(),
        secret[..secret.len() - 1].to_owned(),
        format!("{secret}0"),
        secret.to_uppercase(),
        other,
        secret.replace("iv_share_", "iv_session_"),
        domain::access::Token::Share.secret([9; 32]),
        format!("%20{secret}"),
        domain::access::digest(secret),
    ] {
        for path in [
            format!("/shared/{wrong}"),
            format!("/shared/{wrong}/steps/s"),
        ] {
            let answer = open(&server, &path).await;
            assert_eq!(answer.status, StatusCode::GONE, "{path}");
            assert!(!answer.text().contains("Create contact"), "{path}");
        }
    }
    // Only reading is possible.
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = request(method.clone(), &path).header("sec-fetch-site", "same-origin");
        let answer = server
            .send(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    // And the secret is good for nothing else.
    for header in [header::AUTHORIZATION, header::COOKIE] {
        let value = match header {
            header::AUTHORIZATION => format!("Bearer {secret}"),
            _ => format!("session={secret}"),
        };
        for path in [
            "/main/runs/r",
            "/main/runs",
            "/main/runs/r/share",
            "/api/v1/runs/r",
        ] {
            let request = request(Method::GET, path)
                .header(header.clone(), &value)
                .header(header::ACCEPT, "text/html");
            let answer = server
                .send(request.body(Body::empty()).expect("a request"))
                .await;
            assert!(
                matches!(
                    answer.status,
                    StatusCode::SEE_OTHER | StatusCode::UNAUTHORIZED
                ),
                "{header} {path}: {}",
                answer.status
            );
        }
    }
}

#[tokio::test]
async fn a_link_shows_one_run_and_payloads_only_where_they_were_meant() {
    let (server, mut person) = with(Role::Support).await;
    let plain = link(&make(&server, &mut person, &[("days", "7")]).await);
    let full = link(&make(&server, &mut person, &[("days", "7"), ("payloads", "yes")]).await);
    let odd = link(&make(&server, &mut person, &[("days", "7"), ("payloads", "on")]).await);
    let secret = json!({"integration": "i", "status": "failed", "steps": [{"key": "s", "status": "failed",
        "response": {"status": 500, "headers": {"set-cookie": "sid=hunter2hunter2"}, "body": {"password": "hunter2hunter2", "note": "theirs"}}}]});
    assert_eq!(
        server.put("/api/v1/runs/other", &secret).await.status,
        StatusCode::OK
    );
    for (path, status) in [
        (plain.clone(), StatusCode::OK),
        (full.clone(), StatusCode::OK),
        (format!("{plain}/steps/s"), StatusCode::GONE),
        (format!("{odd}/steps/s"), StatusCode::GONE),
        (format!("{full}/steps/s"), StatusCode::OK),
        (format!("{full}/steps/missing"), StatusCode::NOT_FOUND),
        (format!("{full}/steps/S"), StatusCode::NOT_FOUND),
        (
            format!("{full}/steps/..%2f..%2fother"),
            StatusCode::NOT_FOUND,
        ),
    ] {
        let answer = open(&server, &path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(!answer.text().contains("theirs"), "{path}");
    }
    let mut admin = person;
    let theirs = admin
        .post(
            &server,
            "/main/runs/other/share",
            &[("days", "1"), ("payloads", "yes")],
        )
        .await;
    let page = open(&server, &format!("{}/steps/s", link(&theirs)))
        .await
        .text();
    assert!(
        page.contains("theirs") && !page.contains("hunter2"),
        "secrets stay out"
    );
    let missing = admin
        .post(&server, "/main/runs/nothing/share", &[("days", "7")])
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn no_cache_no_index_and_no_other_site_learns_the_address() {
    let (server, mut person) = with(Role::Support).await;
    let good = link(&make(&server, &mut person, &[("days", "7")]).await);
    for path in [good.as_str(), "/shared/x"] {
        let answer = open(&server, path).await;
        for (name, value) in [
            ("referrer-policy", "no-referrer"),
            ("x-robots-tag", "noindex"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert!(
                answer.headers[name].to_str().expect("text").contains(value),
                "{path}: {name}"
            );
        }
        assert!(answer.headers.get(header::SET_COOKIE).is_none(), "{path}");
        // No script that could tell somebody.
        assert!(!answer.text().contains("<script"), "{path}");
    }
}

#[tokio::test]
async fn a_revoked_link_ends_with_the_next_request_and_only_its_own_workspace_ends_it() {
    let (server, mut person) = with(Role::Support).await;
    let path = link(&make(&server, &mut person, &[("days", "7")]).await);
    let id = server
        .state
        .store
        .shares(server.workspace, server.run_id("r").await)
        .await
        .expect("links")[0]
        .id
        .0;
    let foreign = person
        .post(
            &server,
            &format!("/elsewhere/runs/r/share/{id}/revoke"),
            &[],
        )
        .await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    assert_eq!(open(&server, &path).await.status, StatusCode::OK);
    person
        .post(&server, &format!("/main/runs/r/share/{id}/revoke"), &[])
        .await;
    assert_eq!(open(&server, &path).await.status, StatusCode::GONE);
    // Twice is once.
    let again = person
        .post(&server, &format!("/main/runs/r/share/{id}/revoke"), &[])
        .await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let lines = server
        .state
        .store
        .audit_before(server.workspace, None, 100)
        .await
        .expect("lines");
    let told: Vec<_> = lines.iter().map(|line| line.action.as_str()).collect();
    for action in ["share.create", "share.open", "share.revoke"] {
        assert!(told.contains(&action), "{action}");
    }
    let secret = path.trim_start_matches("/shared/");
    assert!(
        lines.iter().all(|line| !line.target.contains(secret)),
        "the record holds no secret"
    );
    let bytes = std::fs::read(server.folder().join("test.db")).expect("the file");
    assert!(
        !bytes
            .windows(secret.len())
            .any(|part| part == secret.as_bytes()),
        "nor does the database"
    );
}

#[tokio::test]
async fn an_address_opens_so_many_links_a_minute() {
    let server = guarded().await;
    let ask = |address: [u8; 4]| {
        let mut request = request(Method::GET, "/shared/x")
            .body(Body::empty())
            .expect("a request");
        request
            .extensions_mut()
            .insert(server::address::Peer(address.into()));
        server.send(request)
    };
    for _ in 0..60 {
        assert_eq!(ask([203, 0, 113, 1]).await.status, StatusCode::GONE);
    }
    assert_eq!(
        ask([203, 0, 113, 1]).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(ask([203, 0, 113, 2]).await.status, StatusCode::GONE);
}
