//! The writer's half of doing something to many: what is begun, and the next part of it.

use domain::{
    BulkId, IntegrationStatus, Timestamp, WorkspaceId,
    bulk::{Bulk, BulkAction, Done, Outcome},
    id::IdGenerator,
    merge::Handling,
};

use super::{BY_ID, Item};
use crate::{
    StoreError,
    pool::{Conn, chunks},
    unit::{Named, Unit},
};

const NEXT: &str = "SELECT * FROM bulk WHERE COALESCE(finished_at, 0) = 0 AND ready_at IS NOT NULL \
     ORDER BY id LIMIT 1";
const INSERT: &str = "INSERT INTO bulk (id, workspace_id, action, note, back, undo_of, total, done, \
        changed, refused, created_at, ready_at, finished_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, $8, NULL, NULL)";
const READY: &str = "UPDATE bulk SET ready_at = $1 WHERE id = $2";
const PROGRESS: &str =
    "UPDATE bulk SET done = $1, changed = $2, refused = $3, finished_at = $4 WHERE id = $5";
const ITEMS: &str = "SELECT position, key, was FROM bulk_item \
     WHERE bulk_id = $1 AND position >= $2 ORDER BY position LIMIT $3";
const OUTCOME: &str =
    "UPDATE bulk_item SET outcome = $1, was = $2 WHERE bulk_id = $3 AND position = $4";
// One that was never made ready was cut off while it began, and nobody waits for it.
const FORGET_ITEMS: &str = "DELETE FROM bulk_item WHERE bulk_id IN ( \
        SELECT id FROM bulk WHERE COALESCE(finished_at, 0) = 0 AND ready_at IS NULL AND created_at < $1)";
const FORGET: &str =
    "DELETE FROM bulk WHERE COALESCE(finished_at, 0) = 0 AND ready_at IS NULL AND created_at < $1";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[
    NEXT,
    INSERT,
    READY,
    PROGRESS,
    ITEMS,
    OUTCOME,
    FORGET_ITEMS,
    FORGET,
];

/// So many are done in one transaction: others write in between.
const PART: i64 = 200;
/// Beginning takes seconds; what is not ready after this never will be.
const BEGINS_WITHIN_MS: i64 = 3_600_000;

/// What is written of a bulk by the writer.
#[derive(Debug)]
pub(crate) enum Work {
    Begin(Bulk),
    Add(BulkId, WorkspaceId, Vec<Item>),
    Ready(BulkId),
    Step,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Reply {
    Id(BulkId),
    Done,
    /// Whether there was something to do.
    Worked(bool),
}

/// Does what the writer was asked for, inside its transaction.
pub(crate) async fn write(
    conn: &mut Conn<'_>,
    ids: &mut IdGenerator,
    work: &Work,
    now: Timestamp,
) -> Result<Reply, StoreError> {
    match work {
        Work::Begin(bulk) => {
            let id = BulkId(ids.next(now));
            insert(conn, id, bulk, now).await?;
            Ok(Reply::Id(id))
        }
        Work::Add(bulk, workspace, items) => {
            add(conn, *bulk, *workspace, items).await?;
            Ok(Reply::Done)
        }
        Work::Ready(bulk) => ready(conn, *bulk, now).await.map(|()| Reply::Done),
        Work::Step => step(conn, ids, now).await.map(Reply::Worked),
    }
}

async fn insert(
    conn: &mut Conn<'_>,
    id: BulkId,
    bulk: &Bulk,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(INSERT)
            .bind(id)
            .bind(bulk.workspace_id)
            .bind(bulk.action)
            .bind(bulk.note.as_deref())
            .bind(bulk.back.as_str())
            .bind(bulk.undo_of)
            .bind(bulk.total)
            .bind(now)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}

async fn add(
    conn: &mut Conn<'_>,
    bulk: BulkId,
    workspace: WorkspaceId,
    items: &[Item],
) -> Result<(), StoreError> {
    for chunk in chunks(items) {
        on!(conn, Conn, |c: Db| {
            let mut sql = sqlx::QueryBuilder::<Db>::new(
                "INSERT INTO bulk_item (bulk_id, workspace_id, position, key, was) ",
            );
            sql.push_values(chunk, |mut tuple, item| {
                tuple
                    .push_bind(bulk)
                    .push_bind(workspace)
                    .push_bind(item.position)
                    .push_bind(&item.key)
                    .push_bind(item.was.as_deref());
            });
            sql.build().execute(&mut **c).await?;
        });
    }
    Ok(())
}

async fn ready(conn: &mut Conn<'_>, bulk: BulkId, now: Timestamp) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(READY)
            .bind(now)
            .bind(bulk)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}

/// 1. Forgets what was cut off while it began.
/// 2. Takes the oldest that is not finished, and the next part of its items.
/// 3. Does it to them by the rules of every report, and keeps what became of each.
async fn step(
    conn: &mut Conn<'_>,
    ids: &mut IdGenerator,
    now: Timestamp,
) -> Result<bool, StoreError> {
    forget(conn, now.plus_ms(-BEGINS_WITHIN_MS)).await?;
    let Some(mut bulk) = next(conn).await? else {
        return Ok(false);
    };
    let items = items_from(conn, &bulk).await?;
    let keys = items.iter().map(|item| &item.key);
    let named = if bulk.action.is_of_runs() {
        Named::runs(keys)
    } else {
        Named::integrations(keys)
    };
    let mut unit = Unit::load(conn, bulk.workspace_id, named, ids, now).await?;
    let undone = match bulk.undo_of {
        Some(id) => original(conn, id, bulk.workspace_id).await?,
        None => None,
    };
    // What somebody changed since then is theirs.
    let only_if = undone.and_then(|undone| undone.action.status());
    let done: Vec<_> = items
        .iter()
        .map(|item| act(&mut unit, &bulk, item, only_if, now))
        .collect();
    unit.save(conn).await?;
    for (item, done) in items.iter().zip(&done) {
        keep(conn, bulk.id, item.position, done).await?;
        bulk.changed += i64::from(done.outcome == Outcome::Changed);
        bulk.refused += i64::from(done.outcome == Outcome::Refused);
    }
    bulk.done += items.len() as i64;
    bulk.finished_at = (items.is_empty() || bulk.done >= bulk.total).then_some(now);
    progress(conn, &bulk).await?;
    Ok(true)
}

fn act(
    unit: &mut Unit<'_>,
    bulk: &Bulk,
    item: &Item,
    only_if: Option<IntegrationStatus>,
    now: Timestamp,
) -> Done {
    let handling = |note: Option<String>| Handling { at: now, note };
    let status = match bulk.action {
        BulkAction::Handle => return unit.handle(&item.key, Some(&handling(bulk.note.clone()))),
        BulkAction::Unhandle => {
            let note = item.was.clone().map(|note| handling(Some(note)));
            return unit.handle(&item.key, note.as_ref());
        }
        BulkAction::Restore => item.was.as_deref().and_then(|was| was.parse().ok()),
        action => action.status(),
    };
    match status {
        Some(status) => unit.set_status(&item.key, status, only_if),
        None => Done::refused(),
    }
}

async fn forget(conn: &mut Conn<'_>, before: Timestamp) -> Result<(), StoreError> {
    for sql in [FORGET_ITEMS, FORGET] {
        on!(conn, Conn, |c: Db| {
            sqlx::query::<Db>(sql)
                .bind(before)
                .execute(&mut **c)
                .await?;
        });
    }
    Ok(())
}

async fn next(conn: &mut Conn<'_>) -> Result<Option<Bulk>, StoreError> {
    on!(conn, Conn, |c: Db| {
        Ok(sqlx::query_as::<Db, Bulk>(NEXT)
            .fetch_optional(&mut **c)
            .await?)
    })
}

async fn original(
    conn: &mut Conn<'_>,
    id: BulkId,
    workspace: WorkspaceId,
) -> Result<Option<Bulk>, StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query_as::<Db, Bulk>(BY_ID).bind(id).bind(workspace);
        Ok(query.fetch_optional(&mut **c).await?)
    })
}

async fn items_from(conn: &mut Conn<'_>, bulk: &Bulk) -> Result<Vec<Item>, StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query_as::<Db, Item>(ITEMS)
            .bind(bulk.id)
            .bind(bulk.done)
            .bind(PART);
        Ok(query.fetch_all(&mut **c).await?)
    })
}

async fn keep(
    conn: &mut Conn<'_>,
    bulk: BulkId,
    position: i64,
    done: &Done,
) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(OUTCOME)
            .bind(done.outcome)
            .bind(done.was.as_deref())
            .bind(bulk)
            .bind(position)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}

async fn progress(conn: &mut Conn<'_>, bulk: &Bulk) -> Result<(), StoreError> {
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(PROGRESS)
            .bind(bulk.done)
            .bind(bulk.changed)
            .bind(bulk.refused)
            .bind(bulk.finished_at)
            .bind(bulk.id)
            .execute(&mut **c)
            .await?;
    });
    Ok(())
}
