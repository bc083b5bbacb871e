//! Who may do what. Today: programs with a key of one scope.

use serde::{Deserialize, Serialize};

use crate::{ApiKeyId, Key, Timestamp, WorkspaceId};

text_enum! {
    /// What a key is good for. One that writes can read nothing, and the other way round.
    Scope {
        Ingest = "ingest", "Report runs";
        Read = "read", "Read runs";
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
    /// What people recognise it by.
    pub prefix: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

impl Scope {
    /// How keys of this scope begin, so that one found in a log is recognised.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Ingest => "iv_ingest_",
            Self::Read => "iv_read_",
        }
    }

    /// A new key of 256 random bits, in base 62, and a checksum of six characters.
    #[must_use]
    pub fn secret(self, random: [u8; 32]) -> String {
        let body = base62(&random, 43);
        let sum = checksum(self.prefix(), &body);
        format!("{}{body}{sum}", self.prefix())
    }

    /// Whether a text can be a key at all; spares the database what was cut or mistyped.
    #[must_use]
    pub fn is_secret(text: &str) -> bool {
        Self::ALL.iter().any(|scope| {
            text.strip_prefix(scope.prefix()).is_some_and(|rest| {
                rest.len() == 49
                    && rest.is_ascii()
                    && checksum(scope.prefix(), &rest[..43]) == rest[43..]
            })
        })
    }
}

fn base62(bytes: &[u8], length: usize) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut number = bytes.to_vec();
    let mut digits = vec![b'0'; length];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = rest << 8 | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(0);
            rest = value % 62;
        }
        *digit = DIGITS[rest as usize];
    }
    digits.into_iter().map(char::from).collect()
}

fn checksum(prefix: &str, body: &str) -> String {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(format!("{prefix}{body}"));
    base62(&hash[..4], 6)
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
        assert_ne!(secret, Scope::Ingest.secret([0xA8; 32]));
    }

    #[test]
    fn all_bits_of_the_random_number_are_in_the_key() {
        let mut bytes = [0; 32];
        assert_eq!(base62(&bytes, 43), "0".repeat(43));
        bytes[31] = 62;
        assert_eq!(base62(&bytes, 43), format!("{}10", "0".repeat(41)));
        assert_ne!(base62(&[255; 32], 43).as_bytes()[0], b'0');
    }
}
