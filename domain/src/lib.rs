//! The one vocabulary of Integration View and the rules that hold everywhere.
//!
//! Shapes (flow, integration, run, step, payload), what a reporter may send
//! ([`report`]), how reports of one thing come together in any order
//! ([`merge`]), what a page's address says ([`filter`]), what changed since it last
//! worked ([`same`], [`diff`]), how a run went in time ([`timeline`]).
//!
//! It does no I/O, reads no clock and knows neither HTTP nor HTML nor SQL; the
//! `sqlx` feature only lets its values be columns.

#[macro_use]
mod text_enum;

pub mod access;
pub mod audit;
pub mod body;
pub mod bulk;
pub mod curl;
pub mod diff;
pub mod display;
pub mod entity;
pub mod file;
pub mod filter;
pub mod find;
pub mod id;
pub mod json;
pub mod key;
pub mod labels;
pub mod lime;
pub mod limit;
pub mod lines;
pub mod live;
pub mod logs;
pub mod merge;
pub mod multipart;
pub mod network_code;
pub mod onevizion;
pub mod otlp;
pub mod page;
pub mod payload;
pub mod percent;
pub mod ping;
mod receipt;
pub mod redact;
pub mod report;
pub mod same;
pub mod share;
pub mod status;
pub mod time;
pub mod timeline;
pub mod user;
pub mod view;
pub mod webhook;
pub mod zone;

pub use entity::{App, Flow, Integration, LogEntry, Run, RunRow, Step, StepRow, Workspace};
pub use file::File;
pub use id::{
    AccountId, ApiKeyId, AppId, AuditId, BulkId, FileId, FlowId, IntegrationId, LogEntryId,
    PayloadId, RunId, SavedViewId, SessionId, ShareLinkId, StepId, WorkspaceId,
};
pub use key::Key;
pub use page::{Cursor, Page, PageSize, Total};
pub use payload::{Body, Headers, Payload};
pub use status::{FlowStatus, IntegrationStatus, LastRun, LogLevel, Status};
pub use time::Timestamp;
