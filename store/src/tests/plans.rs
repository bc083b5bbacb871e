//! No list reads more rows than it must: the databases say how they would go about it.
//!
//! 50,000 runs and 5,000 integrations are put in directly, a good part of them in one place.

mod logs;

use super::database::{Database, execute};
use crate::{
    Wanted,
    clauses::{Clause, Clauses},
    compare::{self, Walk},
    flow, integration,
    pool::Pool,
    run,
};
use domain::{
    Cursor, FlowId, IntegrationId, Key, PageSize, RunId, Timestamp, Total, WorkspaceId,
    filter::{FlowFilter, IntegrationFilter, RunFilter, RunSort},
    page::Seek,
};

const WORKSPACE: WorkspaceId = WorkspaceId(1);
const NOW: Timestamp = Timestamp::from_ms(1_793_000_000_000);
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
    tasks, received_at, settled, duration_ms, failing_app, label, reference)
WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 49999)
SELECT 100000 + i, 1, CASE WHEN i % 10 = 0 THEN 1000 ELSE 1001 + i % 4000 END, 'run_' || i,
    CASE WHEN i % 40 = 0 THEN 'failed' WHEN i % 1000 = 10 THEN 'warning' ELSE 'ok' END, 'Shop ' || (i % 50),
    1790000000000 + i * 60000, CASE WHEN i % 40 = 0 THEN 401 WHEN i % 3 > 0 THEN 200 END, 4, 0, 4, 0, 0, i * 7919 % 90000, CASE WHEN i % 40 = 0 THEN 'crm' END,
    CASE WHEN i % 1000 = 10 THEN 'half done' END, CASE WHEN i % 2 = 0 THEN 'erp-' || i END
FROM n;";

/// Two steps of each run.
const STEPS: &str = "
INSERT INTO step (id, workspace_id, run_id, app_key, key, position, name, status, settled)
WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
SELECT 500000 + i, 1, 100000 + i / 2, 'crm', 's' || (1 + i % 2), 1 + i % 2, 'Create contact',
    CASE WHEN i % 40 = 0 THEN 'failed' ELSE 'ok' END, 1 FROM n;";

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
    "started_within=24h",
    "app=crm",
    "trigger_app=shop+7&trigger_name=Order&trigger_type=webhook",
    "took_from=5s&took_to=1min",
    "status=failed&handled=no",
    "user=u_7",
    "label=half+done",
    "reference=erp-17",
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
        for (integration, sort) in [Some(INTEGRATION), None]
            .into_iter()
            .flat_map(|i| RunSort::ALL.iter().map(move |sort| (i, sort)))
        {
            let (filter, dropped) = RunFilter::from_query(&format!("{query}&sort={sort}"));
            assert_eq!(dropped, [], "{query}");
            let exact = query.starts_with("search=run").then_some(RunId(100_017));
            let scope = run::Scope {
                workspace: WORKSPACE,
                integration,
            };
            let by_start = matches!(sort, RunSort::Newest | RunSort::Oldest);
            // By its status a run is found in the order of starts only.
            let sorting = match sorting {
                Sorting::OfFew if !by_start => Sorting::Always,
                sorting => sorting,
            };
            let middle = if by_start {
                25_000 * 60_000
            } else {
                30_000 - 1_790_000_000_000
            };
            for place in places(middle) {
                let seek = Seek::to(place.as_ref(), PageSize::default(), Total::Exact(100));
                let name = format!("runs of {integration:?} ?{query}&sort={sort} at {place:?}");
                add(
                    name,
                    run::page_of(scope, &filter, exact, seek, NOW),
                    sorting,
                );
            }
            add(
                format!("count of runs of {integration:?} ?{query}"),
                run::count_of(scope, &filter, exact, NOW),
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
                    integration::page_of(WORKSPACE, FLOW, &filter, seek, NOW),
                    sorting,
                );
            }
            add(
                format!("count of integrations ?{query}"),
                integration::count_of(WORKSPACE, FLOW, &filter, NOW),
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
        // A user's few integrations are sorted to be looked up.
        let sorting = if query.contains("user=") {
            Sorting::Always
        } else {
            Sorting::Never
        };
        for integration in [Some(INTEGRATION), None] {
            let scope = run::Scope {
                workspace: WORKSPACE,
                integration,
            };
            let sql = run::new_of(scope, &filter, exact, 149_900, NOW);
            add(
                format!("new runs of {integration:?} ?{query}"),
                sql,
                sorting,
            );
        }
    }
    for query in INTEGRATION_FILTERS {
        let (filter, _) = IntegrationFilter::from_query(query);
        let sql = integration::new_of(WORKSPACE, FLOW, &filter, 149_900, NOW);
        add(
            format!("integrations with new runs ?{query}"),
            sql,
            Sorting::OfFew,
        );
    }
    for text in ["r", "run_1"] {
        add(
            format!("runs beginning {text}"),
            run::beginning(
                run::Scope {
                    workspace: WORKSPACE,
                    integration: Some(INTEGRATION),
                },
                text,
            ),
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

/// Where a step last worked: each walk, by key and by name.
fn walks() -> Vec<(String, Clauses)> {
    let key = |text: &str| Key::new(text).expect("a key");
    let wanted = Wanted {
        keys: vec![key("s1"), key("s2")],
        app_key: Some(key("crm")),
        name: Some("Create contact".to_owned()),
        position: 1,
        by_place: true,
    };
    let walks = [
        Walk::Before(
            INTEGRATION,
            Timestamp::from_ms(1_790_900_000_000),
            RunId(125_000),
        ),
        Walk::OfFlow(FLOW, INTEGRATION),
    ];
    let both = walks.into_iter().flat_map(|walk| {
        [
            (
                format!("by key {walk:?}"),
                compare::by_key(WORKSPACE, walk, &wanted),
            ),
            (
                format!("by name {walk:?}"),
                compare::by_name(WORKSPACE, walk, &wanted),
            ),
        ]
    });
    both.collect()
}

on_both! {
    async fn where_a_step_last_worked_is_found_by_indexes(db: &Database) {
        let pool = db.pool().await;
        crate::migrate::run(&pool).await.expect("the schema");
        execute(&pool, ROWS).await;
        execute(&pool, STEPS).await;
        if !db.is_sqlite() {
            execute(&pool, "ANALYZE").await;
        }
        for (name, sql) in walks() {
            let plan = explain(&pool, sql).await;
            let scan = plan.iter().find(|line| {
                ["run", "integration", "step", "s"].iter().any(|table| scans(line, table))
                    // A walk that sorts before its limit would read all runs of the integration.
                    || line.contains("integration_id=?)") && line.contains("run_search_key")
            });
            assert_eq!(scan, None, "{name}: {plan:#?}");
            let lines = plan.join("\n");
            assert!(lines.contains("step_key"), "{name}: {plan:#?}");
            let index = if name.contains("OfFlow") { "integration_last_run" } else { "run_started" };
            assert!(lines.contains(index), "{name} goes by {index}: {plan:#?}");
        }
    }

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
