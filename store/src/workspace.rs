//! Workspaces.

use domain::{Timestamp, Workspace, WorkspaceId};

use crate::{Store, StoreError, clauses::storable, pool::Conn};

const BY_KEY: &str = "SELECT id, key, name FROM workspace WHERE key = $1";
const INSERT: &str = "INSERT INTO workspace (id, key, name, created_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (key) DO NOTHING";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_KEY, INSERT];

impl Store {
    /// The workspace of this key.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn workspace(&self, key: &str) -> Result<Option<Workspace>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            Ok(sqlx::query_as::<Db, Workspace>(BY_KEY)
                .bind(storable(key))
                .fetch_optional(pool)
                .await?)
        })
    }

    /// Makes the workspace where there is none of this key.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn ensure_workspace(
        &self,
        key: &str,
        now: Timestamp,
    ) -> Result<Workspace, StoreError> {
        self.writer.ensure_workspace(key, now).await?;
        self.workspace(key).await?.ok_or(StoreError::Closed)
    }
}

/// Adds a workspace; one of this key that exists stays as it is.
pub(crate) async fn insert(
    conn: &mut Conn<'_>,
    id: WorkspaceId,
    key: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(INSERT)
            .bind(id)
            .bind(key)
            .bind(key)
            .bind(now)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}
