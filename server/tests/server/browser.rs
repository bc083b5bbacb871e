//! People before a server on which they sign in: their browsers, and how each came in.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::access::{Role, Token};
use serde_json::json;
use server::entry::Entry;

use crate::support::{Answer, NOW, Server, location, request};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// A browser: it keeps the one cookie that matters.
#[derive(Default)]
pub(crate) struct Browser {
    pub(crate) cookie: Option<String>,
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

    pub(crate) async fn sign_in(server: &Server, email: &str) -> Self {
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
pub(crate) async fn first_admin(server: &Server) -> Browser {
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

pub(crate) async fn report_a_run(server: &Server) {
    let run = json!({"integration": "i", "status": "failed", "steps": [
        {"key": "s", "name": "Create contact", "status": "failed", "response": {"status": 500, "body": "what the customer said"}}
    ]});
    assert_eq!(
        server.put("/api/v1/runs/r", &run).await.status,
        StatusCode::OK
    );
}
