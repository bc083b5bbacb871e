//! Signing in with an identity provider: who gets in, who does not, and every answer that lies.

mod provider;

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::access::Role;
use serde_json::{Value, json};
use server::{
    entry::Entry,
    oidc::{Join, Oidc, Settings},
};
use tokio::net::TcpListener;

use crate::{
    browser::{PASSWORD, report_a_run},
    support::{Answer, NOW, Server, location, request},
};
use provider::{Provider, SECRET, Signed};

/// A browser with all of its cookies.
#[derive(Default, Clone)]
struct Browser(BTreeMap<String, String>);

impl Browser {
    async fn get(&mut self, server: &Server, path: &str) -> Answer {
        self.send(server, Method::GET, path, Body::empty()).await
    }

    async fn post(&mut self, server: &Server, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(form).expect("a form");
        self.send(server, Method::POST, path, Body::from(body))
            .await
    }

    async fn send(&mut self, server: &Server, method: Method, path: &str, body: Body) -> Answer {
        let cookies = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        let request = request(method, path)
            .header(header::ACCEPT, "text/html,*/*")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookies.collect::<Vec<_>>().join("; "));
        let answer = server.send(request.body(body).expect("a request")).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().expect("a cookie");
            assert!(set.contains("; HttpOnly; SameSite=Lax"), "{set}");
            let pair = set.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a pair");
            match value {
                "" => drop(self.0.remove(name)),
                value => drop(self.0.insert(name.to_owned(), value.to_owned())),
            }
        }
        answer
    }

    /// To the provider and to what its answer leads to, which is not opened yet.
    async fn consent(&mut self, server: &Server, provider: &Provider, next: &str) -> String {
        let begun = self.get(server, &app::route::oidc(next)).await;
        provider.consent(location(&begun))
    }

    /// There and back.
    async fn come(&mut self, server: &Server, provider: &Provider) -> Answer {
        let back = self.consent(server, provider, "/main/runs/r?from=2").await;
        self.get(server, &back).await
    }

    async fn is_in(&mut self, server: &Server) -> bool {
        self.get(server, "/account").await.status == StatusCode::OK
    }
}

async fn server(settings: Settings) -> Server {
    Server::with(|state| {
        state.entry = Entry::guarded(true);
        state.entry.provider = Some(Oidc::new(settings).expect("a provider"));
    })
    .await
}

async fn invite(server: &Server, email: &str) {
    let store = &server.state.store;
    let invited = store
        .invite(server.workspace, email, Role::Admin, NOW)
        .await;
    invited.expect("the store").expect("an account");
}

/// The provider, a server that trusts it, and Dana, who never had a password.
async fn acme() -> (Provider, Server) {
    let provider = Provider::start().await;
    let server = server(provider.settings()).await;
    invite(&server, "dana@acme.test").await;
    (provider, server)
}

async fn lines(server: &Server) -> Vec<(String, String, String)> {
    let lines = server.state.store.audit_before(server.workspace, None, 50);
    let lines = lines.await.expect("the record").into_iter();
    lines
        .map(|line| (line.action, line.target, line.outcome.to_string()))
        .collect()
}

#[tokio::test]
async fn somebody_without_a_password_comes_in_and_to_where_they_wanted() {
    let (provider, server) = acme().await;
    report_a_run(&server).await;
    for signed in [Signed::Rs256, Signed::Es256] {
        provider.says().signed = signed;
        let mut browser = Browser::default();
        let asked = browser.get(&server, "/main/runs/r?from=2").await;
        let page = browser.get(&server, location(&asked)).await.text();
        assert!(
            page.contains(r#"href="/sign-in/oidc?next=%2Fmain%2Fruns%2Fr%3Ffrom%3D2""#),
            "{page}"
        );
        assert!(page.contains("Sign in with Acme") && page.contains("type=\"password\""));
        let inside = browser.come(&server, &provider).await;
        assert_eq!(location(&inside), "/main/runs/r?from=2", "{signed:?}");
        assert_eq!(browser.0.keys().collect::<Vec<_>>(), ["session"]);
        assert_eq!(
            browser.get(&server, "/main/runs/r").await.status,
            StatusCode::OK
        );
        let account = browser.get(&server, "/account").await.text();
        assert!(
            account.contains("You sign in with Acme.") && !account.contains("type=\"password\"")
        );
        // Nor can they give themselves another address by the first admin's form.
        let form = [("email", "lee@acme.test"), ("password", PASSWORD)];
        let refused = browser.post(&server, "/account/complete", &form).await;
        assert_eq!(location(&refused), "/account");
    }
    let signed_in = (
        "sign_in".to_owned(),
        "dana@acme.test".to_owned(),
        "allowed".to_owned(),
    );
    let lines = lines(&server).await;
    assert_eq!(
        lines.iter().filter(|line| **line == signed_in).count(),
        2,
        "{lines:?}"
    );
}

#[tokio::test]
async fn the_way_back_leads_nowhere_else() {
    let (provider, server) = acme().await;
    for next in ["//evil.test/a", "https://evil.test", "/\\evil.test", ""] {
        let mut browser = Browser::default();
        let back = browser.consent(&server, &provider, next).await;
        assert_eq!(location(&browser.get(&server, &back).await), "/", "{next}");
    }
}

#[tokio::test]
async fn an_answer_opens_only_in_the_browser_that_asked_and_once() {
    let (provider, server) = acme().await;
    let stale = |answer: &Answer| {
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.text().contains("was begun in another browser"),
            "{}",
            answer.text()
        );
    };
    let mut browser = Browser::default();
    let back = browser.consent(&server, &provider, "/").await;
    let kept = browser.clone();
    // Somebody else's browser: none begun there, or another one.
    let mut other = Browser::default();
    stale(&other.get(&server, &back).await);
    other.consent(&server, &provider, "/").await;
    stale(&other.get(&server, &back).await);
    assert!(!other.is_in(&server).await);
    assert!(other.0.is_empty(), "what was begun is over");

    assert_eq!(location(&browser.get(&server, &back).await), "/");
    stale(&Browser::default().get(&server, &back).await);
    stale(&browser.get(&server, &back).await);
    // Even with the cookie that was there before: the code is used.
    let mut again = kept;
    stale(&again.get(&server, &back).await);
    assert!(!again.is_in(&server).await);
    // It took too long.
    let mut slow = Browser::default();
    let back = slow.consent(&server, &provider, "/").await;
    let value = slow.0["sign-in"].replace(
        &NOW.as_ms().to_string(),
        &(NOW.as_ms() - 600_000).to_string(),
    );
    slow.0.insert("sign-in".to_owned(), value);
    stale(&slow.get(&server, &back).await);
    assert_eq!(
        server
            .state
            .store
            .check_audit()
            .await
            .expect("the record")
            .lines,
        7
    );
}

#[tokio::test]
async fn a_token_that_lies_lets_nobody_in() {
    let (provider, server) = acme().await;
    let now = NOW.as_ms() / 1_000;
    let claims: &[(&str, Value)] = &[
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("aud", json!(["another", "integration-view"])),
        ("azp", json!("another")),
        ("iss", json!("https://id.evil.test")),
        ("iss", json!([provider.issuer, "https://id.evil.test"])),
        ("exp", json!(now - 61)),
        ("exp", Value::Null),
        ("nbf", json!(now + 61)),
        ("iat", json!(now + 61)),
    ];
    let refuse = async |what: String| {
        let mut browser = Browser::default();
        let answer = browser.come(&server, &provider).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{what}");
        assert!(answer.text().contains("could not be checked"), "{what}");
        assert!(
            browser.0.is_empty() && !browser.is_in(&server).await,
            "{what}"
        );
    };
    for (claim, value) in claims {
        provider.says().claims.clear();
        provider.lie(claim, value.clone());
        refuse(format!("{claim}: {value}")).await;
    }
    provider.says().claims.clear();
    for signed in [
        Signed::ByAnother,
        Signed::Hs256,
        Signed::Confused,
        Signed::Not,
    ] {
        provider.says().signed = signed;
        refuse(format!("{signed:?}")).await;
    }
    provider.says().signed = Signed::Rs256;
    let answer = Browser::default().come(&server, &provider).await;
    assert_eq!(location(&answer), "/main/runs/r?from=2", "the truth");
}

#[tokio::test]
async fn whoever_may_not_come_in_learns_no_more_than_that() {
    let (provider, server) = acme().await;
    let store = &server.state.store;
    invite(&server, "gone@acme.test").await;
    invite(&server, "stays@acme.test").await;
    let form = store.account("gone@acme.test").await.expect("the store");
    let gone = form.expect("an account").account.id;
    let stays = store.account("stays@acme.test").await.expect("the store");
    let stays = stays.expect("an account").account.id;
    let known = store::Identity {
        issuer: provider.issuer.clone(),
        subject: "stays".to_owned(),
        email: "stays@acme.test".to_owned(),
    };
    let identified = store.identify(&known, None, NOW).await.expect("the store");
    assert_eq!(identified.expect("an account").id, stays);
    let left = store.set_role(server.workspace, gone, None, NOW).await;
    left.expect("the store").expect("another admin stays");
    let cases: &[&[(&str, Value)]] = &[
        &[("email", json!("nobody@acme.test"))],
        &[("email_verified", json!(false))],
        &[("email_verified", Value::Null)],
        &[("email_verified", json!(1))],
        // No role is left to them.
        &[("email", json!("gone@acme.test"))],
        // Another person has the address now.
        &[
            ("email", json!("stays@acme.test")),
            ("sub", json!("another")),
        ],
        &[("sub", json!(""))],
    ];
    let mut texts = Vec::new();
    for claims in cases {
        provider.says().claims.clear();
        for (claim, value) in *claims {
            provider.lie(claim, value.clone());
        }
        let mut browser = Browser::default();
        let answer = browser.come(&server, &provider).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{claims:?}"
        );
        assert!(browser.0.is_empty(), "{claims:?}");
        texts.push(answer.text());
    }
    assert!(
        texts[0].contains("nobody with your e-mail address may come in here"),
        "{}",
        texts[0]
    );
    assert!(texts.iter().all(|text| *text == texts[0]));
    let refused = lines(&server).await;
    assert!(
        refused.is_empty(),
        "none of them is of the workspace: {refused:?}"
    );
    assert_eq!(
        store.check_audit().await.expect("the record").lines as usize,
        cases.len()
    );
}

#[tokio::test]
async fn an_account_goes_by_the_person_and_no_longer_by_the_address() {
    let (provider, server) = acme().await;
    Browser::default().come(&server, &provider).await;
    provider.lie("email", json!("dana.lee@acme.test"));
    let mut browser = Browser::default();
    assert_eq!(
        location(&browser.come(&server, &provider).await),
        "/main/runs/r?from=2"
    );
    assert!(
        browser
            .get(&server, "/account")
            .await
            .text()
            .contains("dana@acme.test")
    );
    // Whoever has the address next is somebody else.
    provider.says().claims.clear();
    provider.lie("sub", json!("u-2"));
    let mut next = Browser::default();
    assert_eq!(
        next.come(&server, &provider).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    // Until whoever runs the server says that it is the same person.
    let dana = server
        .state
        .store
        .account("dana@acme.test")
        .await
        .expect("the store");
    let dana = dana.expect("an account").account.id;
    server
        .state
        .store
        .forget_identity(dana, NOW)
        .await
        .expect("the store");
    assert_eq!(
        location(&next.come(&server, &provider).await),
        "/main/runs/r?from=2"
    );
}

#[tokio::test]
async fn somebody_of_an_allowed_domain_gets_an_account_once() {
    let provider = Provider::start().await;
    let join = Join {
        domains: vec!["acme.test".to_owned()],
        workspace: "main".to_owned(),
        role: Role::Support,
    };
    let settings = Settings {
        join: Some(join),
        ..provider.settings()
    };
    let server = server(settings).await;
    invite(&server, "dana@acme.test").await;
    for (email, comes) in [
        ("Lee@Acme.test", true),
        ("lee@sub.acme.test", false),
        ("lee@acme.test.evil.test", false),
        ("lee@evilacme.test", false),
    ] {
        provider.lie("email", json!(email));
        provider.lie("sub", json!(format!("sub of {email}")));
        let answer = Browser::default().come(&server, &provider).await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, comes, "{email}");
    }
    let store = &server.state.store;
    let members = store.members(server.workspace).await.expect("members");
    let lee = members
        .iter()
        .find(|one| one.account.email.as_deref() == Some("Lee@Acme.test"));
    let lee = lee.expect("an account");
    assert_eq!((members.len(), lee.role), (2, Role::Support));
    let made = (
        "people.role".to_owned(),
        "Lee@Acme.test as support".to_owned(),
        "allowed".to_owned(),
    );
    assert!(lines(&server).await.contains(&made));
    // Who was taken out does not come back by the domain.
    let left = store
        .set_role(server.workspace, lee.account.id, None, NOW)
        .await;
    left.expect("the store").expect("Lee was no admin");
    for subject in ["sub of Lee@Acme.test", "another"] {
        provider.lie("email", json!("lee@acme.test"));
        provider.lie("sub", json!(subject));
        let answer = Browser::default().come(&server, &provider).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{subject}");
    }
}

#[tokio::test]
async fn a_provider_that_is_away_keeps_nobody_from_their_password() {
    // A port that was free a moment ago, where nobody listens yet.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let settings = Settings {
        issuer: format!("http://{address}/realms/acme"),
        label: "Acme".to_owned(),
        ..Provider::start().await.settings()
    };
    let server = server(settings).await;
    invite(&server, "dana@acme.test").await;
    let mut browser = Browser::default();
    assert_eq!(
        browser.get(&server, "/sign-in").await.status,
        StatusCode::OK
    );
    let away = browser.get(&server, "/sign-in/oidc?next=/main/runs").await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    let text = away.text();
    assert!(
        text.contains("Acme did not answer.") && text.contains("type=\"password\""),
        "{text}"
    );
    assert!(browser.0.is_empty());

    let provider = Provider::start_at(address).await;
    assert_eq!(
        location(&browser.come(&server, &provider).await),
        "/main/runs/r?from=2"
    );
    // It goes away while somebody is there.
    let mut late = Browser::default();
    let back = late.consent(&server, &provider, "/").await;
    provider.says().away = true;
    let away = late.get(&server, &back).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(away.text().contains("Acme did not answer."));
    assert!(!late.is_in(&server).await);
}

#[tokio::test]
async fn a_denial_says_what_to_do() {
    let (provider, server) = acme().await;
    let mut browser = Browser::default();
    let back = browser.consent(&server, &provider, "/main/runs").await;
    let state = back.split("state=").nth(1).expect("a state");
    let denied = format!("/sign-in/oidc/callback?error=access_denied&state={state}");
    let answer = browser.get(&server, &denied).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = answer.text();
    assert!(text.contains("Acme broke the sign-in off."), "{text}");
    assert!(text.contains("/sign-in/oidc?next=%2Fmain%2Fruns"), "{text}");
    // An answer that names another provider.
    let back = browser.consent(&server, &provider, "/").await;
    let answer = browser
        .get(&server, &format!("{back}&iss=https%3A%2F%2Fid.evil.test"))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn new_keys_of_the_provider_are_fetched_when_they_are_needed() {
    let (provider, server) = acme().await;
    provider.says().signed = Signed::Es256;
    let come = async || {
        let answer = Browser::default().come(&server, &provider).await;
        answer.status == StatusCode::SEE_OTHER
    };
    assert!(come().await && come().await);
    assert_eq!(provider.says().asked, 1);
    provider.rotate();
    assert!(come().await && come().await);
    assert_eq!(provider.says().asked, 2);
}

#[tokio::test]
async fn an_address_that_is_only_said_beside_the_token_counts_for_the_same_person() {
    let (provider, server) = acme().await;
    provider.lie("email", Value::Null);
    provider.lie("email_verified", Value::Null);
    let said = |subject: &str| json!({"sub": subject, "email": "dana@acme.test", "email_verified": "true"});
    provider.says().userinfo = said("somebody else");
    let answer = Browser::default().come(&server, &provider).await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    provider.says().userinfo = said("u-1");
    let answer = Browser::default().come(&server, &provider).await;
    assert_eq!(location(&answer), "/main/runs/r?from=2");
}

#[tokio::test]
async fn answers_of_one_address_are_counted_with_its_passwords() {
    let (_, server) = acme().await;
    let mut last = StatusCode::OK;
    for _ in 0..21 {
        let answer = Browser::default()
            .get(&server, "/sign-in/oidc/callback?code=a&state=b")
            .await;
        last = answer.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let form = [("email", "dana@acme.test"), ("password", PASSWORD)];
    let answer = Browser::default().post(&server, "/sign-in", &form).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn where_passwords_are_off_only_a_printed_link_gets_around_the_provider() {
    let provider = Provider::start().await;
    let settings = provider.settings();
    let server = Server::with(|state| {
        state.entry = Entry::guarded(true);
        state.entry.provider = Some(Oidc::new(settings).expect("a provider"));
        state.entry.passwords = false;
    })
    .await;
    invite(&server, "dana@acme.test").await;
    let mut browser = Browser::default();
    let page = browser.get(&server, "/sign-in").await.text();
    assert!(
        page.contains("Sign in with Acme") && !page.contains("type=\"password\""),
        "{page}"
    );
    // As the command `password-link` makes it.
    let link = domain::access::Token::Password.secret([5; 32]);
    let store = &server.state.store;
    let dana = store
        .account("dana@acme.test")
        .await
        .expect("the store")
        .expect("Dana")
        .account;
    store
        .create_ticket(Some(dana.id), &link, NOW.plus_ms(3_600_000), NOW)
        .await
        .expect("a link");
    let set = browser
        .post(
            &server,
            &format!("/password/{link}"),
            &[("password", PASSWORD)],
        )
        .await;
    assert_eq!(location(&set), "/");
    assert!(browser.is_in(&server).await);
    let form = [("email", "dana@acme.test"), ("password", PASSWORD)];
    let refused = Browser::default().post(&server, "/sign-in", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .text()
            .contains("Passwords are switched off on this server.")
    );

    let mut admin = Browser::default();
    assert_eq!(
        location(&admin.come(&server, &provider).await),
        "/main/runs/r?from=2"
    );
    let form = [("email", "lee@acme.test"), ("role", "viewer")];
    let added = admin.post(&server, "/main/people", &form).await.text();
    assert!(
        added.contains("lee@acme.test may come in.") && !added.contains("/password/"),
        "{added}"
    );
    let no_link = admin
        .post(
            &server,
            &format!("/main/people/{}", dana.id.0),
            &[("do", "link")],
        )
        .await;
    assert!(no_link.text().contains("there is none to set"));
    let form = [("old", PASSWORD), ("password", "another horse battery")];
    let change = admin.post(&server, "/account/password", &form).await;
    assert!(
        change
            .text()
            .contains("Passwords are switched off on this server.")
    );
}

#[tokio::test]
async fn a_server_without_a_provider_has_no_such_way() {
    let server = Server::with(|state| state.entry = Entry::guarded(true)).await;
    let mut browser = Browser::default();
    assert!(
        !browser
            .get(&server, "/sign-in")
            .await
            .text()
            .contains("Sign in with")
    );
    for path in ["/sign-in/oidc", "/sign-in/oidc/callback?code=a&state=b"] {
        let page = browser.get(&server, path).await.text();
        assert!(page.contains("type=\"password\"") && !page.contains("Not signed in."));
    }
}

#[test]
fn what_is_secret_is_in_no_debug_output() {
    let text = format!(
        "{:?}",
        tokio::runtime::Runtime::new()
            .expect("a runtime")
            .block_on(async { Oidc::new(Provider::start().await.settings()).expect("a provider") })
    );
    assert!(
        text.contains("[redacted]") && !text.contains(SECRET),
        "{text}"
    );
}
