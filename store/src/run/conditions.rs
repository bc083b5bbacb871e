//! Which runs a filter lets pass, as conditions of a query.

use domain::{
    RunId, Timestamp, WorkspaceId,
    filter::{CodeFilter, Handled, RunFilter},
};

use super::list::Scope;
use crate::clauses::{Clauses, indexed, storable};

/// So much of a trigger's texts stands in the indexes.
const INDEXED_CHARS: usize = 40;

/// Where the rows lie.
///
/// A run is in its integration's workspace. Asked of each run, the workspace would have to be
/// read from its row, and would mislead the planners, who see it in most rows. (SQLite would look
/// up an EXISTS again for each run.)
pub(super) fn within(sql: &mut Clauses, scope: Scope) {
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
pub(super) fn matching(
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
