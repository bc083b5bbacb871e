//! Integrations: one end-user's copy of a flow.

use domain::{
    Flow, FlowId, Integration, IntegrationId, Key, LastRun, Page, Timestamp, Total, WorkspaceId,
    filter::{IntegrationFilter, IntegrationSort},
    limit,
    live::Look,
    page::Seek,
};

use crate::{
    Store, StoreError,
    clauses::{Clauses, Order, after_prefix, indexed, storable},
    pool::Conn,
};

const BY_KEY: &str = "SELECT * FROM integration WHERE workspace_id = $1 AND key = $2";
const BY_ID: &str = "SELECT * FROM integration WHERE workspace_id = $1 AND id = $2";

// Hops from one app to the next in the index: a DISTINCT would read every integration.
const APPS: &str = "WITH RECURSIVE found (app_key) AS ( \
                SELECT MIN(app_key) FROM integration WHERE flow_id = $1 \
                UNION ALL \
                SELECT (SELECT MIN(i.app_key) FROM integration i WHERE i.flow_id = $2 AND i.app_key > found.app_key) \
                FROM found WHERE found.app_key IS NOT NULL \
            ) \
            SELECT app_key FROM found \
            WHERE app_key IS NOT NULL \
            AND EXISTS (SELECT 1 FROM flow WHERE id = $3 AND workspace_id = $4) \
            LIMIT 100";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_KEY, BY_ID, APPS];

table!(
    "integration",
    Integration,
    [
        id,
        workspace_id,
        flow_id,
        app_key,
        key,
        name,
        user_id,
        user_auth,
        status,
        status_reason,
        description,
        created_at,
        modified_at,
        stopped_at,
        last_run_key,
        last_run_at,
        last_run_status,
        last_run_code,
        last_run_handled,
        runs,
        failed_runs,
        tasks,
    ],
    computed[faulty = Integration::is_faulty]
);

/// The integrations of these keys.
pub(crate) async fn load(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    keys: &[&Key],
) -> Result<Vec<Integration>, StoreError> {
    Ok(load!(conn, Integration, keys, |part| {
        let mut sql = Clauses::default();
        sql.sql("SELECT * FROM integration WHERE workspace_id = ")
            .int(workspace.0);
        sql.sql(" AND key IN ")
            .words(part.iter().map(|key| key.as_str()));
        sql
    }))
}

/// The integrations of these ids.
pub(crate) async fn load_ids(
    conn: &mut Conn<'_>,
    ids: &[IntegrationId],
) -> Result<Vec<Integration>, StoreError> {
    Ok(load!(conn, Integration, ids, |part| {
        let mut sql = Clauses::default();
        sql.sql("SELECT * FROM integration WHERE id IN ")
            .ints(part.iter().map(|id| id.0));
        sql
    }))
}

impl Store {
    /// One page of a flow's integrations. `filter.search` matches an Integration ID, User ID or
    /// User Auth exactly.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn list_integrations(
        &self,
        workspace: WorkspaceId,
        flow: &Flow,
        filter: &IntegrationFilter,
        now: Timestamp,
    ) -> Result<Page<Integration>, StoreError> {
        let theirs = flow.workspace_id != workspace;
        let total = if filter.narrows() || theirs {
            let sql = count_of(workspace, flow.id, filter, now);
            Total::counted(count!(self, sql), limit::COUNT)
        } else {
            Total::Exact(flow.integrations + flow.deleted)
        };
        let seek = Seek::to(filter.cursor.as_ref(), filter.size, total);
        let rows = fetch!(
            self,
            Integration,
            page_of(workspace, flow.id, filter, seek, now)
        );
        Ok(Page::new(
            rows,
            seek,
            filter.cursor.as_ref(),
            total,
            |row| (filter.sort.place(row), row.id.0),
        ))
    }

    /// Up to `limit` of a flow's integrations in the filter's order, behind the one of this sort
    /// value and id; for those who read all of them.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn integrations_from(
        &self,
        workspace: WorkspaceId,
        flow: &Flow,
        filter: &IntegrationFilter,
        beside: Option<(i64, i64)>,
        limit: i64,
        now: Timestamp,
    ) -> Result<Vec<Integration>, StoreError> {
        let seek = Seek {
            beside,
            backwards: false,
            limit,
        };
        Ok(fetch!(
            self,
            Integration,
            page_of(workspace, flow.id, filter, seek, now)
        ))
    }

    /// How many integrations that pass the filter have runs that came in behind the run of this id.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn integrations_with_new_runs(
        &self,
        workspace: WorkspaceId,
        flow: FlowId,
        filter: &IntegrationFilter,
        since: i64,
        now: Timestamp,
    ) -> Result<Look, StoreError> {
        Ok(fetch_one!(
            self,
            Look,
            new_of(workspace, flow, filter, since, now)
        ))
    }

    /// Up to ten integrations of the flow of which an ID begins with `text`, in any case.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn integrations_beginning(
        &self,
        workspace: WorkspaceId,
        flow: FlowId,
        text: &str,
    ) -> Result<Vec<Integration>, StoreError> {
        Ok(fetch!(self, Integration, beginning(workspace, flow, text)))
    }

    /// The integration of this key.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn integration(
        &self,
        workspace: WorkspaceId,
        key: &str,
    ) -> Result<Option<Integration>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Integration>(BY_KEY)
                .bind(workspace)
                .bind(storable(key));
            Ok(query.fetch_optional(pool).await?)
        })
    }

    /// The integration of this id.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn integration_by_id(
        &self,
        workspace: WorkspaceId,
        id: IntegrationId,
    ) -> Result<Option<Integration>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            Ok(sqlx::query_as::<Db, Integration>(BY_ID)
                .bind(workspace)
                .bind(id)
                .fetch_optional(pool)
                .await?)
        })
    }

    /// The apps that the flow's integrations connect to, at most a hundred.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn apps_of_flow(
        &self,
        workspace: WorkspaceId,
        flow: FlowId,
    ) -> Result<Vec<Key>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, Key>(APPS)
                .bind(flow)
                .bind(flow)
                .bind(flow)
                .bind(workspace);
            Ok(query.fetch_all(pool).await?)
        })
    }
}

/// How many integrations match, counted up to a limit.
pub(crate) fn count_of(
    workspace: WorkspaceId,
    flow: FlowId,
    filter: &IntegrationFilter,
    now: Timestamp,
) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql("SELECT COUNT(*) FROM (SELECT 1 FROM integration WHERE ");
    matching(&mut sql, workspace, flow, filter, now);
    sql.sql(" LIMIT ").int(limit::COUNT + 1).sql(") AS counted");
    sql
}

/// One page of the integrations that match.
pub(crate) fn page_of(
    workspace: WorkspaceId,
    flow: FlowId,
    filter: &IntegrationFilter,
    seek: Seek,
    now: Timestamp,
) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql("SELECT * FROM integration WHERE ");
    matching(&mut sql, workspace, flow, filter, now);
    sql.page(order(filter.sort), seek);
    sql
}

/// A look at the runs that came in behind `since`, and whose they are.
pub(crate) fn new_of(
    workspace: WorkspaceId,
    flow: FlowId,
    filter: &IntegrationFilter,
    since: i64,
    now: Timestamp,
) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql("WITH fresh AS MATERIALIZED (SELECT id AS run_id, integration_id FROM run WHERE id > ")
        .int(since);
    sql.sql(" ORDER BY id LIMIT ").int(limit::LOOK);
    sql.sql(") SELECT (SELECT COUNT(*) FROM fresh) AS looked_at, (SELECT COALESCE(MAX(run_id), ")
        .int(since);
    sql.sql(") FROM fresh) AS last, (SELECT COUNT(*) FROM integration WHERE id IN (SELECT integration_id FROM fresh) AND ");
    matching(&mut sql, workspace, flow, filter, now);
    sql.sql(") AS found");
    sql
}

/// The integrations of which an ID begins with `text`: ten of each kind of ID, of those ten.
pub(crate) fn beginning(workspace: WorkspaceId, flow: FlowId, text: &str) -> Clauses {
    let from = text.to_ascii_lowercase();
    let to = after_prefix(&from);
    let mut sql = Clauses::default();
    sql.sql("SELECT * FROM integration WHERE ");
    in_flow(&mut sql, workspace, flow);
    sql.sql(" AND id IN (");
    let columns = [
        (
            "SELECT id FROM (SELECT id FROM integration WHERE flow_id = ",
            " AND lower(key) >= ",
            " AND lower(key) < ",
            " ORDER BY lower(key), id LIMIT 10) AS of_key",
        ),
        (
            " UNION SELECT id FROM (SELECT id FROM integration WHERE flow_id = ",
            " AND substr(lower(user_id), 1, 200) >= ",
            " AND substr(lower(user_id), 1, 200) < ",
            " ORDER BY substr(lower(user_id), 1, 200), id LIMIT 10) AS of_user_id",
        ),
        (
            " UNION SELECT id FROM (SELECT id FROM integration WHERE flow_id = ",
            " AND substr(lower(user_auth), 1, 200) >= ",
            " AND substr(lower(user_auth), 1, 200) < ",
            " ORDER BY substr(lower(user_auth), 1, 200), id LIMIT 10) AS of_user_auth",
        ),
    ];
    for (select, at_least, below, first) in columns {
        sql.sql(select).int(flow.0);
        sql.sql(at_least).text(from.clone());
        sql.sql(below).text(to.clone()).sql(first);
    }
    sql.sql(") ORDER BY lower(key), id LIMIT 10");
    sql
}

/// An integration is in its flow's workspace. Asked of each one, the workspace would have to be
/// read from its row, and would mislead the planners, who see it in most rows. (SQLite would look
/// up an EXISTS again for each integration.)
fn in_workspace(sql: &mut Clauses, workspace: WorkspaceId, flow: FlowId) {
    sql.sql("(SELECT 1 FROM flow WHERE id = ").int(flow.0);
    sql.sql(" AND workspace_id = ").int(workspace.0);
    sql.sql(") = 1");
}

/// Where a few ids are given: the plus keeps SQLite from walking through the flow to meet them.
fn in_flow(sql: &mut Clauses, workspace: WorkspaceId, flow: FlowId) {
    in_workspace(sql, workspace, flow);
    sql.sql(" AND +flow_id = ").int(flow.0);
}

/// The conditions behind `WHERE `.
fn matching(
    sql: &mut Clauses,
    workspace: WorkspaceId,
    flow: FlowId,
    filter: &IntegrationFilter,
    now: Timestamp,
) {
    if let Some(search) = &filter.search {
        in_flow(sql, workspace, flow);
        let columns = [
            (
                " AND id IN (SELECT id FROM integration WHERE flow_id = ",
                " AND lower(key) = ",
                " AND key = ",
            ),
            (
                " UNION SELECT id FROM integration WHERE flow_id = ",
                " AND substr(lower(user_id), 1, 200) = ",
                " AND user_id = ",
            ),
            (
                " UNION SELECT id FROM integration WHERE flow_id = ",
                " AND substr(lower(user_auth), 1, 200) = ",
                " AND user_auth = ",
            ),
        ];
        for (select, folded, exact) in columns {
            sql.sql(select).int(flow.0);
            sql.sql(folded).text(indexed(search));
            sql.sql(exact).text(search.clone());
        }
        sql.sql(")");
    } else {
        sql.sql("flow_id = ").int(flow.0).sql(" AND ");
        in_workspace(sql, workspace, flow);
    }
    if filter.faulty {
        sql.sql(" AND faulty = TRUE");
    }
    if !filter.last_run.is_empty() {
        sql.sql(" AND last_run_status IN ")
            .words(filter.last_run.iter().map(|s: &LastRun| s.as_str()));
    }
    if !filter.status.is_empty() {
        sql.sql(" AND status IN ")
            .words(filter.status.iter().map(|s| s.as_str()));
    }
    let created = filter.created.bounds(now);
    sql.span(" AND created_at >= ", " AND created_at < ", created);
    let last_run_at = filter.last_run_at.bounds(now);
    sql.span(" AND last_run_at >= ", " AND last_run_at < ", last_run_at);
    if let Some(app) = &filter.app {
        sql.sql(" AND app_key = ").text(app.as_str());
    }
}

fn order(sort: IntegrationSort) -> &'static Order {
    const CREATED: Order = Order {
        place: " AND (created_at, id)",
        down: " ORDER BY created_at DESC, id DESC",
        up: " ORDER BY created_at, id",
        newest_first: true,
    };
    const LAST_RUN: Order = Order {
        place: " AND (COALESCE(last_run_at, 0), id)",
        down: " ORDER BY COALESCE(last_run_at, 0) DESC, id DESC",
        up: " ORDER BY COALESCE(last_run_at, 0), id",
        newest_first: true,
    };
    match sort {
        IntegrationSort::CreatedNewest => &CREATED,
        IntegrationSort::CreatedOldest => &Order {
            newest_first: false,
            ..CREATED
        },
        IntegrationSort::LastRunNewest => &LAST_RUN,
        IntegrationSort::LastRunOldest => &Order {
            newest_first: false,
            ..LAST_RUN
        },
    }
}
