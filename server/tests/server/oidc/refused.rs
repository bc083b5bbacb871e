//! Who does not come in, and what they are told.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    browser::{Browser, acme, invite, lines},
    provider::Signed,
};
use crate::{
    browser::PASSWORD,
    support::{Answer, NOW, location},
};

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
