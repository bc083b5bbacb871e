//! Signing in, roles, keys, shared runs, the record: through the router, by people with roles.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::{
    Timestamp,
    access::{Role, Token},
};
use serde_json::json;
use server::{clock::Clock, entry::Entry};

use crate::support::{Answer, NOW, Server, location, request};

const PASSWORD: &str = "correct horse battery";
const HOUR_MS: i64 = 3_600_000;

/// A browser: it keeps the one cookie that matters.
#[derive(Default)]
pub(crate) struct Browser {
    cookie: Option<String>,
}

impl Browser {
    pub(crate) async fn get(&mut self, server: &Server, path: &str) -> Answer {
        let request = self.request(Method::GET, path).body(Body::empty());
        self.keep(server.send(request.expect("a request")).await)
    }

    pub(crate) async fn post(
        &mut self,
        server: &Server,
        path: &str,
        form: &[(&str, &str)],
    ) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = serde_urlencoded::to_string(form).expect("a form");
        let answer = server
            .send(request.body(Body::from(body)).expect("a request"))
            .await;
        self.keep(answer)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let request = request(method, path).header(header::ACCEPT, "text/html,*/*");
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        if let Some(set) = answer.headers.get(header::SET_COOKIE) {
            let pair = set.to_str().expect("a cookie").split(';').next();
            self.cookie = pair.filter(|pair| !pair.ends_with('=')).map(str::to_owned);
        }
        answer
    }

    async fn sign_in(server: &Server, email: &str) -> Self {
        let mut browser = Self::default();
        let form = [
            ("email", email),
            ("password", PASSWORD),
            ("next", "/main/runs"),
        ];
        let answer = browser.post(server, "/sign-in", &form).await;
        assert_eq!(location(&answer), "/main/runs");
        browser
    }
}

/// A server on which people sign in.
pub(crate) async fn guarded() -> Server {
    Server::with(|state| state.entry = Entry::guarded(true)).await
}

/// The first admin, with a password.
async fn first_admin(server: &Server) -> Browser {
    let secret = Token::Setup.secret([1; 32]);
    let store = &server.state.store;
    store
        .create_ticket(None, &secret, NOW.plus_ms(HOUR_MS), NOW)
        .await
        .expect("a link");
    let mut browser = Browser::default();
    let answer = browser.get(server, &format!("/setup/{secret}")).await;
    assert_eq!(location(&answer), "/account/complete");
    let form = [("email", "dana@acme.test"), ("password", PASSWORD)];
    let answer = browser.post(server, "/account/complete", &form).await;
    assert_eq!(location(&answer), "/");
    browser
}

/// Somebody with a role, added by an admin.
pub(crate) async fn colleague(server: &Server, admin: &mut Browser, role: Role) -> Browser {
    let email = format!("{role}@acme.test");
    let form = [("email", email.as_str()), ("role", role.as_str())];
    let answer = admin.post(server, "/main/people", &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let text = answer.text();
    let link = text.split("http://127.0.0.1:3000").nth(1).expect("a link");
    let path = link.split('<').next().expect("its end").to_owned();
    let mut browser = Browser::default();
    assert!(browser.get(server, &path).await.text().contains(&email));
    let answer = browser.post(server, &path, &[("password", PASSWORD)]).await;
    assert_eq!(location(&answer), "/");
    browser
}

async fn report_a_run(server: &Server) {
    let run = json!({"integration": "i", "status": "failed", "steps": [
        {"key": "s", "name": "Create contact", "status": "failed", "response": {"status": 500, "body": "what the customer said"}}
    ]});
    assert_eq!(
        server.put("/api/v1/runs/r", &run).await.status,
        StatusCode::OK
    );
}

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
async fn a_key_is_made_used_rotated_and_revoked_on_its_page() {
    let server = guarded().await;
    let mut admin = first_admin(&server).await;
    let made = async |admin: &mut Browser, name: &str| {
        let page = admin
            .post(
                &server,
                "/main/keys",
                &[("name", name), ("scope", "ingest")],
            )
            .await;
        let text = page.text();
        let at = text.find("class=\"secret\"").expect("the key");
        let from = text[at..].find("iv_ingest_").expect("the key") + at;
        text[from..from + "iv_ingest_".len() + 49].to_owned()
    };
    let (old, new) = (made(&mut admin, "old").await, made(&mut admin, "new").await);
    let report = async |key: &str| {
        let request = request(Method::PUT, "/api/v1/apps/a")
            .header(header::AUTHORIZATION, format!("Bearer {key}"));
        server
            .send(request.body(Body::from("{}")).expect("a request"))
            .await
            .status
    };
    assert_eq!(
        (report(&old).await, report(&new).await),
        (StatusCode::OK, StatusCode::OK)
    );
    let page = admin.get(&server, "/main/keys").await.text();
    assert!(!page.contains(&old) && page.contains("old"));
    let keys = server
        .state
        .store
        .api_keys(server.workspace)
        .await
        .expect("keys");
    let id = keys
        .iter()
        .find(|key| key.name.as_deref() == Some("old"))
        .expect("the old one")
        .id
        .0;
    admin
        .post(&server, &format!("/main/keys/{id}/revoke"), &[])
        .await;
    assert_eq!(
        (report(&old).await, report(&new).await),
        (StatusCode::UNAUTHORIZED, StatusCode::OK)
    );
    let unnamed = admin
        .post(&server, "/main/keys", &[("name", " "), ("scope", "ingest")])
        .await;
    assert!(
        unnamed
            .text()
            .contains("Name: say which program has the key")
    );
}

#[tokio::test]
async fn a_shared_run_shows_what_its_link_says_until_it_ends() {
    let server = guarded().await;
    let mut admin = first_admin(&server).await;
    report_a_run(&server).await;
    let mut made = async |form: &[(&str, &str)]| {
        let text = admin.post(&server, "/main/runs/r/share", form).await.text();
        let link = text.split("http://127.0.0.1:3000").nth(1).expect("a link");
        link.split('<').next().expect("its end").to_owned()
    };
    let (plain, full) = (
        made(&[("days", "7")]).await,
        made(&[("days", "7"), ("payloads", "yes")]).await,
    );
    let mut outsider = Browser::default();
    let run = outsider.get(&server, &plain).await;
    assert!(run.status == StatusCode::OK && run.text().contains("Create contact"));
    assert_eq!(run.headers[header::REFERRER_POLICY], "no-referrer");
    let payload = outsider.get(&server, &format!("{plain}/steps/s")).await;
    assert_eq!(payload.status, StatusCode::GONE);
    assert!(!payload.text().contains("what the customer said"));
    let payload = outsider.get(&server, &format!("{full}/steps/s")).await;
    assert!(payload.text().contains("what the customer said"));
    // It leads to this run and to nothing else.
    assert_eq!(
        outsider.get(&server, "/main/runs/r").await.status,
        StatusCode::SEE_OTHER
    );
    let links = server
        .state
        .store
        .shares(server.workspace, run_id(&server).await)
        .await
        .expect("links");
    assert_eq!(links.iter().map(|link| link.uses).sum::<i64>(), 2);
    for link in links {
        admin
            .post(
                &server,
                &format!("/main/runs/r/share/{}/revoke", link.id.0),
                &[],
            )
            .await;
    }
    for path in [&plain, &full, &format!("{full}/steps/s")] {
        assert_eq!(
            outsider.get(&server, path).await.status,
            StatusCode::GONE,
            "{path}"
        );
    }
}

async fn run_id(server: &Server) -> domain::RunId {
    let run = server.state.store.run(server.workspace, "r").await;
    run.expect("the store").expect("a run").id
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
async fn what_people_do_is_on_record_and_the_record_is_whole() {
    let server = guarded().await;
    let mut admin = first_admin(&server).await;
    report_a_run(&server).await;
    let mut viewer = colleague(&server, &mut admin, Role::Viewer).await;
    viewer.get(&server, "/main/runs.csv").await;
    admin.get(&server, "/main/runs.csv").await;
    admin
        .post(
            &server,
            "/main/integrations/i/status",
            &[("status", "disabled")],
        )
        .await;
    admin
        .post(
            &server,
            "/main/keys",
            &[("name", "engine"), ("scope", "read")],
        )
        .await;
    admin
        .post(&server, "/main/runs/r/share", &[("days", "1")])
        .await;
    Browser::sign_in(&server, "dana@acme.test").await;
    let lines = server
        .state
        .store
        .audit_before(server.workspace, None, 100)
        .await
        .expect("lines");
    let told: Vec<_> = lines
        .iter()
        .rev()
        .map(|line| format!("{} {} {}", line.actor, line.action, line.outcome))
        .collect();
    for expected in [
        "nobody setup allowed",
        "first admin account.password allowed",
        "dana@acme.test key.create allowed",
        "dana@acme.test share.create allowed",
        "dana@acme.test people.role allowed",
        "nobody account.password allowed",
        "viewer@acme.test export refused",
        "dana@acme.test export allowed",
        "dana@acme.test integration.status allowed",
        "nobody sign_in allowed",
    ] {
        assert!(
            told.iter().any(|line| line == expected),
            "{expected} is not in {told:#?}"
        );
    }
    assert_eq!(
        server
            .state
            .store
            .check_audit()
            .await
            .expect("a check")
            .fault,
        None
    );
    let page = admin.get(&server, "/main/audit").await.text();
    assert!(page.contains("integration.status") && !page.contains(PASSWORD));
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
