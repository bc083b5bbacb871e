//! Why a command of this program did not do what it should, for people and for scripts.

use std::fmt;

/// What was asked for makes no sense, or a file that says it is not as it should be.
pub(crate) const USAGE: u8 = 2;
/// It does not fit how things stand: a run is running already, or none is.
pub(crate) const STATE: u8 = 3;

/// A sentence and an exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self {
            code: USAGE,
            text: text.into(),
        }
    }

    pub(crate) fn state(text: impl Into<String>) -> Self {
        Self {
            code: STATE,
            text: text.into(),
        }
    }

    pub(crate) fn other(text: impl Into<String>) -> Self {
        Self {
            code: 1,
            text: text.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
