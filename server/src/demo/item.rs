//! A run's report on its way to JSON.
//!
//! Structures of our own rather than `serde_json::Value`: members keep a
//! natural order, and 100,000 runs need no tree of allocations each.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeStruct},
};
use serde_json::value::RawValue;

use domain::{LogLevel, Status, Timestamp};

pub(super) type Headers = Vec<(&'static str, String)>;

/// The report of one run.
#[derive(Debug, Serialize)]
pub(super) struct Run<'a> {
    pub(super) r#type: &'static str,
    pub(super) key: String,
    pub(super) integration: &'a str,
    pub(super) status: Status,
    pub(super) trigger: Trigger,
    pub(super) started_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) finished_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) updated_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    pub(super) steps: Vec<Step>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) log: Vec<Log>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Trigger {
    pub(super) app: &'static str,
    pub(super) name: &'static str,
    pub(super) r#type: &'static str,
}

/// One step. A script leaves its times and status to [`super::run`].
#[derive(Debug, Default, Serialize)]
pub(super) struct Step {
    pub(super) key: &'static str,
    pub(super) position: u32,
    pub(super) app: &'static str,
    pub(super) name: &'static str,
    pub(super) status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) finished_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request: Option<Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) response: Option<Response>,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "as_object")]
    pub(super) object: Vec<(&'static str, String)>,
    /// How long it takes.
    #[serde(skip)]
    pub(super) took_ms: i64,
}

#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) headers: Headers,
    pub(super) body: Option<Body>,
}

#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) body: Option<Body>,
}

/// The three ways in which a report can hold a body.
#[derive(Debug)]
pub(super) enum Body {
    /// JSON text, sent as it is.
    Json(String),
    /// Any text, sent as a string.
    Text(String),
    /// Bytes, sent as base64.
    Base64(&'static str),
}

impl Body {
    fn member(&self) -> &'static str {
        match self {
            Self::Base64(_) => "body_base64",
            _ => "body",
        }
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Json(text) => match serde_json::from_str::<&RawValue>(text) {
                Ok(raw) => raw.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
            Self::Text(text) => serializer.serialize_str(text),
            Self::Base64(text) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for Request {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Request", 4)?;
        fields.serialize_field("method", self.method)?;
        fields.serialize_field("url", &self.url)?;
        fields.serialize_field("headers", &self.headers)?;
        if let Some(body) = &self.body {
            fields.serialize_field(body.member(), body)?;
        }
        fields.end()
    }
}

impl Serialize for Response {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Response", 3)?;
        fields.serialize_field("status", &self.status)?;
        fields.serialize_field("headers", &self.headers)?;
        if let Some(body) = &self.body {
            fields.serialize_field(body.member(), body)?;
        }
        fields.end()
    }
}

fn as_object<S: Serializer>(
    pairs: &[(&'static str, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        map.serialize_entry(key, value)?;
    }
    map.end()
}

#[derive(Debug, Serialize)]
pub(super) struct Log {
    pub(super) logged_at: Timestamp,
    pub(super) level: LogLevel,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) step: Option<&'static str>,
    pub(super) message: String,
}
