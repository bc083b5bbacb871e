//! An end-user: all integrations of one User ID or User Auth, over all flows.

use domain::{
    Integration, RunRow, WorkspaceId,
    user::{DayUsage, USER_INTEGRATIONS, USER_RUNS, UserIntegration},
};

use crate::{
    Store, StoreError,
    clauses::{Clauses, indexed, storable},
};

/// So many of the integrations that ran last are asked for their runs.
const RUNS_FROM: usize = 20;

const COUNT: &str = "SELECT COUNT(*) FROM integration WHERE id IN ( \
        SELECT id FROM integration WHERE workspace_id = $1 AND substr(lower(user_id), 1, 200) = $2 AND user_id = $3 \
        UNION SELECT id FROM integration WHERE workspace_id = $4 AND substr(lower(user_auth), 1, 200) = $5 AND user_auth = $6)";
const INTEGRATIONS: &str = "SELECT i.*, f.key AS flow_key, f.name AS flow_name \
     FROM integration i JOIN flow f ON f.id = i.flow_id WHERE i.id IN ( \
        SELECT id FROM integration WHERE workspace_id = $1 AND substr(lower(user_id), 1, 200) = $2 AND user_id = $3 \
        UNION SELECT id FROM integration WHERE workspace_id = $4 AND substr(lower(user_auth), 1, 200) = $5 AND user_auth = $6) \
     ORDER BY COALESCE(i.last_run_at, 0) DESC, i.id DESC LIMIT $7";
const USAGE: &str = "SELECT day, CAST(SUM(runs) AS BIGINT) AS runs, \
        CAST(SUM(failed_runs) AS BIGINT) AS failed_runs, CAST(SUM(tasks) AS BIGINT) AS tasks \
     FROM usage WHERE integration_id IN ( \
        SELECT id FROM integration WHERE workspace_id = $1 AND substr(lower(user_id), 1, 200) = $2 AND user_id = $3 \
        UNION SELECT id FROM integration WHERE workspace_id = $4 AND substr(lower(user_auth), 1, 200) = $5 AND user_auth = $6) \
     AND day >= $7 GROUP BY day ORDER BY day";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[COUNT, INTEGRATIONS, USAGE];

/// Binds the six arguments that say whose integrations are meant.
macro_rules! of_user {
    ($query:expr, $workspace:expr, $user:expr) => {{
        let mut query = $query;
        for _ in ["user_id", "user_auth"] {
            query = query
                .bind($workspace)
                .bind(indexed($user))
                .bind(storable($user));
        }
        query
    }};
}

impl Store {
    /// How many integrations have exactly this User ID or User Auth.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn count_of_user(
        &self,
        workspace: WorkspaceId,
        user: &str,
    ) -> Result<i64, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = of_user!(sqlx::query_scalar::<Db, i64>(COUNT), workspace, user);
            Ok(query.fetch_one(pool).await?)
        })
    }

    /// The integrations of exactly this User ID or User Auth, those that ran last first, at most
    /// [`USER_INTEGRATIONS`].
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn integrations_of_user(
        &self,
        workspace: WorkspaceId,
        user: &str,
    ) -> Result<Vec<UserIntegration>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, UserIntegration>(INTEGRATIONS);
            let query = of_user!(query, workspace, user).bind(USER_INTEGRATIONS as i64);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// What the user's integrations consumed on each day from `day` (days since 1970, UTC).
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn usage_of_user(
        &self,
        workspace: WorkspaceId,
        user: &str,
        day: i64,
    ) -> Result<Vec<DayUsage>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, DayUsage>(USAGE);
            let query = of_user!(query, workspace, user).bind(day);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// The last [`USER_RUNS`] runs of these integrations, which stand with the last-run first.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn runs_of_user(
        &self,
        workspace: WorkspaceId,
        integrations: &[Integration],
    ) -> Result<Vec<RunRow>, StoreError> {
        let ran = integrations
            .iter()
            .filter(|row| row.last_run_at.is_some() && row.workspace_id == workspace);
        let ids: Vec<i64> = ran.take(RUNS_FROM).map(|row| row.id.0).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(fetch!(self, RunRow, last_runs(&ids)))
    }
}

/// The last runs of each, which the index holds in order, and of those the last ones.
pub(crate) fn last_runs(integrations: &[i64]) -> Clauses {
    let limit = USER_RUNS as i64;
    let mut sql = Clauses::default();
    sql.sql(concat!(
        "SELECT ",
        run_columns!(),
        " FROM run WHERE id IN ("
    ));
    for (index, id) in integrations.iter().enumerate() {
        if index > 0 {
            sql.sql(" UNION ALL ");
        }
        sql.sql("SELECT id FROM (SELECT id FROM run WHERE integration_id = ")
            .int(*id)
            .sql(" ORDER BY started_at DESC, id DESC LIMIT ")
            .int(limit)
            .sql(") AS last_runs");
    }
    sql.sql(") ORDER BY started_at DESC, id DESC LIMIT ")
        .int(limit);
    sql
}
