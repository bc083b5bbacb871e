//! Secrets that are shown once: what they look like, so that one found in a log is recognised and
//! one that was cut or mistyped spares the database a look.

use sha2::{Digest, Sha256};

/// Digits of 256 bits in base 62.
const BODY: usize = 43;
/// Digits of the checksum.
const SUM: usize = 6;

text_enum! {
    /// What a secret of a person is good for. Each is used through a link or a cookie.
    Token {
        Session = "iv_session_", "Session";
        Setup = "iv_setup_", "Setup link";
        Password = "iv_password_", "Password link";
        Share = "iv_share_", "Share link";
    }
}

impl Token {
    /// A new secret of 256 random bits.
    #[must_use]
    pub fn secret(self, random: [u8; 32]) -> String {
        secret(self.as_str(), &random)
    }

    /// Whether a text can be such a secret at all.
    #[must_use]
    pub fn is_secret(self, text: &str) -> bool {
        is_secret(self.as_str(), text)
    }
}

/// What is kept of a secret: its SHA-256 in hex. 256 random bits need no slower one.
#[must_use]
pub fn digest(secret: &str) -> String {
    crate::payload::hex(&Sha256::digest(secret))
}

/// `prefix`, 256 bits in base 62, and a checksum of six characters.
pub(super) fn secret(prefix: &str, random: &[u8; 32]) -> String {
    let body = base62(random, BODY);
    let sum = checksum(prefix, &body);
    format!("{prefix}{body}{sum}")
}

pub(super) fn is_secret(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        rest.len() == BODY + SUM
            && rest.is_ascii()
            && checksum(prefix, &rest[..BODY]) == rest[BODY..]
    })
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
    let hash = Sha256::digest(format!("{prefix}{body}"));
    base62(&hash[..4], SUM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bits_of_the_random_number_are_in_the_key() {
        let mut bytes = [0; 32];
        assert_eq!(base62(&bytes, 43), "0".repeat(43));
        bytes[31] = 62;
        assert_eq!(base62(&bytes, 43), format!("{}10", "0".repeat(41)));
        assert_ne!(base62(&[255; 32], 43).as_bytes()[0], b'0');
    }
}
