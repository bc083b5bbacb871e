//! Who comes in, and how their account is found.

use axum::http::StatusCode;
use domain::access::Role;
use serde_json::{Value, json};
use server::oidc::{Join, Settings};

use super::{
    browser::{Browser, acme, invite, lines, server},
    provider::{Provider, Signed},
};
use crate::{
    browser::{PASSWORD, report_a_run},
    support::{NOW, location},
};

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
