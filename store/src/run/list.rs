//! Lists of runs: those of one integration, or of a whole workspace.

use domain::{
    Integration, IntegrationId, Page, RunId, RunRow, Timestamp, Total, WorkspaceId,
    filter::{RunFilter, RunSort},
    limit,
    live::Look,
    page::Seek,
};

use super::conditions::{matching, within};
use crate::{
    Store, StoreError,
    clauses::{Clauses, Order, after_prefix, storable},
};

const IN_WORKSPACE: &str =
    "SELECT CAST(COALESCE(SUM(runs), 0) AS BIGINT) FROM flow WHERE workspace_id = $1";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[IN_WORKSPACE];

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
