//! What is asked of every request before a route sees it: not too large, not too often, not for ever.

use std::{
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{ApiKeyId, limit};
use http_body_util::Limited;
use hyper::body::{Frame, SizeHint};

use crate::{
    address::Proxies,
    api::otlp,
    budget::Budget,
    problem::Problem,
    quota::Quotas,
    rate::{Allowed, Rate},
};

/// Bytes of a form, of a server function's arguments, of anything that is no report.
pub const FORM_BYTES: usize = 64 * 1_024;

/// What stands at the door, and how strict it is.
#[derive(Debug, Clone)]
pub struct Door {
    /// The proxies that are believed who their client is.
    pub proxies: Proxies,
    /// What reports under way may hold.
    pub budget: Budget,
    /// How often a key may report.
    pub reports: Arc<Rate<ApiKeyId>>,
    /// How much keys have reported today.
    pub quotas: Arc<Quotas>,
    /// How often an address may complain of the pages' policy.
    pub complaints: Arc<Rate<IpAddr>>,
    /// How long a page may take until its first byte.
    pub page: Duration,
    /// The address that people use, where it is known.
    pub public_url: Option<String>,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            proxies: Proxies::default(),
            budget: Budget::new(256 * 1_024 * 1_024),
            reports: Arc::new(Rate::new(Allowed::per_second(200, 400))),
            quotas: Arc::default(),
            complaints: Arc::new(Rate::new(Allowed::per_minute(20))),
            page: Duration::from_secs(30),
            public_url: None,
        }
    }
}

impl Door {
    /// Whether people reach the server over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        let scheme = self
            .public_url
            .as_deref()
            .and_then(|url| url.split_once("://"));
        scheme.is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
    }
}

/// Refuses a body that is larger than its route takes: at once where its length is announced, in
/// the middle where it is not. Whatever the route made of the half, the answer is 413.
pub(crate) async fn bodies(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let of_programs = ["/api/", "/ping/", "/hooks/"];
    let is_api = of_programs.iter().any(|start| path.starts_with(start)) || otlp::is_one(path);
    let most = if is_api {
        limit::REQUEST_BYTES
    } else {
        FORM_BYTES
    };
    let too_large = || match is_api {
        true => too_many_bytes(),
        false => Problem::too_large(format!("a form has at most {FORM_BYTES} bytes")),
    };
    if request.body().size_hint().lower() > most as u64 {
        return too_large().into_response();
    }
    let exceeded = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| {
        Body::new(Bounded {
            body: Limited::new(body, most),
            exceeded: Arc::clone(&exceeded),
        })
    });
    let response = next.run(request).await;
    if exceeded.load(Ordering::Relaxed) {
        return too_large().into_response();
    }
    response
}

/// A report is larger than any may be.
pub(crate) fn too_many_bytes() -> Problem {
    Problem::too_large(format!(
        "a request has at most {} bytes, counted after decompression; send it in parts",
        limit::REQUEST_BYTES
    ))
}

/// A body that remembers that it was too large.
struct Bounded {
    body: Limited<Body>,
    exceeded: Arc<AtomicBool>,
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Err(error))) = &frame
            && error.is::<http_body_util::LengthLimitError>()
        {
            self.exceeded.store(true, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Gives a page its time, and an answer to those who wait when it is over.
pub(crate) async fn in_time(
    State(most): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(most, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "took_too_long",
            "the server did not get this done in time; try again, or ask for less",
        )
        .into_response(),
    }
}

/// Tells browsers to come by https only, where that is how people come.
#[must_use]
pub fn strict_transport(door: &Door) -> Option<HeaderValue> {
    door.is_secure()
        .then(|| HeaderValue::from_static("max-age=31536000"))
}

/// Adds [`strict_transport`]'s header.
pub(crate) async fn transport(
    State(policy): State<Option<HeaderValue>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let Some(policy) = policy {
        response
            .headers_mut()
            .insert(header::STRICT_TRANSPORT_SECURITY, policy);
    }
    response
}
