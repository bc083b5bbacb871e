//! What the API answers when it cannot do what was asked: problem+json (RFC 9457).
//!
//! A problem says what is wrong and where; it never holds the cause of a failure
//! of ours, which goes to the log with the same request id.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::report::Rejection;
use serde::Serialize;
use store::StoreError;

/// Rules that only what is stored already can break.
const CONFLICTS: [&str; 6] = [
    "run_of_other_integration",
    "deleted_is_final",
    "integration_disabled",
    "integration_deleted",
    "file_differs",
    "entry_differs",
];

/// A refusal or failure.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    /// A sentence for the person who reads the log of the reporting program.
    detail: String,
    /// A stable word for the program itself.
    code: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ItemError>,
    /// Seconds after which it is worth to try again.
    #[serde(skip)]
    retry_after: Option<u64>,
    /// How whoever is unknown may show who they are.
    #[serde(skip)]
    challenge: Challenge,
}

/// A way to show who one is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Challenge {
    Bearer,
    BasicOrBearer,
    /// By Standard Webhooks; no scheme is registered for it.
    Signature,
}

impl Challenge {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Bearer => "Bearer",
            Self::BasicOrBearer => "Basic realm=\"Integration View\", Bearer",
            Self::Signature => "Webhook-Signature",
        })
    }
}

/// What is wrong with one item.
#[derive(Debug, Clone, Serialize)]
pub struct ItemError {
    /// Its place in the batch, from 0.
    pub index: usize,
    #[serde(flatten)]
    pub rejection: Rejection,
}

impl Problem {
    /// A problem of this status.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            errors: Vec::new(),
            retry_after: (status == StatusCode::SERVICE_UNAVAILABLE).then_some(2),
            challenge: Challenge::Bearer,
        }
    }

    /// The same, where callers show who they are in another way than by `Bearer` alone.
    #[must_use]
    pub(crate) fn with_challenge(self, challenge: Challenge) -> Self {
        Self { challenge, ..self }
    }

    /// No item could be taken.
    #[must_use]
    pub fn rejected(errors: Vec<ItemError>) -> Self {
        let detail = match errors.as_slice() {
            [one] if one.rejection.path.is_empty() => one.rejection.rule.clone(),
            [one] => format!("{}: {}", one.rejection.path, one.rejection.rule),
            many => format!("none of the {} items could be taken", many.len()),
        };
        let status = match errors.first() {
            Some(one) if errors.len() == 1 && one.rejection.code == "not_json" => {
                StatusCode::BAD_REQUEST
            }
            Some(one) if errors.len() == 1 && CONFLICTS.contains(&one.rejection.code.as_str()) => {
                StatusCode::CONFLICT
            }
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self {
            errors,
            ..Self::new(status, "rejected", detail)
        }
    }

    /// The one thing that was sent could not be taken.
    #[must_use]
    pub fn refused(rejection: Rejection) -> Self {
        Self::rejected(vec![ItemError {
            index: 0,
            rejection,
        }])
    }

    /// The sentence that says what is wrong.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether what is stored already stands against it.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.status == StatusCode::CONFLICT.as_u16()
    }

    /// A fault of ours, of which the caller can only quote the request.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the server has a fault; quote the request id of this answer",
        )
    }

    /// More was sent than is taken.
    #[must_use]
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// It was done too often: not before this time again.
    #[must_use]
    pub fn too_many(wait: Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1_000).max(1);
        Self {
            retry_after: u64::try_from(seconds).ok(),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                format!("this comes too often; wait {seconds} s and try again"),
            )
        }
    }

    /// Whether this word says what happened, of the whole or of an item.
    #[must_use]
    pub fn is_of(&self, code: &str) -> bool {
        self.code == code || self.errors.iter().any(|error| error.rejection.code == code)
    }

    /// The key's ration of the day does not reach for this request.
    #[must_use]
    pub fn used_up(quota: i64, left: i64, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait.as_secs().max(1)),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "daily_quota",
                format!(
                    "this key may report {quota} items a day, and {left} are left until midnight (UTC); nothing of this request was stored"
                ),
            )
        }
    }

    /// There is no such thing, or not for this caller: the two look the same.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("there is no such {what}"),
        )
    }
}

/// What was looked for, or the answer that there is no such thing.
pub(crate) fn found<T>(found: Option<T>, what: &str) -> Result<T, Problem> {
    found.ok_or_else(|| Problem::not_found(what))
}

impl From<StoreError> for Problem {
    /// Every failure of the database is temporary for the caller: try again, nothing was lost.
    fn from(error: StoreError) -> Self {
        tracing::error!(error = %error, "the store failed");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "store_unavailable",
            "the database did not take this; nothing of it was stored, send it again",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, self.challenge.header());
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // For answers in other words than these.
        response.extensions_mut().insert(self);
        response
    }
}

/// An address under `/api` that does not exist.
pub(crate) async fn unknown_endpoint() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown_endpoint",
        "there is no such endpoint; /api/openapi.json lists them all",
    )
}

/// A method that the address does not know.
pub(crate) async fn unknown_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this address does not know that method; /api/openapi.json lists what each one takes",
    )
}

/// A fault of ours: the process lives on and the caller can quote the request.
pub(crate) fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    tracing::error!(panic = text, "a handler panicked");
    Problem::internal().into_response()
}
