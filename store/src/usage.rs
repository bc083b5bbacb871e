//! What each integration consumed on each day.

use domain::{IntegrationId, WorkspaceId, user::DayUsage};

use crate::{
    Store, StoreError,
    clauses::Clauses,
    pool::{Conn, chunks},
};

const OF_INTEGRATION: &str = "SELECT day, runs, failed_runs, tasks FROM usage \
     WHERE integration_id = $1 AND workspace_id = $2 AND day >= $3 ORDER BY day";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[OF_INTEGRATION];

impl Store {
    /// What the integration consumed on each day from `day` (days since 1970, UTC).
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn usage_of_integration(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        day: i64,
    ) -> Result<Vec<DayUsage>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, DayUsage>(OF_INTEGRATION)
                .bind(integration)
                .bind(workspace)
                .bind(day);
            Ok(query.fetch_all(pool).await?)
        })
    }
}

/// By how much a day's sums change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    pub(crate) runs: i64,
    pub(crate) failed_runs: i64,
    pub(crate) tasks: i64,
}

/// Adds to the sums of (integration, day).
pub(crate) async fn add(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    deltas: &[((IntegrationId, i64), Delta)],
) -> Result<(), StoreError> {
    for chunk in chunks(deltas) {
        on!(conn, Conn, |c: Db| {
            let mut sql = sqlx::QueryBuilder::<Db>::new(
                "INSERT INTO usage (integration_id, day, workspace_id, runs, failed_runs, tasks) ",
            );
            sql.push_values(chunk, |mut tuple, ((integration, day), delta)| {
                tuple
                    .push_bind(*integration)
                    .push_bind(*day)
                    .push_bind(workspace);
                tuple
                    .push_bind(delta.runs)
                    .push_bind(delta.failed_runs)
                    .push_bind(delta.tasks);
            });
            sql.push(
                " ON CONFLICT (integration_id, day) DO UPDATE SET \
                 runs = usage.runs + excluded.runs, \
                 failed_runs = usage.failed_runs + excluded.failed_runs, \
                 tasks = usage.tasks + excluded.tasks",
            );
            sql.build().execute(&mut **c).await?;
        });
    }
    let left: Vec<_> = deltas.iter().filter(|(_, delta)| delta.runs < 0).collect();
    forget_empty(conn, &left).await
}

/// Removes the days that all their runs have left: a day looks the same whichever report came first.
async fn forget_empty(
    conn: &mut Conn<'_>,
    days: &[&((IntegrationId, i64), Delta)],
) -> Result<(), StoreError> {
    for chunk in chunks(days) {
        let mut clauses = Clauses::default();
        clauses
            .sql("DELETE FROM usage WHERE integration_id IN ")
            .ints(chunk.iter().map(|((integration, _), _)| integration.0));
        clauses
            .sql(" AND day IN ")
            .ints(chunk.iter().map(|((_, day), _)| *day))
            .sql(" AND runs = 0");
        on!(conn, Conn, |c: Db| {
            build!(Db, clauses).build().execute(&mut **c).await?;
        });
    }
    Ok(())
}
