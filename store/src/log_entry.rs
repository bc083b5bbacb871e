//! Log entries of a run.

pub(crate) mod list;

use domain::{LogEntry, RunId, WorkspaceId};

use crate::{
    Store, StoreError,
    pool::{Conn, chunks},
};

const OF_RUN: &str = "SELECT * FROM log_entry WHERE run_id = $1 AND workspace_id = $2 \
     ORDER BY logged_at, id LIMIT $3";
const COUNT: &str = "SELECT COUNT(*) FROM log_entry WHERE run_id = $1 AND workspace_id = $2";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[OF_RUN, COUNT];

/// Adds entries; one whose key the run already has changes nothing.
pub(crate) async fn add(conn: &mut Conn<'_>, rows: &[LogEntry]) -> Result<(), StoreError> {
    for chunk in chunks(rows) {
        on!(conn, Conn, |c: Db| {
            let mut sql = sqlx::QueryBuilder::<Db>::new(
                "INSERT INTO log_entry (id, workspace_id, run_id, step, key, logged_at, level, stream, message, description, label, reference) ",
            );
            sql.push_values(chunk, |mut tuple, row| {
                tuple
                    .push_bind(row.id)
                    .push_bind(row.workspace_id)
                    .push_bind(row.run_id);
                tuple
                    .push_bind(&row.step)
                    .push_bind(&row.key)
                    .push_bind(row.logged_at);
                tuple.push_bind(row.level).push_bind(row.stream);
                tuple.push_bind(&row.message).push_bind(&row.description);
                tuple.push_bind(&row.label).push_bind(&row.reference);
            });
            sql.push(" ON CONFLICT (run_id, key) DO NOTHING");
            sql.build().execute(&mut **c).await?;
        });
    }
    Ok(())
}

impl Store {
    /// The first `limit` log entries of a run in their order, and how many there are.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn list_log(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        limit: i64,
    ) -> Result<(Vec<LogEntry>, i64), StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let rows = sqlx::query_as::<Db, LogEntry>(OF_RUN)
                .bind(run)
                .bind(workspace)
                .bind(limit);
            let rows = rows.fetch_all(pool).await?;
            // A short list has counted itself.
            let mut total = rows.len() as i64;
            if total == limit {
                total = sqlx::query_scalar::<Db, i64>(COUNT)
                    .bind(run)
                    .bind(workspace)
                    .fetch_one(pool)
                    .await?;
            }
            Ok((rows, total))
        })
    }
}
