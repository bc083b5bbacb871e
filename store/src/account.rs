//! People: accounts, their roles, their sessions, and the links with which they begin.
//!
//! Of every secret only the hash is here. What an account may do is read with its session, at
//! every request, so that a role that was taken away is gone at once.

mod acting;
pub(crate) mod identity;
pub(crate) mod writing;

use domain::{
    AccountId, SessionId, Timestamp, WorkspaceId,
    access::{Account, Membership, Person, Role, Session, digest, is_alive},
};

use crate::{Store, StoreError, clauses::storable};

pub use identity::Identity;
pub use writing::{Denied, NewSession};
pub(crate) use writing::{Reply, Work, write};

const BY_EMAIL: &str = "SELECT id, email, password IS NOT NULL AS has_password, created_at, password \
     FROM account WHERE lower(email) = $1";
const BY_ID: &str = "SELECT id, email, password IS NOT NULL AS has_password, created_at, password FROM account WHERE id = $1";
const SIGNED_IN: &str = "SELECT a.id, a.email, a.password IS NOT NULL AS has_password, a.created_at, \
        s.id AS session, s.created_at AS began_at, s.seen_at \
     FROM session s JOIN account a ON a.id = s.account_id WHERE s.hash = $1";
const SESSIONS: &str = "SELECT id, account_id, created_at, seen_at, agent, address FROM session \
     WHERE account_id = $1 ORDER BY seen_at DESC, id DESC LIMIT 200";
const ROLES: &str = "SELECT m.workspace_id, w.key AS workspace_key, m.role FROM membership m \
     JOIN workspace w ON w.id = m.workspace_id WHERE m.account_id = $1 ORDER BY w.key";
const MEMBERS: &str = "SELECT a.id, a.email, a.password IS NOT NULL AS has_password, a.created_at, m.role, \
        (SELECT MAX(s.seen_at) FROM session s WHERE s.account_id = a.id) AS seen_at \
     FROM membership m JOIN account a ON a.id = m.account_id \
     WHERE m.workspace_id = $1 ORDER BY lower(COALESCE(a.email, '')), a.id LIMIT 1000";
const SIGNS_IN: &str = "SELECT COUNT(*) FROM account a WHERE a.password IS NOT NULL \
     OR EXISTS (SELECT 1 FROM identity i WHERE i.account_id = a.id)";
const TICKET: &str = "SELECT t.account_id, t.expires_at, a.email FROM ticket t \
     LEFT JOIN account a ON a.id = t.account_id WHERE t.hash = $1";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[
    BY_EMAIL, BY_ID, SIGNED_IN, SESSIONS, ROLES, MEMBERS, SIGNS_IN, TICKET,
];

/// An account and the hash of its password.
#[derive(Clone, sqlx::FromRow)]
pub struct WithPassword {
    #[sqlx(flatten)]
    pub account: Account,
    /// Argon2id in the PHC form.
    pub password: Option<String>,
}

/// The hash is nobody's business either.
impl std::fmt::Debug for WithPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WithPassword")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// An account, and the session in which it asks.
#[derive(sqlx::FromRow)]
struct SignedIn {
    #[sqlx(flatten)]
    account: Account,
    session: SessionId,
    began_at: Timestamp,
    seen_at: Timestamp,
}

/// Somebody with a role in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    #[sqlx(flatten)]
    pub account: Account,
    pub role: Role,
    /// When a session of theirs was last used.
    pub seen_at: Option<Timestamp>,
}

/// A living link that sets a password.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Ticket {
    /// `None`: it makes the first admin.
    pub account_id: Option<AccountId>,
    pub email: Option<String>,
    expires_at: Timestamp,
}

impl Store {
    /// The account of an e-mail address, in any case of its letters.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn account(&self, email: &str) -> Result<Option<WithPassword>, StoreError> {
        let email = storable(email.trim().to_ascii_lowercase());
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, WithPassword>(BY_EMAIL).bind(email);
            Ok(query.fetch_optional(pool).await?)
        })
    }

    /// The account of this id.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn account_by_id(&self, id: AccountId) -> Result<Option<WithPassword>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, WithPassword>(BY_ID).bind(id);
            Ok(query.fetch_optional(pool).await?)
        })
    }

    /// Who is signed in with this secret, what they may do, and when the session was last marked as used.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn signed_in(
        &self,
        secret: &str,
        now: Timestamp,
    ) -> Result<Option<(Person, Timestamp)>, StoreError> {
        let hash = digest(secret);
        let found: Option<SignedIn> = on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, SignedIn>(SIGNED_IN).bind(hash);
            query.fetch_optional(pool).await?
        });
        let Some(found) = found.filter(|one| is_alive(one.began_at, one.seen_at, now)) else {
            return Ok(None);
        };
        let person = Person {
            roles: self.roles(found.account.id).await?,
            account: found.account,
            session: found.session,
        };
        Ok(Some((person, found.seen_at)))
    }

    /// The workspaces of an account, and its role in each.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn roles(&self, account: AccountId) -> Result<Vec<Membership>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Membership>(ROLES).bind(account);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// The browsers in which an account is signed in, the last used first.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn sessions(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let mut sessions: Vec<Session> = on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Session>(SESSIONS).bind(account);
            query.fetch_all(pool).await?
        });
        sessions.retain(|one| is_alive(one.created_at, one.seen_at, now));
        Ok(sessions)
    }

    /// The people of a workspace, at most a thousand.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn members(&self, workspace: WorkspaceId) -> Result<Vec<Member>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Member>(MEMBERS).bind(workspace);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// Whether anybody can sign in yet.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn has_people(&self) -> Result<bool, StoreError> {
        let count: i64 = on!(&self.pool, Pool, |pool: Db| {
            sqlx::query_scalar::<Db, i64>(SIGNS_IN)
                .fetch_one(pool)
                .await?
        });
        Ok(count > 0)
    }

    /// What a link does that sets a password; `None` where it was used, has expired or never was.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn ticket(&self, secret: &str, now: Timestamp) -> Result<Option<Ticket>, StoreError> {
        let hash = digest(secret);
        let found: Option<Ticket> = on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Ticket>(TICKET).bind(hash);
            query.fetch_optional(pool).await?
        });
        Ok(found.filter(|ticket| now < ticket.expires_at))
    }
}
