//! Flows: the templates.

use domain::{Flow, FlowId, Key, Page, Total, WorkspaceId, filter::FlowFilter, limit, page::Seek};

use crate::{
    Store, StoreError,
    clauses::{Clauses, escape_like, storable},
    pool::Conn,
};

const BY_KEY: &str = "SELECT * FROM flow WHERE workspace_id = $1 AND key = $2";
const BY_ID: &str = "SELECT * FROM flow WHERE workspace_id = $1 AND id = $2";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_KEY, BY_ID];

table!(
    "flow",
    Flow,
    [
        id,
        workspace_id,
        key,
        name,
        status,
        flow_group,
        direction,
        mode,
        interface_type,
        description,
        created_at,
        integrations,
        deleted,
        faulty,
        runs,
        failed_runs,
        tasks,
    ]
);

/// The flows of these keys.
pub(crate) async fn load(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    keys: &[&Key],
) -> Result<Vec<Flow>, StoreError> {
    Ok(load!(conn, Flow, keys, |part| {
        let mut sql = Clauses::default();
        sql.sql("SELECT * FROM flow WHERE workspace_id = ")
            .int(workspace.0);
        sql.sql(" AND key IN ")
            .words(part.iter().map(|key| key.as_str()));
        sql
    }))
}

/// The flows of these ids.
pub(crate) async fn load_ids(conn: &mut Conn<'_>, ids: &[FlowId]) -> Result<Vec<Flow>, StoreError> {
    Ok(load!(conn, Flow, ids, |part| {
        let mut sql = Clauses::default();
        sql.sql("SELECT * FROM flow WHERE id IN ")
            .ints(part.iter().map(|id| id.0));
        sql
    }))
}

impl Store {
    /// One page of flows, by name.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn list_flows(
        &self,
        workspace: WorkspaceId,
        filter: &FlowFilter,
    ) -> Result<Page<Flow>, StoreError> {
        let total = Total::counted(count!(self, count_of(workspace, filter)), limit::COUNT);
        let seek = Seek::to(filter.cursor.as_ref(), filter.size, total);
        let rows = fetch!(self, Flow, page_of(workspace, filter, seek));
        Ok(Page::new(
            rows,
            seek,
            filter.cursor.as_ref(),
            total,
            |flow| (0, flow.id.0),
        ))
    }

    /// Up to `limit` flows in the order of the list, behind the one of this id (the place's first
    /// number says nothing here); for those who read all of them.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn flows_from(
        &self,
        workspace: WorkspaceId,
        filter: &FlowFilter,
        beside: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<Flow>, StoreError> {
        let seek = Seek {
            beside,
            backwards: false,
            limit,
        };
        Ok(fetch!(self, Flow, page_of(workspace, filter, seek)))
    }

    /// The flow of this key.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn flow(
        &self,
        workspace: WorkspaceId,
        key: &str,
    ) -> Result<Option<Flow>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            Ok(sqlx::query_as::<Db, Flow>(BY_KEY)
                .bind(workspace)
                .bind(storable(key))
                .fetch_optional(pool)
                .await?)
        })
    }

    /// The flow of this id.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn flow_by_id(
        &self,
        workspace: WorkspaceId,
        id: FlowId,
    ) -> Result<Option<Flow>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            Ok(sqlx::query_as::<Db, Flow>(BY_ID)
                .bind(workspace)
                .bind(id)
                .fetch_optional(pool)
                .await?)
        })
    }
}

/// How many flows match.
pub(crate) fn count_of(workspace: WorkspaceId, filter: &FlowFilter) -> Clauses {
    matching(
        "SELECT COUNT(*) FROM flow WHERE workspace_id = ",
        workspace,
        filter,
    )
}

/// One page of the flows that match.
pub(crate) fn page_of(workspace: WorkspaceId, filter: &FlowFilter, seek: Seek) -> Clauses {
    let mut sql = matching(
        "SELECT * FROM flow WHERE workspace_id = ",
        workspace,
        filter,
    );
    // A place among names is the name of a row; its id finds it, also after it was renamed.
    if let Some((_, id)) = seek.beside {
        sql.sql(" AND (substr(lower(COALESCE(name, key)), 1, 200), id) ");
        sql.sql(if seek.backwards { "<" } else { ">" });
        sql.sql(" (SELECT substr(lower(COALESCE(name, key)), 1, 200), id FROM flow WHERE id = ")
            .int(id);
        sql.sql(" AND workspace_id = ").int(workspace.0).sql(")");
    }
    sql.sql(if seek.backwards {
        " ORDER BY substr(lower(COALESCE(name, key)), 1, 200) DESC, id DESC"
    } else {
        " ORDER BY substr(lower(COALESCE(name, key)), 1, 200), id"
    });
    sql.sql(" LIMIT ").int(seek.limit);
    sql
}

/// Flows are few and people remember a word of their names: a part of a name is enough here.
fn matching(select: &'static str, workspace: WorkspaceId, filter: &FlowFilter) -> Clauses {
    let mut sql = Clauses::default();
    sql.sql(select).int(workspace.0);
    if let Some(search) = &filter.search {
        let text = escape_like(&search.to_ascii_lowercase());
        sql.sql(" AND (lower(name) LIKE ")
            .text(format!("%{text}%"))
            .sql(" ESCAPE '!'");
        sql.sql(" OR lower(key) LIKE ")
            .text(format!("{text}%"))
            .sql(" ESCAPE '!')");
    }
    sql
}
