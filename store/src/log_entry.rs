//! Log entries of a run.

pub(crate) mod list;

use domain::{Key, LogEntry, RunId};

use crate::{
    StoreError,
    clauses::Clauses,
    pool::{Conn, chunks},
};

/// The entries of these runs with one of these keys.
pub(crate) async fn load(
    conn: &mut Conn<'_>,
    entries: &[(RunId, &Key)],
) -> Result<Vec<LogEntry>, StoreError> {
    Ok(load!(conn, LogEntry, entries, |part| {
        let mut sql = Clauses::default();
        sql.sql("SELECT * FROM log_entry WHERE run_id IN ")
            .ints(part.iter().map(|(run, _)| run.0));
        sql.sql(" AND key IN ")
            .words(part.iter().map(|(_, key)| key.as_str()));
        sql
    }))
}

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
