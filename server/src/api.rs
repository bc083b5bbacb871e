//! The native API under `/api/v1`. Its contract is `openapi.json`, whose examples are tests.

pub mod batch;
mod body;
pub(crate) mod files;
pub(crate) mod health;
pub(crate) mod hooks;
mod intake;
mod key;
pub(crate) mod lists;
pub(crate) mod monitors;
pub(crate) mod onevizion;
pub(crate) mod otlp;
pub(crate) mod ping;
mod query;
pub(crate) mod read;
pub(crate) mod reference;
pub(crate) mod single;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// The contract.
pub const OPENAPI: &str = include_str!("api/openapi.json");

/// The contract, for programs and for people who read programs.
pub(crate) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}
