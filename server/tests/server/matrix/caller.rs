//! Everybody who may call: people of each role, strangers, programs, and those who only look like it.

use domain::{
    WorkspaceId,
    access::{Role, Scope, Token},
};
use store::{KeyAsked, NewSession};

use crate::support::{NOW, Server};

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Nobody,
    /// With a role in the workspace `main`.
    Member(Role),
    /// An admin of another workspace.
    Stranger,
    /// With a secret of the right form that nobody has.
    Forger,
    /// With the secret of a link to a run of `main`.
    Guest,
    /// A program with a key of `main`.
    Program(Scope),
    /// One with a key of another workspace.
    ForeignProgram(Scope),
    /// One whose key was revoked.
    Revoked(Scope),
}

impl Caller {
    pub(super) fn all() -> Vec<Self> {
        let members = Role::ALL.iter().map(|role| Self::Member(*role));
        let programs = Scope::ALL.iter().flat_map(|scope| {
            [
                Self::Program(*scope),
                Self::ForeignProgram(*scope),
                Self::Revoked(*scope),
            ]
        });
        [Self::Nobody, Self::Stranger, Self::Forger, Self::Guest]
            .into_iter()
            .chain(members)
            .chain(programs)
            .collect()
    }

    /// What it shows of itself, as a cookie or as a program does.
    pub(super) fn secret(self) -> Option<String> {
        Some(match self {
            Self::Nobody => return None,
            Self::Member(role) => Token::Session.secret([10 + role as u8; 32]),
            Self::Stranger => Token::Session.secret([20; 32]),
            Self::Forger => Token::Session.secret([30; 32]),
            Self::Guest => Token::Share.secret([40; 32]),
            Self::Program(scope) => scope.secret([50 + scope as u8; 32]),
            Self::ForeignProgram(scope) => scope.secret([60 + scope as u8; 32]),
            Self::Revoked(scope) => scope.secret([70 + scope as u8; 32]),
        })
    }

    /// Whether it is a person who is signed in.
    pub(super) fn is_signed_in(self) -> bool {
        matches!(self, Self::Member(_) | Self::Stranger)
    }

    /// Makes its key, where it is a program.
    async fn take_key(self, server: &Server, other: WorkspaceId) {
        let store = &server.state.store;
        let (workspace, scope) = match self {
            Self::Program(scope) | Self::Revoked(scope) => (server.workspace, scope),
            Self::ForeignProgram(scope) => (other, scope),
            _ => return,
        };
        let secret = self.secret().expect("a key");
        let id = store
            .create_api_key(workspace, scope, KeyAsked::default(), &secret, NOW)
            .await
            .expect("a key");
        if let Self::Revoked(_) = self {
            store
                .revoke_api_key(workspace, id, NOW)
                .await
                .expect("revoked");
        }
    }

    /// Signs in whoever can.
    pub(super) async fn enter(self, server: &Server) {
        let store = &server.state.store;
        let other = store
            .ensure_workspace("other", NOW)
            .await
            .expect("a workspace")
            .id;
        self.take_key(server, other).await;
        let (workspace, role) = match self {
            Self::Member(role) => (server.workspace, role),
            Self::Stranger => (other, Role::Admin),
            _ => return,
        };
        let email = format!("{self:?}@acme.test").replace(['(', ')'], "");
        let account = store
            .invite(workspace, &email, role, NOW)
            .await
            .expect("the store")
            .expect("an account");
        let secret = self.secret().expect("a secret");
        let session = NewSession {
            secret,
            agent: String::new(),
            address: String::new(),
        };
        store
            .sign_in(account.id, session, NOW)
            .await
            .expect("a session");
    }
}
