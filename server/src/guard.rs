//! What stands before every route: names, origins, headers, the log.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::request_id::{MakeRequestId, RequestId};

use domain::access::is_uuid;

use crate::{clock, problem::Problem};

/// Request ids: 64 random bits in hex, quoted in every problem and log line.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RequestIds;

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let bytes = clock::random::<8>().ok()?;
        HeaderValue::from_str(&domain::payload::hex(&bytes))
            .ok()
            .map(RequestId::new)
    }
}

/// Answers only to the names of this machine and to the one under which people reach it, so that
/// no web page elsewhere can reach the server through a name of its own (DNS rebinding).
pub(crate) async fn known_host(
    State(public_url): State<Option<String>>,
    request: Request,
    next: Next,
) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| request.uri().host());
    let public = public_url.as_deref().and_then(|url| url.split_once("://"));
    let public = public.map(|(_, host)| host.trim_end_matches('/'));
    let known = |host: &str| {
        is_local(host) || public.is_some_and(|public| public.eq_ignore_ascii_case(host))
    };
    if host.is_some_and(known) {
        return next.run(request).await;
    }
    Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "unknown_host",
        "this server does not answer to that name; --public-url says which one people use",
    )
    .into_response()
}

fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// Refuses what a page of another origin sent in a visitor's name.
pub(crate) async fn same_origin(
    State(public_url): State<Option<String>>,
    request: Request,
    next: Next,
) -> Response {
    // A server function is called by our pages only, whatever its method.
    let function = request.uri().path().starts_with("/_/");
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let open = safe && !(function && is_foreign(request.headers()));
    if open || is_same_origin(request.headers(), public_url.as_deref()) {
        return next.run(request).await;
    }
    Problem::new(
        StatusCode::FORBIDDEN,
        "cross_origin",
        "this was sent by a page of another site; open the page here and try again",
    )
    .into_response()
}

/// Whether a browser says that a page of another site asks.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    headers
        .get(HeaderName::from_static("sec-fetch-site"))
        .is_some_and(|site| site != "same-origin" && site != "none")
}

/// Old browsers say only the origin. Where people reach the server under a known address it is
/// compared as a whole: a page that came without TLS is another site.
fn is_same_origin(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(HeaderName::from_static("sec-fetch-site")) {
        Some(site) => site == "same-origin",
        None => match (text(header::ORIGIN), text(header::HOST), public_url) {
            (Some(origin), _, Some(url)) => origin.eq_ignore_ascii_case(url),
            (Some(origin), Some(host), None) => origin
                .split_once("://")
                .is_some_and(|(_, origin)| origin.eq_ignore_ascii_case(host)),
            _ => false,
        },
    }
}

/// Headers that every answer carries, unless its handler said otherwise.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let defaults = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
        ),
    ];
    for (name, value) in defaults {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// One line for each request: what, how it ended, its id. Never a body, a header or a query.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = without_secrets(request.uri().path());
    let id = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.header_value().clone());
    let id = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or("-");
    let span = tracing::info_span!("request", request_id = id);
    let response = tracing::Instrument::instrument(next.run(request), span.clone()).await;
    let status = response.status().as_u16();
    let _entered = span.enter();
    if status >= 500 {
        tracing::warn!(%method, path, status, "answered");
    } else {
        tracing::debug!(%method, path, status, "answered");
    }
    response
}

/// A path as it may be logged: some addresses are secrets themselves.
fn without_secrets(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let secret = part.starts_with("iv_") || is_uuid(&part.to_ascii_lowercase());
        if secret { "…" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_an_address_is_not_logged() {
        assert_eq!(
            without_secrets("/shared/iv_share_a/steps/s"),
            "/shared/…/steps/s"
        );
        assert_eq!(
            without_secrets("/ping/1B9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed/start"),
            "/ping/…/start"
        );
        assert_eq!(without_secrets("/main/runs/run_1"), "/main/runs/run_1");
    }

    #[test]
    fn only_names_of_this_machine_are_local() {
        for host in [
            "localhost",
            "LOCALHOST:3000",
            "127.0.0.1:80",
            "[::1]:3000",
            "127.9.9.9",
            "[::1]",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "evil.test",
            "127.0.0.1.evil.test:3000",
            "localhost.evil.test",
            "192.168.0.1:3000",
            "[::2]",
            "localhost:x",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }

    #[test]
    fn a_write_must_come_from_a_page_of_this_site() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            pairs
                .iter()
                .map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)))
                .collect::<HeaderMap>()
        };
        let own = |pairs, url| is_same_origin(&headers(pairs), url);
        assert!(own(&[("sec-fetch-site", "same-origin")], None));
        let here = [
            ("origin", "http://127.0.0.1:3000"),
            ("host", "127.0.0.1:3000"),
        ];
        assert!(own(&here, None));
        let there = [
            ("origin", "https://Runs.example.com"),
            ("host", "runs.example.com"),
        ];
        assert!(own(&there, Some("https://runs.example.com")));
        // The same host without TLS, and the proxy's own name.
        assert!(!own(&there, Some("http://runs.example.com")));
        assert!(!own(&here, Some("https://runs.example.com")));
        for pairs in [
            &[][..],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "http://127.0.0.1:3000"),
                ("host", "127.0.0.1:3000"),
            ],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "null"), ("host", "127.0.0.1:3000")],
            &[
                ("origin", "http://localhost:3001"),
                ("host", "localhost:3000"),
            ],
            &[("host", "127.0.0.1:3000")],
        ] {
            assert!(!own(pairs, None), "{pairs:?}");
        }
    }
}
