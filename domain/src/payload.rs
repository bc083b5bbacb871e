//! What an API call sent and got, as bytes.
//!
//! A body is never interpreted on its way in or out: what was reported comes
//! back byte for byte, unless it was redacted or longer than
//! [`limit::BODY_BYTES`], and then it says so.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::limit;

text_enum! {
    /// The three sections of a payload. Response is what people come for.
    Section {
        Response = "response", "Response";
        Request = "request", "Request";
        Object = "object", "Object";
    }
}

/// The payload of a step's API call. A section that was not reported is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    pub request: Option<Request>,
    pub response: Option<Response>,
    pub object: Option<Object>,
}

/// What was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub method: Option<String>,
    pub url: Option<String>,
    pub headers: Headers,
    pub body: Option<Body>,
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    pub status: Option<i64>,
    pub headers: Headers,
    pub body: Option<Body>,
}

/// Key-value pairs that the step kept; each value is JSON text as it was reported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object(pub Vec<(String, String)>);

/// Header fields in the order in which they were sent; a name may occur twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value of a field, its name in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its bytes, or its beginning where it was cut.
    pub bytes: Vec<u8>,
    /// What it was before it was cut.
    pub cut: Option<Cut>,
    /// Whether a secret in it was replaced.
    pub redacted: bool,
    /// Whether it was not kept because it could not be checked for secrets.
    pub unchecked: bool,
}

/// The original of a body that was too long to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    pub size_bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
}

impl Body {
    /// Keeps `bytes` up to the limit.
    #[must_use]
    pub fn new(mut bytes: Vec<u8>, redacted: bool) -> Self {
        let cut = (bytes.len() > limit::BODY_BYTES).then(|| Cut {
            size_bytes: bytes.len() as u64,
            sha256: hex(&Sha256::digest(&bytes)),
        });
        bytes.truncate(limit::BODY_BYTES);
        Self {
            bytes,
            cut,
            redacted,
            unchecked: false,
        }
    }

    /// A body of which nothing is kept, as it could not be checked for secrets.
    #[must_use]
    pub fn unchecked() -> Self {
        Self {
            unchecked: true,
            ..Self::default()
        }
    }
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// One section, ready to be stored: a JSON head and the body's bytes behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// 63 bits of the SHA-256 of `bytes`: tells whether two reports said the same.
    pub digest: i64,
    pub bytes: Vec<u8>,
}

/// Stored bytes that no version of this program wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored payload cannot be read")]
pub struct Unreadable;

#[derive(Default, Serialize, Deserialize)]
struct Head {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    headers: Vec<(String, String)>,
    /// Tells an empty body from none.
    #[serde(default)]
    body: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cut: Option<Cut>,
    #[serde(default)]
    redacted: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    unchecked: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Head {
    /// A head that tells of this body.
    fn of(body: Option<&Body>) -> Self {
        Self {
            body: body.is_some(),
            cut: body.and_then(|body| body.cut.clone()),
            redacted: body.is_some_and(|body| body.redacted),
            unchecked: body.is_some_and(|body| body.unchecked),
            ..Self::default()
        }
    }

    fn encode(self, body: &[u8]) -> Encoded {
        // A head of texts and numbers cannot fail to serialise.
        let head = serde_json::to_vec(&self).unwrap_or_default();
        let mut bytes = Vec::with_capacity(4 + head.len() + body.len());
        bytes.extend_from_slice(&u32::try_from(head.len()).unwrap_or(0).to_le_bytes());
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(body);
        let hash = Sha256::digest(&bytes);
        let mut first = [0; 8];
        first.copy_from_slice(&hash[..8]);
        Encoded {
            digest: i64::from_le_bytes(first) & i64::MAX,
            bytes,
        }
    }

    fn decode(bytes: &[u8]) -> Result<(Self, Option<Body>), Unreadable> {
        let (length, rest) = bytes.split_at_checked(4).ok_or(Unreadable)?;
        let length = u32::from_le_bytes(length.try_into().map_err(|_| Unreadable)?) as usize;
        let (head, body) = rest.split_at_checked(length).ok_or(Unreadable)?;
        let mut head: Self = serde_json::from_slice(head).map_err(|_| Unreadable)?;
        let body = head.body.then(|| Body {
            bytes: body.to_vec(),
            cut: head.cut.take(),
            redacted: head.redacted,
            unchecked: head.unchecked,
        });
        Ok((head, body))
    }
}

fn bytes_of(body: Option<&Body>) -> &[u8] {
    body.map_or(&[], |body| &body.bytes)
}

impl Request {
    /// Its stored form.
    #[must_use]
    pub fn encode(&self) -> Encoded {
        let body = self.body.as_ref();
        Head {
            method: self.method.clone(),
            url: self.url.clone(),
            headers: self.headers.0.clone(),
            ..Head::of(body)
        }
        .encode(bytes_of(body))
    }

    /// From its stored form.
    ///
    /// # Errors
    /// [`Unreadable`] where the bytes are not such a form.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let (head, body) = Head::decode(bytes)?;
        Ok(Self {
            method: head.method,
            url: head.url,
            headers: Headers(head.headers),
            body,
        })
    }
}

impl Response {
    /// Its stored form.
    #[must_use]
    pub fn encode(&self) -> Encoded {
        let body = self.body.as_ref();
        Head {
            status: self.status,
            headers: self.headers.0.clone(),
            ..Head::of(body)
        }
        .encode(bytes_of(body))
    }

    /// From its stored form.
    ///
    /// # Errors
    /// [`Unreadable`] where the bytes are not such a form.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let (head, body) = Head::decode(bytes)?;
        Ok(Self {
            status: head.status,
            headers: Headers(head.headers),
            body,
        })
    }
}

impl Object {
    /// Its stored form.
    #[must_use]
    pub fn encode(&self) -> Encoded {
        Head {
            headers: self.0.clone(),
            ..Head::default()
        }
        .encode(&[])
    }

    /// From its stored form.
    ///
    /// # Errors
    /// [`Unreadable`] where the bytes are not such a form.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        Ok(Self(Head::decode(bytes)?.0.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_come_back_as_they_were(bytes: Vec<u8>, status: Option<i64>, name: String, value: String) {
            let response = Response {
                status,
                headers: Headers(vec![(name, value)]),
                body: Some(Body::new(bytes, false)),
            };
            prop_assert_eq!(Response::decode(&response.encode().bytes), Ok(response));
        }

        #[test]
        fn stored_bytes_that_nobody_wrote_are_an_error_not_a_panic(bytes: Vec<u8>) {
            let _ = Request::decode(&bytes);
        }
    }

    #[test]
    fn an_empty_body_is_not_the_same_as_none() {
        let none = Request::default();
        let empty = Request {
            body: Some(Body::default()),
            ..Request::default()
        };
        assert_eq!(Request::decode(&none.encode().bytes), Ok(none.clone()));
        assert_eq!(Request::decode(&empty.encode().bytes), Ok(empty.clone()));
        assert_ne!(none.encode().digest, empty.encode().digest);
    }

    #[test]
    fn a_body_over_the_limit_keeps_its_length_and_digest() {
        let whole = Body::new(vec![b'x'; limit::BODY_BYTES], false);
        assert_eq!(whole.cut, None);
        let cut = Body::new(vec![b'x'; limit::BODY_BYTES + 1], false);
        assert_eq!(cut.bytes.len(), limit::BODY_BYTES);
        let original = cut.cut.expect("a mark");
        assert_eq!(original.size_bytes, limit::BODY_BYTES as u64 + 1);
        assert_eq!(
            original.sha256,
            hex(&Sha256::digest(vec![b'x'; limit::BODY_BYTES + 1]))
        );
    }
}
