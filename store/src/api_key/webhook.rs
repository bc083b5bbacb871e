//! The secrets that events are signed with: sealed, at most two living ones of an endpoint.
//!
//! An endpoint is a key of the scope `webhook`; these rows are beside it.

use domain::{ApiKeyId, Timestamp, WorkspaceId, access::Scope, webhook::OVERLAP_MS};

use super::{KeyAsked, NewKey};
use crate::{Store, StoreError, pool::Conn, seal::Shut};

const LIVING: &str = "SELECT key_id, sealed FROM webhook_secret \
     WHERE api_key_id = $1 AND workspace_id = $2 AND COALESCE(ends_at, $3) >= $3 \
     ORDER BY id DESC";
// The one before the newest goes at once: no more than two live.
const DROP_OLDER: &str = "DELETE FROM webhook_secret \
     WHERE api_key_id = $1 AND workspace_id = $2 AND ends_at IS NOT NULL";
const END_NEWEST: &str = "UPDATE webhook_secret SET ends_at = $3 \
     WHERE api_key_id = $1 AND workspace_id = $2";
const DROP_ALL: &str = "DELETE FROM webhook_secret WHERE api_key_id = $1 AND workspace_id = $2";
// Nothing where the endpoint is another's, or was revoked meanwhile.
const INSERT: &str = "INSERT INTO webhook_secret \
        (id, workspace_id, api_key_id, key_id, sealed, created_at) \
     SELECT $1, workspace_id, id, $2, $3, $4 FROM api_key \
     WHERE id = $5 AND workspace_id = $6 AND scope = 'webhook' AND revoked_at IS NULL";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[LIVING, DROP_OLDER, END_NEWEST, DROP_ALL, INSERT];

/// Gives an endpoint a secret.
pub(crate) async fn insert(
    conn: &mut Conn<'_>,
    id: i64,
    (workspace, endpoint): (WorkspaceId, ApiKeyId),
    shut: &Shut,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query::<Db>(INSERT).bind(id);
        let query = query.bind(&shut.key_id).bind(&shut.bytes).bind(now);
        let query = query.bind(endpoint).bind(workspace);
        query.execute(&mut **c).await?;
    });
    Ok(())
}

/// Gives it another one; the newest so far lives on for [`OVERLAP_MS`], and older ones end.
pub(crate) async fn renew(
    conn: &mut Conn<'_>,
    id: i64,
    (workspace, endpoint): (WorkspaceId, ApiKeyId),
    shut: &Shut,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query::<Db>(DROP_OLDER).bind(endpoint);
        query.bind(workspace).execute(&mut **c).await?;
        let query = sqlx::query::<Db>(END_NEWEST).bind(endpoint);
        let query = query.bind(workspace).bind(now.plus_ms(OVERLAP_MS));
        query.execute(&mut **c).await?;
    });
    insert(conn, id, (workspace, endpoint), shut, now).await
}

/// Forgets all of them.
pub(crate) async fn forget(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    endpoint: ApiKeyId,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query::<Db>(DROP_ALL).bind(endpoint);
        query.bind(workspace).execute(&mut **c).await?;
    });
    Ok(())
}

impl Store {
    /// Makes an endpoint for webhooks. `endpoint` is what [`Scope::secret_for`] made and stands in
    /// its address; `shut` is what events are signed with.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn create_webhook(
        &self,
        workspace: WorkspaceId,
        asked: KeyAsked,
        (endpoint, shut): (&str, Shut),
        now: Timestamp,
    ) -> Result<ApiKeyId, StoreError> {
        let key = NewKey::new(workspace, Scope::Webhook, asked, endpoint);
        let signed_with = Some(shut);
        let key = NewKey { signed_with, ..key };
        self.writer.create_api_key(key, now).await
    }

    /// Gives a living endpoint of a workspace another secret. The one before lives on for
    /// [`OVERLAP_MS`], unless there is a third meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn renew_webhook(
        &self,
        workspace: WorkspaceId,
        endpoint: ApiKeyId,
        shut: Shut,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .renew_webhook(workspace, endpoint, shut, now)
            .await
    }

    /// The living secrets of an endpoint, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn webhook_secrets(
        &self,
        workspace: WorkspaceId,
        endpoint: ApiKeyId,
        now: Timestamp,
    ) -> Result<Vec<Shut>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, (String, Vec<u8>)>(LIVING).bind(endpoint);
            let rows = query.bind(workspace).bind(now).fetch_all(pool).await?;
            let boxes = rows.into_iter();
            Ok(boxes
                .map(|(key_id, bytes)| Shut { key_id, bytes })
                .collect())
        })
    }
}
