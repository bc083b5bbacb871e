//! The keys that people see and share.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use crate::limit;

/// A key that the reporting engine gave, unique of its kind in the workspace.
///
/// 1 to 128 characters, none of them a control character, no blank at either
/// end. Case matters. Anything else is allowed, also `/` and `?`: links escape it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
#[cfg_attr(feature = "sqlx", sqlx(transparent))]
#[serde(transparent)]
pub struct Key(String);

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    #[error("a key has at least one character")]
    Empty,
    #[error(
        "a key has at most {} characters, this one has {length}",
        limit::KEY_CHARS
    )]
    TooLong { length: usize },
    #[error("a key holds no control character and no blank at either end")]
    BadCharacter,
}

impl Key {
    /// Checks `text`.
    ///
    /// # Errors
    /// [`KeyError`] names the rule that it breaks.
    pub fn new(text: impl Into<String>) -> Result<Self, KeyError> {
        let text = text.into();
        let length = text.chars().count();
        if length == 0 {
            return Err(KeyError::Empty);
        }
        if length > limit::KEY_CHARS {
            return Err(KeyError::TooLong { length });
        }
        if text.chars().any(char::is_control) || text.trim() != text {
            return Err(KeyError::BadCharacter);
        }
        // A path segment of one or two dots is rewritten by every browser.
        if text == "." || text == ".." {
            return Err(KeyError::BadCharacter);
        }
        Ok(Self(text))
    }

    /// The key of flows and integrations that nobody has named yet.
    #[must_use]
    pub fn unassigned() -> Self {
        Self("unassigned".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_real_engines_are_taken() {
        for text in [
            "1",
            "run_01J9X",
            "octo-org/octo-repo#12",
            "a b",
            "é",
            "?x=1&y",
            "%2F",
        ] {
            assert_eq!(Key::new(text).expect("a key").as_str(), text);
        }
    }

    #[test]
    fn what_would_break_a_link_or_a_column_is_refused() {
        for text in ["", " a", "a ", "a\nb", "a\0b", ".", ".."] {
            assert!(Key::new(text).is_err(), "{text:?}");
        }
        assert_eq!(
            Key::new("é".repeat(129)),
            Err(KeyError::TooLong { length: 129 })
        );
        assert!(Key::new("é".repeat(128)).is_ok());
    }
}
