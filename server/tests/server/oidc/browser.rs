//! People before a server that trusts a provider: their browsers, and who has an account.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::access::Role;
use server::{
    entry::Entry,
    oidc::{Oidc, Settings},
};

use super::provider::Provider;
use crate::support::{Answer, NOW, Server, location, request};

/// A browser with all of its cookies.
#[derive(Default, Clone)]
pub(super) struct Browser(pub(super) BTreeMap<String, String>);

impl Browser {
    pub(super) async fn get(&mut self, server: &Server, path: &str) -> Answer {
        self.send(server, Method::GET, path, Body::empty()).await
    }

    pub(super) async fn post(
        &mut self,
        server: &Server,
        path: &str,
        form: &[(&str, &str)],
    ) -> Answer {
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
    pub(super) async fn consent(
        &mut self,
        server: &Server,
        provider: &Provider,
        next: &str,
    ) -> String {
        let begun = self.get(server, &app::route::oidc(next)).await;
        provider.consent(location(&begun))
    }

    /// There and back.
    pub(super) async fn come(&mut self, server: &Server, provider: &Provider) -> Answer {
        let back = self.consent(server, provider, "/main/runs/r?from=2").await;
        self.get(server, &back).await
    }

    pub(super) async fn is_in(&mut self, server: &Server) -> bool {
        self.get(server, "/account").await.status == StatusCode::OK
    }
}

pub(super) async fn server(settings: Settings) -> Server {
    Server::with(|state| {
        state.entry = Entry::guarded(true);
        state.entry.provider = Some(Oidc::new(settings).expect("a provider"));
    })
    .await
}

pub(super) async fn invite(server: &Server, email: &str) {
    let store = &server.state.store;
    let invited = store
        .invite(server.workspace, email, Role::Admin, NOW)
        .await;
    invited.expect("the store").expect("an account");
}

/// The provider, a server that trusts it, and Dana, who never had a password.
pub(super) async fn acme() -> (Provider, Server) {
    let provider = Provider::start().await;
    let server = server(provider.settings()).await;
    invite(&server, "dana@acme.test").await;
    (provider, server)
}

pub(super) async fn lines(server: &Server) -> Vec<(String, String, String)> {
    let lines = server.state.store.audit_before(server.workspace, None, 50);
    let lines = lines.await.expect("the record").into_iter();
    lines
        .map(|line| (line.action, line.target, line.outcome.to_string()))
        .collect()
}
