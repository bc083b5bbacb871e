//! What is asked of every request: not too large, not too often, not for ever; and what every
//! answer says to browsers.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header},
};
use domain::{access::Scope, limit};
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use server::{
    budget::Budget,
    door::Door,
    door::{FORM_BYTES, strict_transport},
    rate::{Allowed, Rate},
};
use tokio::sync::mpsc;

use crate::support::{NOW, Server, request};

/// A body whose length nobody announces.
fn streamed(bytes: usize) -> Body {
    let part = Bytes::from(vec![b'a'; 1_024]);
    let parts = (0..bytes.div_ceil(1_024)).map(move |_| Ok::<_, std::io::Error>(part.clone()));
    Body::from_stream(stream::iter(parts))
}

fn from_our_page(path: &str, kind: &str) -> axum::http::request::Builder {
    request(Method::POST, path)
        .header(header::ORIGIN, "http://127.0.0.1:3000")
        .header(header::CONTENT_TYPE, kind)
}

#[tokio::test]
async fn no_route_reads_more_than_its_limit_and_the_answer_names_it() {
    let server = Server::start().await;
    let form = "application/x-www-form-urlencoded";
    let most_of_forms = FORM_BYTES.to_string();
    let most_of_reports = limit::REQUEST_BYTES.to_string();
    for (path, kind, bytes, most) in [
        ("/display", form, FORM_BYTES, &most_of_forms),
        ("/main/bulk", form, FORM_BYTES, &most_of_forms),
        ("/main/views", form, FORM_BYTES, &most_of_forms),
        ("/main/settings/logs", form, FORM_BYTES, &most_of_forms),
        (
            "/csp-report",
            "application/csp-report",
            FORM_BYTES,
            &most_of_forms,
        ),
        (
            "/api/v1/batch",
            "application/json",
            limit::REQUEST_BYTES,
            &most_of_reports,
        ),
    ] {
        for body in [
            Body::from(vec![b'a'; bytes + 1_024]),
            streamed(bytes + 1_024),
        ] {
            let request = from_our_page(path, kind)
                .header(header::AUTHORIZATION, format!("Bearer {}", server.ingest));
            let answer = server.send(request.body(body).expect("a request")).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
            assert_eq!(answer.code(), "too_large", "{path}");
            let detail = answer.json()["detail"].to_string();
            assert!(detail.contains(most), "{path}: {detail}");
        }
    }
    // A route that does not read says what it has to say of a small one.
    let answer = server.send(
        from_our_page("/display", form)
            .body(streamed(1_024))
            .expect("a request"),
    );
    assert_eq!(answer.await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_announced_length_is_refused_before_a_byte_of_it_is_read() {
    let server = Server::start().await;
    let never = stream::pending::<Result<Bytes, std::io::Error>>();
    let body = http_body_util::Limited::new(Body::from_stream(never), usize::MAX);
    let body = Announced(Body::new(body), 1 << 40);
    let request = server.authorized(Method::POST, "/api/v1/batch");
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let answer = server
        .send(request.body(Body::new(body)).expect("a request"))
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// A body that says how long it will be.
struct Announced(Body, u64);

impl axum::body::HttpBody for Announced {
    type Data = Bytes;
    type Error = axum::Error;
    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, axum::Error>>> {
        std::pin::Pin::new(&mut self.0).poll_frame(cx)
    }
    fn size_hint(&self) -> hyper::body::SizeHint {
        hyper::body::SizeHint::with_exact(self.1)
    }
}

#[tokio::test]
async fn a_page_that_takes_too_long_is_given_up_and_files_and_streams_are_not() {
    let server = Server::with(|state| state.door.page = Duration::ZERO).await;
    server
        .put(
            "/api/v1/runs/r",
            &json!({"integration": {"key": "i", "flow": "f"}}),
        )
        .await;
    let answer = server.get("/main/flows").await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "took_too_long")
    );
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(server.get("/main/runs.csv").await.status, StatusCode::OK);
    let stream = request(Method::GET, "/main/events").body(Body::empty());
    let stream = server.open(stream.expect("a request")).await;
    assert_eq!(stream.status(), StatusCode::OK);
    assert_eq!(server.read("/api/v1/runs/r").await.status, StatusCode::OK);
}

#[tokio::test]
async fn bodies_under_way_are_bounded_together_and_one_that_is_done_makes_room() {
    let server = Server::with(|state| state.door.budget = Budget::new(1 << 20)).await;
    let post = |body: Body| {
        let request = server.authorized(Method::POST, "/api/v1/batch");
        let request = request.header(header::CONTENT_TYPE, "application/json");
        server.send(request.body(body).expect("a request"))
    };
    let blank = |bytes: usize| Bytes::from(vec![b' '; bytes]);
    let large = || Body::from(format!("[{}]", " ".repeat(700 * 1_024)));
    let (sender, mut parts) = mpsc::unbounded_channel::<Result<Bytes, std::io::Error>>();
    sender.send(Ok(blank(600 * 1_024))).expect("it reads");
    // Tells when the server has taken the first part.
    let (taken, mut told) = mpsc::unbounded_channel();
    let parts = stream::poll_fn(move |cx| parts.poll_recv(cx));
    let parts = parts.inspect(move |_| taken.send(()).expect("the test listens"));
    let first = post(Body::from_stream(parts));
    let others = async {
        told.recv().await.expect("the first part");
        let refused = post(large()).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::SERVICE_UNAVAILABLE, "too_much_at_once")
        );
        assert!(refused.headers.contains_key(header::RETRY_AFTER));
        // What is only small goes on.
        assert_eq!(post(Body::from("[]")).await.status, StatusCode::OK);
        sender
            .send(Ok(Bytes::from_static(b"[]")))
            .expect("it reads");
        drop(sender);
    };
    let (first, ()) = tokio::join!(first, others);
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert_eq!(post(large()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_a_body_becomes_when_it_is_unpacked_counts_as_well() {
    let server = Server::with(|state| state.door.budget = Budget::new(1 << 20)).await;
    let packed =
        zstd::encode_all(format!("[{}]", " ".repeat(2 << 20)).as_bytes(), 1).expect("memory");
    assert!(packed.len() < 10_000);
    let request = server
        .authorized(Method::POST, "/api/v1/batch")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_ENCODING, "zstd");
    let answer = server
        .send(request.body(Body::from(packed)).expect("a request"))
        .await;
    assert_eq!(answer.code(), "too_much_at_once");
}

#[tokio::test]
async fn a_key_that_reports_too_often_waits_and_others_do_not() {
    let allowed = Allowed {
        burst: 3,
        count: 1,
        each: Duration::from_secs(3_600),
    };
    let server = Server::with(|state| state.door.reports = Arc::new(Rate::new(allowed))).await;
    for _ in 0..3 {
        assert_eq!(
            server.put("/api/v1/apps/a", &json!({})).await.status,
            StatusCode::OK
        );
    }
    let refused = server.put("/api/v1/apps/a", &json!({})).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "too_many_requests")
    );
    let wait: u64 = refused.headers[header::RETRY_AFTER]
        .to_str()
        .expect("text")
        .parse()
        .expect("seconds");
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    let other = Scope::Ingest.secret([5; 32]);
    server
        .state
        .store
        .create_api_key(
            server.workspace,
            Scope::Ingest,
            store::KeyAsked::default(),
            &other,
            NOW,
        )
        .await
        .expect("a key");
    let request = request(Method::PUT, "/api/v1/apps/a")
        .header(header::AUTHORIZATION, format!("Bearer {other}"));
    let answer = server
        .send(request.body(Body::from("{}")).expect("a request"))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn browsers_may_report_but_not_without_end_and_not_for_others() {
    let server = Server::with(|state| {
        state.door.complaints = Arc::new(Rate::new(Allowed::per_hour(3)));
    })
    .await;
    let report = |site: &'static str| {
        let request = request(Method::POST, "/csp-report")
            .header(header::CONTENT_TYPE, "application/csp-report")
            .header("sec-fetch-site", site);
        let body = json!({"csp-report": {"effective-directive": "img-src", "blocked-uri": "https://evil.test/x"}});
        server.send(
            request
                .body(Body::from(body.to_string()))
                .expect("a request"),
        )
    };
    assert_eq!(report("same-origin").await.status, StatusCode::NO_CONTENT);
    assert_eq!(report("cross-site").await.status, StatusCode::NOT_FOUND);
    assert_eq!(report("same-origin").await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        report("same-origin").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
}

/// What a class of answers must say; `-` means that it says nothing of it.
struct Class {
    name: &'static str,
    status: u16,
    kind: &'static str,
    policy: &'static str,
    cache: &'static str,
    disposition: &'static str,
}

const LOCKED: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

#[tokio::test]
async fn every_class_of_answers_carries_its_headers() {
    let server =
        Server::with(|state| state.door.public_url = Some("https://iv.example".into())).await;
    let report = json!({"integration": {"key": "i", "flow": "f"}, "steps": [{"key": "s", "response": {"status": 200, "body": "<script>"}}]});
    server.put("/api/v1/runs/r", &report).await;
    let get = |path: &str| {
        request(Method::GET, path)
            .body(Body::empty())
            .expect("a request")
    };
    let read = |path: &str| {
        let request = request(Method::GET, path)
            .header(header::AUTHORIZATION, format!("Bearer {}", server.read));
        request.body(Body::empty()).expect("a request")
    };
    let form = from_our_page("/display", "application/x-www-form-urlencoded");
    let mut form = form.body(Body::from("theme=dark")).expect("a request");
    let site = HeaderValue::from_static("https://iv.example");
    form.headers_mut().insert(header::ORIGIN, site);
    let class = |name, status, kind, policy, cache, disposition| Class {
        name,
        status,
        kind,
        policy,
        cache,
        disposition,
    };
    for (class, request) in [
        (
            class("page", 200, "text/html", "page", "no-store", "-"),
            get("/main/runs/r"),
        ),
        (
            class("missing page", 404, "text/html", "page", "no-store", "-"),
            get("/main/runs/none"),
        ),
        (
            class(
                "server function",
                200,
                "application/json",
                "any",
                "no-store",
                "-",
            ),
            get("/_/run?workspace=main&run=r&query="),
        ),
        (
            class(
                "download",
                200,
                "application/octet-stream",
                "sandbox; default-src 'none'",
                "no-store",
                "attachment",
            ),
            get("/main/runs/r/steps/s/response-body"),
        ),
        (
            class("export", 200, "text/csv", LOCKED, "no-store", "attachment"),
            get("/main/runs.csv"),
        ),
        (
            class(
                "export as JSON",
                200,
                "application/json",
                LOCKED,
                "no-store",
                "attachment",
            ),
            get("/main/runs.json"),
        ),
        (
            class("API", 200, "application/json", LOCKED, "no-store", "-"),
            read("/api/v1/runs/r"),
        ),
        (
            class(
                "problem",
                401,
                "application/problem+json",
                LOCKED,
                "no-store",
                "-",
            ),
            get("/api/v1/runs/r"),
        ),
        (
            class("asset", 200, "image/svg+xml", LOCKED, "any", "-"),
            get("/favicon.svg"),
        ),
        (
            class("stream", 200, "text/event-stream", LOCKED, "no-cache", "-"),
            get("/main/events"),
        ),
        (class("redirect", 303, "-", LOCKED, "no-store", "-"), form),
        (
            class("health", 200, "any", LOCKED, "no-store", "-"),
            get("/livez"),
        ),
    ] {
        let answer = server.open(request).await;
        assert_eq!(answer.status().as_u16(), class.status, "{}", class.name);
        look(&class, answer.headers());
    }
}

fn look(class: &Class, headers: &HeaderMap) {
    let name = class.name;
    let text = |header: &str| {
        headers
            .get(header)
            .map_or("-", |value| value.to_str().expect("text"))
    };
    let begins = |header: &str, expected: &str| {
        let found = text(header);
        assert!(
            expected == "any" || found.starts_with(expected),
            "{name}: {header} is {found}"
        );
    };
    begins("content-type", class.kind);
    begins("cache-control", class.cache);
    begins("content-disposition", class.disposition);
    for (header, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        assert_eq!(text(header), value, "{name}: {header}");
    }
    assert_eq!(text("x-request-id").len(), 16, "{name}");
    let policy = text("content-security-policy");
    if class.policy == "page" {
        assert_page_policy(policy);
        assert_eq!(text("reporting-endpoints"), "csp=\"/csp-report\"");
    } else {
        begins("content-security-policy", class.policy);
        assert!(policy.contains("default-src 'none'"), "{name}: {policy}");
    }
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
        "{name}: {policy}"
    );
}

fn assert_page_policy(policy: &str) {
    for part in [
        "default-src 'none'",
        "script-src 'nonce-",
        "'strict-dynamic' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "report-uri /csp-report",
        "report-to csp",
    ] {
        assert!(policy.contains(part), "{part} is missing in {policy}");
    }
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    // 22 characters of base64 are 128 bits and more.
    assert!(nonce.is_some_and(|nonce| nonce.len() >= 22), "{policy}");
}

#[tokio::test]
async fn only_who_is_reached_by_https_asks_for_it() {
    for (url, asked) in [
        (Some("https://iv.example"), true),
        (Some("HTTPS://iv.example/"), true),
        (Some("http://iv.example"), false),
        (Some("iv.example"), false),
        (None, false),
    ] {
        let door = Door {
            public_url: url.map(str::to_owned),
            ..Door::default()
        };
        assert_eq!(strict_transport(&door).is_some(), asked, "{url:?}");
    }
    let server = Server::start().await;
    let answer = server.get("/livez").await;
    assert!(
        !answer
            .headers
            .contains_key(header::STRICT_TRANSPORT_SECURITY)
    );
}

#[tokio::test]
async fn the_client_is_who_the_trusted_proxy_saw() {
    use server::address::{Peer, Proxies};
    let server = Server::with(|state| {
        state.door.proxies = Proxies::new(&["10.0.0.0/8".parse().expect("a network")]);
        state.door.complaints = Arc::new(Rate::new(Allowed::per_hour(1)));
    })
    .await;
    let report = |peer: &str, forwarded: &'static str| {
        let mut request = Request::post("/csp-report")
            .header(header::HOST, "localhost")
            .header("x-forwarded-for", forwarded)
            .body(Body::empty())
            .expect("a request");
        request
            .extensions_mut()
            .insert(Peer(peer.parse().expect("an address")));
        server.send(request)
    };
    for (peer, forwarded, status) in [
        ("10.0.0.1", "198.51.100.1", 204),
        ("10.0.0.1", "203.0.113.5, 198.51.100.1", 429),
        ("10.0.0.1", "198.51.100.2", 204),
        // A stranger says what it likes.
        ("192.0.2.1", "198.51.100.3", 204),
        ("192.0.2.1", "198.51.100.4", 429),
        // One /64 is one client.
        ("2001:db8::1", "", 204),
        ("2001:db8::2", "", 429),
    ] {
        let answer = report(peer, forwarded).await;
        assert_eq!(answer.status.as_u16(), status, "{peer} {forwarded}");
    }
}
