//! Webhooks that come in, by Standard Webhooks 1.0: whether an event is from whom it should be,
//! and the run that it becomes.
//!
//! It refuses what is not signed with one of an endpoint's secrets, and what was signed too long
//! ago or in the future. Signatures with public keys (`v1a`) count for nothing: an endpoint has
//! secrets only.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    Key, Timestamp, access, limit,
    payload::hex,
    report::{decode_base64, nesting},
};

/// Bytes of an event. Senders keep to 20 kB; some bring whole documents.
pub const BODY_BYTES: usize = 256 * 1024;

/// How far a sender's clock may be from ours, either way.
pub const TOLERANCE_MS: i64 = 5 * 60 * 1_000;

/// For how long a secret lives on beside the one that takes its place.
pub const OVERLAP_MS: i64 = crate::time::DAY_MS;

/// How secrets begin.
const PREFIX: &str = "whsec_";

/// Bytes of a secret.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Bytes of an event's ID.
const ID_BYTES: usize = 256;

/// What a sender signs with.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// A text is no secret of a webhook. It is never quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret of a webhook is whsec_ and 24 to 64 bytes in base64")]
pub struct NoSecret;

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A new one, of 256 random bits.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(random.to_vec())
    }

    /// Reads one as senders show it.
    ///
    /// # Errors
    /// [`NoSecret`], without a word of the text.
    pub fn parse(text: &str) -> Result<Self, NoSecret> {
        let bytes = text.trim().strip_prefix(PREFIX).and_then(decode_base64);
        Self::from_bytes(bytes.ok_or(NoSecret)?)
    }

    /// One that was kept as its bytes.
    ///
    /// # Errors
    /// [`NoSecret`] where they are too few or too many.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, NoSecret> {
        match SECRET_BYTES.contains(&bytes.len()) {
            true => Ok(Self(bytes)),
            false => Err(NoSecret),
        }
    }

    /// What is to be kept of it, sealed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people copy it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// What is signed of an event, under this secret.
    fn mac(&self, signed: &Signed<'_>, body: &[u8]) -> Hmac<Sha256> {
        // HMAC pads a key to a block of its hash, and none is longer.
        let mut block = [0; 64];
        block[..self.0.len()].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        for part in [signed.id, ".", signed.timestamp, "."] {
            mac.update(part.as_bytes());
        }
        mac.update(body);
        mac
    }
}

/// Why an event is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the header {0} is missing")]
    Missing(&'static str),
    #[error("the header {0} is not what Standard Webhooks 1.0 says")]
    Malformed(&'static str),
    #[error(
        "webhook-timestamp is more than 5 minutes {0}: it is when this attempt is made; compare the clocks"
    )]
    Untimely(&'static str),
    #[error("no signature in webhook-signature is by a living secret of this endpoint")]
    Forged,
}

/// The headers that sign an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<'h> {
    pub id: &'h str,
    timestamp: &'h str,
    at: Timestamp,
    signatures: &'h str,
}

impl<'h> Signed<'h> {
    /// Reads them; `header` finds one by its name in small letters.
    ///
    /// # Errors
    /// [`Refused`], with the header's name.
    pub fn read(header: impl Fn(&str) -> Option<&'h str>) -> Result<Self, Refused> {
        let [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"]
            .map(|name| {
                let value = header(name).map(str::trim).unwrap_or_default();
                (!value.is_empty())
                    .then_some(value)
                    .ok_or(Refused::Missing(name))
            });
        let (id, timestamp) = (id?, timestamp?);
        if id.len() > ID_BYTES {
            return Err(Refused::Malformed("webhook-id"));
        }
        let malformed = Refused::Malformed("webhook-timestamp");
        let seconds = timestamp.parse::<i64>().map_err(|_| malformed)?;
        let ms = seconds.checked_mul(1_000).ok_or(malformed)?;
        Ok(Self {
            id,
            timestamp,
            at: Timestamp::from_ms(ms),
            signatures: signatures?,
        })
    }

    /// Whether one of `secrets` signed this body, and not long ago. Nothing tells from the time
    /// that it takes how much of a signature was right.
    ///
    /// # Errors
    /// [`Refused`] where not.
    pub fn check(&self, secrets: &[Secret], body: &[u8], now: Timestamp) -> Result<(), Refused> {
        let ahead = self.at.as_ms().saturating_sub(now.as_ms());
        if ahead.saturating_abs() > TOLERANCE_MS {
            let which = if ahead < 0 { "old" } else { "ahead" };
            return Err(Refused::Untimely(which));
        }
        let shown = self.signatures.split_ascii_whitespace();
        let shown: Vec<Vec<u8>> = shown
            .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok())
            .collect();
        let is_by = |secret: &Secret| {
            let mac = secret.mac(self, body);
            shown
                .iter()
                .any(|one| mac.clone().verify_slice(one).is_ok())
        };
        match secrets.iter().any(is_by) {
            true => Ok(()),
            false => Err(Refused::Forged),
        }
    }

    /// The key of the run that the event becomes: the same event of the same endpoint is the same
    /// run. Its ID stands in it as far as a key can hold it.
    #[must_use]
    pub fn run_key(&self, endpoint: &str) -> Option<Key> {
        let owner = access::digest(endpoint);
        let key = |id: &str| Key::new(format!("webhook-{}-{id}", &owner[..8]));
        let digest = || hex(&Sha256::digest(self.id)[..16]);
        key(self.id).or_else(|_| key(&digest())).ok()
    }
}

/// An event that was signed as it should be.
#[derive(Debug, Clone)]
pub struct Event<'e> {
    pub run: &'e Key,
    pub integration: &'e Key,
    /// The key of the step that shows it.
    pub step: &'e Key,
    /// Where it was sent to.
    pub url: &'e str,
    pub headers: Vec<(String, String)>,
    pub body: &'e [u8],
}

impl Event<'_> {
    /// The report that it becomes: a run which it set off, and which has ended well with that.
    /// Whoever works on it reports the rest under the same key.
    #[must_use]
    pub fn report(&self, now: Timestamp) -> String {
        let at = now.to_rfc3339();
        let mut trigger = json!({"type": "webhook"});
        if let Some(kind) = kind(self.body) {
            trigger["name"] = kind.into();
        }
        json!({
            "type": "run", "key": self.run, "integration": self.integration,
            "status": "ok", "started_at": at, "finished_at": at, "trigger": trigger,
            "steps": [{
                "key": self.step, "name": "Received event", "status": "ok",
                "started_at": at, "finished_at": at,
                "request": {
                    "method": "POST", "url": self.url, "headers": self.headers,
                    "body_base64": STANDARD.encode(self.body),
                },
            }],
        })
        .to_string()
    }
}

/// What kind of event it says it is.
fn kind(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Payload {
        #[serde(rename = "type")]
        kind: String,
    }
    if nesting(body) > limit::JSON_DEPTH {
        return None;
    }
    let kind = serde_json::from_slice::<Payload>(body).ok()?.kind;
    let kind: String = kind.trim().chars().take(limit::NAME_CHARS).collect();
    (!kind.is_empty()).then_some(kind)
}

#[cfg(test)]
mod tests;
