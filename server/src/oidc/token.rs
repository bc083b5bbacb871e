//! Whether an ID token may be believed: signed by the provider, for us, now, in answer to this sign-in.

use domain::Timestamp;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header, errors::ErrorKind, jwk::Jwk};
use serde::Deserialize;
use serde_json::Value;

use super::signature;

/// How far the clocks of two machines may be apart.
const SLACK_S: f64 = 60.0;

/// What a token has to say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) now: Timestamp,
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("it is no signed token")]
    Form,
    #[error("signatures of its kind are not taken")]
    Kind,
    #[error("its signature is by none of the provider's keys")]
    Signature,
    #[error("its issuer is another")]
    Issuer,
    #[error("it is for another client")]
    Audience,
    #[error("its time is over, or has not begun")]
    Time,
    #[error("it answers another sign-in")]
    Nonce,
}

impl From<jsonwebtoken::errors::Error> for Fault {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidSignature | ErrorKind::InvalidKeyFormat => Self::Signature,
            ErrorKind::InvalidIssuer => Self::Issuer,
            ErrorKind::InvalidAudience => Self::Audience,
            ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => Self::Kind,
            _ => Self::Form,
        }
    }
}

/// Who it is, and by which address.
#[derive(Deserialize)]
pub(crate) struct Person {
    #[serde(rename = "sub")]
    pub(crate) subject: String,
    pub(crate) email: Option<String>,
    #[serde(default)]
    email_verified: Value,
}

impl Person {
    /// The address, where the provider says that it is theirs. Some providers say it with a string.
    pub(crate) fn verified_email(&self) -> Option<&str> {
        let verified = match &self.email_verified {
            Value::Bool(verified) => *verified,
            Value::String(text) => text == "true",
            _ => false,
        };
        self.email.as_deref().filter(|_| verified)
    }
}

#[derive(Deserialize)]
struct Claims {
    /// Read as one text: a list of issuers is none.
    iss: String,
    aud: Value,
    azp: Option<String>,
    exp: f64,
    nbf: Option<f64>,
    iat: f64,
    nonce: Option<String>,
    #[serde(flatten)]
    person: Person,
}

/// Says whom a token is about.
///
/// 1. Its kind of signature is one of those that are taken; the key with its name, or any where it
///    names none, has made the signature.
/// 2. Issuer and audience are the wanted ones; where it is for several, it was made for us.
/// 3. Its time has begun and is not over, by our clock and not the library's.
/// 4. It answers this sign-in.
pub(crate) fn verify(token: &str, keys: &[Jwk], wanted: &Wanted<'_>) -> Result<Person, Fault> {
    signature::install();
    let header = decode_header(token)?;
    if !signature::is_taken(header.alg) {
        return Err(Fault::Kind);
    }
    let mut rules = Validation::new(header.alg);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.set_issuer(&[wanted.issuer]);
    rules.set_audience(&[wanted.client]);
    rules.validate_exp = false;

    let named = keys.iter().filter(|key| match &header.kid {
        Some(kid) => key.common.key_id.as_ref() == Some(kid),
        None => true,
    });
    let mut fault = Fault::Signature;
    for key in named {
        let Ok(key) = DecodingKey::from_jwk(key) else {
            continue;
        };
        match decode::<Claims>(token, &key, &rules) {
            Ok(token) => return judge(token.claims, wanted),
            Err(error) => fault = Fault::from(error),
        }
        // Signed by this one, and bad for another reason.
        if fault != Fault::Signature {
            break;
        }
    }
    Err(fault)
}

fn judge(claims: Claims, wanted: &Wanted<'_>) -> Result<Person, Fault> {
    if claims.iss != wanted.issuer {
        return Err(Fault::Issuer);
    }
    let several = claims.aud.as_array().is_some_and(|all| all.len() > 1);
    let made_for = claims.azp.as_deref();
    if made_for.is_some_and(|azp| azp != wanted.client) || (several && made_for.is_none()) {
        return Err(Fault::Audience);
    }
    let now = wanted.now.as_ms() as f64 / 1_000.0;
    let begun = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
    if !(now < claims.exp + SLACK_S && begun < now + SLACK_S) {
        return Err(Fault::Time);
    }
    if claims.nonce.as_deref() != Some(wanted.nonce) {
        return Err(Fault::Nonce);
    }
    Ok(claims.person)
}
