//! Links to one run for people outside. Of each only the hash of its secret is here.

use domain::{
    RunId, ShareLinkId, Timestamp, WorkspaceId,
    access::digest,
    id::IdGenerator,
    share::{NewShare, Share},
};

use crate::{Store, StoreError, pool::Conn};

const ADD: &str = "INSERT INTO share_link (id, hash, workspace_id, run_id, payloads, created_by, created_at, \
        expires_at, revoked_at, uses, used_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, 0, NULL)";
const OF_RUN: &str = "SELECT id, workspace_id, run_id, payloads, created_by, created_at, expires_at, \
        revoked_at, uses, used_at FROM share_link \
     WHERE workspace_id = $1 AND run_id = $2 ORDER BY id DESC LIMIT 200";
const BY_HASH: &str = "SELECT id, workspace_id, run_id, payloads, created_by, created_at, expires_at, \
        revoked_at, uses, used_at FROM share_link WHERE hash = $1";
const REVOKE: &str = "UPDATE share_link SET revoked_at = $1 \
     WHERE id = $2 AND workspace_id = $3 AND revoked_at IS NULL";
const USED: &str = "UPDATE share_link SET uses = uses + 1, used_at = $1 WHERE id = $2";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[ADD, OF_RUN, BY_HASH, REVOKE, USED];

/// A change of a link.
#[derive(Debug)]
pub(crate) enum Work {
    /// With the hash of its secret.
    Add(WorkspaceId, NewShare, String),
    Revoke(WorkspaceId, ShareLinkId),
    Used(ShareLinkId),
}

/// Does one change.
pub(crate) async fn write(
    conn: &mut Conn<'_>,
    ids: &mut IdGenerator,
    work: &Work,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = match work {
            Work::Add(workspace, share, hash) => sqlx::query::<Db>(ADD)
                .bind(ids.next(now))
                .bind(hash)
                .bind(workspace)
                .bind(share.run_id)
                .bind(share.payloads)
                .bind(&share.created_by)
                .bind(now)
                .bind(share.expires_at),
            Work::Revoke(workspace, id) => {
                sqlx::query::<Db>(REVOKE).bind(now).bind(id).bind(workspace)
            }
            Work::Used(id) => sqlx::query::<Db>(USED).bind(now).bind(id),
        };
        query.execute(&mut **c).await?;
    });
    Ok(())
}

impl Store {
    /// Keeps a new link to a run.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn create_share(
        &self,
        workspace: WorkspaceId,
        share: NewShare,
        secret: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .share(Work::Add(workspace, share, digest(secret)), now)
            .await
    }

    /// The links of a run, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn shares(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Vec<Share>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Share>(OF_RUN)
                .bind(workspace)
                .bind(run);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// The link of this secret, whether or not it is still good.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn share(&self, secret: &str) -> Result<Option<Share>, StoreError> {
        let hash = digest(secret);
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Share>(BY_HASH).bind(hash);
            Ok(query.fetch_optional(pool).await?)
        })
    }

    /// Ends a link at once.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn revoke_share(
        &self,
        workspace: WorkspaceId,
        id: ShareLinkId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer.share(Work::Revoke(workspace, id), now).await
    }

    /// Counts a use of a link.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn share_used(&self, id: ShareLinkId, now: Timestamp) -> Result<(), StoreError> {
        self.writer.share(Work::Used(id), now).await
    }
}
