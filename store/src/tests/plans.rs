//! No list reads more rows than it must: the databases say how they would go about it.
//!
//! 50,000 runs and 5,000 integrations are put in directly, a good part of them in one place.

use super::database::{Database, execute};
use crate::{
    clauses::{Clause, Clauses},
    flow, integration,
    pool::Pool,
    run,
};
use domain::{
    Cursor, FlowId, IntegrationId, PageSize, RunId, Total, WorkspaceId,
    filter::{FlowFilter, IntegrationFilter, RunFilter},
    page::Seek,
};

const WORKSPACE: WorkspaceId = WorkspaceId(1);
/// Holds 1,000 of the integrations.
const FLOW: FlowId = FlowId(10);
/// Holds 5,000 of the runs.
const INTEGRATION: IntegrationId = IntegrationId(1_000);

const ROWS: &str = "
INSERT INTO workspace (id, key, name, created_at) VALUES (1, 'main', 'main', 0), (2, 'other', 'other', 0);
INSERT INTO flow (id, workspace_id, key, name, status, created_at, integrations, deleted, faulty, runs, failed_runs, tasks)
WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 499)
SELECT 10 + i, 1 + i / 400, 'flow_' || i, 'Flow ' || i, 'published', 0, 0, 0, 0, 0, 0, 0 FROM n;
INSERT INTO integration (id, workspace_id, flow_id, app_key, key, user_id, user_auth, status, created_at, modified_at,
    last_run_at, last_run_status, runs, failed_runs, tasks, faulty)
WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 4999)
SELECT 1000 + i, 1, CASE WHEN i % 5 = 0 THEN 10 ELSE 11 + i % 97 END, 'app_' || (i % 7), 'int_' || i, 'u_' || (i / 2),
    'u' || i || '@acme.test', CASE i % 10 WHEN 0 THEN 'paused' WHEN 1 THEN 'deleted' ELSE 'enabled' END,
    1790000000000 + i * 60000, 0, CASE WHEN i % 5 > 0 THEN 1790000000000 + i * 7777 % 90000000 END,
    CASE i % 20 WHEN 0 THEN 'failed' WHEN 5 THEN 'none' ELSE 'ok' END, 0, 0, 0, i % 10 = 0 OR i % 20 = 0
FROM n;
INSERT INTO run (id, workspace_id, integration_id, key, status, trigger_app, started_at, network_code, steps, failed_steps,
    tasks, received_at, settled)
WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 49999)
SELECT 100000 + i, 1, CASE WHEN i % 10 = 0 THEN 1000 ELSE 1001 + i % 4000 END, 'run_' || i,
    CASE WHEN i % 40 = 0 THEN 'failed' WHEN i % 1000 = 10 THEN 'warning' ELSE 'ok' END, 'Shop ' || (i % 50),
    1790000000000 + i * 60000, CASE WHEN i % 40 = 0 THEN 401 WHEN i % 3 > 0 THEN 200 END, 4, 0, 4, 0, 0
FROM n;";

/// A query, and what may be sorted for it. SQLite goes by the texts alone; Postgres by statistics,
/// and sorts where it knows that few rows match.
struct Case {
    name: String,
    sql: Clauses,
    sorting: Sorting,
    by_id: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Sorting {
    Never,
    OfFew,
    Always,
}

const RUN_FILTERS: &[&str] = &[
    "",
    "status=ok",
    "status=failed",
    "status=failed&status=warning",
    "search=run_17",
    "search=Shop+7",
    "code=401",
    "code=4xx",
    "code=none",
    "started_from=2026-09-22&started_to=2026-09-23",
];
const INTEGRATION_FILTERS: &[&str] = &[
    "",
    "status=enabled",
    "status=paused",
    "status=paused&status=deleted",
    "last_run=failed",
    "last_run=failed&last_run=none",
    "faulty=1",
    "search=int_17",
    "app=app_3",
    "created_from=2026-09-22&created_to=2026-09-23",
    "last_run_from=2026-09-22&last_run_to=2026-09-23",
];

/// At the beginning, after and before the row in the middle, at the end.
fn places(middle: i64) -> [Option<Cursor>; 4] {
    let (value, id, first) = (1_790_000_000_000 + middle, 1_500, 11);
    [
        None,
        Some(Cursor::After { value, id, first }),
        Some(Cursor::Before { value, id, first }),
        Some(Cursor::Last),
    ]
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |name: String, sql: Clauses, sorting: Sorting| {
        let by_id = ["search=run_", "search=int_", "beginning"]
            .iter()
            .any(|word| name.contains(word));
        cases.push(Case {
            name,
            sql,
            sorting,
            by_id,
        });
    };
    for query in RUN_FILTERS {
        let sorting = match *query {
            "" => Sorting::Never,
            status if status.starts_with("status") => Sorting::OfFew,
            _ => Sorting::Always,
        };
        for sort in ["newest", "oldest"] {
            let (filter, dropped) = RunFilter::from_query(&format!("{query}&sort={sort}"));
            assert_eq!(dropped, [], "{query}");
            let exact = query.starts_with("search=run").then_some(RunId(100_017));
            for place in places(25_000 * 60_000) {
                let seek = Seek::to(place.as_ref(), PageSize::default(), Total::Exact(100));
                let name = format!("runs ?{query}&sort={sort} at {place:?}");
                add(
                    name,
                    run::page_of(WORKSPACE, INTEGRATION, &filter, exact, seek),
                    sorting,
                );
            }
            add(
                format!("count of runs ?{query}"),
                run::count_of(WORKSPACE, INTEGRATION, &filter, exact),
                Sorting::Always,
            );
        }
    }
    for query in INTEGRATION_FILTERS {
        let sorting = match *query {
            "" => Sorting::Never,
            status if status.starts_with("status") || status.starts_with("last_run=") => {
                Sorting::OfFew
            }
            _ => Sorting::Always,
        };
        for sort in [
            "created_newest",
            "created_oldest",
            "last_run_newest",
            "last_run_oldest",
        ] {
            let (filter, dropped) = IntegrationFilter::from_query(&format!("{query}&sort={sort}"));
            assert_eq!(dropped, [], "{query}");
            let middle = if sort.starts_with("created") {
                2_500 * 60_000
            } else {
                45_000_000
            };
            for place in places(middle) {
                let seek = Seek::to(place.as_ref(), PageSize::default(), Total::Exact(100));
                let name = format!("integrations ?{query}&sort={sort} at {place:?}");
                add(
                    name,
                    integration::page_of(WORKSPACE, FLOW, &filter, seek),
                    sorting,
                );
            }
            add(
                format!("count of integrations ?{query}"),
                integration::count_of(WORKSPACE, FLOW, &filter),
                Sorting::Always,
            );
        }
    }
    for place in places(0) {
        let filter = FlowFilter::default();
        let seek = Seek::to(place.as_ref(), PageSize::default(), Total::Exact(100));
        add(
            format!("flows at {place:?}"),
            flow::page_of(WORKSPACE, &filter, seek),
            Sorting::Never,
        );
    }
    // Behind most runs, as open pages look: nobody looks behind the first one.
    for query in RUN_FILTERS {
        let (filter, _) = RunFilter::from_query(query);
        let exact = query.starts_with("search=run").then_some(RunId(100_017));
        let sql = run::new_of(WORKSPACE, INTEGRATION, &filter, exact, 149_900);
        add(format!("new runs ?{query}"), sql, Sorting::Never);
    }
    for query in INTEGRATION_FILTERS {
        let (filter, _) = IntegrationFilter::from_query(query);
        let sql = integration::new_of(WORKSPACE, FLOW, &filter, 149_900);
        add(
            format!("integrations with new runs ?{query}"),
            sql,
            Sorting::OfFew,
        );
    }
    for text in ["r", "run_1"] {
        add(
            format!("runs beginning {text}"),
            run::beginning(WORKSPACE, INTEGRATION, text),
            Sorting::Always,
        );
        add(
            format!("integrations beginning {text}"),
            integration::beginning(WORKSPACE, FLOW, text),
            Sorting::Always,
        );
    }
    cases
}

on_both! {
    async fn every_list_goes_by_an_index(db: &Database) {
        let pool = db.pool().await;
        crate::migrate::run(&pool).await.expect("the schema");
        execute(&pool, ROWS).await;
        if !db.is_sqlite() {
            execute(&pool, "ANALYZE").await;
        }
        let mut bad = Vec::new();
        for case in cases() {
            let plan = explain(&pool, case.sql).await;
            let may_sort = match case.sorting {
                Sorting::Never => false,
                Sorting::OfFew => !db.is_sqlite(),
                Sorting::Always => true,
            };
            // What is looked for by an ID must not walk through all that might have it.
            let walks = |line: &str| case.by_id && (line.contains("(integration_id=?)") || line.contains("(flow_id=?)"));
            let verdict = plan.iter().find(|line| is_bad(line, may_sort) || walks(line));
            if let Some(line) = verdict {
                bad.push(format!("{}: {line}\n    {}", case.name, plan.join("\n    ")));
            }
        }
        assert!(bad.is_empty(), "{} bad plans:\n{}", bad.len(), bad.join("\n"));
    }

    async fn what_the_writer_looks_up_goes_by_an_index(db: &Database) {
        let pool = db.pool().await;
        crate::migrate::run(&pool).await.expect("the schema");
        execute(&pool, ROWS).await;
        if !db.is_sqlite() {
            execute(&pool, "ANALYZE").await;
        }
        let all = crate::tests::queries::ALL.iter().flat_map(|(_, queries)| *queries);
        for query in all.filter(|query| !query.starts_with("INSERT")) {
            let mut sql = Clauses::default();
            let mut rest = *query;
            // Numbers stand for every kind of value: a plan does not look at them.
            while let Some((before, after)) = rest.split_once('$') {
                sql.sql(before).sql("NULL");
                rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
            }
            sql.sql(rest);
            let plan = explain(&pool, sql).await;
            let scan = plan.iter().find(|line| ["run", "integration"].iter().any(|t| scans(line, t)));
            assert_eq!(scan, None, "{query}: {plan:#?}");
        }
    }
}

fn is_bad(line: &str, may_sort: bool) -> bool {
    let scanned = ["run", "integration"]
        .iter()
        .any(|table| scans(line, table));
    let sorted =
        line.contains("USE TEMP B-TREE FOR ORDER BY") || line.trim_start().starts_with("Sort Key");
    scanned || (sorted && !may_sort)
}

/// Whether a line of a plan says that a whole table is read, or a whole index.
fn scans(line: &str, table: &str) -> bool {
    line.contains(&format!("Seq Scan on {table}"))
        || line == format!("SCAN {table}")
        || line.starts_with(&format!("SCAN {table} "))
}

async fn explain(pool: &Pool, mut sql: Clauses) -> Vec<String> {
    let explain = match pool {
        Pool::Sqlite(_) => "EXPLAIN QUERY PLAN ",
        Pool::Postgres(_) => "EXPLAIN ",
    };
    sql.0.insert(0, Clause::Sql(explain));
    on!(pool, Pool, |pool: Db| {
        use sqlx::Row as _;
        let mut query = build!(Db, sql);
        let rows = query.build().fetch_all(pool).await.expect("a plan");
        let line = |row: &<Db as sqlx::Database>::Row| row.get::<String, _>(row.len() - 1);
        rows.iter().map(line).collect()
    })
}
