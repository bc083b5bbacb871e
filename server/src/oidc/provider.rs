//! What the provider says of itself, kept for an hour; its keys are asked for again where one is missing.

use std::sync::Arc;

use axum::{
    body::Bytes,
    http::{HeaderValue, Request, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Timestamp;
use http_body_util::Full;
use jsonwebtoken::jwk::Jwk;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use super::{
    Settings,
    client::{Client, NoAnswer, TIME},
};

/// How long what it says is kept.
const KEPT_MS: i64 = 60 * 60 * 1_000;

/// What its discovery document says, as far as it is used.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    pub(crate) authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Why a code was not exchanged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error("the identity provider did not answer: {0}")]
    Away(#[from] NoAnswer),
    #[error("the identity provider's description is for the issuer `{0}`; set that one")]
    Issuer(String),
    #[error("the identity provider's description leads to an address without https")]
    Plain,
    #[error("the identity provider did not take the code: {0}")]
    Code(String),
}

/// What came for a code.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) id_token: String,
    pub(crate) access_token: String,
}

#[derive(Debug, Default)]
struct Kept {
    metadata: Option<(Arc<Metadata>, Timestamp)>,
    keys: Option<(Arc<Vec<Jwk>>, Timestamp)>,
}

/// The provider, as it was when it was last asked.
#[derive(Debug)]
pub(crate) struct Provider {
    client: Client,
    kept: Mutex<Kept>,
}

impl Provider {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            kept: Mutex::default(),
        }
    }

    /// Its description. Whoever comes while it is asked waits for the same answer.
    pub(crate) async fn metadata(
        &self,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Arc<Metadata>, Unanswered> {
        let mut kept = self.kept().await?;
        if let Some((metadata, at)) = &kept.metadata
            && is_fresh(*at, now)
        {
            return Ok(Arc::clone(metadata));
        }
        let issuer = settings.issuer.trim_end_matches('/');
        let url = format!("{issuer}/.well-known/openid-configuration");
        let metadata: Metadata = self.get(&url, None).await?;
        if metadata.issuer != settings.issuer {
            return Err(Unanswered::Issuer(metadata.issuer));
        }
        let used = [
            Some(&metadata.authorization_endpoint),
            Some(&metadata.token_endpoint),
            Some(&metadata.jwks_uri),
            metadata.userinfo_endpoint.as_ref(),
        ];
        let plain = |url: &&String| !url.starts_with("https://");
        if settings.issuer.starts_with("https://") && used.iter().flatten().any(plain) {
            return Err(Unanswered::Plain);
        }
        let metadata = Arc::new(metadata);
        kept.metadata = Some((Arc::clone(&metadata), now));
        Ok(metadata)
    }

    /// Its keys: those that are kept, or, where they did not do, those that it has now.
    pub(crate) async fn keys(
        &self,
        metadata: &Metadata,
        again: bool,
        now: Timestamp,
    ) -> Result<Arc<Vec<Jwk>>, Unanswered> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let mut kept = self.kept().await?;
        if let Some((keys, at)) = &kept.keys
            && is_fresh(*at, now)
            && !again
        {
            return Ok(Arc::clone(keys));
        }
        let set: Set = self.get(&metadata.jwks_uri, None).await?;
        // One key that we do not understand must not hide the others.
        let keys = set.keys.into_iter();
        let keys = keys.filter_map(|key| serde_json::from_value(key).ok());
        let keys: Arc<Vec<Jwk>> = Arc::new(keys.collect());
        kept.keys = Some((Arc::clone(&keys), now));
        Ok(keys)
    }

    /// Exchanges a code for what it stands for.
    pub(crate) async fn exchange(
        &self,
        metadata: &Metadata,
        settings: &Settings,
        (code, verifier, back): (&str, &str, &str),
    ) -> Result<Tokens, Unanswered> {
        #[derive(Deserialize)]
        struct Refusal {
            error: String,
        }
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("code_verifier", verifier),
        ];
        let methods = metadata.token_endpoint_auth_methods_supported.as_deref();
        // Basic where nothing is said: that is the default of the specification.
        let is_basic = methods
            .is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"));
        if !is_basic {
            form.push(("client_id", &settings.client_id));
            form.push(("client_secret", settings.secret.expose()));
        }
        let body = serde_urlencoded::to_string(&form).map_err(|_| NoAnswer::Form)?;
        let mut request = Request::post(&metadata.token_endpoint)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if is_basic {
            request = request.header(header::AUTHORIZATION, basic(settings)?);
        }
        let request = request.body(Full::new(Bytes::from(body)));
        let answer = self
            .client
            .send(request.map_err(|_| NoAnswer::Address)?)
            .await?;
        if answer.status == StatusCode::OK {
            return Ok(read(&answer.body)?);
        }
        match serde_json::from_slice::<Refusal>(&answer.body) {
            Ok(refusal) if answer.status.is_client_error() => {
                Err(Unanswered::Code(word(&refusal.error)))
            }
            _ => Err(NoAnswer::Status(answer.status).into()),
        }
    }

    /// What it says of a person beside the token, where it says that at all.
    pub(crate) async fn userinfo<T: DeserializeOwned>(
        &self,
        metadata: &Metadata,
        tokens: &Tokens,
    ) -> Result<Option<T>, Unanswered> {
        let Some(url) = &metadata.userinfo_endpoint else {
            return Ok(None);
        };
        Ok(Some(self.get(url, Some(&tokens.access_token)).await?))
    }

    /// Not for ever: while the provider is away, many may stand in line.
    async fn kept(&self) -> Result<MutexGuard<'_, Kept>, NoAnswer> {
        let kept = tokio::time::timeout(TIME, self.kept.lock()).await;
        kept.map_err(|_| NoAnswer::Time)
    }

    async fn get<T: DeserializeOwned>(
        &self,
        url: &str,
        bearer: Option<&str>,
    ) -> Result<T, NoAnswer> {
        let mut request = Request::get(url);
        if let Some(token) = bearer {
            request = request.header(header::AUTHORIZATION, secret(&format!("Bearer {token}"))?);
        }
        let request = request.body(Full::default());
        let request = request.map_err(|_| NoAnswer::Address)?;
        let answer = self.client.send(request).await?;
        if answer.status != StatusCode::OK {
            return Err(NoAnswer::Status(answer.status));
        }
        read(&answer.body)
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    (0..KEPT_MS).contains(&(now.as_ms() - at.as_ms()))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, NoAnswer> {
    // The reason would quote what was said.
    serde_json::from_slice(body).map_err(|_| NoAnswer::Form)
}

/// Id and secret as the specification wants them: each encoded as in a form, then both in base64.
fn basic(settings: &Settings) -> Result<HeaderValue, NoAnswer> {
    let encoded = |text: &str| {
        let pair = serde_urlencoded::to_string([("", text)]);
        pair.map(|pair| pair.trim_start_matches('=').to_owned())
            .map_err(|_| NoAnswer::Form)
    };
    let pair = format!(
        "{}:{}",
        encoded(&settings.client_id)?,
        encoded(settings.secret.expose())?
    );
    secret(&format!("Basic {}", STANDARD.encode(pair)))
}

fn secret(value: &str) -> Result<HeaderValue, NoAnswer> {
    let mut value = HeaderValue::from_str(value).map_err(|_| NoAnswer::Form)?;
    value.set_sensitive(true);
    Ok(value)
}

/// A provider's word for an error, fit for a log line.
pub(crate) fn word(text: &str) -> String {
    let fit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    text.chars().filter(fit).take(40).collect()
}
