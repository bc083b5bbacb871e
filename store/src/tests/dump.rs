//! Everything that a database holds, as text that two states can be compared by.

use std::collections::{BTreeMap, HashMap};

use domain::WorkspaceId;

use super::{
    database::number,
    people::{DAY, NOW},
};
use crate::pool::Pool;

/// A row: column and value.
pub(super) type Row = BTreeMap<String, Option<String>>;

/// Table and rows.
pub(super) type Dump = BTreeMap<String, Vec<Row>>;

const SQLITE_COLUMNS: &str = "SELECT m.name, p.name, p.type FROM sqlite_master m, pragma_table_info(m.name) p \
     WHERE m.type = 'table' AND substr(m.name, 1, 1) <> '_' ORDER BY m.name, p.cid";
const POSTGRES_COLUMNS: &str = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT) \
     FROM information_schema.columns \
     WHERE table_schema = current_schema() AND substr(table_name, 1, 1) <> '_' \
     ORDER BY table_name, ordinal_position";

/// Every value of every row of every table, in the order of ids where there are some.
pub(super) async fn everything(pool: &Pool) -> Dump {
    read(pool, None).await
}

/// What a workspace holds, said without what arrival decides: ids become keys, our own moments
/// become `ours`, rows stand in the order of their values.
pub(super) async fn told(pool: &Pool, workspace: WorkspaceId) -> Dump {
    let mut dump = read(pool, Some(workspace)).await;
    let mut names: HashMap<String, String> = HashMap::new();
    for table in ["flow", "integration", "run", "step"] {
        for row in &dump[table] {
            let parent = row.get("run_id").and_then(|id| names.get(id.as_ref()?));
            let parent = parent.map_or(String::new(), |run| format!("{run}/"));
            let (id, key) = (row["id"].clone(), row["key"].clone());
            names.insert(
                id.expect("an id"),
                format!("{parent}{}", key.expect("a key")),
            );
        }
    }
    for row in dump.values_mut().flatten() {
        row.remove("id");
        row.remove("workspace_id");
        for (column, value) in row.iter_mut() {
            let Some(text) = value else { continue };
            if column.ends_with("_id")
                && let Some(name) = names.get(text)
            {
                *text = name.clone();
            }
            let unit = match column.as_str() {
                "day" => DAY,
                _ if column.ends_with("_at") => 1,
                _ => continue,
            };
            if text
                .parse::<i64>()
                .is_ok_and(|number| (number + 1) * unit > NOW.as_ms())
            {
                *text = "ours".to_owned();
            }
        }
    }
    dump.values_mut().for_each(|rows| rows.sort());
    dump
}

async fn read(pool: &Pool, workspace: Option<WorkspaceId>) -> Dump {
    let columns = match pool {
        Pool::Sqlite(_) => SQLITE_COLUMNS,
        Pool::Postgres(_) => POSTGRES_COLUMNS,
    };
    let columns: Vec<(String, String, String)> = on!(pool, Pool, |pool: Db| {
        let query = sqlx::query_as::<Db, _>(columns);
        query.fetch_all(pool).await.expect("the columns")
    });
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (table, column, kind) in columns {
        tables.entry(table).or_default().push((column, kind));
    }
    let mut dump = Dump::new();
    for (table, columns) in tables {
        let scope = match workspace {
            // Those of people belong to no workspace.
            Some(_) if columns.iter().all(|(name, _)| name != "workspace_id") => continue,
            Some(workspace) => format!(" WHERE workspace_id = {}", workspace.0),
            None => String::new(),
        };
        let shown: Vec<_> = columns
            .iter()
            .map(|(name, kind)| shown(name, kind))
            .collect();
        let text = format!(
            "SELECT {} FROM {table}{scope} ORDER BY 1, 2",
            shown.join(", ")
        );
        let rows: Vec<Row> = on!(pool, Pool, |pool: Db| {
            use sqlx::Row as _;
            let mut sql = sqlx::QueryBuilder::<Db>::new(&text);
            let rows = sql.build().fetch_all(pool).await.expect(&text);
            let value = |row: &<Db as sqlx::Database>::Row, index: usize| -> Option<String> {
                row.try_get(index).expect("a text")
            };
            let names = || columns.iter().map(|(name, _)| name.clone()).enumerate();
            let row = |row| {
                names()
                    .map(|(index, name)| (name, value(row, index)))
                    .collect()
            };
            rows.iter().map(row).collect()
        });
        dump.insert(table, rows);
    }
    dump
}

fn shown(column: &str, kind: &str) -> String {
    match kind {
        "BLOB" => format!("CASE WHEN \"{column}\" IS NOT NULL THEN lower(hex(\"{column}\")) END"),
        "bytea" => format!("encode(\"{column}\", 'hex')"),
        _ => format!("CAST(\"{column}\" AS TEXT)"),
    }
}

/// What each sum must be, as a query that counts the rows in which it is not.
const WRONG: &[(&str, &str)] = &[
    (
        "run.steps, run.failed_steps, run.tasks",
        "SELECT COUNT(*) FROM run r \
         WHERE r.steps <> (SELECT COUNT(*) FROM step s WHERE s.run_id = r.id) \
         OR r.failed_steps <> (SELECT COUNT(*) FROM step s WHERE s.run_id = r.id AND s.status = 'failed') \
         OR r.tasks <> (SELECT COUNT(*) FROM step s WHERE s.run_id = r.id \
            AND s.status IN ('ok', 'warning', 'failed', 'interrupted'))",
    ),
    (
        "integration.runs, integration.failed_runs, integration.tasks",
        "SELECT COUNT(*) FROM integration i \
         WHERE i.runs <> (SELECT COUNT(*) FROM run r WHERE r.integration_id = i.id) \
         OR i.failed_runs <> (SELECT COUNT(*) FROM run r WHERE r.integration_id = i.id AND r.status = 'failed') \
         OR i.tasks <> (SELECT COALESCE(CAST(SUM(r.tasks) AS BIGINT), 0) FROM run r WHERE r.integration_id = i.id)",
    ),
    (
        "integration.last_run_*",
        "SELECT COUNT(*) FROM integration i LEFT JOIN run r ON r.id = ( \
            SELECT id FROM run WHERE integration_id = i.id ORDER BY started_at DESC, key DESC LIMIT 1) \
         WHERE i.last_run_key IS DISTINCT FROM r.key \
         OR i.last_run_at IS DISTINCT FROM r.started_at \
         OR i.last_run_code IS DISTINCT FROM r.network_code \
         OR i.last_run_handled <> (r.handled_at IS NOT NULL) \
         OR i.last_run_status <> COALESCE(r.status, 'none')",
    ),
    (
        "integration.faulty",
        "SELECT COUNT(*) FROM integration \
         WHERE faulty <> (status <> 'deleted' \
            AND (status IN ('paused', 'failed_to_initialize') OR (last_run_status = 'failed' AND last_run_handled = FALSE)))",
    ),
    (
        "flow.integrations, flow.deleted, flow.faulty",
        "SELECT COUNT(*) FROM flow f \
         WHERE f.integrations <> (SELECT COUNT(*) FROM integration i WHERE i.flow_id = f.id AND i.status <> 'deleted') \
         OR f.deleted <> (SELECT COUNT(*) FROM integration i WHERE i.flow_id = f.id AND i.status = 'deleted') \
         OR f.faulty <> (SELECT COUNT(*) FROM integration i WHERE i.flow_id = f.id AND i.faulty = TRUE)",
    ),
    (
        "flow.runs, flow.failed_runs, flow.tasks",
        "SELECT COUNT(*) FROM flow f \
         WHERE f.runs <> (SELECT COUNT(*) FROM run r JOIN integration i ON i.id = r.integration_id WHERE i.flow_id = f.id) \
         OR f.failed_runs <> (SELECT COUNT(*) FROM run r JOIN integration i ON i.id = r.integration_id \
            WHERE i.flow_id = f.id AND r.status = 'failed') \
         OR f.tasks <> (SELECT COALESCE(CAST(SUM(r.tasks) AS BIGINT), 0) \
            FROM run r JOIN integration i ON i.id = r.integration_id WHERE i.flow_id = f.id)",
    ),
    (
        "usage.runs, usage.failed_runs, usage.tasks",
        "SELECT COUNT(*) FROM ( \
            SELECT integration_id, started_at / 86400000 AS day, COUNT(*) AS runs, \
            COUNT(CASE WHEN status = 'failed' THEN 1 END) AS failed_runs, CAST(SUM(tasks) AS BIGINT) AS tasks \
            FROM run GROUP BY integration_id, started_at / 86400000) AS said \
         FULL OUTER JOIN usage u ON u.integration_id = said.integration_id AND u.day = said.day \
         WHERE u.runs IS DISTINCT FROM said.runs OR u.failed_runs IS DISTINCT FROM said.failed_runs \
         OR u.tasks IS DISTINCT FROM said.tasks",
    ),
    (
        "a parent that exists, in the same workspace",
        "SELECT (SELECT COUNT(*) FROM run r LEFT JOIN integration i ON i.id = r.integration_id \
                WHERE i.workspace_id IS DISTINCT FROM r.workspace_id) \
            + (SELECT COUNT(*) FROM integration i LEFT JOIN flow f ON f.id = i.flow_id \
                WHERE f.workspace_id IS DISTINCT FROM i.workspace_id) \
            + (SELECT COUNT(*) FROM step s LEFT JOIN run r ON r.id = s.run_id \
                WHERE r.workspace_id IS DISTINCT FROM s.workspace_id) \
            + (SELECT COUNT(*) FROM payload p LEFT JOIN step s ON s.id = p.step_id \
                WHERE s.workspace_id IS DISTINCT FROM p.workspace_id) \
            + (SELECT COUNT(*) FROM log_entry l LEFT JOIN run r ON r.id = l.run_id \
                WHERE r.workspace_id IS DISTINCT FROM l.workspace_id) \
            + (SELECT COUNT(*) FROM file f LEFT JOIN run r ON r.id = f.run_id \
                WHERE r.workspace_id IS DISTINCT FROM f.workspace_id)",
    ),
];

/// Checks every kept sum against the rows that it is the sum of.
pub(super) async fn assert_sums_hold(pool: &Pool) {
    for (what, query) in WRONG {
        assert_eq!(number(pool, query).await, 0, "rows with a wrong {what}");
    }
}
