//! The database alone: the statements that a page needs, prepared and run directly,
//! and plain inserts of the rows that a report becomes. The baseline of every figure.

use std::time::Duration;

use domain::page::Cursor;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};

use crate::{NOW, measure::now};

/// What one page needs, in order.
pub(crate) struct Page {
    pub(crate) name: &'static str,
    pub(crate) path: String,
    pub(crate) statements: Vec<Statement>,
}

/// A statement and its values.
pub(crate) struct Statement {
    pub(crate) sql: &'static str,
    pub(crate) values: Vec<Value>,
}

/// A bound value.
pub(crate) enum Value {
    Int(i64),
    Text(String),
}

fn statement(sql: &'static str, values: Vec<Value>) -> Statement {
    Statement { sql, values }
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

const WORKSPACE: &str =
    "SELECT id, key, name, logs_url, logs_label, logs_margin FROM workspace WHERE key = $1";
const FLOW: &str = "SELECT * FROM flow WHERE workspace_id = $1 AND key = $2";
const FLOW_BY_ID: &str = "SELECT * FROM flow WHERE id = $1";
const INTEGRATION: &str = "SELECT * FROM integration WHERE workspace_id = $1 AND key = $2";
const INTEGRATION_BY_ID: &str = "SELECT * FROM integration WHERE id = $1";
const RUN: &str = "SELECT * FROM run WHERE workspace_id = $1 AND key = $2";
const STEPS: &str = "SELECT s.*, a.name AS app_name FROM step s LEFT JOIN app a ON a.workspace_id = s.workspace_id AND a.key = s.app_key WHERE s.run_id = $1 ORDER BY s.position";
const FAILED_BEFORE: &str = "SELECT key FROM run WHERE integration_id = $1 AND status = 'failed' AND (started_at, id) < ($2, $3) ORDER BY started_at DESC, id DESC LIMIT 1";
const FAILED_AFTER: &str = "SELECT key FROM run WHERE integration_id = $1 AND status = 'failed' AND (started_at, id) > ($2, $3) ORDER BY started_at, id LIMIT 1";
const LOG: &str = "SELECT * FROM log_entry WHERE run_id = $1 ORDER BY logged_at, id LIMIT 500";

/// The pages to measure.
pub(crate) async fn pages(running: &crate::Running) -> Vec<Page> {
    let (store, ws) = (&running.store, running.workspace);
    let w = || Value::Int(ws.0);
    let flow = store
        .flow(ws, "flow_0")
        .await
        .expect("the store")
        .expect("a flow");
    let busy = store
        .integration(ws, "int_0")
        .await
        .expect("the store")
        .expect("an integration");
    let run = store
        .run(ws, "run_10")
        .await
        .expect("the store")
        .expect("a run");
    let step = store
        .step(ws, run.id, "s3")
        .await
        .expect("the store")
        .expect("a step");
    // The middle of the busiest list.
    let started = NOW.as_ms() - 15 * 86_400_000;
    let deep = Cursor::After {
        value: started,
        id: i64::MAX,
        first: busy.runs / 2,
    };
    let run_ids = || vec![w(), text("run_10")];
    let up = || {
        vec![
            statement(INTEGRATION_BY_ID, vec![Value::Int(busy.id.0)]),
            statement(FLOW_BY_ID, vec![Value::Int(flow.id.0)]),
        ]
    };
    let workspace = || statement(WORKSPACE, vec![text("main")]);
    let mut run_page = vec![workspace(), statement(RUN, run_ids())];
    run_page.extend(up());
    run_page.push(statement(STEPS, vec![Value::Int(run.id.0)]));
    run_page.push(statement(LOG, vec![Value::Int(run.id.0)]));
    for beside in [FAILED_BEFORE, FAILED_AFTER] {
        let place = [run.integration_id.0, run.started_at.as_ms(), run.id.0];
        run_page.push(statement(beside, place.map(Value::Int).into()));
    }
    let mut step_page = vec![workspace(), statement(RUN, run_ids())];
    step_page.extend(up());
    step_page.push(statement(STEPS, vec![Value::Int(run.id.0)]));
    step_page.push(statement(
        "SELECT * FROM step WHERE run_id = $1 AND key = $2",
        vec![Value::Int(run.id.0), text("s3")],
    ));
    step_page.push(statement(
        "SELECT * FROM app WHERE workspace_id = $1 AND key = $2",
        vec![w(), text("app_3")],
    ));
    step_page.push(statement(
        "SELECT request, response, object FROM payload WHERE step_id = $1",
        vec![Value::Int(step.id.0)],
    ));
    const APPS: &str = "WITH RECURSIVE found (app_key) AS (SELECT MIN(app_key) FROM integration WHERE flow_id = $1 UNION ALL SELECT (SELECT MIN(i.app_key) FROM integration i WHERE i.flow_id = $1 AND i.app_key > found.app_key) FROM found WHERE found.app_key IS NOT NULL) SELECT app_key FROM found WHERE app_key IS NOT NULL LIMIT 100";
    const RUNS: &str = "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, duration_ms, network_code, failing_step, failing_code FROM run WHERE integration_id = $1 ORDER BY started_at DESC, id DESC LIMIT 11";
    const STRIP: &str = "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, duration_ms, network_code, failing_step, failing_code FROM run WHERE integration_id = $1 ORDER BY started_at DESC, id DESC LIMIT 30";
    const TOTAL: &str = "SELECT SUM(runs) FROM flow WHERE workspace_id = $1";
    const USAGE: &str = "SELECT day, runs, failed_runs, tasks FROM usage WHERE integration_id = $1 AND day >= $2 ORDER BY day";
    let today = NOW.day();
    let user = "u_10";
    vec![
        Page {
            name: "flows",
            path: "/main/flows".into(),
            statements: vec![
                workspace(),
                statement(
                    "SELECT COUNT(*) FROM flow WHERE workspace_id = $1",
                    vec![w()],
                ),
                statement(
                    "SELECT * FROM flow WHERE workspace_id = $1 ORDER BY substr(lower(COALESCE(name, key)), 1, 200), id LIMIT 11",
                    vec![w()],
                ),
            ],
        },
        Page {
            name: "integrations of a flow",
            path: "/main/flows/flow_0".into(),
            statements: vec![
                workspace(),
                statement(FLOW, vec![w(), text("flow_0")]),
                statement(
                    "SELECT * FROM integration WHERE flow_id = $1 ORDER BY created_at DESC, id DESC LIMIT 11",
                    vec![Value::Int(flow.id.0)],
                ),
                statement(APPS, vec![Value::Int(flow.id.0)]),
            ],
        },
        Page {
            name: "search by user ID",
            path: format!("/main/flows/flow_0?search={user}"),
            statements: vec![
                workspace(),
                statement(FLOW, vec![w(), text("flow_0")]),
                statement(
                    "SELECT COUNT(*) FROM integration WHERE flow_id = $1 AND substr(lower(user_id), 1, 200) = $2 AND user_id = $3",
                    vec![Value::Int(flow.id.0), text(user), text(user)],
                ),
                statement(
                    "SELECT * FROM integration WHERE flow_id = $1 AND substr(lower(user_id), 1, 200) = $2 AND user_id = $3 ORDER BY created_at DESC, id DESC LIMIT 11",
                    vec![Value::Int(flow.id.0), text(user), text(user)],
                ),
                statement(APPS, vec![Value::Int(flow.id.0)]),
            ],
        },
        Page {
            name: "runs of an integration",
            path: "/main/integrations/int_0".into(),
            statements: vec![
                workspace(),
                statement(INTEGRATION, vec![w(), text("int_0")]),
                statement(FLOW_BY_ID, vec![Value::Int(flow.id.0)]),
                statement(STRIP, vec![Value::Int(busy.id.0)]),
                statement(USAGE, vec![Value::Int(busy.id.0), Value::Int(today - 29)]),
                statement(RUNS, vec![Value::Int(busy.id.0)]),
            ],
        },
        Page {
            name: "its failed runs",
            path: "/main/integrations/int_0?status=failed".into(),
            statements: vec![
                workspace(),
                statement(INTEGRATION, vec![w(), text("int_0")]),
                statement(FLOW_BY_ID, vec![Value::Int(flow.id.0)]),
                statement(STRIP, vec![Value::Int(busy.id.0)]),
                statement(USAGE, vec![Value::Int(busy.id.0), Value::Int(today - 29)]),
                statement(
                    "SELECT COUNT(*) FROM run WHERE integration_id = $1 AND status = 'failed'",
                    vec![Value::Int(busy.id.0)],
                ),
                statement(
                    "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, duration_ms, network_code, failing_step, failing_code FROM run WHERE integration_id = $1 AND status = 'failed' ORDER BY started_at DESC, id DESC LIMIT 11",
                    vec![Value::Int(busy.id.0)],
                ),
            ],
        },
        Page {
            name: "a deep page of its runs",
            path: format!("/main/integrations/int_0?at={deep}"),
            statements: vec![
                workspace(),
                statement(INTEGRATION, vec![w(), text("int_0")]),
                statement(FLOW_BY_ID, vec![Value::Int(flow.id.0)]),
                statement(STRIP, vec![Value::Int(busy.id.0)]),
                statement(USAGE, vec![Value::Int(busy.id.0), Value::Int(today - 29)]),
                statement(
                    "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, duration_ms, network_code, failing_step, failing_code FROM run WHERE integration_id = $1 AND (started_at, id) < ($2, 9223372036854775807) ORDER BY started_at DESC, id DESC LIMIT 11",
                    vec![Value::Int(busy.id.0), Value::Int(started)],
                ),
            ],
        },
        Page {
            name: "all runs",
            path: "/main/runs".into(),
            statements: vec![
                workspace(),
                statement(TOTAL, vec![w()]),
                statement(
                    "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, duration_ms, network_code, failing_step, failing_code FROM run WHERE workspace_id = $1 ORDER BY started_at DESC, id DESC LIMIT 11",
                    vec![w()],
                ),
            ],
        },
        Page {
            name: "all failed runs",
            path: "/main/runs?status=failed".into(),
            statements: vec![
                workspace(),
                statement(
                    "SELECT COUNT(*) FROM (SELECT 1 FROM run WHERE workspace_id = $1 AND status = 'failed' LIMIT 100001) AS counted",
                    vec![w()],
                ),
                statement(
                    "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, duration_ms, network_code, failing_step, failing_code FROM run WHERE workspace_id = $1 AND status = 'failed' ORDER BY started_at DESC, id DESC LIMIT 11",
                    vec![w()],
                ),
            ],
        },
        Page {
            name: "the longest runs",
            path: "/main/runs?sort=longest".into(),
            statements: vec![
                workspace(),
                statement(TOTAL, vec![w()]),
                statement(
                    "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, duration_ms, network_code, failing_step, failing_code FROM run WHERE workspace_id = $1 ORDER BY COALESCE(duration_ms, -1) DESC, id DESC LIMIT 11",
                    vec![w()],
                ),
            ],
        },
        Page {
            name: "a run and its steps",
            path: "/main/runs/run_10".into(),
            statements: run_page,
        },
        Page {
            name: "a payload",
            path: "/main/runs/run_10/steps/s3".into(),
            statements: step_page,
        },
    ]
}

/// One body for a connection of either kind.
macro_rules! on_connection {
    ($url:expr, |$c:ident| $body:expr) => {
        if $url.starts_with("sqlite:") {
            let mut $c = sqlite($url).await;
            $body
        } else {
            let mut $c = sqlx::PgConnection::connect($url).await.expect("Postgres");
            $body
        }
    };
}

async fn sqlite(url: &str) -> sqlx::SqliteConnection {
    let options: sqlx::sqlite::SqliteConnectOptions = url.parse().expect("an address");
    // As the store opens it.
    let options = options
        .pragma("cache_size", "-32000")
        .pragma("wal_autocheckpoint", "4000")
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full);
    options.connect().await.expect("SQLite")
}

/// A second connection, of the kind of the first.
trait Again: Sized {
    async fn open(url: &str) -> Self;
}

impl Again for sqlx::SqliteConnection {
    async fn open(url: &str) -> Self {
        sqlite(url).await
    }
}

impl Again for sqlx::PgConnection {
    async fn open(url: &str) -> Self {
        Self::connect(url).await.expect("Postgres")
    }
}

async fn again<C: Again>(_: &C, url: &str) -> C {
    C::open(url).await
}

/// The median time of a page's statements, all of them together.
pub(crate) async fn time(url: &str, page: &Page, rounds: usize) -> Duration {
    on_connection!(url, |connection| {
        let mut times = Vec::new();
        for round in 0..rounds + 10 {
            let start = now();
            for statement in &page.statements {
                let mut query = sqlx::query(statement.sql);
                for value in &statement.values {
                    query = match value {
                        Value::Int(value) => query.bind(*value),
                        Value::Text(value) => query.bind(value.clone()),
                    };
                }
                let rows = query.fetch_all(&mut connection).await.expect("rows");
                std::hint::black_box(rows.iter().map(|row| row.len()).sum::<usize>());
            }
            if round >= 10 {
                times.push(start.elapsed());
            }
        }
        times.sort();
        times[times.len() / 2]
    })
}

/// A fresh database of this name; answers its address.
pub(crate) async fn create_database(url: &str, name: &str) -> String {
    let mut connection = sqlx::PgConnection::connect(url).await.expect("Postgres");
    for verb in ["DROP DATABASE IF EXISTS ", "CREATE DATABASE "] {
        let mut sql = sqlx::QueryBuilder::<sqlx::Postgres>::new(verb);
        sql.push(name);
        connection
            .execute(sqlx::query(sql.into_sql()))
            .await
            .expect("a database");
    }
    // The last segment of the path is the database.
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = address.rsplit_once('/').expect("a database in the address");
    format!("{server}/{name}?{options}")
}

/// An insert of some rows with all its values bound, so that only running it is timed.
macro_rules! insert {
    ($table:literal, $rows:expr, int [$($int:ident),*], text [$($text:ident),*], flag [$($flag:ident),*], bytes [$($bytes:ident),*]) => {{
        let columns = [$(stringify!($int),)* $(stringify!($text),)* $(stringify!($flag),)* $(stringify!($bytes),)*];
        let mut sql = sqlx::QueryBuilder::new(concat!("INSERT INTO ", $table, " ("));
        sql.push(columns.join(", "));
        sql.push(") ");
        sql.push_values($rows, |mut tuple, row| {
            let _ = &row;
            $(tuple.push_bind(row.get::<Option<i64>, _>(stringify!($int)));)*
            $(tuple.push_bind(row.get::<Option<String>, _>(stringify!($text)));)*
            $(tuple.push_bind(row.get::<Option<bool>, _>(stringify!($flag)));)*
            $(tuple.push_bind(row.get::<Option<Vec<u8>>, _>(stringify!($bytes)));)*
        });
        sql
    }};
}

/// Copies the runs, steps and payloads of one database into the empty tables of another of its
/// kind, in transactions of 256 runs, and answers how long the inserting took.
pub(crate) async fn insert_again(from: &str, to: &str) -> Duration {
    on_connection!(from, |source| {
        let mut target = again(&source, to).await;
        {
            let (mut spent, mut last) = (Duration::ZERO, 0_i64);
            loop {
                let runs = sqlx::query("SELECT * FROM run WHERE id > $1 ORDER BY id LIMIT 256")
                    .bind(last)
                    .fetch_all(&mut source)
                    .await
                    .expect("runs");
                let Some(end) = runs.last() else { break spent };
                let (first, end): (i64, i64) = (runs[0].get("id"), end.get("id"));
                last = end;
                let steps = sqlx::query(
                    "SELECT * FROM step WHERE run_id >= $1 AND run_id <= $2 ORDER BY id",
                )
                .bind(first)
                .bind(end)
                .fetch_all(&mut source)
                .await
                .expect("steps");
                let payloads = sqlx::query("SELECT p.* FROM payload p JOIN step s ON s.id = p.step_id WHERE s.run_id >= $1 AND s.run_id <= $2 ORDER BY p.step_id").bind(first).bind(end).fetch_all(&mut source).await.expect("payloads");
                let mut inserts = Vec::new();
                for chunk in runs.chunks(64) {
                    inserts.push(insert!("run", chunk,
                        int [id, workspace_id, integration_id, started_at, finished_at, duration_ms, network_code, failing_code, created_count, updated_count, deleted_count, steps, failed_steps, tasks, reported_started_at, reported_duration_ms, reported_network_code, received_at, settled],
                        text [key, status, trigger_app, trigger_name, trigger_type, failing_step, summary, error, reported_status], flag [], bytes []));
                }
                for chunk in steps.chunks(64) {
                    inserts.push(insert!("step", chunk,
                        int [id, workspace_id, run_id, position, started_at, finished_at, duration_ms, network_code, attempt, reported_duration_ms, settled],
                        text [app_key, key, parent, name, status, error], flag [], bytes []));
                }
                for chunk in payloads.chunks(64) {
                    inserts.push(insert!("payload", chunk,
                        int [step_id, workspace_id, request_digest, response_digest, object_digest], text [],
                        flag [request_settled, response_settled, object_settled], bytes [request, response, object]));
                }
                let start = now();
                let mut transaction = target.begin().await.expect("a transaction");
                for mut insert in inserts {
                    insert
                        .build()
                        .execute(&mut *transaction)
                        .await
                        .expect("an insert");
                }
                transaction.commit().await.expect("a commit");
                spent += start.elapsed();
            }
        }
    })
}

/// Tells the database how its rows are spread, as it does itself in time.
pub(crate) async fn analyze(url: &str) {
    on_connection!(url, |connection| {
        connection.execute("ANALYZE").await.expect("statistics");
    });
}
