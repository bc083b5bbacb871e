//! Signing in and out: links, passwords, sessions, cookies.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::{Timestamp, access::Token};
use server::{clock::Clock, entry::Entry};

use crate::{
    browser::{Browser, HOUR_MS, PASSWORD, first_admin, guarded, report_a_run},
    support::{NOW, Server, location},
};

#[tokio::test]
async fn the_first_admin_comes_by_a_link_that_works_once() {
    let server = guarded().await;
    let mut admin = first_admin(&server).await;
    assert_eq!(
        admin.get(&server, "/main/people").await.status,
        StatusCode::OK
    );
    let again = Browser::default()
        .get(&server, &format!("/setup/{}", Token::Setup.secret([1; 32])))
        .await;
    assert_eq!(again.status, StatusCode::GONE);
    let made_up = Browser::default().get(&server, "/setup/iv_setup_x").await;
    assert_eq!(made_up.status, StatusCode::GONE);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_asked_to_and_comes_back() {
    let server = guarded().await;
    first_admin(&server).await;
    report_a_run(&server).await;
    let answer = Browser::default().get(&server, "/main/runs/r?from=2").await;
    assert_eq!(
        location(&answer),
        "/sign-in?next=%2Fmain%2Fruns%2Fr%3Ffrom%3D2"
    );
    let missing = Browser::default().get(&server, "/other/runs/r").await;
    assert_eq!(location(&missing), "/sign-in?next=%2Fother%2Fruns%2Fr");
    let data = Browser::default()
        .get(&server, "/_/run?workspace=main&run=r&query=")
        .await;
    assert_eq!(data.status, StatusCode::UNAUTHORIZED);
    let mut browser = Browser::default();
    let elsewhere = [
        ("email", "dana@acme.test"),
        ("password", PASSWORD),
        ("next", "//evil.test"),
    ];
    assert_eq!(
        location(&browser.post(&server, "/sign-in", &elsewhere).await),
        "/"
    );
    assert!(
        browser
            .get(&server, "/main/runs/r/steps/s")
            .await
            .text()
            .contains("what the customer said")
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike_and_slowed_down() {
    let server = guarded().await;
    first_admin(&server).await;
    let mut texts = Vec::new();
    for email in ["dana@acme.test", "nobody@acme.test"] {
        let form = [("email", email), ("password", "not this one, no")];
        let answer = Browser::default().post(&server, "/sign-in", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        texts.push(answer.text().replace(email, "ADDRESS"));
    }
    assert_eq!(texts[0], texts[1]);
    for _ in 0..4 {
        let form = [
            ("email", "dana@acme.test"),
            ("password", "not this one, no"),
        ];
        Browser::default().post(&server, "/sign-in", &form).await;
    }
    // Now also the right one has to wait, for a second at first.
    let form = [("email", "dana@acme.test"), ("password", PASSWORD)];
    let answer = Browser::default().post(&server, "/sign-in", &form).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.text().contains("Try again in 1 s."));
}

#[tokio::test]
async fn a_new_session_takes_the_place_of_the_old_one_and_signing_out_ends_it() {
    let server = guarded().await;
    first_admin(&server).await;
    let mut browser = Browser::sign_in(&server, "dana@acme.test").await;
    let old = browser.cookie.clone();
    let form = [("email", "Dana@ACME.test"), ("password", PASSWORD)];
    browser.post(&server, "/sign-in", &form).await;
    assert_ne!(browser.cookie, old);
    let mut thief = Browser { cookie: old };
    assert_eq!(
        thief.get(&server, "/account").await.status,
        StatusCode::SEE_OTHER
    );
    let mut copy = Browser {
        cookie: browser.cookie.clone(),
    };
    assert_eq!(copy.get(&server, "/account").await.status, StatusCode::OK);
    assert_eq!(
        location(&browser.post(&server, "/sign-out", &[]).await),
        "/sign-in"
    );
    assert_eq!(browser.cookie, None);
    assert_eq!(
        copy.get(&server, "/account").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_cookie_is_out_of_reach_for_scripts_and_bound_to_tls_where_there_is_any() {
    let cookie = async |url: Option<&str>| {
        let url = url.map(str::to_owned);
        let server = Server::with(|state| {
            state.entry = Entry::guarded(true);
            state.door.public_url = url;
        })
        .await;
        let secret = Token::Setup.secret([1; 32]);
        server
            .state
            .store
            .create_ticket(None, &secret, NOW.plus_ms(HOUR_MS), NOW)
            .await
            .expect("a link");
        let answer = server.get(&format!("/setup/{secret}")).await;
        answer.headers[header::SET_COOKIE]
            .to_str()
            .expect("a cookie")
            .to_owned()
    };
    let plain = cookie(None).await;
    assert!(
        plain.starts_with("session=iv_session_") && plain.ends_with("HttpOnly; SameSite=Lax"),
        "{plain}"
    );
    let tls = cookie(Some("https://runs.example.com")).await;
    assert!(
        tls.starts_with("__Host-session=") && tls.ends_with("; Secure") && tls.contains("Path=/;"),
        "{tls}"
    );
}

#[tokio::test]
async fn another_password_needs_the_one_before_and_ends_the_other_sessions() {
    let server = guarded().await;
    first_admin(&server).await;
    let mut here = Browser::sign_in(&server, "dana@acme.test").await;
    let mut there = Browser::sign_in(&server, "dana@acme.test").await;
    let change = |old: &'static str| [("old", old), ("password", "another horse battery")];
    let refused = here
        .post(&server, "/account/password", &change("not this one, no"))
        .await;
    assert!(refused.text().contains("Password now: it is not this one"));
    let done = here
        .post(&server, "/account/password", &change(PASSWORD))
        .await;
    assert!(done.text().contains("Password set."), "{}", done.text());
    assert_eq!(here.get(&server, "/account").await.status, StatusCode::OK);
    assert_eq!(
        there.get(&server, "/account").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle() {
    let server = guarded().await;
    first_admin(&server).await;
    let browser = Browser::sign_in(&server, "dana@acme.test").await;
    let later = |hours: i64| Timestamp::from_ms(NOW.as_ms() + hours * HOUR_MS);
    for (hours, status) in [(11, StatusCode::OK), (24, StatusCode::SEE_OTHER)] {
        let mut state = server.state.clone();
        state.clock = Clock::Fixed(later(hours));
        let request = browser.request(Method::GET, "/account").body(Body::empty());
        let answer =
            tower::ServiceExt::oneshot(server::router::router(state), request.expect("a request"))
                .await;
        assert_eq!(
            answer.expect("infallible").status(),
            status,
            "after {hours} hours"
        );
    }
}

#[tokio::test]
async fn a_password_may_be_put_off_on_this_machine_only() {
    for (on_loopback, status) in [(true, StatusCode::OK), (false, StatusCode::SEE_OTHER)] {
        let url = Some("http://127.0.0.1:3000".to_owned());
        let server = Server::with(|state| {
            state.entry = Entry::guarded(on_loopback);
            state.door.public_url = url;
        })
        .await;
        let secret = Token::Setup.secret([1; 32]);
        let store = &server.state.store;
        store
            .create_ticket(None, &secret, NOW.plus_ms(HOUR_MS), NOW)
            .await
            .expect("a link");
        let mut browser = Browser::default();
        browser.get(&server, &format!("/setup/{secret}")).await;
        assert_eq!(browser.get(&server, "/main/flows").await.status, status);
        assert_eq!(
            browser.get(&server, "/account/complete").await.status,
            StatusCode::OK
        );
    }
}
