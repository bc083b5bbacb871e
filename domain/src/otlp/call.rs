//! What a span says of an API call: attributes of the HTTP conventions, old and new, and ours.
//!
//! The conventions have no place for bodies: those come in attributes that reporters set on purpose.

use super::{
    attributes::Attributes,
    model::{Any, Span, SpanKind},
};
use crate::{
    Key, limit,
    report::{BodyText, ObjectReport, ReportedHeaders, RequestReport, ResponseReport},
};

/// The status code of the answer.
pub(super) fn status(span: &Span) -> Option<u16> {
    span.attributes
        .number(&["http.response.status_code", "http.status_code"])
}

/// How often the call was made, this time included.
pub(super) fn attempt(span: &Span) -> Option<u32> {
    let again: u32 = span
        .attributes
        .number(&["http.request.resend_count", "http.resend_count"])?;
    again.checked_add(1)
}

/// What the span talked to; the service itself where it talked to nobody.
pub(super) fn app(span: &Span, resource: &Attributes) -> Option<Key> {
    let own = &span.attributes;
    let host = own.text(&["server.address", "net.peer.name", "peer.service"]);
    let host = host.or_else(|| match span.kind {
        SpanKind::Client => host_of(&own.text(&["url.full", "http.url"])?).map(str::to_owned),
        _ => None,
    });
    lenient_key(&host.or_else(|| resource.text(&["service.name"]))?)
}

/// A name that nobody chose to be a key, made one.
pub(super) fn lenient_key(name: &str) -> Option<Key> {
    let plain = name.replace(char::is_control, " ");
    let short: String = plain.trim().chars().take(limit::KEY_CHARS).collect();
    Key::new(short.trim_end()).ok()
}

fn host_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let port = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    Some(port.map_or(host, |(host, _)| host)).filter(|host| !host.is_empty())
}

pub(super) fn request(own: &Attributes) -> Option<RequestReport> {
    let method = [
        "http.request.method_original",
        "http.request.method",
        "http.method",
    ];
    let report = RequestReport {
        method: own.text(&method).map(Into::into),
        url: url(own).map(Into::into),
        headers: headers(own, "http.request.header."),
        body: body(
            own,
            &["integration.request.body", "http.request.body.content"],
        ),
        body_base64: None,
    };
    let said = report.method.is_some() || report.url.is_some() || report.body.is_some();
    (said || !report.headers.0.is_empty()).then_some(report)
}

pub(super) fn response(span: &Span) -> Option<ResponseReport> {
    let own = &span.attributes;
    let report = ResponseReport {
        status: status(span),
        headers: headers(own, "http.response.header."),
        body: body(
            own,
            &["integration.response.body", "http.response.body.content"],
        ),
        body_base64: None,
    };
    let said = report.status.is_some() || report.body.is_some();
    (said || !report.headers.0.is_empty()).then_some(report)
}

/// The address; put together where only its parts were sent, as servers do.
fn url(own: &Attributes) -> Option<String> {
    if let Some(url) = own.text(&["url.full", "http.url"]) {
        return Some(url);
    }
    let mut path = own.text(&["url.path", "http.target"])?;
    if let Some(query) = own.text(&["url.query"]) {
        path = format!("{path}?{}", query.trim_start_matches('?'));
    }
    let host = own.text(&["server.address", "http.host", "net.host.name"]);
    let scheme = own.text(&["url.scheme", "http.scheme"]);
    let (Some(host), Some(scheme)) = (host, scheme) else {
        return Some(path);
    };
    let port: Option<u16> = own.number(&["server.port", "net.host.port"]);
    let usual = matches!(
        (scheme.as_str(), port),
        ("http", Some(80)) | ("https", Some(443))
    );
    let port = port.filter(|_| !usual && !host.contains(':'));
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    Some(format!("{scheme}://{host}{port}{path}"))
}

/// Headers that were recorded. The old convention wrote `_` for `-`; of both the stable one wins.
fn headers(own: &Attributes, prefix: &str) -> ReportedHeaders {
    let mut headers: Vec<(String, String)> = Vec::new();
    let recorded = || {
        let named = own.0.iter();
        named.filter_map(|(name, value)| Some((name.strip_prefix(prefix)?, value)))
    };
    let stable = recorded().filter(|(name, _)| !name.contains('_'));
    let old = recorded().filter(|(name, _)| name.contains('_'));
    for (name, value) in stable.chain(old) {
        let is_old = name.contains('_');
        let name = name.replace('_', "-");
        if name.is_empty() || (is_old && headers.iter().any(|(known, _)| *known == name)) {
            continue;
        }
        let room = limit::HEADERS - headers.len();
        let values = value.to_texts().into_iter().take(room);
        headers.extend(values.map(|value| (name.clone(), value)));
    }
    ReportedHeaders(headers)
}

fn body(own: &Attributes, names: &[&str]) -> Option<BodyText> {
    own.get(names).map(|value| BodyText(value.to_bytes()))
}

/// What the step kept, as a map or as the text of a JSON object.
pub(super) fn object(own: &Attributes) -> Option<ObjectReport> {
    let pairs: Vec<(String, String)> = match own.get(&["integration.object"])? {
        Any::Map(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (name.clone(), value.to_json().to_string()));
            members.collect()
        }
        Any::Text(text) => match serde_json::from_str::<ObjectReport>(text) {
            Ok(object) => object.0,
            Err(_) => vec![pair(&Any::Text(text.clone()))],
        },
        other => vec![pair(other)],
    };
    let mut bytes = 0;
    let fits = pairs.into_iter().take_while(|(name, value)| {
        bytes += name.len() + value.len();
        bytes <= limit::OBJECT_BYTES
    });
    Some(ObjectReport(fits.collect()))
}

fn pair(value: &Any) -> (String, String) {
    ("value".to_owned(), value.to_json().to_string())
}
