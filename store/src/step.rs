//! Steps of a run.

use domain::{Key, RunId, Step, StepRow, WorkspaceId, limit, merge::StepFacts};

use crate::{
    Store, StoreError,
    clauses::{Clauses, storable},
    pool::Conn,
};

const BY_KEY: &str = "SELECT * FROM step WHERE run_id = $1 AND key = $2 AND workspace_id = $3";
const OF_RUN: &str = "SELECT s.id, s.key, s.position, s.parent, s.name, s.app_key, a.name AS app_name, s.status, \
        s.started_at, s.duration_ms, s.network_code, s.attempt, substr(s.error, 1, 300) AS error \
     FROM step s \
     LEFT JOIN app a ON a.workspace_id = s.workspace_id AND a.key = s.app_key \
     WHERE s.run_id = $1 AND s.workspace_id = $2 \
     ORDER BY s.position, COALESCE(s.started_at, 9223372036854775807), s.key \
     LIMIT $3";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_KEY, OF_RUN];

table!(
    "step",
    Step,
    [
        id,
        workspace_id,
        run_id,
        app_key,
        key,
        position,
        parent,
        name,
        status,
        started_at,
        finished_at,
        duration_ms,
        network_code,
        attempt,
        error,
        reported_duration_ms,
        settled,
    ]
);

/// The steps of these keys, whichever of these runs they are in.
pub(crate) async fn load(
    conn: &mut Conn<'_>,
    steps: &[(RunId, &Key)],
) -> Result<Vec<Step>, StoreError> {
    Ok(load!(conn, Step, steps, |part| {
        let mut sql = Clauses::default();
        sql.sql("SELECT * FROM step WHERE run_id IN ")
            .ints(part.iter().map(|(run, _)| run.0));
        sql.sql(" AND key IN ")
            .words(part.iter().map(|(_, key)| key.as_str()));
        sql
    }))
}

/// What these runs need to know of all their steps.
pub(crate) async fn load_facts(
    conn: &mut Conn<'_>,
    runs: &[RunId],
) -> Result<Vec<StepFacts>, StoreError> {
    Ok(load!(conn, StepFacts, runs, |part| {
        let mut sql = Clauses::default();
        sql.sql("SELECT run_id, key, position, started_at, status, network_code, app_key, parent FROM step WHERE run_id IN ");
        sql.ints(part.iter().map(|id: &RunId| id.0));
        sql
    }))
}

impl Store {
    /// All steps of a run in their order, up to [`limit::RUN_ITEMS`].
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn list_steps(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Vec<StepRow>, StoreError> {
        let limit = i64::try_from(limit::RUN_ITEMS).unwrap_or(i64::MAX);
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, StepRow>(OF_RUN)
                .bind(run)
                .bind(workspace)
                .bind(limit);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// The step of this key.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn step(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        key: &str,
    ) -> Result<Option<Step>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Step>(BY_KEY)
                .bind(run)
                .bind(storable(key))
                .bind(workspace);
            Ok(query.fetch_optional(pool).await?)
        })
    }
}
