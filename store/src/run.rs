//! Runs: one execution of an integration.

use domain::{
    Integration, IntegrationId, Key, Page, Run, RunId, RunRow, Status, Timestamp, Total,
    WorkspaceId,
    filter::{CodeFilter, RunFilter, RunSort},
    limit,
    live::Look,
    page::Seek,
};

use crate::{
    Store, StoreError,
    clauses::{Clauses, Order, after_prefix, storable},
    pool::Conn,
};

const BY_KEY: &str = "SELECT * FROM run WHERE workspace_id = $1 AND key = $2";
const ID_BY_KEY: &str =
    "SELECT id FROM run WHERE workspace_id = $1 AND key = $2 AND integration_id = $3";
const LAST: &str = "SELECT key, started_at, status, network_code FROM run WHERE integration_id = $1 \
     ORDER BY started_at DESC, key DESC LIMIT 1";

const STRIP: &str = "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, \
     duration_ms, network_code, failing_step, failing_code FROM run WHERE integration_id = $1 \
     AND (SELECT 1 FROM integration WHERE id = $2 AND workspace_id = $3) = 1 \
     ORDER BY started_at DESC, id DESC LIMIT $4";
const FAILED_BEFORE: &str = "SELECT key FROM run WHERE integration_id = $1 AND status = 'failed' \
     AND (started_at, id) < ($2, $3) ORDER BY started_at DESC, id DESC LIMIT 1";
const FAILED_AFTER: &str = "SELECT key FROM run WHERE integration_id = $1 AND status = 'failed' \
     AND (started_at, id) > ($2, $3) ORDER BY started_at, id LIMIT 1";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_KEY, ID_BY_KEY, LAST, STRIP, FAILED_BEFORE, FAILED_AFTER];

table!(
    "run",
    Run,
    [
        id,
        workspace_id,
        integration_id,
        key,
        status,
        trigger_app,
        trigger_name,
        trigger_type,
        started_at,
        finished_at,
        duration_ms,
        network_code,
        failing_step,
        failing_code,
        created_count,
        updated_count,
        deleted_count,
        summary,
        error,
        steps,
        failed_steps,
        tasks,
        reported_status,
        reported_started_at,
        reported_duration_ms,
        reported_network_code,
        received_at,
        settled,
    ]
);

/// The runs of these keys.
pub(crate) async fn load(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    keys: &[&Key],
) -> Result<Vec<Run>, StoreError> {
    Ok(load!(conn, Run, keys, |part| {
        let mut sql = Clauses::default();
        sql.sql("SELECT * FROM run WHERE workspace_id = ")
            .int(workspace.0);
        sql.sql(" AND key IN ")
            .words(part.iter().map(|key| key.as_str()));
        sql
    }))
}

/// The run of an integration that began last.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct LastOf {
    pub(crate) key: Key,
    pub(crate) started_at: Timestamp,
    pub(crate) status: Status,
    pub(crate) network_code: Option<i64>,
}

/// Looks up what the integration's row keeps of its last run.
pub(crate) async fn last_of(
    conn: &mut Conn<'_>,
    integration: IntegrationId,
) -> Result<Option<LastOf>, StoreError> {
    on!(conn, Conn, |c: Db| {
        Ok(sqlx::query_as::<Db, LastOf>(LAST)
            .bind(integration)
            .fetch_optional(&mut **c)
            .await?)
    })
}

impl Store {
    /// One page of an integration's runs. `filter.search` matches a Run ID exactly, which then
    /// stands alone, or else a Trigger App in any case.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn list_runs(
        &self,
        workspace: WorkspaceId,
        integration: &Integration,
        filter: &RunFilter,
    ) -> Result<Page<RunRow>, StoreError> {
        let exact = match &filter.search {
            Some(search) => self.run_of(workspace, integration.id, search).await?,
            None => None,
        };
        let theirs = integration.workspace_id != workspace;
        let total = if filter.narrows() || theirs {
            let sql = count_of(workspace, integration.id, filter, exact);
            Total::counted(count!(self, sql), limit::COUNT)
        } else {
            Total::Exact(integration.runs)
        };
        let seek = Seek::to(filter.cursor.as_ref(), filter.size, total);
        let rows = fetch!(
            self,
            RunRow,
            page_of(workspace, integration.id, filter, exact, seek)
        );
        Ok(Page::new(
            rows,
            seek,
            filter.cursor.as_ref(),
            total,
            |row| (row.started_at.as_ms(), row.id.0),
        ))
    }

    /// Up to `limit` of an integration's runs in the filter's order, behind the one of this start
    /// and id; for those who read all of them.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn runs_from(
        &self,
        workspace: WorkspaceId,
        integration: &Integration,
        filter: &RunFilter,
        beside: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<RunRow>, StoreError> {
        let exact = match &filter.search {
            Some(search) => self.run_of(workspace, integration.id, search).await?,
            None => None,
        };
        let seek = Seek {
            beside,
            backwards: false,
            limit,
        };
        let sql = page_of(workspace, integration.id, filter, exact, seek);
        Ok(fetch!(self, RunRow, sql))
    }

    async fn run_of(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        key: &str,
    ) -> Result<Option<RunId>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, RunId>(ID_BY_KEY)
                .bind(workspace)
                .bind(storable(key))
                .bind(integration);
            Ok(query.fetch_optional(pool).await?)
        })
    }

    /// How many runs of the integration that pass the filter came in behind the run of this id.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn new_runs(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        filter: &RunFilter,
        since: i64,
    ) -> Result<Look, StoreError> {
        let exact = match &filter.search {
            Some(search) => self.run_of(workspace, integration, search).await?,
            None => None,
        };
        let sql = new_of(workspace, integration, filter, exact, since);
        Ok(fetch_one!(self, Look, sql))
    }

    /// Up to ten runs of the integration of which the ID begins with `text`, in any case.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn runs_beginning(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        text: &str,
    ) -> Result<Vec<RunRow>, StoreError> {
        Ok(fetch!(
            self,
            RunRow,
            beginning(workspace, integration, text)
        ))
    }

    /// The last `limit` runs of the integration, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn last_runs(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        limit: i64,
    ) -> Result<Vec<RunRow>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, RunRow>(STRIP)
                .bind(integration)
                .bind(integration)
                .bind(workspace)
                .bind(limit);
            Ok(query.fetch_all(pool).await?)
        })
    }

    /// The failed runs of the same integration that began next before and next after `run`,
    /// whichever order the list has.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn failed_beside(
        &self,
        workspace: WorkspaceId,
        run: &Run,
    ) -> Result<(Option<Key>, Option<Key>), StoreError> {
        if run.workspace_id != workspace {
            return Ok((None, None));
        }
        let before = self.failed(FAILED_BEFORE, run).await?;
        Ok((before, self.failed(FAILED_AFTER, run).await?))
    }

    async fn failed(&self, sql: &'static str, run: &Run) -> Result<Option<Key>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, Key>(sql)
                .bind(run.integration_id)
                .bind(run.started_at)
                .bind(run.id);
            Ok(query.fetch_optional(pool).await?)
        })
    }

    /// The run of this key.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn run(&self, workspace: WorkspaceId, key: &str) -> Result<Option<Run>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Run>(BY_KEY)
                .bind(workspace)
                .bind(storable(key));
            Ok(query.fetch_optional(pool).await?)
        })
    }
}

/// How many runs match, counted up to a limit. `exact` is the run whose ID is searched for.
pub(crate) fn count_of(
    workspace: WorkspaceId,
    integration: IntegrationId,
    filter: &RunFilter,
    exact: Option<RunId>,
) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql("SELECT COUNT(*) FROM (SELECT 1 FROM run WHERE integration_id = ");
    matching(&mut sql, workspace, integration, filter, exact);
    sql.sql(" LIMIT ").int(limit::COUNT + 1).sql(") AS counted");
    sql
}

/// One page of the runs that match.
pub(crate) fn page_of(
    workspace: WorkspaceId,
    integration: IntegrationId,
    filter: &RunFilter,
    exact: Option<RunId>,
    seek: Seek,
) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql(
        "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, \
         duration_ms, network_code, failing_step, failing_code FROM run WHERE integration_id = ",
    );
    matching(&mut sql, workspace, integration, filter, exact);
    sql.page(order(filter.sort), seek);
    sql
}

/// A look at the runs that came in behind `since`: ids rise in the order of commits, so that none
/// is passed over, and the primary key leads there without an index of its own.
pub(crate) fn new_of(
    workspace: WorkspaceId,
    integration: IntegrationId,
    filter: &RunFilter,
    exact: Option<RunId>,
    since: i64,
) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql("SELECT COUNT(*) AS looked_at, COALESCE(MAX(id), ")
        .int(since);
    sql.sql(") AS last, COALESCE(SUM(CASE WHEN integration_id = ");
    matching(&mut sql, workspace, integration, filter, exact);
    sql.sql(" THEN 1 ELSE 0 END), 0) AS found FROM (SELECT * FROM run WHERE id > ")
        .int(since);
    sql.sql(" ORDER BY id LIMIT ")
        .int(limit::LOOK)
        .sql(") AS fresh");
    sql
}

/// The runs of which the ID begins with `text`.
pub(crate) fn beginning(workspace: WorkspaceId, integration: IntegrationId, text: &str) -> Clauses {
    let from = text.to_ascii_lowercase();
    let to = after_prefix(&from);
    let mut sql = Clauses::default();
    sql.sql(
        "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, \
         duration_ms, network_code, failing_step, failing_code FROM run WHERE integration_id = ",
    );
    matching(
        &mut sql,
        workspace,
        integration,
        &RunFilter::default(),
        None,
    );
    sql.sql(" AND lower(key) >= ").text(from);
    sql.sql(" AND lower(key) < ").text(to);
    sql.sql(" ORDER BY lower(key), id LIMIT 10");
    sql
}

/// The conditions behind `WHERE integration_id = `.
fn matching(
    sql: &mut Clauses,
    workspace: WorkspaceId,
    integration: IntegrationId,
    filter: &RunFilter,
    exact: Option<RunId>,
) {
    // A run is in its integration's workspace. Asked of each run, the workspace would have to
    // be read from its row, and would mislead the planners, who see it in most rows. (SQLite
    // would look up an EXISTS again for each run.)
    sql.int(integration.0)
        .sql(" AND (SELECT 1 FROM integration WHERE id = ")
        .int(integration.0)
        .sql(" AND workspace_id = ")
        .int(workspace.0)
        .sql(") = 1");
    match (exact, &filter.search) {
        (Some(run), _) => _ = sql.sql(" AND id = ").int(run.0),
        (None, Some(search)) => {
            sql.sql(" AND lower(trigger_app) = ")
                .text(search.to_ascii_lowercase());
        }
        (None, None) => {}
    }
    if !filter.status.is_empty() {
        sql.sql(" AND status IN ")
            .words(filter.status.iter().map(|s| s.as_str()));
    }
    if !filter.code.is_empty() {
        sql.sql(" AND (");
        for (index, code) in filter.code.iter().enumerate() {
            if index > 0 {
                sql.sql(" OR ");
            }
            match code {
                CodeFilter::Exactly(code) => sql.sql("network_code = ").int(i64::from(*code)),
                CodeFilter::Class(digit) => {
                    let first = i64::from(*digit) * 100;
                    sql.sql("(network_code >= ")
                        .int(first)
                        .sql(" AND network_code < ")
                        .int(first + 100)
                        .sql(")")
                }
                CodeFilter::Absent => sql.sql("network_code IS NULL"),
            };
        }
        sql.sql(")");
    }
    sql.span(" AND started_at >= ", " AND started_at < ", filter.started);
}

fn order(sort: RunSort) -> &'static Order {
    const STARTED: Order = Order {
        place: " AND (started_at, id)",
        down: " ORDER BY started_at DESC, id DESC",
        up: " ORDER BY started_at, id",
        newest_first: true,
    };
    match sort {
        RunSort::Newest => &STARTED,
        RunSort::Oldest => &Order {
            newest_first: false,
            ..STARTED
        },
    }
}
