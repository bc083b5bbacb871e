//! Saved views.

use domain::{
    SavedViewId, Timestamp, WorkspaceId,
    view::{BadView, MOST, SavedView, ViewList},
};

use crate::{Store, StoreError, pool::Conn};

const LIST: &str = "SELECT id, list, name, query FROM saved_view WHERE workspace_id = $1 AND list = $2 \
     ORDER BY lower(name) LIMIT 1000";
// Saving in the place of a view adds none.
const OTHERS: &str = "SELECT COUNT(*) FROM saved_view \
     WHERE workspace_id = $1 AND list = $2 AND lower(name) <> lower($3)";
const SAVE: &str = "INSERT INTO saved_view (id, workspace_id, list, name, query, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6) \
     ON CONFLICT (workspace_id, list, lower(name)) \
     DO UPDATE SET name = excluded.name, query = excluded.query";
const DELETE: &str = "DELETE FROM saved_view WHERE id = $1 AND workspace_id = $2";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[LIST, OTHERS, SAVE, DELETE];

impl Store {
    /// The workspace's views of a list, by name.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn saved_views(
        &self,
        workspace: WorkspaceId,
        list: ViewList,
    ) -> Result<Vec<SavedView>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, SavedView>(LIST)
                .bind(workspace)
                .bind(list);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// Saves a view, in the place of the one of this name where there is one.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; the inner one where it may not be saved.
    pub async fn save_view(
        &self,
        workspace: WorkspaceId,
        view: SavedView,
        now: Timestamp,
    ) -> Result<Result<(), BadView>, StoreError> {
        let others: i64 = on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, i64>(OTHERS)
                .bind(workspace)
                .bind(view.list)
                .bind(view.name.as_str());
            query.fetch_one(pool).await?
        });
        if others >= MOST as i64 {
            return Ok(Err(BadView::TooMany));
        }
        self.writer.save_view(workspace, view, now).await?;
        Ok(Ok(()))
    }

    /// Deletes a view, where the workspace has it.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn delete_view(
        &self,
        workspace: WorkspaceId,
        view: SavedViewId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer.delete_view(workspace, view, now).await
    }
}

/// Writes a view.
pub(crate) async fn save(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    id: i64,
    view: &SavedView,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(SAVE)
            .bind(id)
            .bind(workspace)
            .bind(view.list)
            .bind(view.name.as_str())
            .bind(view.query.as_str())
            .bind(now)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}

/// Takes a view away.
pub(crate) async fn delete(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    view: SavedViewId,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(DELETE)
            .bind(view)
            .bind(workspace)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}
