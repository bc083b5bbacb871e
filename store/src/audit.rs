//! The record of who did what. Lines are added and read; nothing changes or deletes one.

use domain::{
    AuditId, Timestamp, WorkspaceId,
    audit::{Event, Line},
    id::IdGenerator,
};

use crate::{Store, StoreError, pool::Conn};

/// Lines that are read at once to check them.
const PART: i64 = 1_000;

const NEWEST: &str = "SELECT position, hash FROM audit_event ORDER BY position DESC LIMIT 1";
const ADD: &str = "INSERT INTO audit_event (id, position, workspace_id, logged_at, actor, action, target, \
        outcome, address, request_id, previous, hash) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const PAGE: &str = "SELECT id, position, workspace_id, logged_at, actor, action, target, outcome, address, \
        request_id, previous, hash FROM audit_event \
     WHERE workspace_id = $1 AND position < $2 ORDER BY position DESC LIMIT $3";
const ALL: &str = "SELECT id, position, workspace_id, logged_at, actor, action, target, outcome, address, \
        request_id, previous, hash FROM audit_event \
     WHERE position > $1 ORDER BY position LIMIT $2";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[NEWEST, ADD, PAGE, ALL];

/// What a check of the whole record found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub lines: i64,
    /// The hash of the newest line; empty where there is none.
    pub newest: String,
    /// The first line at which something is wrong, and what.
    pub fault: Option<(i64, &'static str)>,
}

/// Adds lines, each behind the one before. The writer takes turns, so the chain never forks.
pub(crate) async fn add(
    conn: &mut Conn<'_>,
    ids: &mut IdGenerator,
    events: &[Event],
    now: Timestamp,
) -> Result<(), StoreError> {
    for event in events {
        let before: Option<(i64, String)> = on!(&mut *conn, Conn, |c: Db| {
            sqlx::query_as::<Db, (i64, String)>(NEWEST)
                .fetch_optional(&mut **c)
                .await?
        });
        let id = AuditId(ids.next(now));
        let line = Line::new(id, event, now, before.unwrap_or_default());
        on!(&mut *conn, Conn, |c: Db| {
            let query = sqlx::query::<Db>(ADD)
                .bind(line.id)
                .bind(line.position)
                .bind(line.workspace_id)
                .bind(line.logged_at)
                .bind(&line.actor)
                .bind(&line.action)
                .bind(&line.target)
                .bind(line.outcome);
            let query = query.bind(&line.address).bind(&line.request_id);
            query
                .bind(&line.previous)
                .bind(&line.hash)
                .execute(&mut **c)
                .await?;
        });
    }
    Ok(())
}

impl Store {
    /// Writes down what somebody did, for good when this returns.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn record(&self, events: Vec<Event>, now: Timestamp) -> Result<(), StoreError> {
        self.writer.record(events, now).await
    }

    /// The lines of a workspace before a position, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn audit_before(
        &self,
        workspace: WorkspaceId,
        position: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Line>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Line>(PAGE)
                .bind(workspace)
                .bind(position.unwrap_or(i64::MAX))
                .bind(limit);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// Checks every line of the record against the one before it.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn check_audit(&self) -> Result<Checked, StoreError> {
        let mut before: Option<Line> = None;
        loop {
            let from = before.as_ref().map_or(0, |line| line.position);
            let lines: Vec<Line> = on!(&self.pool, Pool, |pool: Db| {
                let query = sqlx::query_as::<Db, Line>(ALL).bind(from).bind(PART);
                query.fetch_all(pool).await?
            });
            if lines.is_empty() {
                return Ok(Checked {
                    lines: from,
                    newest: before.map_or(String::new(), |line| line.hash),
                    fault: None,
                });
            }
            for line in lines {
                if let Some(fault) = line.fault(before.as_ref()) {
                    return Ok(Checked {
                        lines: from,
                        newest: before.map_or(String::new(), |line| line.hash),
                        fault: Some((line.position, fault)),
                    });
                }
                before = Some(line);
            }
        }
    }
}
