//! Lists of runs: those of one integration, or of a whole workspace.

use domain::{
    Integration, IntegrationId, Page, RunId, RunRow, Timestamp, Total, WorkspaceId,
    filter::{CodeFilter, Handled, RunFilter, RunSort},
    limit,
    live::Look,
    page::Seek,
};

use crate::{
    Store, StoreError,
    clauses::{Clauses, Order, after_prefix, indexed, storable},
};

const IN_WORKSPACE: &str =
    "SELECT CAST(COALESCE(SUM(runs), 0) AS BIGINT) FROM flow WHERE workspace_id = $1";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[IN_WORKSPACE];

/// So much of a trigger's texts stands in the indexes.
const INDEXED_CHARS: usize = 40;

/// Whose runs are listed.
#[derive(Debug, Clone, Copy)]
pub enum RunsOf<'i> {
    /// Those of one integration.
    Integration(&'i Integration),
    /// Those of all integrations of the workspace.
    Workspace,
}

/// Which rows a query may see.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) workspace: WorkspaceId,
    pub(crate) integration: Option<IntegrationId>,
}

impl<'i> From<Option<&'i Integration>> for RunsOf<'i> {
    fn from(integration: Option<&'i Integration>) -> Self {
        integration.map_or(Self::Workspace, Self::Integration)
    }
}

impl RunsOf<'_> {
    fn scope(self, workspace: WorkspaceId) -> Scope {
        let integration = match self {
            Self::Integration(integration) => Some(integration.id),
            Self::Workspace => None,
        };
        Scope {
            workspace,
            integration,
        }
    }
}

impl Store {
    /// One page of runs. `filter.search` matches a Run ID exactly, which then stands alone, or
    /// else a Trigger App in any case. What the filter says of time counts back from `now`.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn list_runs(
        &self,
        workspace: WorkspaceId,
        of: RunsOf<'_>,
        filter: &RunFilter,
        now: Timestamp,
    ) -> Result<Page<RunRow>, StoreError> {
        let scope = of.scope(workspace);
        let exact = self.exact_run(scope, filter).await?;
        let kept = match of {
            _ if filter.narrows() => None,
            RunsOf::Integration(one) => (one.workspace_id == workspace).then_some(one.runs),
            RunsOf::Workspace => Some(self.runs_in(workspace).await?),
        };
        let total = match kept {
            Some(runs) => Total::Exact(runs),
            None => Total::counted(
                count!(self, count_of(scope, filter, exact, now)),
                limit::COUNT,
            ),
        };
        let seek = Seek::to(filter.cursor.as_ref(), filter.size, total);
        let rows = fetch!(self, RunRow, page_of(scope, filter, exact, seek, now));
        Ok(Page::new(
            rows,
            seek,
            filter.cursor.as_ref(),
            total,
            |row| (filter.sort.place(row), row.id.0),
        ))
    }

    /// Up to `limit` of these runs in the filter's order, behind the one of this sort value and
    /// id; for those who read all of them.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn runs_from(
        &self,
        workspace: WorkspaceId,
        of: RunsOf<'_>,
        filter: &RunFilter,
        beside: Option<(i64, i64)>,
        limit: i64,
        now: Timestamp,
    ) -> Result<Vec<RunRow>, StoreError> {
        let scope = of.scope(workspace);
        let exact = self.exact_run(scope, filter).await?;
        let seek = Seek {
            beside,
            backwards: false,
            limit,
        };
        Ok(fetch!(
            self,
            RunRow,
            page_of(scope, filter, exact, seek, now)
        ))
    }

    /// How many runs that pass the filter came in behind the run of this id: of one integration,
    /// or of the whole workspace.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn new_runs(
        &self,
        workspace: WorkspaceId,
        integration: Option<IntegrationId>,
        filter: &RunFilter,
        since: i64,
        now: Timestamp,
    ) -> Result<Look, StoreError> {
        let scope = Scope {
            workspace,
            integration,
        };
        let exact = self.exact_run(scope, filter).await?;
        Ok(fetch_one!(
            self,
            Look,
            new_of(scope, filter, exact, since, now)
        ))
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
        let scope = Scope {
            workspace,
            integration: Some(integration),
        };
        Ok(fetch!(self, RunRow, beginning(scope, text)))
    }

    /// The run whose ID is searched for.
    async fn exact_run(
        &self,
        scope: Scope,
        filter: &RunFilter,
    ) -> Result<Option<RunId>, StoreError> {
        let Some(search) = &filter.search else {
            return Ok(None);
        };
        let mut sql = Clauses::default();
        sql.sql("SELECT id FROM run WHERE workspace_id = ")
            .int(scope.workspace.0)
            .sql(" AND key = ")
            .text(storable(search.as_str()));
        if let Some(integration) = scope.integration {
            sql.sql(" AND integration_id = ").int(integration.0);
        }
        let found: Vec<(RunId,)> = fetch!(self, (RunId,), sql);
        Ok(found.first().map(|(id,)| *id))
    }

    /// The sum that the flows keep.
    async fn runs_in(&self, workspace: WorkspaceId) -> Result<i64, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, i64>(IN_WORKSPACE).bind(workspace);
            Ok(query.fetch_one(pool).await?)
        })
    }
}

/// How many runs match, counted up to a limit. `exact` is the run whose ID is searched for.
pub(crate) fn count_of(
    scope: Scope,
    filter: &RunFilter,
    exact: Option<RunId>,
    now: Timestamp,
) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql("SELECT COUNT(*) FROM (SELECT 1 FROM run WHERE ");
    matching(&mut sql, scope, filter, exact, now);
    sql.sql(" LIMIT ").int(limit::COUNT + 1).sql(") AS counted");
    sql
}

/// One page of the runs that match.
pub(crate) fn page_of(
    scope: Scope,
    filter: &RunFilter,
    exact: Option<RunId>,
    seek: Seek,
    now: Timestamp,
) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql(concat!("SELECT ", run_columns!(), " FROM run WHERE "));
    matching(&mut sql, scope, filter, exact, now);
    sql.page(order(filter.sort), seek);
    sql
}

/// A look at the runs that came in behind `since`: ids rise in the order of commits, so that none
/// is passed over, and the primary key leads there without an index of its own.
pub(crate) fn new_of(
    scope: Scope,
    filter: &RunFilter,
    exact: Option<RunId>,
    since: i64,
    now: Timestamp,
) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql("SELECT COUNT(*) AS looked_at, COALESCE(MAX(id), ")
        .int(since);
    sql.sql(") AS last, COALESCE(SUM(CASE WHEN ");
    matching(&mut sql, scope, filter, exact, now);
    sql.sql(" THEN 1 ELSE 0 END), 0) AS found FROM (SELECT * FROM run WHERE id > ")
        .int(since);
    sql.sql(" ORDER BY id LIMIT ")
        .int(limit::LOOK)
        .sql(") AS fresh");
    sql
}

/// The runs of which the ID begins with `text`.
pub(crate) fn beginning(scope: Scope, text: &str) -> Clauses {
    let from = text.to_ascii_lowercase();
    let to = after_prefix(&from);
    let mut sql = Clauses::default();
    sql.sql(concat!("SELECT ", run_columns!(), " FROM run WHERE "));
    within(&mut sql, scope);
    sql.sql(" AND lower(key) >= ").text(from);
    sql.sql(" AND lower(key) < ").text(to);
    sql.sql(" ORDER BY lower(key), id LIMIT 10");
    sql
}

/// Where the rows lie.
///
/// A run is in its integration's workspace. Asked of each run, the workspace would have to be
/// read from its row, and would mislead the planners, who see it in most rows. (SQLite would look
/// up an EXISTS again for each run.)
fn within(sql: &mut Clauses, scope: Scope) {
    match scope.integration {
        Some(integration) => sql
            .sql("integration_id = ")
            .int(integration.0)
            .sql(" AND (SELECT 1 FROM integration WHERE id = ")
            .int(integration.0)
            .sql(" AND workspace_id = ")
            .int(scope.workspace.0)
            .sql(") = 1"),
        None => sql.sql("workspace_id = ").int(scope.workspace.0),
    };
}

/// The conditions behind `WHERE `.
fn matching(
    sql: &mut Clauses,
    scope: Scope,
    filter: &RunFilter,
    exact: Option<RunId>,
    now: Timestamp,
) {
    match &filter.user {
        // The user's integrations are in the workspace; asked for it as well, the planners would
        // walk through all of it.
        Some(user) if scope.integration.is_none() => of_user(sql, scope.workspace, user),
        user => {
            within(sql, scope);
            if let Some(user) = user {
                sql.sql(" AND ");
                of_user(sql, scope.workspace, user);
            }
        }
    }
    match (exact, &filter.search) {
        (Some(run), _) => _ = sql.sql(" AND id = ").int(run.0),
        (None, Some(search)) => trigger(sql, TRIGGER_APP, search),
        (None, None) => {}
    }
    if !filter.status.is_empty() {
        sql.sql(" AND status IN ")
            .words(filter.status.iter().map(|s| s.as_str()));
    }
    if let Some(label) = &filter.label {
        sql.sql(" AND label = ").text(storable(label.as_str()));
    }
    if let Some(reference) = &filter.reference {
        of_reference(sql, scope.workspace, reference);
    }
    codes(sql, &filter.code);
    if let Some(app) = &filter.app {
        sql.sql(" AND failing_app = ").text(app.as_str());
    }
    let triggers = [
        (TRIGGER_APP, &filter.trigger_app),
        (TRIGGER_NAME, &filter.trigger_name),
        (TRIGGER_TYPE, &filter.trigger_type),
    ];
    for (column, text) in triggers {
        if let Some(text) = text {
            trigger(sql, column, text);
        }
    }
    if let Some(least) = filter.took.least_ms {
        sql.sql(" AND duration_ms >= ").int(least);
    }
    if let Some(most) = filter.took.most_ms {
        sql.sql(" AND duration_ms <= ").int(most);
    }
    let started = filter.started.bounds(now);
    sql.span(" AND started_at >= ", " AND started_at < ", started);
    match filter.handled {
        Some(Handled::Yes) => _ = sql.sql(" AND handled_at IS NOT NULL"),
        Some(Handled::No) => _ = sql.sql(" AND handled_at IS NULL"),
        None => {}
    }
}

/// The runs of the integrations of exactly this User ID or User Auth.
fn of_user(sql: &mut Clauses, workspace: WorkspaceId, user: &str) {
    let columns = [
        (
            "integration_id IN (SELECT id FROM integration WHERE workspace_id = ",
            " AND substr(lower(user_id), 1, 200) = ",
            " AND user_id = ",
        ),
        (
            " UNION SELECT id FROM integration WHERE workspace_id = ",
            " AND substr(lower(user_auth), 1, 200) = ",
            " AND user_auth = ",
        ),
    ];
    for (select, folded, exact) in columns {
        sql.sql(select).int(workspace.0);
        sql.sql(folded).text(indexed(user));
        sql.sql(exact).text(user);
    }
    sql.sql(")");
}

/// The runs that are called this elsewhere; few, so that they are looked up first.
fn of_reference(sql: &mut Clauses, workspace: WorkspaceId, reference: &str) {
    sql.sql(" AND id IN (SELECT id FROM run WHERE workspace_id = ")
        .int(workspace.0);
    sql.sql(" AND substr(reference, 1, 200) = ")
        .text(storable(reference.chars().take(200).collect::<String>()));
    sql.sql(" AND reference = ")
        .text(storable(reference))
        .sql(")");
}

/// A column of triggers: how its beginning, which the indexes hold, and the whole are compared.
type TriggerColumn = (&'static str, &'static str);
const TRIGGER_APP: TriggerColumn = (
    " AND substr(lower(trigger_app), 1, 40) = ",
    " AND lower(trigger_app) = ",
);
const TRIGGER_NAME: TriggerColumn = (
    " AND substr(lower(trigger_name), 1, 40) = ",
    " AND lower(trigger_name) = ",
);
const TRIGGER_TYPE: TriggerColumn = (
    " AND substr(lower(trigger_type), 1, 40) = ",
    " AND lower(trigger_type) = ",
);

fn trigger(sql: &mut Clauses, (beginning, whole): TriggerColumn, text: &str) {
    let lower = storable(text.to_ascii_lowercase());
    let short: String = lower.chars().take(INDEXED_CHARS).collect();
    sql.sql(beginning).text(short);
    // Of most texts the beginning is all, which the index decides alone.
    if lower.chars().count() >= INDEXED_CHARS {
        sql.sql(whole).text(lower);
    }
}

fn codes(sql: &mut Clauses, codes: &[CodeFilter]) {
    for (index, code) in codes.iter().enumerate() {
        sql.sql(if index == 0 { " AND (" } else { " OR " });
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
    if !codes.is_empty() {
        sql.sql(")");
    }
}

fn order(sort: RunSort) -> &'static Order {
    const STARTED: Order = Order {
        place: " AND (started_at, id)",
        down: " ORDER BY started_at DESC, id DESC",
        up: " ORDER BY started_at, id",
        newest_first: true,
    };
    const DURATION: Order = Order {
        place: " AND (COALESCE(duration_ms, -1), id)",
        down: " ORDER BY COALESCE(duration_ms, -1) DESC, id DESC",
        up: " ORDER BY COALESCE(duration_ms, -1), id",
        newest_first: true,
    };
    match sort {
        RunSort::Newest => &STARTED,
        RunSort::Oldest => &Order {
            newest_first: false,
            ..STARTED
        },
        RunSort::Longest => &DURATION,
        RunSort::Shortest => &Order {
            newest_first: false,
            ..DURATION
        },
    }
}
