//! What open pages ask again and again: where the runs end, and how one run stands.

use domain::{Status, WorkspaceId, live::Standing};

use crate::{Store, StoreError, clauses::storable};

// The newest run of the workspace among the newest of all. Where it has none there, the oldest of
// those: all of its own are older. So nobody learns when others' last runs came in.
const NEWEST: &str = "SELECT COALESCE(MAX(CASE WHEN workspace_id = $1 THEN id END), \
        CASE WHEN COUNT(*) = 1000 THEN MIN(id) END, 0) \
     FROM (SELECT id, workspace_id FROM run \
        WHERE id <= 9223372036854775807 ORDER BY id DESC LIMIT 1000) AS newest";
// Sums of what pages show; each is kept small, so that no sum runs over.
const STANDING: &str = "SELECT r.status, CAST((r.settled * 31 + COALESCE(r.duration_ms, -1) * 7 \
        + COALESCE(r.network_code, 0) * 1009 + COALESCE(r.started_at, 0) \
        + COALESCE(r.created_count, 0) + COALESCE(r.updated_count, 0) * 3 + COALESCE(r.deleted_count, 0) * 5 \
        + LENGTH(COALESCE(r.summary, '')) * 17 + LENGTH(COALESCE(r.error, '')) * 13) % 1000000007 AS BIGINT) AS run, \
     (SELECT COUNT(*) FROM step s WHERE s.run_id = r.id) AS steps, \
     (SELECT CAST(COALESCE(SUM((s.settled * 31 + COALESCE(s.duration_ms, -1) * 7 + COALESCE(s.started_at, 0) \
        + COALESCE(s.network_code, 0) * 1009 + COALESCE(s.attempt, 0) * 101 + s.position * 3 \
        + LENGTH(COALESCE(s.name, '')) * 17 + LENGTH(COALESCE(s.error, '')) * 13 \
        + CASE s.status WHEN 'queued' THEN 1 WHEN 'running' THEN 2 WHEN 'skipped' THEN 4 WHEN 'ok' THEN 8 \
            WHEN 'warning' THEN 16 WHEN 'interrupted' THEN 32 ELSE 64 END * 1000003) % 1000000007), 0) AS BIGINT) \
        FROM step s WHERE s.run_id = r.id) AS state, \
     (SELECT COUNT(*) FROM log_entry l WHERE l.run_id = r.id) AS log, \
     (SELECT COUNT(*) FROM file f WHERE f.run_id = r.id) AS files, \
     (SELECT CAST(COALESCE(SUM(COALESCE(p.request_digest, 0) % 1000000007 + COALESCE(p.response_digest, 0) % 998244353 \
        + COALESCE(p.object_digest, 0) % 1000000009), 0) AS BIGINT) \
        FROM payload p WHERE p.step_id = (SELECT id FROM step WHERE run_id = r.id AND key = $1)) AS payload \
     FROM run r WHERE r.workspace_id = $2 AND r.key = $3";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[NEWEST, STANDING];

#[derive(Debug, sqlx::FromRow)]
struct Row {
    status: Status,
    run: i64,
    steps: i64,
    state: i64,
    log: i64,
    files: i64,
    payload: i64,
}

impl Store {
    /// A place in the order in which runs come in, behind all that are there now.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn newest_run(&self, workspace: WorkspaceId) -> Result<i64, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, i64>(NEWEST).bind(workspace);
            Ok(query.fetch_one(pool).await?)
        })
    }

    /// How a run stands, and the payload of one of its steps with it.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn standing(
        &self,
        workspace: WorkspaceId,
        run: &str,
        step: Option<&str>,
    ) -> Result<Option<Standing>, StoreError> {
        let row = on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Row>(STANDING)
                .bind(storable(step.unwrap_or_default()))
                .bind(workspace)
                .bind(storable(run));
            query.fetch_optional(pool).await?
        });
        Ok(row.map(|row| Standing {
            mark: format!(
                "{}.{:x}.{:x}.{:x}.{:x}.{:x}.{:x}",
                row.status, row.run, row.steps, row.state, row.log, row.files, row.payload
            ),
            finished: row.status.is_finished(),
        }))
    }
}
