//! The one vocabulary of Integration View and the rules that hold everywhere.
//!
//! Shapes (flow, integration, run, step, payload), what a reporter may send
//! ([`report`]), how reports of one thing come together in any order
//! ([`merge`]), what a page's address says ([`filter`]).
//!
//! It does no I/O, reads no clock and knows neither HTTP nor HTML nor SQL; the
//! `sqlx` feature only lets its values be columns.

#[macro_use]
mod text_enum;

pub mod access;
pub mod body;
pub mod curl;
pub mod display;
pub mod entity;
pub mod filter;
pub mod find;
pub mod id;
pub mod json;
pub mod key;
pub mod limit;
pub mod live;
pub mod logs;
pub mod merge;
pub mod network_code;
pub mod page;
pub mod payload;
pub mod percent;
pub mod redact;
pub mod report;
pub mod status;
pub mod time;
pub mod user;
pub mod zone;

pub use entity::{App, Flow, Integration, LogEntry, Run, RunRow, Step, StepRow, Workspace};
pub use id::{
    ApiKeyId, AppId, FlowId, IntegrationId, LogEntryId, PayloadId, RunId, StepId, WorkspaceId,
};
pub use key::Key;
pub use page::{Cursor, Page, PageSize, Total};
pub use payload::{Body, Headers, Payload};
pub use status::{FlowStatus, IntegrationStatus, LastRun, LogLevel, Status};
pub use time::Timestamp;
