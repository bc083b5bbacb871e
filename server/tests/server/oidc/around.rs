//! The provider away, behind TLS, without passwords beside it, or not there at all.

use axum::http::StatusCode;
use server::{
    entry::Entry,
    oidc::{Oidc, Settings},
};
use tokio::net::TcpListener;

use super::{
    browser::{Browser, invite, server},
    provider::{Described, Provider, SECRET},
    tls::AUTHORITY,
};
use crate::{
    browser::PASSWORD,
    support::{NOW, Server, location},
};

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
async fn a_provider_behind_tls_is_trusted_by_its_certificate_alone() {
    let provider = Provider::start_tls().await;
    let unknown = server(provider.settings()).await;
    let away = Browser::default().get(&unknown, "/sign-in/oidc").await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    let settings = Settings {
        roots: Some(AUTHORITY.to_vec()),
        ..provider.settings()
    };
    // The certificate is for a name and not for the address behind it.
    let by_address = Settings {
        issuer: settings.issuer.replace("localhost", "127.0.0.1"),
        ..settings.clone()
    };
    let by_address = server(by_address).await;
    let away = Browser::default().get(&by_address, "/sign-in/oidc").await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);

    let server = server(settings).await;
    invite(&server, "dana@acme.test").await;
    for described in [
        Described::Elsewhere,
        Described::TooLong,
        Described::Plain,
        Described::OfAnother,
        Described::NoJson,
    ] {
        provider.says().described = described;
        let mut browser = Browser::default();
        let refused = browser.get(&server, "/sign-in/oidc").await;
        assert_eq!(
            refused.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{described:?}"
        );
        assert!(browser.0.is_empty());
    }
    provider.says().described = Described::Truly;
    let answer = Browser::default().come(&server, &provider).await;
    assert_eq!(location(&answer), "/main/runs/r?from=2");
}

/// A provider, and a server to which it is the only way in, with Dana as an admin.
async fn without_passwords() -> (Provider, Server) {
    let provider = Provider::start().await;
    let settings = provider.settings();
    let server = Server::with(|state| {
        state.entry = Entry::guarded(true);
        state.entry.provider = Some(Oidc::new(settings).expect("a provider"));
        state.entry.passwords = false;
    })
    .await;
    invite(&server, "dana@acme.test").await;
    (provider, server)
}

#[tokio::test]
async fn where_passwords_are_off_only_a_printed_link_gets_around_the_provider() {
    let (_, server) = without_passwords().await;
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
}

#[tokio::test]
async fn where_passwords_are_off_no_link_is_made_and_none_is_changed() {
    let (provider, server) = without_passwords().await;
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
    let lee = server.state.store.account("lee@acme.test").await;
    let lee = lee.expect("the store").expect("an account").account.id.0;
    let path = format!("/main/people/{lee}");
    let no_link = admin.post(&server, &path, &[("do", "link")]).await;
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
