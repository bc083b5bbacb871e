//! Sign-in with OpenID Connect: the code flow with PKCE, for one provider that the operator chose.
//!
//! The provider says who somebody is; who may come in is settled here (`people/oidc.rs`). Nothing of
//! the tokens is kept: the session that follows is one of ours. What is signed is judged by
//! `jsonwebtoken` and ring, never by us.

mod attempt;
mod client;
mod provider;
mod signature;
mod token;

use std::{net::IpAddr, sync::Arc};

use axum::http::Uri;
use domain::{Timestamp, access::Role};

use crate::rate::{Allowed, Rate};
use client::Client;
use provider::Provider;
use token::{Person, Wanted};

pub(crate) use attempt::{Attempt, no_cookie};
pub(crate) use provider::{Unanswered, word};
pub(crate) use token::Fault;

/// Which provider, as which client, and whom it lets in.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Exactly as its tokens name it.
    pub issuer: String,
    pub client_id: String,
    pub secret: Secret,
    /// Follows "Sign in with".
    pub label: String,
    /// Whom an account is made for.
    pub join: Option<Join>,
    /// Certificates that are trusted beside the usual ones, as PEM.
    pub roots: Option<Vec<u8>>,
}

/// For whom an account is made at their first sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// Lower case, without `@`.
    pub domains: Vec<String>,
    pub workspace: String,
    pub role: Role,
}

/// The client's secret, which no log shows.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The provider and what is known of it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Oidc(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    provider: Provider,
    begins: Rate<IpAddr>,
}

/// Why nobody is known by an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unknown {
    #[error("{0}")]
    Unanswered(#[from] Unanswered),
    #[error("the token is not believed: {0}")]
    Token(#[from] Fault),
    #[error("the answer is another provider's")]
    Provider,
    #[error("what is said beside the token is of somebody else")]
    Subject,
}

impl Oidc {
    /// Calls nobody: the provider is asked when somebody wants in.
    ///
    /// # Errors
    /// Why the certificates of the settings cannot be used.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let client = Client::new(settings.roots.as_deref())?;
        Ok(Self(Arc::new(Inner {
            settings,
            provider: Provider::new(client),
            begins: Rate::new(Allowed::per_minute(30)),
        })))
    }

    #[must_use]
    pub fn label(&self) -> &str {
        &self.0.settings.label
    }

    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.settings.issuer
    }

    /// The workspace in which accounts are made, where that is allowed.
    #[must_use]
    pub fn joined(&self) -> Option<&str> {
        let join = self.0.settings.join.as_ref();
        join.map(|join| join.workspace.as_str())
    }

    /// Counts a beginning from an address. Or how long to wait.
    pub(crate) fn begins(&self, network: IpAddr) -> Result<(), std::time::Duration> {
        self.0.begins.check(&network)
    }

    /// The role, and where, of somebody new with this address.
    pub(crate) fn join(&self, email: &str) -> Option<(&str, Role)> {
        let join = self.0.settings.join.as_ref()?;
        let (_, domain) = email.rsplit_once('@')?;
        let domain = domain.to_ascii_lowercase();
        let is_in = join.domains.contains(&domain);
        is_in.then_some((join.workspace.as_str(), join.role))
    }

    /// Where at the provider a sign-in goes on.
    pub(crate) async fn begin(
        &self,
        attempt: &Attempt,
        back: &str,
        now: Timestamp,
    ) -> Result<String, Unanswered> {
        let Inner {
            settings, provider, ..
        } = &*self.0;
        let metadata = provider.metadata(settings, now).await?;
        let (state, nonce, challenge) = (attempt.state(), attempt.nonce(), attempt.challenge());
        let query = serde_urlencoded::to_string([
            ("response_type", "code"),
            ("client_id", &settings.client_id),
            ("redirect_uri", back),
            ("scope", "openid email"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ])
        .unwrap_or_default();
        let to = &metadata.authorization_endpoint;
        let joint = if to.contains('?') { '&' } else { '?' };
        Ok(format!("{to}{joint}{query}"))
    }

    /// Who came back with this code.
    pub(crate) async fn finish(
        &self,
        attempt: &Attempt,
        (code, issuer): (&str, &str),
        back: &str,
        now: Timestamp,
    ) -> Result<Person, Unknown> {
        let Inner {
            settings, provider, ..
        } = &*self.0;
        if !issuer.is_empty() && issuer != settings.issuer {
            return Err(Unknown::Provider);
        }
        let metadata = provider.metadata(settings, now).await?;
        let proof = attempt.verifier();
        let tokens = provider
            .exchange(&metadata, settings, (code, &proof, back))
            .await?;
        let nonce = attempt.nonce();
        let wanted = Wanted {
            issuer: &settings.issuer,
            client: &settings.client_id,
            nonce: &nonce,
            now,
        };
        let keys = provider.keys(&metadata, false, now).await?;
        let person = match token::verify(&tokens.id_token, &keys, &wanted) {
            // It may have new ones.
            Err(Fault::Signature) => {
                let keys = provider.keys(&metadata, true, now).await?;
                token::verify(&tokens.id_token, &keys, &wanted)?
            }
            judged => judged?,
        };
        if person.email.is_some() {
            return Ok(person);
        }
        // Some say the address only when they are asked for it.
        match provider.userinfo::<Person>(&metadata, &tokens).await? {
            Some(more) if more.subject != person.subject => Err(Unknown::Subject),
            Some(more) => Ok(more),
            None => Ok(person),
        }
    }
}

/// The host in an issuer's address, where it is one that can be used: https, or this machine.
#[must_use]
pub fn issuer_host(issuer: &str) -> Option<String> {
    let uri: Uri = issuer.parse().ok()?;
    let host = uri.host()?;
    let is_plain = match uri.scheme_str()? {
        "https" => false,
        "http" => true,
        _ => return None,
    };
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let address = name.parse::<IpAddr>();
    let is_here = name == "localhost" || address.is_ok_and(|address| address.is_loopback());
    let whole = uri.query().is_none() && !issuer.contains(['#', '@', ' ']);
    (whole && (is_here || !is_plain)).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_reached_over_tls_or_is_on_this_machine() {
        for (issuer, host) in [
            ("https://id.example.com", "id.example.com"),
            ("https://id.example.com/realms/acme/", "id.example.com"),
            ("http://127.0.0.1:8080/realms/acme", "127.0.0.1"),
            ("http://localhost:8080", "localhost"),
            ("http://[::1]:8080", "[::1]"),
        ] {
            assert_eq!(issuer_host(issuer).as_deref(), Some(host), "{issuer}");
        }
        for issuer in [
            "",
            "id.example.com",
            "http://id.example.com",
            "ftp://id.example.com",
            "https://me@id.example.com",
            "https://id.example.com/?a=b",
            "https://id.example.com/#a",
        ] {
            assert_eq!(issuer_host(issuer), None, "{issuer}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::new("hush")), "[redacted]");
    }
}
