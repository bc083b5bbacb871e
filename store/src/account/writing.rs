//! What changes people. Each is one transaction, so that a link is used once and the last admin stays.

use domain::{
    AccountId, SessionId, Timestamp, WorkspaceId,
    access::{Account, Role, digest},
    id::IdGenerator,
};

use super::identity::Identity;
use crate::{StoreError, clauses::storable, pool::Conn};

const ADD: &str = "INSERT INTO account (id, email, password, created_at) VALUES ($1, $2, NULL, $3)";
const FIND: &str = "SELECT id, email, password IS NOT NULL AS has_password, created_at FROM account \
     WHERE lower(email) = $1";
const UNSET: &str = "SELECT id, email, password IS NOT NULL AS has_password, created_at FROM account \
     WHERE email IS NULL ORDER BY id LIMIT 1";
const SET_PASSWORD: &str = "UPDATE account SET password = $1 WHERE id = $2";
const SET_EMAIL: &str = "UPDATE account SET email = $1 WHERE id = $2";
const JOIN: &str = "INSERT INTO membership (account_id, workspace_id, role, created_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (account_id, workspace_id) DO UPDATE SET role = excluded.role";
const JOIN_ALL: &str = "INSERT INTO membership (account_id, workspace_id, role, created_at) \
     SELECT $1, id, 'admin', $2 FROM workspace WHERE TRUE \
     ON CONFLICT (account_id, workspace_id) DO UPDATE SET role = excluded.role";
const LEAVE: &str = "DELETE FROM membership WHERE account_id = $1 AND workspace_id = $2";
const OTHER_ADMINS: &str = "SELECT COUNT(*) FROM membership m JOIN account a ON a.id = m.account_id \
     WHERE m.workspace_id = $1 AND m.account_id <> $2 AND m.role = 'admin' \
     AND (a.password IS NOT NULL OR EXISTS (SELECT 1 FROM identity i WHERE i.account_id = a.id))";
const IS_ADMIN: &str = "SELECT COUNT(*) FROM membership \
     WHERE workspace_id = $1 AND account_id = $2 AND role = 'admin'";
const BEGIN: &str = "INSERT INTO session (id, hash, account_id, created_at, seen_at, agent, address) \
     VALUES ($1, $2, $3, $4, $4, $5, $6)";
const TOUCH: &str = "UPDATE session SET seen_at = $1 WHERE id = $2 AND seen_at < $1";
const END: &str = "DELETE FROM session WHERE id = $1 AND account_id = $2";
const END_OTHERS: &str = "DELETE FROM session WHERE account_id = $1 AND id <> $2";
const ADD_TICKET: &str =
    "INSERT INTO ticket (id, hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
const USE_TICKET: &str = "DELETE FROM ticket WHERE hash = $1 AND expires_at > $2";
const DROP_TICKETS: &str =
    "DELETE FROM ticket WHERE COALESCE(account_id, 0) = $1 OR expires_at < $2";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[
    ADD,
    FIND,
    UNSET,
    SET_PASSWORD,
    SET_EMAIL,
    JOIN,
    JOIN_ALL,
    LEAVE,
    OTHER_ADMINS,
    IS_ADMIN,
    BEGIN,
    TOUCH,
    END,
    END_OTHERS,
    ADD_TICKET,
    USE_TICKET,
    DROP_TICKETS,
];

/// A browser that signs in.
#[derive(Clone)]
pub struct NewSession {
    /// What its cookie will hold.
    pub secret: String,
    /// What it calls itself; the beginning is kept.
    pub agent: String,
    pub address: String,
}

impl std::fmt::Debug for NewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// Why people could not be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("the link was used already, or has expired")]
    Link,
    #[error("somebody else has this e-mail address")]
    Email,
    #[error("a workspace needs an admin who can sign in; make somebody else one first")]
    LastAdmin,
}

/// A change of people.
pub(crate) enum Work {
    /// Makes a link; earlier ones of the same account end.
    Ticket {
        account: Option<AccountId>,
        hash: String,
        until: Timestamp,
    },
    /// Uses the first link of all: its bearer becomes an admin everywhere.
    Setup {
        ticket: String,
        session: NewSession,
    },
    /// Sets what the first admin put off.
    Complete {
        account: AccountId,
        email: String,
        password: String,
        session: NewSession,
    },
    /// Uses a link that sets a password.
    Redeem {
        ticket: String,
        account: AccountId,
        password: String,
        session: NewSession,
    },
    /// Sets another password; every other session ends.
    Change {
        account: AccountId,
        password: String,
        session: NewSession,
    },
    SignIn {
        account: AccountId,
        session: NewSession,
    },
    Touch(SessionId),
    SignOut {
        account: AccountId,
        session: SessionId,
    },
    Invite {
        workspace: WorkspaceId,
        email: String,
        role: Role,
    },
    SetRole {
        workspace: WorkspaceId,
        account: AccountId,
        role: Option<Role>,
    },
    /// Somebody comes from an identity provider.
    Identify {
        who: Identity,
        join: Option<(WorkspaceId, Role)>,
    },
    Forget(AccountId),
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("account::Work")
    }
}

/// What became of it.
pub(crate) type Reply = Result<Option<Account>, Denied>;

/// Does one change.
pub(crate) async fn write(
    conn: &mut Conn<'_>,
    ids: &mut IdGenerator,
    work: &Work,
    now: Timestamp,
) -> Result<Reply, StoreError> {
    let mut at = Writing { conn, ids, now };
    match work {
        Work::Ticket {
            account,
            hash,
            until,
        } => {
            at.drop_tickets(*account).await?;
            at.add_ticket(*account, hash, *until).await?;
        }
        Work::Setup { ticket, session } => {
            if !at.use_ticket(ticket).await? {
                return Ok(Err(Denied::Link));
            }
            let account = at.first_admin().await?;
            at.begin(account.id, session).await?;
            return Ok(Ok(Some(account)));
        }
        Work::Complete {
            account,
            email,
            password,
            session,
        } => {
            let taken = at.find(email).await?;
            if taken.is_some_and(|other| other.id != *account) {
                return Ok(Err(Denied::Email));
            }
            on!(&mut *at.conn, Conn, |c: Db| {
                let query = sqlx::query::<Db>(SET_EMAIL)
                    .bind(email.as_str())
                    .bind(account);
                query.execute(&mut **c).await?;
            });
            at.set_password(*account, password, session).await?;
        }
        Work::Redeem {
            ticket,
            account,
            password,
            session,
        } => {
            if !at.use_ticket(ticket).await? {
                return Ok(Err(Denied::Link));
            }
            at.set_password(*account, password, session).await?;
        }
        Work::Change {
            account,
            password,
            session,
        } => {
            at.set_password(*account, password, session).await?;
        }
        Work::SignIn { account, session } => {
            at.begin(*account, session).await?;
        }
        Work::Touch(session) => on!(&mut *at.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(TOUCH).bind(now).bind(session);
            query.execute(&mut **c).await?;
        }),
        Work::SignOut { account, session } => on!(&mut *at.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(END).bind(session).bind(account);
            query.execute(&mut **c).await?;
        }),
        Work::Invite {
            workspace,
            email,
            role,
        } => {
            let account = match at.find(email).await? {
                Some(known) => known,
                None => at.add(Some(email)).await?,
            };
            // A link that was made for fewer workspaces must not open this one too.
            at.drop_tickets(Some(account.id)).await?;
            let set = at.set_role(*workspace, account.id, Some(*role)).await?;
            return Ok(set.map(|_| Some(account)));
        }
        Work::SetRole {
            workspace,
            account,
            role,
        } => {
            return at.set_role(*workspace, *account, *role).await;
        }
        Work::Identify { who, join } => return at.identify(who, *join).await,
        Work::Forget(account) => at.forget(*account).await?,
    }
    Ok(Ok(None))
}

pub(super) struct Writing<'w, 'c> {
    pub(super) conn: &'w mut Conn<'c>,
    pub(super) ids: &'w mut IdGenerator,
    pub(super) now: Timestamp,
}

impl Writing<'_, '_> {
    pub(super) async fn find(&mut self, email: &str) -> Result<Option<Account>, StoreError> {
        let email = email.to_ascii_lowercase();
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query_as::<Db, Account>(FIND).bind(email);
            Ok(query.fetch_optional(&mut **c).await?)
        })
    }

    pub(super) async fn add(&mut self, email: Option<&str>) -> Result<Account, StoreError> {
        let account = Account {
            id: AccountId(self.ids.next(self.now)),
            email: email.map(storable),
            has_password: false,
            created_at: self.now,
        };
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(ADD)
                .bind(account.id)
                .bind(account.email.as_deref());
            query.bind(self.now).execute(&mut **c).await?;
        });
        Ok(account)
    }

    /// The account that a setup link is for: the one that was begun, or a new one; admin everywhere.
    async fn first_admin(&mut self) -> Result<Account, StoreError> {
        let begun: Option<Account> = on!(&mut *self.conn, Conn, |c: Db| {
            sqlx::query_as::<Db, Account>(UNSET)
                .fetch_optional(&mut **c)
                .await?
        });
        let account = match begun {
            Some(begun) => begun,
            None => self.add(None).await?,
        };
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(JOIN_ALL).bind(account.id).bind(self.now);
            query.execute(&mut **c).await?;
        });
        Ok(account)
    }

    pub(super) async fn join(
        &mut self,
        account: AccountId,
        workspace: WorkspaceId,
        role: Role,
    ) -> Result<(), StoreError> {
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(JOIN)
                .bind(account)
                .bind(workspace)
                .bind(role);
            query.bind(self.now).execute(&mut **c).await?;
        });
        Ok(())
    }

    async fn set_role(
        &mut self,
        workspace: WorkspaceId,
        account: AccountId,
        role: Option<Role>,
    ) -> Result<Reply, StoreError> {
        let count = async |conn: &mut Conn<'_>, query: &'static str| -> Result<i64, StoreError> {
            on!(conn, Conn, |c: Db| {
                let query = sqlx::query_scalar::<Db, i64>(query).bind(workspace);
                Ok(query.bind(account).fetch_one(&mut **c).await?)
            })
        };
        if role != Some(Role::Admin)
            && count(self.conn, IS_ADMIN).await? > 0
            && count(self.conn, OTHER_ADMINS).await? == 0
        {
            return Ok(Err(Denied::LastAdmin));
        }
        match role {
            Some(role) => self.join(account, workspace, role).await?,
            None => on!(&mut *self.conn, Conn, |c: Db| {
                let query = sqlx::query::<Db>(LEAVE).bind(account).bind(workspace);
                query.execute(&mut **c).await?;
            }),
        }
        Ok(Ok(None))
    }

    /// Sets a password and begins the one session that is left.
    async fn set_password(
        &mut self,
        account: AccountId,
        password: &str,
        session: &NewSession,
    ) -> Result<(), StoreError> {
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(SET_PASSWORD).bind(password).bind(account);
            query.execute(&mut **c).await?;
        });
        self.drop_tickets(Some(account)).await?;
        let kept = self.begin(account, session).await?;
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(END_OTHERS).bind(account).bind(kept);
            query.execute(&mut **c).await?;
        });
        Ok(())
    }

    async fn begin(
        &mut self,
        account: AccountId,
        session: &NewSession,
    ) -> Result<SessionId, StoreError> {
        let id = SessionId(self.ids.next(self.now));
        let agent: String = session.agent.chars().take(200).collect();
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(BEGIN)
                .bind(id)
                .bind(digest(&session.secret));
            let query = query.bind(account).bind(self.now).bind(storable(agent));
            query
                .bind(session.address.as_str())
                .execute(&mut **c)
                .await?;
        });
        Ok(id)
    }

    async fn add_ticket(
        &mut self,
        account: Option<AccountId>,
        hash: &str,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let id = self.ids.next(self.now);
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(ADD_TICKET)
                .bind(id)
                .bind(hash)
                .bind(account);
            query.bind(self.now).bind(until).execute(&mut **c).await?;
        });
        Ok(())
    }

    /// Whether a living link was there; it no longer is.
    async fn use_ticket(&mut self, secret: &str) -> Result<bool, StoreError> {
        Ok(on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(USE_TICKET)
                .bind(digest(secret))
                .bind(self.now);
            query.execute(&mut **c).await?.rows_affected()
        }) > 0)
    }

    /// Ends the links of an account, and those whose time is over.
    async fn drop_tickets(&mut self, account: Option<AccountId>) -> Result<(), StoreError> {
        let account = account.unwrap_or(AccountId(0));
        on!(&mut *self.conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(DROP_TICKETS).bind(account).bind(self.now);
            query.execute(&mut **c).await?;
        });
        Ok(())
    }
}
