//! A run's log page by page, narrowed by level and text.

use domain::{
    Cursor, Key, LogEntry, LogEntryId, LogLevel, Page, PageSize, RunId, Timestamp, Total,
    WorkspaceId,
    filter::{LogFilter, LogPlace},
    limit,
    page::Seek,
};

use crate::{
    Store, StoreError,
    clauses::{Clauses, Order, escape_like, storable},
};

const PLACE_OF: &str =
    "SELECT logged_at, id FROM log_entry WHERE run_id = $1 AND key = $2 AND workspace_id = $3";
const FIRST_ERROR: &str = "SELECT key FROM log_entry \
     WHERE run_id = $1 AND level = 'error' AND workspace_id = $2 ORDER BY logged_at, id LIMIT 1";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[PLACE_OF, FIRST_ERROR];

/// A place in the order of a log.
type Place = (Timestamp, LogEntryId);

/// Whose log it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) workspace: WorkspaceId,
    pub(crate) run: RunId,
}

impl Store {
    /// One page of a run's log, and how many entries there are without the filter. An entry that
    /// the run does not have leads to the beginning.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn log_page(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        filter: &LogFilter,
        place: &LogPlace,
    ) -> Result<(Page<LogEntry>, Total), StoreError> {
        let scope = Scope { workspace, run };
        let total = self.count_log(scope, filter).await?;
        let whole = match filter.narrows() {
            true => self.count_log(scope, &LogFilter::default()).await?,
            false => total,
        };
        let size = PageSize::LOG;
        let cursor = match place {
            LogPlace::Beginning => None,
            LogPlace::At(cursor) => Some(cursor.clone()),
            LogPlace::Entry(key) => self.page_of_entry(scope, filter, key).await?,
            LogPlace::Tail => Some(Cursor::Last),
        };
        let seek = match place {
            // What is followed stays a full page, however many entries come.
            LogPlace::Tail => Seek {
                beside: None,
                backwards: true,
                limit: size.rows() + 1,
            },
            _ => Seek::to(cursor.as_ref(), size, total),
        };
        let rows = fetch!(self, LogEntry, page_of(Read::Entries, scope, filter, seek));
        let place = |row: &LogEntry| (row.logged_at.as_ms(), row.id.0);
        Ok((Page::new(rows, seek, cursor.as_ref(), total, place), whole))
    }

    /// At most `limit` entries that pass the filter behind a place in the order of a run's log.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn log_after(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        filter: &LogFilter,
        place: (Timestamp, LogEntryId),
        limit: i64,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let seek = Seek {
            beside: Some((place.0.as_ms(), place.1.0)),
            backwards: false,
            limit,
        };
        let scope = Scope { workspace, run };
        Ok(fetch!(
            self,
            LogEntry,
            page_of(Read::Entries, scope, filter, seek)
        ))
    }

    /// The first entry of a run that tells of an error.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn first_error(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Option<Key>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, Key>(FIRST_ERROR).bind(run);
            Ok(query.bind(workspace).fetch_optional(pool).await?)
        })
    }

    async fn count_log(&self, scope: Scope, filter: &LogFilter) -> Result<Total, StoreError> {
        let count = count!(self, count_of(scope, filter));
        Ok(Total::counted(count, limit::COUNT))
    }

    /// Where the page begins that holds an entry: pages of a list are all of one length.
    async fn page_of_entry(
        &self,
        scope: Scope,
        filter: &LogFilter,
        key: &Key,
    ) -> Result<Option<Cursor>, StoreError> {
        let place: Option<Place> = on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Place>(PLACE_OF).bind(scope.run);
            let query = query.bind(storable(key.as_str())).bind(scope.workspace);
            query.fetch_optional(pool).await?
        });
        let Some((at, id)) = place else {
            return Ok(None);
        };
        let before = count!(self, count_before(scope, filter, (at, id)));
        let on_page = before % PageSize::LOG.rows();
        let seek = Seek {
            beside: Some((at.as_ms(), id.0)),
            backwards: true,
            limit: on_page + 1,
        };
        let rows = fetch!(self, Place, page_of(Read::Places, scope, filter, seek));
        // One more than stand before it on its page: the last one of the page before.
        let last = rows
            .into_iter()
            .nth(usize::try_from(on_page).unwrap_or(usize::MAX));
        Ok(last.map(|(at, id)| Cursor::After {
            value: at.as_ms(),
            id: id.0,
            first: before - on_page + 1,
        }))
    }
}

/// What is read of each entry.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Read {
    Entries,
    Places,
}

const ORDER: Order = Order {
    place: " AND (logged_at, id)",
    down: " ORDER BY logged_at DESC, id DESC",
    up: " ORDER BY logged_at, id",
    newest_first: false,
};

/// One page of the entries that match. Those of several levels are read level by level, each in
/// its order from an index, and put together: no more is read than is shown.
pub(crate) fn page_of(read: Read, scope: Scope, filter: &LogFilter, seek: Seek) -> Clauses {
    let mut sql = Clauses::default();
    let part = |sql: &mut Clauses, level: &[LogLevel]| {
        sql.sql(match read {
            Read::Entries => "SELECT * FROM log_entry WHERE run_id = ",
            Read::Places => "SELECT logged_at, id FROM log_entry WHERE run_id = ",
        });
        matching(sql, scope, level, filter);
        sql.page(&ORDER, seek);
    };
    let levels = filter.levels();
    if levels.len() < 2 {
        part(&mut sql, levels);
        return sql;
    }
    for (index, level) in levels.chunks(1).enumerate() {
        sql.sql(match index {
            0 => "SELECT * FROM (SELECT * FROM (",
            _ => " UNION ALL SELECT * FROM (",
        });
        part(&mut sql, level);
        sql.sql(") AS of_level");
    }
    sql.sql(") AS of_levels");
    let all = Seek {
        beside: None,
        ..seek
    };
    sql.page(&ORDER, all);
    sql
}

/// How many entries match, counted up to a limit.
pub(crate) fn count_of(scope: Scope, filter: &LogFilter) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql("SELECT COUNT(*) FROM (SELECT 1 FROM log_entry WHERE run_id = ");
    matching(&mut sql, scope, filter.levels(), filter);
    sql.sql(" LIMIT ").int(limit::COUNT + 1).sql(") AS counted");
    sql
}

/// How many of them stand before a place.
pub(crate) fn count_before(scope: Scope, filter: &LogFilter, (at, id): Place) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql("SELECT COUNT(*) FROM log_entry WHERE run_id = ");
    matching(&mut sql, scope, filter.levels(), filter);
    sql.sql(ORDER.place).sql(" < (").int(at.as_ms());
    sql.sql(", ").int(id.0).sql(")");
    sql
}

/// The conditions behind `run_id = `. The run is asked for its workspace, so that no entry has to
/// be read for that.
fn matching(sql: &mut Clauses, scope: Scope, levels: &[LogLevel], filter: &LogFilter) {
    sql.int(scope.run.0)
        .sql(" AND (SELECT 1 FROM run WHERE id = ")
        .int(scope.run.0)
        .sql(" AND workspace_id = ")
        .int(scope.workspace.0)
        .sql(") = 1");
    match levels {
        [] => {}
        [level] => _ = sql.sql(" AND level = ").text(level.as_str()),
        levels => {
            sql.sql(" AND level IN ")
                .words(levels.iter().map(|level| level.as_str()));
        }
    }
    if let Some(text) = &filter.text {
        let like = format!("%{}%", escape_like(&text.to_ascii_lowercase()));
        sql.sql(" AND (lower(message) LIKE ")
            .text(like.as_str())
            .sql(" ESCAPE '!' OR lower(description) LIKE ")
            .text(like)
            .sql(" ESCAPE '!')");
    }
}
