//! Who somebody is at an identity provider.
//!
//! An account is found by its e-mail address once. From then on it goes by the provider's own word
//! for the person, which never changes: neither does an address that changes there lose the account,
//! nor does whoever is given that address next find it.

use domain::{
    AccountId, Timestamp, WorkspaceId,
    access::{Account, Role},
};

use super::{
    Denied, Reply,
    writing::{Work, Writing},
};
use crate::{Store, StoreError, clauses::storable};

const OF_SUBJECT: &str = "SELECT a.id, a.email, a.password IS NOT NULL AS has_password, a.created_at \
     FROM identity i JOIN account a ON a.id = i.account_id WHERE i.issuer = $1 AND i.subject = $2";
const OF_EMAIL: &str = "SELECT a.id, a.email, a.password IS NOT NULL AS has_password, a.created_at \
     FROM account a WHERE lower(a.email) = $1 \
     AND NOT EXISTS (SELECT 1 FROM identity i WHERE i.account_id = a.id AND i.issuer = $2)";
const LINK: &str = "INSERT INTO identity (id, account_id, issuer, subject, created_at) VALUES ($1, $2, $3, $4, $5)";
const FORGET: &str = "DELETE FROM identity WHERE account_id = $1";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[OF_SUBJECT, OF_EMAIL, LINK, FORGET];

/// What a provider says of a person, after it was checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    /// An address that the provider has verified.
    pub email: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl Identity {
    fn email(&self) -> String {
        storable(self.email.trim().to_ascii_lowercase())
    }
}

impl Store {
    /// The account of this person: the one that is theirs already, or else the one with their address
    /// that is nobody's at this provider.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn account_of(&self, who: &Identity) -> Result<Option<Account>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Account>(OF_SUBJECT)
                .bind(who.issuer.as_str())
                .bind(storable(who.subject.as_str()));
            if let Some(known) = query.fetch_optional(pool).await? {
                return Ok(Some(known));
            }
            let query = sqlx::query_as::<Db, Account>(OF_EMAIL)
                .bind(who.email())
                .bind(who.issuer.as_str());
            Ok(query.fetch_optional(pool).await?)
        })
    }

    /// Makes the account of [`Self::account_of`] theirs for good. Where there is none, one is made
    /// with the role in `join`.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; [`Denied::Email`] where the address is somebody
    /// else's, or nobody's and no account is made.
    pub async fn identify(
        &self,
        who: &Identity,
        join: Option<(WorkspaceId, Role)>,
        now: Timestamp,
    ) -> Result<Result<Account, Denied>, StoreError> {
        let who = who.clone();
        let reply = self
            .writer
            .account(Work::Identify { who, join }, now)
            .await?;
        Ok(reply.and_then(|account| account.ok_or(Denied::Email)))
    }

    /// Forgets who an account is at any provider: the next with its address has it.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn forget_identity(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .account(Work::Forget(account), now)
            .await
            .map(drop)
    }
}

impl Writing<'_, '_> {
    pub(super) async fn identify(
        &mut self,
        who: &Identity,
        join: Option<(WorkspaceId, Role)>,
    ) -> Result<Reply, StoreError> {
        let known: Option<Account> = on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query_as::<Db, Account>(OF_SUBJECT)
                .bind(who.issuer.as_str())
                .bind(storable(who.subject.as_str()));
            query.fetch_optional(&mut **c).await?
        });
        if known.is_some() {
            return Ok(Ok(known));
        }
        let theirs: Option<Account> = on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query_as::<Db, Account>(OF_EMAIL)
                .bind(who.email())
                .bind(who.issuer.as_str());
            query.fetch_optional(&mut **c).await?
        });
        let account = match (theirs, join) {
            (Some(theirs), _) => theirs,
            (None, Some((workspace, role))) if self.find(&who.email).await?.is_none() => {
                let made = self.add(Some(&who.email)).await?;
                self.join(made.id, workspace, role).await?;
                made
            }
            (None, _) => return Ok(Err(Denied::Email)),
        };
        let id = self.ids.next(self.now);
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(LINK).bind(id).bind(account.id);
            let query = query
                .bind(who.issuer.as_str())
                .bind(storable(who.subject.as_str()));
            query.bind(self.now).execute(&mut **c).await?;
        });
        Ok(Ok(Some(account)))
    }

    pub(super) async fn forget(&mut self, account: AccountId) -> Result<(), StoreError> {
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(FORGET).bind(account);
            query.execute(&mut **c).await?;
        });
        Ok(())
    }
}
