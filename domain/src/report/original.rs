//! What a payload lost when its secrets left it: the originals of those parts, and of no others.
//!
//! Nothing here is kept as it is. A workspace that asks for it has the store seal it.

use super::{BodyText, StepReport, kept::body_bytes};
use crate::{
    Body, Headers, Payload,
    payload::{Object, Request, Response},
    redact::NOT_KEPT,
};

impl StepReport {
    /// The originals of those parts that differ in `kept`, which [`Self::payload`] made of this
    /// report. What could not be checked for secrets is not in it either: nobody knows what it is.
    #[must_use]
    pub fn originals(&self, kept: &Payload) -> Payload {
        let request = self.request.as_ref().zip(kept.request.as_ref());
        let response = self.response.as_ref().zip(kept.response.as_ref());
        let object = self.object.as_ref().zip(kept.object.as_ref());
        Payload {
            request: request.and_then(|(told, kept)| {
                let method = told.method.as_ref().map(|text| &text.0);
                let url = told.url.as_ref().map(|text| &text.0);
                let lost = Request {
                    method: text(method, kept.method.as_ref()),
                    url: text(url, kept.url.as_ref()),
                    headers: Headers(pairs(&told.headers.0, &kept.headers.0, NOT_KEPT)),
                    body: body(
                        (told.body.as_ref(), told.body_base64.as_deref()),
                        kept.body.as_ref(),
                    ),
                };
                (lost != Request::default()).then_some(lost)
            }),
            response: response.and_then(|(told, kept)| {
                let lost = Response {
                    status: None,
                    headers: Headers(pairs(&told.headers.0, &kept.headers.0, NOT_KEPT)),
                    body: body(
                        (told.body.as_ref(), told.body_base64.as_deref()),
                        kept.body.as_ref(),
                    ),
                };
                (lost != Response::default()).then_some(lost)
            }),
            object: object.and_then(|(told, kept)| {
                let not_kept = format!("\"{NOT_KEPT}\"");
                let lost = Object(pairs(&told.0, &kept.0, &not_kept));
                (lost != Object::default()).then_some(lost)
            }),
        }
    }
}

fn text(told: Option<&String>, kept: Option<&String>) -> Option<String> {
    let told = told?;
    (Some(told) != kept && kept.is_some_and(|kept| kept != NOT_KEPT)).then(|| told.clone())
}

/// Those that differ. Redacting neither adds a pair nor takes one out.
fn pairs(
    told: &[(String, String)],
    kept: &[(String, String)],
    not_kept: &str,
) -> Vec<(String, String)> {
    let both = told.iter().zip(kept);
    let lost = both.filter(|(told, kept)| told != kept && kept.1 != not_kept);
    lost.map(|(told, _)| told.clone()).collect()
}

fn body(told: (Option<&BodyText>, Option<&str>), kept: Option<&Body>) -> Option<Body> {
    kept.filter(|kept| kept.redacted && !kept.unchecked)?;
    Some(Body::new(body_bytes(told)?, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        redact::{Names, Redactor, Rules},
        report::Report,
    };

    fn originals(json: &str) -> (Payload, Payload) {
        let rules = Rules::new([7; 32], Names::default());
        let redactor = Redactor::new(&rules);
        let Ok(Report::Step(step)) = Report::parse(json, None) else {
            panic!("not a step: {json}");
        };
        let kept = step.payload(&redactor);
        (step.originals(&kept), kept)
    }

    #[test]
    fn only_the_parts_that_lost_a_secret_are_there_and_as_they_were() {
        let (lost, _) = originals(
            r#"{"type": "step", "run": "r", "key": "s",
                "request": {"method": "POST", "url": "https://crm.test/v1?page=2",
                    "headers": {"Accept": "*/*", "Authorization": "Bearer a-token-that-nobody-guesses-1"},
                    "body": { "password" : "hunter2hunter2",  "n":1.0 }},
                "response": {"status": 200, "body": "fine"},
                "object": {"id": 7, "api_key": "k-123456789"}}"#,
        );
        let request = lost.request.expect("a request");
        assert_eq!((request.method, request.url), (None, None));
        assert_eq!(
            request.headers.0,
            [(
                "Authorization".to_owned(),
                "Bearer a-token-that-nobody-guesses-1".to_owned()
            )]
        );
        assert_eq!(
            request.body.map(|body| body.bytes),
            Some(br#"{ "password" : "hunter2hunter2",  "n":1.0 }"#.to_vec())
        );
        assert_eq!(lost.response, None);
        assert_eq!(
            lost.object,
            Some(Object(vec![(
                "api_key".to_owned(),
                "\"k-123456789\"".to_owned()
            )]))
        );
    }

    #[test]
    fn a_payload_without_secrets_has_no_originals() {
        let (lost, _) = originals(
            r#"{"type": "step", "run": "r", "key": "s", "request": {"url": "https://crm.test", "body": {"n": 1}}, "object": {}}"#,
        );
        assert_eq!(lost, Payload::default());
    }

    #[test]
    fn what_could_not_be_checked_has_none_either() {
        let (lost, kept) = originals(
            r#"{"type": "step", "run": "r", "key": "s", "response": {"headers": {"Content-Encoding": "gzip"}, "body_base64": "H4sIAAAA"}}"#,
        );
        assert!(
            kept.response
                .and_then(|response| response.body)
                .is_some_and(|body| body.unchecked)
        );
        assert_eq!(lost, Payload::default());
    }

    #[test]
    fn a_long_original_is_cut_as_what_is_kept_is() {
        let long = "x".repeat(crate::limit::BODY_BYTES);
        let (lost, kept) = originals(&format!(
            r#"{{"type": "step", "run": "r", "key": "s", "response": {{"body": {{"password": "hunter2hunter2", "x": "{long}"}}}}}}"#
        ));
        let body = |payload: Payload| payload.response.and_then(|response| response.body);
        let (lost, kept) = (body(lost).expect("a body"), body(kept).expect("a body"));
        assert_eq!(lost.bytes.len(), crate::limit::BODY_BYTES);
        assert!(lost.cut.is_some() && kept.cut.is_some());
    }
}
