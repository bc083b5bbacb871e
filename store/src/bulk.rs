//! Things done to many at once: begun, done a part at a time, and read.
//!
//! Each part is one transaction, which holds what it changed and the record of it: a restart
//! goes on where the last part ended, and several servers on one database take turns.

pub(crate) mod writing;

use domain::{BulkId, Key, Timestamp, WorkspaceId, bulk::Bulk};

use self::writing::{Reply, Work};
use crate::{Store, StoreError};

const BY_ID: &str = "SELECT * FROM bulk WHERE id = $1 AND workspace_id = $2";
const CHANGED: &str = "SELECT position, key, was FROM bulk_item \
     WHERE bulk_id = $1 AND position >= $2 AND outcome = 'changed' ORDER BY position LIMIT $3";
const REFUSED: &str = "SELECT key FROM bulk_item \
     WHERE bulk_id = $1 AND workspace_id = $2 AND outcome = 'refused' ORDER BY position LIMIT 20";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_ID, CHANGED, REFUSED];

/// So many are put down in one transaction.
const BATCH: usize = 1_000;
/// One of many.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Item {
    position: i64,
    key: Key,
    was: Option<String>,
}

impl Store {
    /// Begins to do something to `keys`; [`Store::bulk_step`] does it.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; then nothing will be done.
    pub async fn begin_bulk(
        &self,
        workspace: WorkspaceId,
        bulk: Bulk,
        keys: Vec<Key>,
        now: Timestamp,
    ) -> Result<BulkId, StoreError> {
        let items = keys.into_iter().map(|key| (key, None));
        self.begin(workspace, bulk, items.collect(), now).await
    }

    /// Begins to take `bulk` back; `None` where that cannot be, it is not finished, or there is
    /// nothing to take back.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; then nothing will be done.
    pub async fn begin_undo(
        &self,
        workspace: WorkspaceId,
        bulk: &Bulk,
        now: Timestamp,
    ) -> Result<Option<BulkId>, StoreError> {
        let whole = bulk.workspace_id == workspace && bulk.finished_at.is_some();
        let Some(action) = bulk.action.undo().filter(|_| whole) else {
            return Ok(None);
        };
        let mut items = Vec::new();
        let mut from = 0;
        loop {
            let part = self.changed(bulk.id, from).await?;
            let Some(last) = part.last() else { break };
            from = last.position + 1;
            items.extend(part.into_iter().map(|item| (item.key, item.was)));
        }
        if items.is_empty() {
            return Ok(None);
        }
        let undo = Bulk {
            undo_of: Some(bulk.id),
            ..Bulk::new(action, None, bulk.back.clone())
        };
        Ok(Some(self.begin(workspace, undo, items, now).await?))
    }

    async fn begin(
        &self,
        workspace: WorkspaceId,
        bulk: Bulk,
        items: Vec<(Key, Option<String>)>,
        now: Timestamp,
    ) -> Result<BulkId, StoreError> {
        let begun = Bulk {
            workspace_id: workspace,
            total: items.len() as i64,
            ..bulk
        };
        let Reply::Id(id) = self.writer.bulk(Work::Begin(begun), now).await? else {
            return Err(StoreError::Closed);
        };
        let mut position = 0;
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let part = items.by_ref().take(BATCH).map(|(key, was)| {
                let item = Item { position, key, was };
                position += 1;
                item
            });
            let add = Work::Add(id, workspace, part.collect());
            self.writer.bulk(add, now).await?;
        }
        self.writer.bulk(Work::Ready(id), now).await?;
        Ok(id)
    }

    async fn changed(&self, bulk: BulkId, from: i64) -> Result<Vec<Item>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Item>(CHANGED)
                .bind(bulk)
                .bind(from)
                .bind(BATCH as i64);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// Does the next part of the oldest bulk that is not finished. Answers whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; then nothing of the part was done.
    pub async fn bulk_step(&self, now: Timestamp) -> Result<bool, StoreError> {
        let reply = self.writer.bulk(Work::Step, now).await?;
        Ok(matches!(reply, Reply::Worked(true)))
    }

    /// The bulk of this id.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn find_bulk(
        &self,
        workspace: WorkspaceId,
        id: BulkId,
    ) -> Result<Option<Bulk>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Bulk>(BY_ID).bind(id).bind(workspace);
            Ok(query.fetch_optional(pool).await?)
        })
    }

    /// The first of those that were refused.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn refused_of(
        &self,
        workspace: WorkspaceId,
        bulk: BulkId,
    ) -> Result<Vec<Key>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, Key>(REFUSED)
                .bind(bulk)
                .bind(workspace);
            Ok(query.fetch_all(pool).await?)
        })
    }
}
