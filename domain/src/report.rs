//! What a reporter may send: the public contract of the native API.
//!
//! [`Report::parse`] turns one JSON object into checked values, or into a
//! [`Rejection`] that names the field. Unknown fields are refused, since a
//! misspelt one would be lost in silence. The types are separate from
//! [`crate::entity`], because this is a promise to others and that is ours to change.

mod fields;
mod kept;
mod original;
mod parse;

use serde::Deserialize;

pub use fields::{BodyText, Limited, Name, ObjectReport, Reference, ReportedHeaders, Text, Url};
pub(crate) use parse::decode_base64;
pub use parse::{Rejection, Target, nesting, read};

use crate::{
    FlowStatus, IntegrationStatus, Key, LogLevel, Status, Timestamp,
    status::{Direction, Mode, Stream},
};

text_enum! {
    /// What a report is about.
    Kind {
        App = "app", "App";
        Flow = "flow", "Flow";
        Integration = "integration", "Integration";
        Run = "run", "Run";
        Step = "step", "Step";
        Log = "log", "Log entry";
    }
}

/// One item of a batch, or the body of one `PUT`.
#[derive(Debug, Clone)]
pub enum Report {
    App(AppReport),
    Flow(FlowReport),
    Integration(IntegrationReport),
    Run(Box<RunReport>),
    Step(Box<StepReport>),
    Log(LogReport),
}

/// An app. What is absent stays as it was.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppReport {
    #[serde(rename = "type", default)]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub key: Option<Key>,
    #[serde(default)]
    pub name: Option<Name>,
    #[serde(default)]
    pub documentation_url: Option<Url>,
    #[serde(default)]
    pub error_documentation_url: Option<Url>,
    #[serde(default)]
    pub contact: Option<Name>,
}

/// A flow. What is absent stays as it was.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowReport {
    #[serde(rename = "type", default)]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub key: Option<Key>,
    #[serde(default)]
    pub name: Option<Name>,
    #[serde(default)]
    pub status: Option<FlowStatus>,
    #[serde(default)]
    pub group: Option<Name>,
    #[serde(default)]
    pub direction: Option<Direction>,
    #[serde(default)]
    pub mode: Option<Mode>,
    #[serde(default)]
    pub interface_type: Option<Name>,
    #[serde(default)]
    pub description: Option<Text>,
    #[serde(default)]
    pub created_at: Option<Timestamp>,
}

/// An integration. What is absent stays as it was.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrationReport {
    #[serde(rename = "type", default)]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub key: Option<Key>,
    #[serde(default)]
    pub flow: Option<Reference<FlowReport>>,
    #[serde(default)]
    pub app: Option<Reference<AppReport>>,
    #[serde(default)]
    pub name: Option<Name>,
    #[serde(default)]
    pub user_id: Option<Name>,
    #[serde(default)]
    pub user_auth: Option<Name>,
    #[serde(default)]
    pub status: Option<IntegrationStatus>,
    #[serde(default)]
    pub status_reason: Option<Text>,
    #[serde(default)]
    pub description: Option<Text>,
    #[serde(default)]
    pub created_at: Option<Timestamp>,
}

/// A run, or news of one: any part may come in any order.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunReport {
    #[serde(rename = "type", default)]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub key: Option<Key>,
    #[serde(default)]
    pub integration: Option<Reference<IntegrationReport>>,
    /// A status, or a word of the workspace's own for one.
    #[serde(rename = "status", default)]
    pub word: Option<Name>,
    /// What the word stands for.
    #[serde(skip)]
    pub status: Option<Status>,
    /// The word, where it is the workspace's own.
    #[serde(skip)]
    pub label: Option<String>,
    /// What the run is called elsewhere.
    #[serde(default)]
    pub reference: Option<Name>,
    #[serde(default, deserialize_with = "fields::maybe_object")]
    pub trigger: Option<TriggerReport>,
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    #[serde(default)]
    pub finished_at: Option<Timestamp>,
    #[serde(default)]
    pub duration_ms: Option<u32>,
    #[serde(default)]
    pub network_code: Option<u16>,
    #[serde(default)]
    pub created_count: Option<u32>,
    #[serde(default)]
    pub updated_count: Option<u32>,
    #[serde(default)]
    pub deleted_count: Option<u32>,
    #[serde(default)]
    pub summary: Option<Text>,
    #[serde(default)]
    pub error: Option<Text>,
    #[serde(default, deserialize_with = "fields::objects")]
    pub steps: Vec<StepReport>,
    #[serde(default, deserialize_with = "fields::objects")]
    pub log: Vec<LogReport>,
    /// How much its word on `integration` weighs.
    #[serde(skip)]
    pub claim: Claim,
}

/// How much a report's word on whose run it is weighs, the least first.
///
/// A reporter of the native API knows. A span of a trace may be one of another service than the
/// one that began it, and the one that knows comes last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// The service of a span.
    Span,
    /// The service of the span that began it.
    Root,
    /// An attribute of a span.
    NamedBySpan,
    /// An attribute of the span that began it.
    NamedByRoot,
    /// The last word: another one is refused.
    #[default]
    Certain,
}

/// What set a run off.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerReport {
    #[serde(default)]
    pub app: Option<Name>,
    #[serde(default)]
    pub name: Option<Name>,
    /// `webhook`, `poll` or the engine's own word.
    #[serde(rename = "type", default)]
    pub kind: Option<Name>,
}

/// A step, or news of one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepReport {
    #[serde(rename = "type", default)]
    pub kind: Option<Kind>,
    /// Unique in the run; the position in decimal where absent.
    #[serde(default)]
    pub key: Option<Key>,
    #[serde(default)]
    pub run: Option<Key>,
    #[serde(default)]
    pub position: Option<u32>,
    #[serde(default)]
    pub parent: Option<Key>,
    #[serde(default)]
    pub app: Option<Reference<AppReport>>,
    #[serde(default)]
    pub name: Option<Name>,
    #[serde(default)]
    pub status: Option<Status>,
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    #[serde(default)]
    pub finished_at: Option<Timestamp>,
    #[serde(default)]
    pub duration_ms: Option<u32>,
    #[serde(default)]
    pub network_code: Option<u16>,
    #[serde(default)]
    pub attempt: Option<u32>,
    #[serde(default)]
    pub error: Option<Text>,
    #[serde(default, deserialize_with = "fields::maybe_object")]
    pub request: Option<RequestReport>,
    #[serde(default, deserialize_with = "fields::maybe_object")]
    pub response: Option<ResponseReport>,
    #[serde(default)]
    pub object: Option<ObjectReport>,
}

/// The request of a step's API call.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestReport {
    #[serde(default)]
    pub method: Option<Name>,
    #[serde(default)]
    pub url: Option<Text>,
    #[serde(default)]
    pub headers: ReportedHeaders,
    #[serde(default)]
    pub body: Option<BodyText>,
    #[serde(default)]
    pub body_base64: Option<String>,
}

/// The response to a step's API call.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseReport {
    #[serde(default)]
    pub status: Option<u16>,
    #[serde(default)]
    pub headers: ReportedHeaders,
    #[serde(default)]
    pub body: Option<BodyText>,
    #[serde(default)]
    pub body_base64: Option<String>,
}

/// One line of a run's log.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogReport {
    #[serde(rename = "type", default)]
    pub kind: Option<Kind>,
    /// Unique in the run; made of the entry's content where absent.
    #[serde(default)]
    pub key: Option<Key>,
    #[serde(default)]
    pub run: Option<Key>,
    #[serde(default)]
    pub step: Option<Key>,
    #[serde(default)]
    pub logged_at: Option<Timestamp>,
    #[serde(default)]
    pub level: Option<LogLevel>,
    #[serde(default)]
    pub stream: Option<Stream>,
    #[serde(default)]
    pub message: Option<Text>,
    #[serde(default)]
    pub description: Option<Text>,
    /// The reporter's own word for how it went.
    #[serde(default)]
    pub label: Option<Name>,
    /// What the entry is about, as it is called elsewhere.
    #[serde(default)]
    pub reference: Option<Name>,
    /// Whether the key was made of the content.
    #[serde(skip)]
    pub key_is_made: bool,
    /// Whether another content under the same key is refused, where else the first one stays.
    #[serde(skip)]
    pub once: bool,
    /// What a made key holds besides.
    #[serde(skip)]
    pub told_apart_by: String,
}

impl AsMut<Option<Key>> for AppReport {
    fn as_mut(&mut self) -> &mut Option<Key> {
        &mut self.key
    }
}

impl AsMut<Option<Key>> for FlowReport {
    fn as_mut(&mut self) -> &mut Option<Key> {
        &mut self.key
    }
}

impl AsMut<Option<Key>> for IntegrationReport {
    fn as_mut(&mut self) -> &mut Option<Key> {
        &mut self.key
    }
}

#[cfg(test)]
mod tests;
