//! What somebody pasted: which things have exactly this ID, and which begin with it.

use domain::{
    Integration, RunRow, WorkspaceId,
    find::{FoundStep, STEPS_FOUND},
};

use crate::{
    Store, StoreError,
    clauses::{after_prefix, storable},
};

const STEPS: &str = "SELECT s.key, r.key AS run_key, s.name, s.status, s.started_at, s.network_code \
     FROM step s JOIN run r ON r.id = s.run_id \
     WHERE s.workspace_id = $1 AND s.key = $2 ORDER BY s.id DESC LIMIT $3";
const RUNS: &str = concat!(
    "SELECT ",
    run_columns!(),
    " FROM run WHERE workspace_id = $1 AND key >= $2 AND key < $3 ORDER BY key LIMIT 10"
);
const INTEGRATIONS: &str = "SELECT * FROM integration WHERE id IN ( \
        SELECT id FROM (SELECT id FROM integration WHERE workspace_id = $1 AND lower(key) >= $2 \
            AND lower(key) < $3 ORDER BY lower(key), id LIMIT 10) AS of_key \
        UNION SELECT id FROM (SELECT id FROM integration WHERE workspace_id = $4 AND substr(lower(user_id), 1, 200) >= $5 \
            AND substr(lower(user_id), 1, 200) < $6 ORDER BY substr(lower(user_id), 1, 200), id LIMIT 10) AS of_user_id \
        UNION SELECT id FROM (SELECT id FROM integration WHERE workspace_id = $7 AND substr(lower(user_auth), 1, 200) >= $8 \
            AND substr(lower(user_auth), 1, 200) < $9 ORDER BY substr(lower(user_auth), 1, 200), id LIMIT 10) AS of_user_auth \
     ) ORDER BY lower(key), id LIMIT 10";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[STEPS, RUNS, INTEGRATIONS];

impl Store {
    /// The newest steps of exactly this key, one more than [`STEPS_FOUND`] where there are more.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn find_steps(
        &self,
        workspace: WorkspaceId,
        key: &str,
    ) -> Result<Vec<FoundStep>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, FoundStep>(STEPS)
                .bind(workspace)
                .bind(storable(key))
                .bind(STEPS_FOUND as i64 + 1);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// Up to ten runs of which the ID begins with `text`, in just this case: run IDs are many, and
    /// an index that folds case would cost every report.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn find_runs_beginning(
        &self,
        workspace: WorkspaceId,
        text: &str,
    ) -> Result<Vec<RunRow>, StoreError> {
        let from = storable(text);
        let to = after_prefix(&from);
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, RunRow>(RUNS)
                .bind(workspace)
                .bind(from)
                .bind(to);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// Up to ten integrations of any flow of which the ID, the User ID or the User Auth begins
    /// with `text`, in any case.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn find_integrations_beginning(
        &self,
        workspace: WorkspaceId,
        text: &str,
    ) -> Result<Vec<Integration>, StoreError> {
        let from = storable(text.to_ascii_lowercase());
        let to = after_prefix(&from);
        on!(&self.pool, Pool, |pool: Db| {
            let mut query = sqlx::query_as::<Db, Integration>(INTEGRATIONS);
            for _ in ["key", "user_id", "user_auth"] {
                query = query.bind(workspace).bind(from.clone()).bind(to.clone());
            }
            Ok(query.fetch_all(pool).await?)
        })
    }
}
