//! What people look after: keys, shared runs, the record.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::access::Role;

use crate::{
    browser::{Browser, PASSWORD, colleague, first_admin, guarded, report_a_run},
    support::{Server, request},
};

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
        .shares(server.workspace, server.run_id("r").await)
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

#[tokio::test]
async fn a_key_is_good_for_what_its_form_says() {
    let server = guarded().await;
    let mut admin = first_admin(&server).await;
    let refused: [(&[(&str, &str)], &str); 5] = [
        (
            &[("name", "n"), ("scope", "all")],
            "May: choose one of the list",
        ),
        (
            &[("name", "n"), ("scope", "ingest"), ("daily_quota", "0")],
            "Reports a day: a whole number above 0",
        ),
        (
            &[("name", "n"), ("scope", "ingest"), ("daily_quota", "1e3")],
            "Reports a day: a whole number above 0",
        ),
        (
            &[("name", "n"), ("scope", "ingest"), ("flow", "a\u{1}b")],
            "Only this flow: ",
        ),
        (
            &[("name", "n"), ("scope", "read"), ("integration", "i")],
            "a key that reads, reads the workspace",
        ),
    ];
    for (form, rule) in refused {
        let page = admin.post(&server, "/main/keys", form).await.text();
        assert!(page.contains(rule), "{form:?}");
        assert!(!page.contains("class=\"secret\""), "{form:?}");
    }
    let form = [
        ("name", "cron"),
        ("scope", "ingest"),
        ("integration", "mine"),
        ("daily_quota", "3"),
    ];
    let page = admin.post(&server, "/main/keys", &form).await.text();
    let at = page.find("class=\"secret\"").expect("the key");
    let from = page[at..].find("iv_ingest_").expect("the key") + at;
    let key = page[from..from + "iv_ingest_".len() + 49].to_owned();
    assert!(
        page.contains("0 of 3 today") && page.contains(">mine<"),
        "{page}"
    );
    let send = async |server: &Server, path: &str, body: &str| {
        let request =
            request(Method::PUT, path).header(header::AUTHORIZATION, format!("Bearer {key}"));
        server
            .send(
                request
                    .body(Body::from(body.to_owned()))
                    .expect("a request"),
            )
            .await
    };
    let beyond = send(&server, "/api/v1/runs/r0", r#"{"integration": "theirs"}"#).await;
    assert_eq!(beyond.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        beyond
            .text()
            .contains("this key is good for the integration `mine` only"),
        "{}",
        beyond.text()
    );
    // What was refused by the store was counted: it was work all the same.
    for run in ["r1", "r2"] {
        assert_eq!(
            send(&server, &format!("/api/v1/runs/{run}"), "{}")
                .await
                .status,
            StatusCode::OK
        );
    }
    let spent = send(&server, "/api/v1/runs/r3", "{}").await;
    assert_eq!(
        (spent.status, spent.code().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "daily_quota")
    );
    let wait: i64 = spent.headers[header::RETRY_AFTER]
        .to_str()
        .expect("text")
        .parse()
        .expect("seconds");
    let to_midnight = 86_400 - crate::support::NOW.as_ms() / 1_000 % 86_400;
    assert!(
        (to_midnight - 1..=to_midnight).contains(&wait),
        "{wait}, not {to_midnight}"
    );
    assert_eq!(
        server
            .state
            .store
            .run(server.workspace, "r3")
            .await
            .expect("the store"),
        None
    );
    let run = server
        .state
        .store
        .run(server.workspace, "r1")
        .await
        .expect("the store")
        .expect("a run");
    let mine = server
        .state
        .store
        .integration(server.workspace, "mine")
        .await
        .expect("the store")
        .expect("made");
    assert_eq!(
        run.integration_id, mine.id,
        "a run that names none is the key's"
    );

    let mut state = server.state.clone();
    state.clock = server::clock::Clock::Fixed(crate::support::NOW.plus_ms(wait * 1_000 + 1_000));
    let tomorrow = server::router::router(state);
    let request = request(Method::PUT, "/api/v1/runs/r3")
        .header(header::AUTHORIZATION, format!("Bearer {key}"));
    let answer =
        tower::ServiceExt::oneshot(tomorrow, request.body(Body::from("{}")).expect("a request"))
            .await;
    assert_eq!(answer.expect("infallible").status(), StatusCode::OK);
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
