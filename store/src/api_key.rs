//! API keys: what a program shows instead of a password.
//!
//! The key itself is made and shown once; the database holds its SHA-256.

use domain::{
    ApiKeyId, Timestamp, WorkspaceId,
    access::{ApiKey, Scope},
    payload::hex,
};
use sha2::{Digest, Sha256};

use crate::{Store, StoreError, pool::Conn};

const BY_HASH: &str = "SELECT k.id, k.workspace_id, w.key AS workspace_key, k.scope, k.prefix, \
        k.created_at, k.revoked_at \
     FROM api_key k \
     JOIN workspace w ON w.id = k.workspace_id \
     WHERE k.hash = $1 AND k.revoked_at IS NULL";
const INSERT: &str = "INSERT INTO api_key (id, workspace_id, scope, prefix, hash, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const REVOKE: &str = "UPDATE api_key SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_HASH, INSERT, REVOKE];

/// A key on its way into the database.
#[derive(Debug)]
pub(crate) struct NewKey {
    pub(crate) workspace: WorkspaceId,
    pub(crate) scope: Scope,
    pub(crate) prefix: String,
    pub(crate) hash: String,
}

pub(crate) async fn insert(
    conn: &mut Conn<'_>,
    id: ApiKeyId,
    key: &NewKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query::<Db>(INSERT)
            .bind(id)
            .bind(key.workspace)
            .bind(key.scope);
        query
            .bind(&key.prefix)
            .bind(&key.hash)
            .bind(now)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}

pub(crate) async fn revoke(
    conn: &mut Conn<'_>,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(REVOKE)
            .bind(now)
            .bind(id)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}

fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

impl Store {
    /// Keeps a new key; `secret` is what [`Scope::secret`] made.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn create_api_key(
        &self,
        workspace: WorkspaceId,
        scope: Scope,
        secret: &str,
        now: Timestamp,
    ) -> Result<ApiKeyId, StoreError> {
        let prefix = secret.chars().take(scope.prefix().len() + 4).collect();
        self.writer
            .create_api_key(
                NewKey {
                    workspace,
                    scope,
                    prefix,
                    hash: digest(secret),
                },
                now,
            )
            .await
    }

    /// The living key behind `secret`.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn api_key(&self, secret: &str) -> Result<Option<ApiKey>, StoreError> {
        let hash = digest(secret);
        on!(&self.pool, Pool, |pool: Db| {
            Ok(sqlx::query_as::<Db, ApiKey>(BY_HASH)
                .bind(hash)
                .fetch_optional(pool)
                .await?)
        })
    }

    /// Ends a key at once.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn revoke_api_key(&self, id: ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
        self.writer.revoke_api_key(id, now).await
    }
}
