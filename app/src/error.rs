//! What a page says when it has nothing to show.
//!
//! Every variant is safe to send to a browser: sentences only. The cause is
//! given to the [`ErrorReporter`](crate::context::ErrorReporter) where it is mapped, once.

use domain::access::Role;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// Why a page could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AppError {
    /// There is no such thing. Answered 404.
    #[error("There is no {what}.")]
    NotFound {
        /// The noun and the key: `flow flow_crm`.
        what: String,
    },
    /// The server failed. Answered 500.
    #[error("This page could not be read. Nothing was changed or lost.")]
    Failed {
        /// What to quote when asking for help.
        request_id: Option<String>,
    },
    /// Nobody is signed in any more. Answered 401.
    #[error("You are signed out.")]
    SignedOut,
    /// The reader's role does not reach. Answered 403.
    #[error("This needs the role {} in this workspace.", needs.label())]
    Refused {
        /// The least role that may.
        needs: Role,
    },
    /// The browser could not reach the server.
    #[error("The server cannot be reached.")]
    Unreachable,
    /// Browser and server are of different versions.
    #[error("This page is older than the server. Reload it.")]
    Outdated,
}

impl AppError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => {
                "It may never have been reported, or the address may be misspelt. Keys are matched exactly; upper and lower case are told apart."
            }
            Self::Failed { .. } => {
                "Try again. If it happens again, quote the request ID to whoever runs this server; its log names the cause."
            }
            Self::SignedOut => "Sign in again; you come back to this page.",
            Self::Refused { .. } => {
                "Ask an admin of the workspace for it, or send them the address of this page."
            }
            Self::Unreachable => "Check your connection and try again.",
            Self::Outdated => "A new version of the server was started while this page was open.",
        }
    }

    /// The heading of the page.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "Not found",
            Self::Failed { .. } => "Something failed",
            Self::SignedOut => "Signed out",
            Self::Refused { .. } => "Not allowed",
            Self::Unreachable => "No connection",
            Self::Outdated => "Reload needed",
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_) => Self::Outdated,
            _ => Self::Failed { request_id: None },
        }
    }
}
