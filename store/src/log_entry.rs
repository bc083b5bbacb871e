//! Log entries of a run.

pub(crate) mod list;

use domain::LogEntry;

use crate::{
    StoreError,
    pool::{Conn, chunks},
};

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
