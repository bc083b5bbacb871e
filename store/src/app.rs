//! Apps: what steps talk to.

use domain::{App, Key, WorkspaceId};

use crate::{Store, StoreError, clauses::Clauses, pool::Conn};

const BY_KEY: &str = "SELECT * FROM app WHERE workspace_id = $1 AND key = $2";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_KEY];

table!(
    "app",
    App,
    [
        id,
        workspace_id,
        key,
        name,
        documentation_url,
        error_documentation_url,
        contact,
    ]
);

/// The apps of these keys.
pub(crate) async fn load(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    keys: &[&Key],
) -> Result<Vec<App>, StoreError> {
    Ok(load!(conn, App, keys, |part| {
        let mut sql = Clauses::default();
        sql.sql("SELECT * FROM app WHERE workspace_id = ")
            .int(workspace.0);
        sql.sql(" AND key IN ")
            .words(part.iter().map(|key| key.as_str()));
        sql
    }))
}

impl Store {
    /// The app of this key.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn app(&self, workspace: WorkspaceId, key: &Key) -> Result<Option<App>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            Ok(sqlx::query_as::<Db, App>(BY_KEY)
                .bind(workspace)
                .bind(key)
                .fetch_optional(pool)
                .await?)
        })
    }
}
