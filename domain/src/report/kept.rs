//! A report as it may be kept: without its secrets, bodies cut to their limit.
//!
//! Keys are how things are found again; they are never changed, and user IDs only lose what is
//! known to be a secret.

use super::{
    AppReport, BodyText, FlowReport, IntegrationReport, LogReport, Name, Reference, Report,
    ReportedHeaders, RunReport, StepReport, Text, Url,
    fields::Limited,
    parse::{decode_base64, log_key},
};
use crate::{
    Body, Headers, Payload, limit,
    payload::{Object, Request, Response},
    redact::{NOT_KEPT, Redactor},
};

impl Report {
    /// Takes the secrets out of all texts. Bodies, headers and objects are left to
    /// [`StepReport::payload`].
    pub fn redact(&mut self, redactor: &Redactor<'_>) {
        match self {
            Self::App(app) => app.redact(redactor),
            Self::Flow(flow) => flow.redact(redactor),
            Self::Integration(integration) => integration.redact(redactor),
            Self::Run(run) => run.redact(redactor),
            Self::Step(step) => step.redact(redactor),
            Self::Log(entry) => entry.redact(redactor),
        }
    }
}

fn text<const MAX: usize>(redactor: &Redactor<'_>, text: &mut Option<Limited<MAX>>) {
    if let Some(text) = text {
        text.0 = cut(redactor.text(std::mem::take(&mut text.0)), MAX);
    }
}

/// At most `most` characters. Secrets are out by now: a cut through the middle of one would hide it.
///
/// What comes by the native API is never longer; what others send is cut rather than refused.
fn cut(mut text: String, most: usize) -> String {
    if text.len() > most
        && let Some((end, _)) = text.char_indices().nth(most)
    {
        let end = text[..end]
            .char_indices()
            .next_back()
            .map_or(0, |(end, _)| end);
        text.truncate(end);
        text.push('…');
    }
    text
}

fn id(redactor: &Redactor<'_>, text: &mut Option<Name>) {
    if let Some(text) = text {
        text.0 = cut(redactor.id(std::mem::take(&mut text.0)), limit::NAME_CHARS);
    }
}

/// An address that pages link to; one that cannot be checked is no link.
fn address(redactor: &Redactor<'_>, url: &mut Option<Url>) {
    *url = url
        .take()
        .and_then(|url| redactor.url(&url.0).ok().map(Url));
}

fn whole<T>(reference: &mut Option<Reference<T>>, redact: impl FnOnce(&mut T)) {
    if let Some(Reference::Whole(whole)) = reference {
        redact(whole);
    }
}

impl AppReport {
    fn redact(&mut self, redactor: &Redactor<'_>) {
        text(redactor, &mut self.name);
        text(redactor, &mut self.contact);
        address(redactor, &mut self.documentation_url);
        address(redactor, &mut self.error_documentation_url);
    }
}

impl FlowReport {
    fn redact(&mut self, redactor: &Redactor<'_>) {
        text(redactor, &mut self.name);
        text(redactor, &mut self.group);
        text(redactor, &mut self.interface_type);
        text(redactor, &mut self.description);
    }
}

impl IntegrationReport {
    fn redact(&mut self, redactor: &Redactor<'_>) {
        whole(&mut self.flow, |flow| flow.redact(redactor));
        whole(&mut self.app, |app| app.redact(redactor));
        text(redactor, &mut self.name);
        id(redactor, &mut self.user_id);
        id(redactor, &mut self.user_auth);
        text(redactor, &mut self.status_reason);
        text(redactor, &mut self.description);
    }
}

impl RunReport {
    fn redact(&mut self, redactor: &Redactor<'_>) {
        whole(&mut self.integration, |whole| whole.redact(redactor));
        if let Some(trigger) = &mut self.trigger {
            text(redactor, &mut trigger.app);
            text(redactor, &mut trigger.name);
            text(redactor, &mut trigger.kind);
        }
        id(redactor, &mut self.reference);
        text(redactor, &mut self.summary);
        text(redactor, &mut self.error);
        self.steps.iter_mut().for_each(|step| step.redact(redactor));
        self.log.iter_mut().for_each(|entry| entry.redact(redactor));
    }
}

impl LogReport {
    fn redact(&mut self, redactor: &Redactor<'_>) {
        text(redactor, &mut self.message);
        text(redactor, &mut self.description);
        text(redactor, &mut self.label);
        id(redactor, &mut self.reference);
        if self.key_is_made
            // A digest of a text that held a secret would be one to try guesses on.
            && let Ok(Some(key)) = log_key(self)
        {
            self.key = Some(key);
        }
    }
}

impl StepReport {
    fn redact(&mut self, redactor: &Redactor<'_>) {
        whole(&mut self.app, |app| app.redact(redactor));
        text(redactor, &mut self.name);
        text(redactor, &mut self.error);
    }

    /// The payload to keep: secrets replaced, bodies cut to their limit. What cannot be checked
    /// for secrets is not in it, and says so.
    #[must_use]
    pub fn payload(&self, redactor: &Redactor<'_>) -> Payload {
        Payload {
            request: self.request.as_ref().map(|request| Request {
                method: request
                    .method
                    .as_ref()
                    .map(|method| cut(redactor.text(method.0.clone()), limit::NAME_CHARS)),
                url: request.url.as_ref().map(|url| url_to_keep(redactor, url)),
                headers: headers(redactor, &request.headers),
                body: body(
                    redactor,
                    (request.body.as_ref(), request.body_base64.as_deref()),
                    &request.headers,
                ),
            }),
            response: self.response.as_ref().map(|response| Response {
                status: response.status.map(i64::from),
                headers: headers(redactor, &response.headers),
                body: body(
                    redactor,
                    (response.body.as_ref(), response.body_base64.as_deref()),
                    &response.headers,
                ),
            }),
            object: self.object.as_ref().map(|object| {
                let pairs = object.0.iter();
                Object(
                    pairs
                        .map(|(key, value)| pair(redactor, key, value))
                        .collect(),
                )
            }),
        }
    }

    /// Frees the bodies, once [`Self::payload`] has kept them.
    pub fn forget_bodies(&mut self) {
        if let Some(request) = &mut self.request {
            (request.body, request.body_base64) = (None, None);
        }
        if let Some(response) = &mut self.response {
            (response.body, response.body_base64) = (None, None);
        }
        self.object = None;
    }
}

fn url_to_keep(redactor: &Redactor<'_>, url: &Text) -> String {
    let kept = redactor.url(&url.0).unwrap_or_else(|_| NOT_KEPT.to_owned());
    cut(kept, limit::URL_CHARS)
}

fn headers(redactor: &Redactor<'_>, headers: &ReportedHeaders) -> Headers {
    let kept = headers.0.iter().map(|(name, value)| {
        let value = redactor.header(name, value);
        let value = value.unwrap_or_else(|_| NOT_KEPT.to_owned());
        let name = cut(redactor.id(name.clone()), limit::NAME_CHARS);
        (name, cut(value, limit::HEADER_CHARS))
    });
    Headers(kept.collect())
}

/// A body's bytes, in whichever of its two forms it was told.
pub(super) fn body_bytes((text, base64): (Option<&BodyText>, Option<&str>)) -> Option<Vec<u8>> {
    match (text, base64) {
        (Some(text), _) => Some(text.0.clone()),
        (None, Some(base64)) => decode_base64(base64),
        (None, None) => None,
    }
}

fn body(
    redactor: &Redactor<'_>,
    told: (Option<&BodyText>, Option<&str>),
    headers: &ReportedHeaders,
) -> Option<Body> {
    let bytes = body_bytes(told)?;
    let named = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("content-encoding");
    let coding = headers.0.iter().find(named);
    let coding = coding.map(|(_, value)| value.as_str());
    Some(match redactor.body(bytes, coding) {
        Ok(kept) => Body::new(kept.bytes, kept.redacted),
        Err(_) => Body::unchecked(),
    })
}

fn pair(redactor: &Redactor<'_>, key: &str, value: &str) -> (String, String) {
    let value = redactor.member(key, value);
    let value = value.unwrap_or_else(|_| format!("\"{NOT_KEPT}\""));
    (redactor.id(key.to_owned()), value)
}
