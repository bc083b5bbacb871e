//! Nothing is done in somebody's name because a page of another site asked for it.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::access::{Role, Token};
use serde_json::json;
use store::NewSession;

use crate::{
    browser::guarded,
    support::{NOW, Server, request},
};

const SITE: &str = "http://127.0.0.1:3000";

/// What a browser says of who asks.
#[derive(Debug, Clone, Copy)]
struct Says {
    site: Option<&'static str>,
    origin: Option<&'static str>,
    /// Whether a form may be sent.
    own: bool,
}

const SAYINGS: [Says; 12] = [
    Says {
        site: Some("same-origin"),
        origin: Some(SITE),
        own: true,
    },
    Says {
        site: Some("same-origin"),
        origin: None,
        own: true,
    },
    Says {
        site: None,
        origin: Some(SITE),
        own: true,
    },
    Says {
        site: Some("same-site"),
        origin: Some("http://localhost:3001"),
        own: false,
    },
    Says {
        site: Some("cross-site"),
        origin: Some("https://evil.test"),
        own: false,
    },
    // What it says of the site counts, whatever the origin is.
    Says {
        site: Some("cross-site"),
        origin: Some(SITE),
        own: false,
    },
    Says {
        site: Some("cross-site"),
        origin: None,
        own: false,
    },
    Says {
        site: Some("none"),
        origin: None,
        own: false,
    },
    Says {
        site: None,
        origin: Some("null"),
        own: false,
    },
    Says {
        site: None,
        origin: Some("https://evil.test"),
        own: false,
    },
    Says {
        site: None,
        origin: Some("http://127.0.0.1:3001"),
        own: false,
    },
    // Neither is said: no browser of these years sends a form so.
    Says {
        site: None,
        origin: None,
        own: false,
    },
];

async fn server_with_an_admin() -> (Server, String) {
    let server = guarded().await;
    let run = json!({"integration": "i", "status": "failed"});
    server.put("/api/v1/runs/r", &run).await;
    let store = &server.state.store;
    let account = store
        .invite(server.workspace, "dana@acme.test", Role::Admin, NOW)
        .await;
    let account = account.expect("the store").expect("an account");
    let secret = Token::Session.secret([1; 32]);
    let session = NewSession {
        secret: secret.clone(),
        agent: String::new(),
        address: String::new(),
    };
    store
        .sign_in(account.id, session, NOW)
        .await
        .expect("a session");
    (server, format!("session={secret}"))
}

async fn send(
    server: &Server,
    method: Method,
    path: &str,
    says: Says,
    cookie: &str,
    kind: &str,
) -> StatusCode {
    let mut request = request(method, path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, kind);
    if let Some(site) = says.site {
        request = request.header("sec-fetch-site", site);
    }
    if let Some(origin) = says.origin {
        request = request.header(header::ORIGIN, origin);
    }
    let body = Body::from("status=disabled&name=n&scope=read&email=a@b.test&role=admin&days=7");
    server
        .send(request.body(body).expect("a request"))
        .await
        .status
}

#[tokio::test]
async fn a_form_is_taken_from_pages_of_this_site_only_whatever_it_is_sent_as() {
    let (server, cookie) = server_with_an_admin().await;
    let kinds = [
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/json",
    ];
    let paths = [
        "/main/integrations/i/status",
        "/main/people",
        "/main/keys",
        "/main/runs/r/share",
        "/main/views",
        "/main/settings/logs",
        "/main/settings/labels",
        "/main/settings/secrets",
        "/account/password",
        "/sign-in",
        "/display",
    ];
    let mut refused = 0;
    for says in SAYINGS.into_iter().filter(|says| !says.own) {
        for path in paths {
            for kind in kinds {
                for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
                    let status = send(&server, method.clone(), path, says, &cookie, kind).await;
                    assert_eq!(
                        status,
                        StatusCode::FORBIDDEN,
                        "{method} {path} {kind} {says:?}"
                    );
                    refused += 1;
                }
            }
        }
    }
    assert!(refused >= 60, "{refused}");
    // And nothing was done.
    let store = &server.state.store;
    let integration = store
        .integration(server.workspace, "i")
        .await
        .expect("the store")
        .expect("it");
    assert_eq!(integration.status, domain::IntegrationStatus::Enabled);
    assert_eq!(
        store
            .members(server.workspace)
            .await
            .expect("members")
            .len(),
        1
    );
    assert_eq!(
        store.api_keys(server.workspace).await.expect("keys").len(),
        2
    );
    for says in SAYINGS.into_iter().filter(|says| says.own) {
        let status = send(
            &server,
            Method::POST,
            "/main/integrations/i/status",
            says,
            &cookie,
            kinds[0],
        )
        .await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{says:?}");
    }
}

#[tokio::test]
async fn a_link_from_elsewhere_opens_a_page_and_calls_no_server_function() {
    let (server, cookie) = server_with_an_admin().await;
    for says in SAYINGS {
        let page = send(
            &server,
            Method::GET,
            "/main/runs/r",
            says,
            &cookie,
            "text/plain",
        )
        .await;
        assert_eq!(page, StatusCode::OK, "{says:?}");
        let path = "/_/runs?workspace=main&query=";
        let data = send(&server, Method::GET, path, says, &cookie, "text/plain").await;
        let foreign = matches!(says.site, Some("cross-site" | "same-site"));
        assert_eq!(data == StatusCode::FORBIDDEN, foreign, "{says:?}: {data}");
    }
}

#[tokio::test]
async fn a_program_with_its_key_is_no_browser_and_a_cookie_is_no_key() {
    let (server, cookie) = server_with_an_admin().await;
    let report = |key: Option<&str>| {
        let mut request = request(Method::PUT, "/api/v1/apps/a")
            .header("sec-fetch-site", "cross-site")
            .header(header::COOKIE, &cookie);
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        request.body(Body::from("{}")).expect("a request")
    };
    assert_eq!(
        server.send(report(Some(&server.ingest))).await.status,
        StatusCode::OK
    );
    assert_eq!(
        server.send(report(None)).await.status,
        StatusCode::UNAUTHORIZED
    );
}
