//! What people may be changed to, each a call that returns when it is committed.

use domain::{
    AccountId, SessionId, Timestamp, WorkspaceId,
    access::{Account, Role, digest},
};

use super::{Denied, NewSession, Work};
use crate::{Store, StoreError};

impl Store {
    /// Makes a link of this secret that sets the password of `account`, or makes the first admin.
    /// Earlier links of the same account end.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn create_ticket(
        &self,
        account: Option<AccountId>,
        secret: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let work = Work::Ticket {
            account,
            hash: digest(secret),
            until,
        };
        self.writer.account(work, now).await.map(drop)
    }

    /// Uses a setup link: its bearer becomes an admin of every workspace and is signed in.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; [`Denied`] where the link is no longer good.
    pub async fn set_up(
        &self,
        ticket: &str,
        session: NewSession,
        now: Timestamp,
    ) -> Result<Result<Account, Denied>, StoreError> {
        let work = Work::Setup {
            ticket: ticket.to_owned(),
            session,
        };
        let reply = self.writer.account(work, now).await?;
        Ok(reply.and_then(|account| account.ok_or(Denied::Link)))
    }

    /// Sets the address and the password that the first admin put off. `password` is a hash.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; [`Denied`] where somebody has the address.
    pub async fn complete_account(
        &self,
        account: AccountId,
        email: &str,
        password: String,
        session: NewSession,
        now: Timestamp,
    ) -> Result<Result<(), Denied>, StoreError> {
        let email = email.to_owned();
        let work = Work::Complete {
            account,
            email,
            password,
            session,
        };
        Ok(self.writer.account(work, now).await?.map(drop))
    }

    /// Uses a link that sets the password of `account`. `password` is a hash.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; [`Denied`] where the link is no longer good.
    pub async fn redeem_ticket(
        &self,
        ticket: &str,
        account: AccountId,
        password: String,
        session: NewSession,
        now: Timestamp,
    ) -> Result<Result<(), Denied>, StoreError> {
        let ticket = ticket.to_owned();
        let work = Work::Redeem {
            ticket,
            account,
            password,
            session,
        };
        Ok(self.writer.account(work, now).await?.map(drop))
    }

    /// Sets another password and ends every session but the new one. `password` is a hash.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn change_password(
        &self,
        account: AccountId,
        password: String,
        session: NewSession,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let work = Work::Change {
            account,
            password,
            session,
        };
        self.writer.account(work, now).await.map(drop)
    }

    /// Begins a session.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn sign_in(
        &self,
        account: AccountId,
        session: NewSession,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .account(Work::SignIn { account, session }, now)
            .await
            .map(drop)
    }

    /// Marks a session as used.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn touch_session(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
        self.writer.account(Work::Touch(id), now).await.map(drop)
    }

    /// Ends a session of `account`.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn sign_out(
        &self,
        account: AccountId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .account(Work::SignOut { account, session }, now)
            .await
            .map(drop)
    }

    /// Gives whoever has this address a role, and an account where they have none.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; [`Denied`] as for [`Self::set_role`].
    pub async fn invite(
        &self,
        workspace: WorkspaceId,
        email: &str,
        role: Role,
        now: Timestamp,
    ) -> Result<Result<Account, Denied>, StoreError> {
        let email = email.to_owned();
        let work = Work::Invite {
            workspace,
            email,
            role,
        };
        let reply = self.writer.account(work, now).await?;
        Ok(reply.and_then(|account| account.ok_or(Denied::Email)))
    }

    /// Gives a member another role, or takes it away.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; [`Denied`] where no admin would be left.
    pub async fn set_role(
        &self,
        workspace: WorkspaceId,
        account: AccountId,
        role: Option<Role>,
        now: Timestamp,
    ) -> Result<Result<(), Denied>, StoreError> {
        let work = Work::SetRole {
            workspace,
            account,
            role,
        };
        Ok(self.writer.account(work, now).await?.map(drop))
    }
}
