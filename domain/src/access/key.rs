//! The keys of programs: each has one scope.

use serde::{Deserialize, Serialize};

use super::token;
use crate::{ApiKeyId, Key, Timestamp, WorkspaceId, time::DAY_MS};

text_enum! {
    /// What a key is good for. One that reports reads nothing of what runs brought, and the other way
    /// round.
    Scope {
        Ingest = "ingest", "Report runs";
        Read = "read", "Read runs";
        Ping = "ping", "Send heartbeats";
        Webhook = "webhook", "Receive webhooks";
    }
}

/// A key as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub workspace_id: WorkspaceId,
    pub workspace_key: Key,
    pub scope: Scope,
    /// What people call it.
    pub name: Option<String>,
    /// What people recognise it by.
    pub prefix: String,
    pub created_at: Timestamp,
    /// To within a minute.
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    #[cfg_attr(feature = "sqlx", sqlx(flatten))]
    pub bounds: Bounds,
    /// Reports a day, counted in UTC; `None` for as many as come.
    pub daily_quota: Option<i64>,
    /// The day since 1970 of which [`Self::used`] tells.
    pub used_day: i64,
    /// Reports of that day, to within a minute.
    pub used: i64,
}

impl ApiKey {
    /// Reports of the day of `now`, to within a minute.
    #[must_use]
    pub fn used_on(&self, now: Timestamp) -> i64 {
        match self.used_day == now.as_ms().div_euclid(DAY_MS) {
            true => self.used,
            false => 0,
        }
    }
}

/// The part of its workspace that a key is good for; all of it by default.
///
/// What a report leaves open is filled in from it: a run without an integration belongs to that of
/// the key. What a report names beyond it is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Bounds {
    #[cfg_attr(feature = "sqlx", sqlx(rename = "flow_key"))]
    pub flow: Option<Key>,
    #[cfg_attr(feature = "sqlx", sqlx(rename = "integration_key"))]
    pub integration: Option<Key>,
}

impl Bounds {
    /// Whether they are the whole workspace.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.flow.is_none() && self.integration.is_none()
    }
}

/// Who reports: into which workspace, and into which part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporter {
    pub workspace: WorkspaceId,
    pub bounds: Bounds,
}

impl From<WorkspaceId> for Reporter {
    /// One that may report all of it.
    fn from(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            bounds: Bounds::default(),
        }
    }
}

impl Scope {
    /// How keys of this scope begin, so that one found in a log is recognised.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Ingest => "iv_ingest_",
            Self::Read => "iv_read_",
            Self::Ping => "iv_ping_",
            Self::Webhook => "iv_webhook_",
        }
    }

    /// A new key of 256 random bits, in base 62, and a checksum of six characters.
    #[must_use]
    pub fn secret(self, random: [u8; 32]) -> String {
        token::secret(self.prefix(), &random)
    }

    /// Whether a text can be a key at all; spares the database what was cut or mistyped.
    #[must_use]
    pub fn is_secret(text: &str) -> bool {
        let known = |scope: &Self| token::is_secret(scope.prefix(), text);
        Self::ALL.iter().any(known) || is_uuid(text)
    }

    /// A new key as [`Self::secret`], or a UUID where it is for the heartbeats or the webhooks of
    /// one integration: it stands in an address, and clients of heartbeat monitors expect one.
    /// 122 of its bits are random.
    #[must_use]
    pub fn secret_for(self, bounds: &Bounds, random: [u8; 32]) -> String {
        match (self, &bounds.integration) {
            (Self::Ping | Self::Webhook, Some(_)) => uuid(random),
            _ => self.secret(random),
        }
    }

    /// What people recognise a key by: its beginning. Of an endpoint for webhooks all of it, for
    /// it names an address; what guards that is the secret that events are signed with.
    #[must_use]
    pub fn shown(self, secret: &str) -> String {
        match self {
            Self::Webhook => secret.to_owned(),
            _ => secret.chars().take(self.prefix().len() + 4).collect(),
        }
    }
}

/// A UUID of version 4 in small letters.
fn uuid(random: [u8; 32]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&random[..16]);
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let hex = crate::payload::hex(&bytes);
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// Whether a text is a UUID in small letters, of any version.
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_and_a_mistyped_one_is_not() {
        let secret = Scope::Ingest.secret([0xA7; 32]);
        assert_eq!(secret.len(), "iv_ingest_".len() + 49);
        assert!(Scope::is_secret(&secret));
        assert!(!Scope::is_secret(&secret.replace("ingest", "read")));
        assert!(!Scope::is_secret(&secret[..secret.len() - 1]));
        assert!(!Scope::is_secret("iv_ingest_é"));
        let mine = Bounds {
            flow: None,
            integration: Some(Key::unassigned()),
        };
        let uuid = Scope::Ping.secret_for(&mine, [0xFF; 32]);
        assert_eq!(uuid, "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert!(Scope::is_secret(&uuid) && !Scope::is_secret(&uuid.to_uppercase()));
        assert!(
            Scope::Ping
                .secret_for(&Bounds::default(), [1; 32])
                .starts_with("iv_ping_")
        );
        assert_eq!(Scope::Ingest.secret_for(&mine, [0xA7; 32]), secret);
        assert_ne!(secret, Scope::Ingest.secret([0xA8; 32]));
    }
}
