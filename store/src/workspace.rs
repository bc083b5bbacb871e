//! Workspaces.

use domain::{Timestamp, Workspace, WorkspaceId, labels::Labels, logs::LogsLink};

use crate::{Store, StoreError, clauses::storable, pool::Conn};

const BY_KEY: &str = "SELECT id, key, name, logs_url, logs_label, logs_margin, status_labels FROM workspace WHERE key = $1";
const INSERT: &str = "INSERT INTO workspace (id, key, name, created_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (key) DO NOTHING";
const SET_LOGS: &str =
    "UPDATE workspace SET logs_url = $1, logs_label = $2, logs_margin = $3 WHERE id = $4";
const SET_LABELS: &str = "UPDATE workspace SET status_labels = $1 WHERE id = $2";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_KEY, INSERT, SET_LOGS, SET_LABELS];

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

impl Store {
    /// Sets, or with `None` takes away, the link from runs to the logs of the engine.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn set_logs(
        &self,
        workspace: WorkspaceId,
        logs: Option<LogsLink>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer.set_logs(workspace, logs, now).await
    }

    /// Sets the workspace's own words for statuses. They hold for what is reported from now on.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn set_labels(
        &self,
        workspace: WorkspaceId,
        labels: &Labels,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .set_labels(workspace, labels.to_text(), now)
            .await
    }
}

/// Writes the link to the logs.
pub(crate) async fn set_logs(
    conn: &mut Conn<'_>,
    id: WorkspaceId,
    logs: Option<&LogsLink>,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(SET_LOGS)
            .bind(logs.map(|logs| logs.url.as_str()))
            .bind(logs.map(|logs| logs.label.as_str()))
            .bind(logs.map(|logs| logs.margin))
            .bind(id)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}

/// Writes the words for statuses.
pub(crate) async fn set_labels(
    conn: &mut Conn<'_>,
    id: WorkspaceId,
    labels: &str,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query::<Db>(SET_LABELS).bind(labels).bind(id);
        query.execute(&mut **c).await?;
    });
    Ok(())
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
