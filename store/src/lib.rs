//! All SQL of Integration View.
//!
//! One [`Store`], one query text for SQLite and Postgres, one module per noun.
//! Every read takes the workspace that it may see. Writes go through [`writer`],
//! which groups the reports of many callers into one commit.
//!
//! It knows neither HTTP nor pages and reads no clock: time is an argument.

mod app;
mod error;
mod flow;
mod integration;
mod log_entry;
mod payload;
mod pool;
mod run;
mod step;
mod workspace;

pub use error::StoreError;
pub use pool::Store;
