//! A group of work in one transaction.

use std::collections::BTreeMap;

use domain::{ApiKeyId, WorkspaceId, access::Bounds, id::IdGenerator};
use sqlx::{Connection as _, SqliteConnection};

use super::{Job, Reply, Work};
use crate::{
    StoreError, account,
    api_key::{self, webhook},
    audit,
    bulk::writing,
    file, original,
    pool::{Conn, Pool},
    secrets, share,
    unit::{Named, Unit},
    view, workspace,
};

// Each is one look at the end of a primary key.
const NEWEST_ID: &str = "SELECT COALESCE(MAX(id), 0) FROM ( \
        SELECT MAX(id) AS id FROM workspace \
        UNION ALL SELECT MAX(id) FROM api_key \
        UNION ALL SELECT MAX(id) FROM app \
        UNION ALL SELECT MAX(id) FROM flow \
        UNION ALL SELECT MAX(id) FROM integration \
        UNION ALL SELECT MAX(id) FROM run \
        UNION ALL SELECT MAX(id) FROM step \
        UNION ALL SELECT MAX(id) FROM log_entry \
        UNION ALL SELECT MAX(id) FROM file \
        UNION ALL SELECT MAX(id) FROM saved_view \
        UNION ALL SELECT MAX(id) FROM bulk \
        UNION ALL SELECT MAX(id) FROM account \
        UNION ALL SELECT MAX(id) FROM session \
        UNION ALL SELECT MAX(id) FROM ticket \
        UNION ALL SELECT MAX(id) FROM share_link \
        UNION ALL SELECT MAX(id) FROM audit_event \
        UNION ALL SELECT MAX(id) FROM webhook_secret \
     ) AS newest";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[NEWEST_ID];

/// Does a group's work and commits it, or nothing of it.
pub(super) async fn commit(
    pool: &Pool,
    ids: &mut IdGenerator,
    group: &[Job],
) -> Result<Vec<Reply>, StoreError> {
    match pool {
        Pool::Sqlite(pool) => {
            let mut connection = pool.acquire().await?;
            let done = commit_sqlite(&mut connection, ids, group).await;
            if done.is_err() {
                // On a full disk SQLite takes the transaction back by itself, and sqlx would hold
                // it for open and begin none on this connection any more.
                connection.close_on_drop();
            }
            done
        }
        Pool::Postgres(pool) => {
            let mut transaction = pool.begin().await?;
            // Several servers may share one Postgres: the lock makes their writers take turns,
            // so that sums are read and written by one at a time, as on SQLite.
            sqlx::query("SELECT pg_advisory_xact_lock(7310429201)")
                .execute(&mut *transaction)
                .await?;
            let replies = work(&mut Conn::Postgres(&mut transaction), ids, group).await?;
            transaction.commit().await?;
            Ok(replies)
        }
    }
}

async fn commit_sqlite(
    connection: &mut SqliteConnection,
    ids: &mut IdGenerator,
    group: &[Job],
) -> Result<Vec<Reply>, StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let replies = work(&mut Conn::Sqlite(&mut transaction), ids, group).await?;
    transaction.commit().await?;
    Ok(replies)
}

/// Does a group's work inside its transaction: the reports of each workspace together, in the order in which they came.
async fn work(
    conn: &mut Conn<'_>,
    ids: &mut IdGenerator,
    group: &[Job],
) -> Result<Vec<Reply>, StoreError> {
    // Rows are written over those of the same id. Two servers may have drawn the same node, and
    // a clock may step back over a restart: nobody else writes now, so what is there tells.
    ids.rise_above(newest_id(conn).await?);
    let mut replies: Vec<Reply> = Vec::with_capacity(group.len());
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<usize>> = BTreeMap::new();
    for (index, job) in group.iter().enumerate() {
        replies.push(match &job.work {
            Work::Ingest(reporter, _) => {
                by_workspace
                    .entry(reporter.workspace)
                    .or_default()
                    .push(index);
                Reply::Done
            }
            Work::File(reporter, file) => {
                Reply::File(file::take(conn, ids, (reporter, file), job.now).await?)
            }
            Work::Workspace(key) => {
                workspace::insert(conn, WorkspaceId(ids.next(job.now)), key, job.now).await?;
                Reply::Done
            }
            Work::Logs(workspace, logs) => {
                workspace::set_logs(conn, *workspace, logs.as_ref()).await?;
                Reply::Done
            }
            Work::Labels(workspace, labels) => {
                workspace::set_labels(conn, *workspace, labels).await?;
                Reply::Done
            }
            Work::Secrets(workspace, change) => {
                secrets::change(conn, *workspace, change).await?;
                Reply::Done
            }
            Work::CreateKey(key) => {
                let id = ApiKeyId(ids.next(job.now));
                api_key::insert(conn, id, key, job.now).await?;
                if let Some(shut) = &key.signed_with {
                    let (row, endpoint) = (ids.next(job.now), (key.workspace, id));
                    webhook::insert(conn, row, endpoint, shut, job.now).await?;
                }
                Reply::Key(id)
            }
            Work::RevokeKey(workspace, id) => {
                api_key::revoke(conn, *workspace, *id, job.now).await?;
                Reply::Done
            }
            Work::RenewWebhook(workspace, id, shut) => {
                let (row, endpoint) = (ids.next(job.now), (*workspace, *id));
                webhook::renew(conn, row, endpoint, shut, job.now).await?;
                Reply::Done
            }
            Work::SaveView(workspace, view) => {
                view::save(conn, *workspace, ids.next(job.now), view, job.now).await?;
                Reply::Done
            }
            Work::DeleteView(workspace, id) => {
                view::delete(conn, *workspace, *id).await?;
                Reply::Done
            }
            Work::Account(work) => Reply::Account(account::write(conn, ids, work, job.now).await?),
            Work::Share(work) => {
                share::write(conn, ids, work, job.now).await?;
                Reply::Done
            }
            Work::Originals(work) => Reply::Deleted(original::write(conn, *work, job.now).await?),
            Work::Record(events) => {
                audit::add(conn, ids, events, job.now).await?;
                Reply::Done
            }
            Work::UsedKey(used) => {
                api_key::mark_used(conn, *used).await?;
                Reply::Done
            }
            Work::Bulk(work) => Reply::Bulk(writing::write(conn, ids, work, job.now).await?),
            Work::Close => Reply::Done,
        });
    }
    for (workspace, jobs) in by_workspace {
        let items = jobs.iter().flat_map(|index| group[*index].work.items());
        let now = jobs
            .iter()
            .map(|index| group[*index].now)
            .max()
            .unwrap_or_default();
        let bounds: Vec<Bounds> = jobs.iter().map(|i| group[*i].work.bounds()).collect();
        let named = Named::of(items).within(&bounds);
        let mut unit = Unit::load(conn, workspace, named, ids, now).await?;
        for (index, bounds) in jobs.into_iter().zip(bounds) {
            unit.keep_to(bounds);
            let items = group[index].work.items().iter();
            replies[index] = Reply::Ingested(items.map(|item| unit.apply(item).err()).collect());
        }
        unit.save(conn).await?;
    }
    Ok(replies)
}

async fn newest_id(conn: &mut Conn<'_>) -> Result<i64, StoreError> {
    on!(conn, Conn, |c: Db| {
        Ok(sqlx::query_scalar::<Db, i64>(NEWEST_ID)
            .fetch_one(&mut **c)
            .await?)
    })
}
