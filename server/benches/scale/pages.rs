//! The pages to measure, each with the statements that it needs, as anybody would write them.

use domain::{filter::RunFilter, page::Cursor};
use store::RunsOf;

use crate::NOW;

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

const WORKSPACE: &str = "SELECT id, key, name, logs_url, logs_label, logs_margin, status_labels FROM workspace WHERE key = $1";
const FLOW: &str = "SELECT * FROM flow WHERE workspace_id = $1 AND key = $2";
const FLOW_BY_ID: &str = "SELECT * FROM flow WHERE id = $1";
const INTEGRATION: &str = "SELECT * FROM integration WHERE workspace_id = $1 AND key = $2";
const INTEGRATION_BY_ID: &str = "SELECT * FROM integration WHERE id = $1";
const RUN: &str = "SELECT * FROM run WHERE workspace_id = $1 AND key = $2";
const STEPS: &str = "SELECT s.*, a.name AS app_name FROM step s LEFT JOIN app a ON a.workspace_id = s.workspace_id AND a.key = s.app_key WHERE s.run_id = $1 ORDER BY s.position";
const FAILED_BEFORE: &str = "SELECT key FROM run WHERE integration_id = $1 AND status = 'failed' AND (started_at, id) < ($2, $3) ORDER BY started_at DESC, id DESC LIMIT 1";
const FAILED_AFTER: &str = "SELECT key FROM run WHERE integration_id = $1 AND status = 'failed' AND (started_at, id) > ($2, $3) ORDER BY started_at, id LIMIT 1";
const RUN_BY_ID: &str = "SELECT * FROM run WHERE id = $1";
const STEP: &str = "SELECT * FROM step WHERE run_id = $1 AND key = $2";
const PAYLOAD: &str = "SELECT request, response, object FROM payload WHERE step_id = $1";
const LAST_WORKED: &str = "SELECT s.* FROM run r JOIN step s ON s.run_id = r.id AND s.key = 's3' AND s.status = 'ok' WHERE r.integration_id = $1 AND (r.started_at, r.id) < ($2, $3) ORDER BY r.started_at DESC, r.id DESC LIMIT 1";
const LOG: &str = "SELECT * FROM log_entry WHERE run_id = $1 ORDER BY logged_at, id LIMIT 500";

/// The columns that lists of runs show, of the rows that `$rest` tells.
macro_rules! runs {
    ($rest:literal) => {
        concat!(
            "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, \
             duration_ms, network_code, failing_step, failing_code FROM run ",
            $rest
        )
    };
}

/// The list of a workspace's runs under a condition, counted as far as lists count.
macro_rules! all_runs {
    ($name:literal, $query:literal, $workspace:expr, $condition:literal) => {
        Page {
            name: $name,
            path: concat!("/main/runs", $query).into(),
            statements: vec![
                statement(WORKSPACE, vec![text("main")]),
                statement(
                    concat!(
                        "SELECT COUNT(*) FROM (SELECT 1 FROM run WHERE workspace_id = $1 AND ",
                        $condition,
                        " LIMIT 100001) AS counted"
                    ),
                    vec![$workspace],
                ),
                statement(
                    concat!(
                        "SELECT id, key, status, trigger_app, trigger_name, trigger_type, started_at, \
                         duration_ms, network_code, failing_step, failing_code FROM run \
                         WHERE workspace_id = $1 AND ",
                        $condition,
                        " ORDER BY started_at DESC, id DESC LIMIT 11"
                    ),
                    vec![$workspace],
                ),
            ],
        }
    };
}

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
    let up = || {
        vec![
            statement(INTEGRATION_BY_ID, vec![Value::Int(busy.id.0)]),
            statement(FLOW_BY_ID, vec![Value::Int(flow.id.0)]),
        ]
    };
    let workspace = || statement(WORKSPACE, vec![text("main")]);
    let mut run_page = vec![workspace(), statement(RUN, vec![w(), text("run_10")])];
    run_page.extend(up());
    run_page.push(statement(STEPS, vec![Value::Int(run.id.0)]));
    run_page.push(statement(LOG, vec![Value::Int(run.id.0)]));
    for beside in [FAILED_BEFORE, FAILED_AFTER] {
        let place = [run.integration_id.0, run.started_at.as_ms(), run.id.0];
        run_page.push(statement(beside, place.map(Value::Int).into()));
    }
    let step_page = |run: &domain::Run, step: &domain::Step| {
        let mut page = vec![
            workspace(),
            statement(RUN, vec![w(), text(run.key.as_str())]),
        ];
        page.extend(up());
        page.push(statement(STEPS, vec![Value::Int(run.id.0)]));
        page.push(statement(STEP, vec![Value::Int(run.id.0), text("s3")]));
        page.push(statement(
            "SELECT * FROM app WHERE workspace_id = $1 AND key = $2",
            vec![w(), text("app_3")],
        ));
        page.push(statement(PAYLOAD, vec![Value::Int(step.id.0)]));
        page
    };
    // The last failure of the busiest integration, and what it is compared with.
    let (filter, _) = RunFilter::from_query("status=failed");
    let failures = store.list_runs(ws, RunsOf::Integration(&busy), &filter, NOW);
    let failures = failures.await.expect("the store");
    let failed = failures.rows.first().expect("a failed run").key.as_str();
    let failed = store
        .run(ws, failed)
        .await
        .expect("the store")
        .expect("a run");
    let failed_step = store
        .step(ws, failed.id, "s3")
        .await
        .expect("the store")
        .expect("a step");
    let mut changes = step_page(&failed, &failed_step);
    let place = [busy.id.0, failed.started_at.as_ms(), failed.id.0].map(Value::Int);
    changes.push(statement(LAST_WORKED, place.into()));
    changes.push(statement(RUN_BY_ID, vec![Value::Int(run.id.0)]));
    changes.push(statement(STEP, vec![Value::Int(run.id.0), text("s3")]));
    changes.push(statement(PAYLOAD, vec![Value::Int(step.id.0)]));
    const APPS: &str = "WITH RECURSIVE found (app_key) AS (SELECT MIN(app_key) FROM integration WHERE flow_id = $1 UNION ALL SELECT (SELECT MIN(i.app_key) FROM integration i WHERE i.flow_id = $1 AND i.app_key > found.app_key) FROM found WHERE found.app_key IS NOT NULL) SELECT app_key FROM found WHERE app_key IS NOT NULL LIMIT 100";
    const RUNS: &str =
        runs!("WHERE integration_id = $1 ORDER BY started_at DESC, id DESC LIMIT 11");
    const STRIP: &str =
        runs!("WHERE integration_id = $1 ORDER BY started_at DESC, id DESC LIMIT 30");
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
                    runs!(
                        "WHERE integration_id = $1 AND status = 'failed' ORDER BY started_at DESC, id DESC LIMIT 11"
                    ),
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
                    runs!(
                        "WHERE integration_id = $1 AND (started_at, id) < ($2, 9223372036854775807) ORDER BY started_at DESC, id DESC LIMIT 11"
                    ),
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
                    runs!("WHERE workspace_id = $1 ORDER BY started_at DESC, id DESC LIMIT 11"),
                    vec![w()],
                ),
            ],
        },
        all_runs!(
            "all failed runs",
            "?status=failed",
            w(),
            "status = 'failed'"
        ),
        Page {
            name: "the longest runs",
            path: "/main/runs?sort=longest".into(),
            statements: vec![
                workspace(),
                statement(TOTAL, vec![w()]),
                statement(
                    runs!(
                        "WHERE workspace_id = $1 ORDER BY COALESCE(duration_ms, -1) DESC, id DESC LIMIT 11"
                    ),
                    vec![w()],
                ),
            ],
        },
        all_runs!(
            "all runs answered 5xx",
            "?code=5xx",
            w(),
            "network_code BETWEEN 500 AND 599"
        ),
        all_runs!(
            "all runs that an app failed",
            "?app=app_3",
            w(),
            "failing_app = 'app_3'"
        ),
        all_runs!(
            "all runs of a trigger",
            "?trigger_name=order+created",
            w(),
            "lower(trigger_name) = 'order created'"
        ),
        all_runs!(
            "all runs that took 5 s",
            "?took_from=5s",
            w(),
            "duration_ms >= 5000"
        ),
        Page {
            name: "a run and its steps",
            path: "/main/runs/run_10".into(),
            statements: run_page,
        },
        Page {
            name: "a payload",
            path: "/main/runs/run_10/steps/s3".into(),
            statements: step_page(&run, &step),
        },
        Page {
            name: "what changed in a failed step",
            path: format!("/main/runs/{}/steps/s3?section=changes", failed.key),
            statements: changes,
        },
    ]
}
