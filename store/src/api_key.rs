//! API keys: what a program shows instead of a password.
//!
//! The key itself is made and shown once; the database holds its SHA-256.

pub(crate) mod webhook;

use domain::{
    ApiKeyId, Timestamp, WorkspaceId,
    access::{ApiKey, Bounds, Scope, digest},
};

use crate::{Store, StoreError, clauses::storable, pool::Conn, seal::Shut};

const BY_HASH: &str = "SELECT k.id, k.workspace_id, w.key AS workspace_key, k.scope, k.name, k.prefix, \
        k.created_at, k.last_used_at, k.revoked_at, \
        k.flow_key, k.integration_key, k.daily_quota, k.used_day, k.used \
     FROM api_key k \
     JOIN workspace w ON w.id = k.workspace_id \
     WHERE k.hash = $1 AND k.revoked_at IS NULL";
const LIST: &str = "SELECT k.id, k.workspace_id, w.key AS workspace_key, k.scope, k.name, k.prefix, \
        k.created_at, k.last_used_at, k.revoked_at, \
        k.flow_key, k.integration_key, k.daily_quota, k.used_day, k.used \
     FROM api_key k \
     JOIN workspace w ON w.id = k.workspace_id \
     WHERE k.workspace_id = $1 ORDER BY k.id DESC LIMIT 1000";
const INSERT: &str = "INSERT INTO api_key \
        (id, workspace_id, scope, name, prefix, hash, created_at, flow_key, integration_key, daily_quota) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const REVOKE: &str = "UPDATE api_key SET revoked_at = $1 \
     WHERE id = $2 AND workspace_id = $3 AND revoked_at IS NULL";
const USED: &str =
    "UPDATE api_key SET last_used_at = $1 WHERE id = $2 AND COALESCE(last_used_at, 0) < $1";
// Servers add to one sum; the first report of a day begins it anew.
const COUNTED: &str = "UPDATE api_key SET \
        used = CASE WHEN used_day = $1 THEN used ELSE 0 END + $2, used_day = $1 \
     WHERE id = $3 AND used_day <= $1";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_HASH, LIST, INSERT, REVOKE, USED, COUNTED];

/// A key on its way into the database.
#[derive(Debug)]
pub(crate) struct NewKey {
    pub(crate) workspace: WorkspaceId,
    pub(crate) scope: Scope,
    pub(crate) asked: KeyAsked,
    pub(crate) prefix: String,
    pub(crate) hash: String,
    /// What events are signed with, where it is an endpoint for them.
    pub(crate) signed_with: Option<Shut>,
}

impl NewKey {
    pub(crate) fn new(
        workspace: WorkspaceId,
        scope: Scope,
        mut asked: KeyAsked,
        secret: &str,
    ) -> Self {
        asked.name = asked.name.map(storable);
        Self {
            workspace,
            scope,
            asked,
            prefix: scope.shown(secret),
            hash: digest(secret),
            signed_with: None,
        }
    }
}

/// What is asked of a new key, beside its scope.
#[derive(Debug, Clone, Default)]
pub struct KeyAsked {
    /// What people call it.
    pub name: Option<String>,
    pub bounds: Bounds,
    /// Reports a day.
    pub daily_quota: Option<i64>,
}

impl KeyAsked {
    /// Whether a key of this scope can be so: one that reads has neither bounds nor ration, and
    /// events become runs of one integration.
    #[must_use]
    pub fn suits(&self, scope: Scope) -> bool {
        match scope {
            Scope::Read => self.bounds.is_all() && self.daily_quota.is_none(),
            Scope::Webhook => self.bounds.integration.is_some(),
            Scope::Ingest | Scope::Ping => true,
        }
    }
}

/// A key was used, and so many reports came with it on a day (since 1970).
#[derive(Debug, Clone, Copy)]
pub struct KeyUsed {
    pub id: ApiKeyId,
    pub at: Timestamp,
    pub day: i64,
    pub reports: i64,
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
            .bind(key.scope)
            .bind(key.asked.name.as_deref());
        let query = query.bind(&key.prefix).bind(&key.hash).bind(now);
        query
            .bind(key.asked.bounds.flow.as_ref())
            .bind(key.asked.bounds.integration.as_ref())
            .bind(key.asked.daily_quota)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}

pub(crate) async fn revoke(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(REVOKE)
            .bind(now)
            .bind(id)
            .bind(workspace)
            .execute(&mut **c)
            .await?;
    });
    webhook::forget(conn, workspace, id).await
}

/// Writes down when a key was last used, and how much came with it.
pub(crate) async fn mark_used(conn: &mut Conn<'_>, used: KeyUsed) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query::<Db>(USED).bind(used.at).bind(used.id);
        query.execute(&mut **c).await?;
        if used.reports > 0 {
            let query = sqlx::query::<Db>(COUNTED).bind(used.day);
            let query = query.bind(used.reports).bind(used.id);
            query.execute(&mut **c).await?;
        }
    });
    Ok(())
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
        asked: KeyAsked,
        secret: &str,
        now: Timestamp,
    ) -> Result<ApiKeyId, StoreError> {
        let key = NewKey::new(workspace, scope, asked, secret);
        self.writer.create_api_key(key, now).await
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

    /// The keys of a workspace, ended ones too, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn api_keys(&self, workspace: WorkspaceId) -> Result<Vec<ApiKey>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, ApiKey>(LIST).bind(workspace);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// Ends a key of a workspace at once.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn revoke_api_key(
        &self,
        workspace: WorkspaceId,
        id: ApiKeyId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer.revoke_api_key(workspace, id, now).await
    }

    /// Writes down that a key was used.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn mark_used(&self, used: KeyUsed) -> Result<(), StoreError> {
        self.writer.used_key(used).await
    }
}
