//! Runs: one execution of an integration.

mod conditions;
pub(crate) mod list;

use domain::{IntegrationId, Key, Run, RunRow, WorkspaceId, merge::LastSeen};

use crate::{
    Store, StoreError,
    clauses::{Clauses, storable},
    pool::Conn,
};

pub use list::RunsOf;
#[cfg(test)]
pub(crate) use list::{Scope, beginning, count_of, new_of, page_of};

const BY_KEY: &str = "SELECT * FROM run WHERE workspace_id = $1 AND key = $2";
const LAST: &str = "SELECT key, started_at, status, network_code, handled_at FROM run \
     WHERE integration_id = $1 ORDER BY started_at DESC, key DESC LIMIT 1";

const STRIP: &str = concat!(
    "SELECT ",
    run_columns!(),
    " FROM run WHERE integration_id = $1 \
     AND (SELECT 1 FROM integration WHERE id = $2 AND workspace_id = $3) = 1 \
     ORDER BY started_at DESC, id DESC LIMIT $4"
);
const FAILED_BEFORE: &str = "SELECT key FROM run WHERE integration_id = $1 AND status = 'failed' \
     AND (started_at, id) < ($2, $3) ORDER BY started_at DESC, id DESC LIMIT 1";
const FAILED_AFTER: &str = "SELECT key FROM run WHERE integration_id = $1 AND status = 'failed' \
     AND (started_at, id) > ($2, $3) ORDER BY started_at, id LIMIT 1";
const PINGED: &str = "SELECT key FROM run WHERE integration_id = $1 AND status = 'running' \
     AND key >= 'ping-' AND key < 'ping.' ORDER BY started_at DESC, id DESC LIMIT 1";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_KEY, LAST, STRIP, FAILED_BEFORE, FAILED_AFTER, PINGED];

table!(
    "run",
    Run,
    [
        id,
        workspace_id,
        integration_id,
        key,
        status,
        trigger_app,
        trigger_name,
        trigger_type,
        started_at,
        finished_at,
        duration_ms,
        network_code,
        failing_step,
        failing_code,
        failing_app,
        created_count,
        updated_count,
        deleted_count,
        summary,
        error,
        label,
        reference,
        steps,
        failed_steps,
        tasks,
        handled_at,
        handled_note,
        reported_status,
        reported_started_at,
        reported_duration_ms,
        reported_network_code,
        received_at,
        settled,
    ]
);

/// The runs of these keys.
pub(crate) async fn load(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    keys: &[&Key],
) -> Result<Vec<Run>, StoreError> {
    Ok(load!(conn, Run, keys, |part| {
        let mut sql = Clauses::default();
        sql.sql("SELECT * FROM run WHERE workspace_id = ")
            .int(workspace.0);
        sql.sql(" AND key IN ")
            .words(part.iter().map(|key| key.as_str()));
        sql
    }))
}

/// Looks up what the integration's row keeps of its last run.
pub(crate) async fn last_of(
    conn: &mut Conn<'_>,
    integration: IntegrationId,
) -> Result<Option<LastSeen>, StoreError> {
    on!(conn, Conn, |c: Db| {
        Ok(sqlx::query_as::<Db, LastSeen>(LAST)
            .bind(integration)
            .fetch_optional(&mut **c)
            .await?)
    })
}

impl Store {
    /// The last `limit` runs of the integration, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn last_runs(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        limit: i64,
    ) -> Result<Vec<RunRow>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, RunRow>(STRIP)
                .bind(integration)
                .bind(integration)
                .bind(workspace)
                .bind(limit);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// The failed runs of the same integration that began next before and next after `run`,
    /// whichever order the list has.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn failed_beside(
        &self,
        workspace: WorkspaceId,
        run: &Run,
    ) -> Result<(Option<Key>, Option<Key>), StoreError> {
        if run.workspace_id != workspace {
            return Ok((None, None));
        }
        let before = self.failed(FAILED_BEFORE, run).await?;
        Ok((before, self.failed(FAILED_AFTER, run).await?))
    }

    /// The run that a heartbeat opened last and none has ended, of an integration.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn pinged_run(
        &self,
        workspace: WorkspaceId,
        integration: &str,
    ) -> Result<Option<Key>, StoreError> {
        let Some(integration) = self.integration(workspace, integration).await? else {
            return Ok(None);
        };
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, Key>(PINGED).bind(integration.id);
            Ok(query.fetch_optional(pool).await?)
        })
    }

    async fn failed(&self, sql: &'static str, run: &Run) -> Result<Option<Key>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, Key>(sql)
                .bind(run.integration_id)
                .bind(run.started_at)
                .bind(run.id);
            Ok(query.fetch_optional(pool).await?)
        })
    }

    /// The run of this key.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn run(&self, workspace: WorkspaceId, key: &str) -> Result<Option<Run>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Run>(BY_KEY)
                .bind(workspace)
                .bind(storable(key));
            Ok(query.fetch_optional(pool).await?)
        })
    }
}
