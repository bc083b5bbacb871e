//! What is said twice, or too late, changes nothing.

use super::{
    database::{Database, number},
    dump::everything,
    people::{MINUTE, NOW, Person, at, prepared},
};
use crate::Store;
use domain::{IntegrationStatus, LastRun, Status, Total, payload::hex, report::Report};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A run with everything in it.
fn whole_run() -> Value {
    json!({"type": "run", "key": "r", "status": "failed", "started_at": at(0), "finished_at": at(MINUTE),
        "integration": {"key": "i", "user_id": "u", "flow": {"key": "f", "name": "Sync"}, "app": {"key": "crm", "name": "CRM"}},
        "trigger": {"app": "Shop"}, "summary": "a token expired",
        "steps": [{"position": 1, "status": "ok", "app": "crm", "request": {"method": "GET"}, "response": {"status": 200, "body": "x"}},
            {"position": 2, "status": "failed", "network_code": 401, "object": {"id": 1}}],
        "log": [{"logged_at": at(1), "message": "expired"}, {"key": "2", "message": "gave up"}]})
}

on_both! {
    async fn the_same_report_twice_writes_nothing(store: Store, db: &Database) {
        let owner = Person::owner(&store).await;
        let others = [
            json!({"type": "flow", "key": "f", "group": "g", "status": "draft"}),
            json!({"type": "app", "key": "crm", "contact": "help@crm.test"}),
            json!({"type": "integration", "key": "i", "status": "paused", "status_reason": "billing"}),
            json!({"type": "step", "run": "late", "key": "s", "response": {"body": [1]}}),
            json!({"type": "log", "run": "late", "logged_at": at(0), "message": "m"}),
        ];
        let reports: Vec<_> = others.into_iter().chain([whole_run()]).collect();
        owner.report(reports.clone()).await;
        let before = (everything(&store.pool).await, versions(&store, db).await);
        for batch in [reports.clone(), [reports.clone(), reports].concat()] {
            let answers = owner.report_at(batch, NOW.plus_ms(MINUTE)).await;
            assert!(answers.iter().all(Option::is_none));
        }
        let after = (everything(&store.pool).await, versions(&store, db).await);
        assert_eq!(before, after);
    }

    async fn a_key_that_is_good_for_one_entry_takes_no_other(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "run", "key": "r"})]).await;
        let entry = |message: &str| {
            let mut item = prepared([json!({"type": "log", "run": "r", "key": "k", "message": message})]).remove(0);
            if let Report::Log(report) = &mut item.report {
                report.once = true;
            }
            item
        };
        // In one commit, and in one after that; what is said of a secret tells them apart too.
        for messages in [["password=correct horse", "password=battery staple"], ["password=correct horse", "done"]] {
            let items = messages.map(entry).into();
            let answers = store.ingest(owner.workspace, items, NOW).await.expect("taken in");
            let codes: Vec<_> = answers.iter().map(|answer| answer.as_ref().map(|refused| refused.code.as_str())).collect();
            assert_eq!(codes, [None, Some("entry_differs")]);
        }
        assert_eq!(number(&store.pool, "SELECT COUNT(*) FROM log_entry").await, 1);
    }

    async fn a_late_running_never_overwrites_an_end(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([whole_run()]).await;
        owner.report([
            json!({"type": "run", "key": "r", "status": "running", "started_at": at(0), "summary": "under way"}),
            json!({"type": "step", "run": "r", "key": "2", "position": 2, "status": "running", "error": "so far so good"}),
        ]).await;
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        assert_eq!((run.status, run.failed_steps), (Status::Failed, 1));
        assert_eq!(run.summary.as_deref(), Some("a token expired"));
        let step = store.step(owner.workspace, run.id, "2").await.unwrap().unwrap();
        assert_eq!(step.status, Status::Failed);
        let integration = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        assert_eq!((integration.last_run_status, integration.failed_runs), (LastRun::Failed, 1));
    }

    async fn a_late_parent_fills_its_placeholder(store: Store) {
        let owner = Person::owner(&store).await;
        let log = |n: i64| json!({"type": "log", "run": "r", "logged_at": at(n), "message": "m"});
        owner.report([log(1)]).await;
        let placeholder = store.run(owner.workspace, "r").await.unwrap().unwrap();
        owner.report([json!({"type": "run", "key": "r", "integration": "i", "trigger": {"name": "Order created"}})]).await;
        owner.report([json!({"type": "integration", "key": "i", "flow": "f", "user_id": "u", "status": "disabled"})]).await;
        owner.report([json!({"type": "flow", "key": "f", "name": "Sync", "description": "of contacts"})]).await;

        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        assert_eq!((run.id, run.trigger_name.as_deref()), (placeholder.id, Some("Order created")));
        let integration = store.integration_by_id(owner.workspace, run.integration_id).await.unwrap().unwrap();
        assert_eq!((integration.key.as_str(), integration.user_id.as_deref()), ("i", Some("u")));
        assert_eq!(integration.status, IntegrationStatus::Disabled);
        let flow = store.flow_by_id(owner.workspace, integration.flow_id).await.unwrap().unwrap();
        assert_eq!((flow.title(), flow.integrations, flow.runs), ("Sync", 1, 1));
        let (log, total) = store.log_page(owner.workspace, run.id, &Default::default(), &Default::default()).await.unwrap();
        assert_eq!((log.rows.len(), total), (1, Total::Exact(1)));
    }

    async fn a_log_line_reported_twice_in_one_group_is_kept_once(store: Store) {
        let owner = Person::owner(&store).await;
        let line = json!({"type": "log", "run": "r", "logged_at": at(0), "message": "m"});
        let other = json!({"type": "log", "run": "r", "logged_at": at(0), "message": "m", "level": "error"});
        owner.report([line.clone(), other.clone(), line, other]).await;
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        let (log, _) = store.log_page(owner.workspace, run.id, &Default::default(), &Default::default()).await.unwrap();
        assert_eq!(log.rows.len(), 2);
    }
}

/// What changes when rows are written, also when they are written as they were: on SQLite every
/// byte of the file and of its log, on Postgres the version of each row.
async fn versions(store: &Store, db: &Database) -> Vec<String> {
    let crate::pool::Pool::Postgres(pool) = &store.pool else {
        let path = db.url.strip_prefix("sqlite:").expect("its path");
        let bytes = |end| std::fs::read(format!("{path}{end}")).expect("a file of the database");
        return ["", "-wal"]
            .map(|end| hex(&Sha256::digest(bytes(end))))
            .to_vec();
    };
    let mut versions = Vec::new();
    for table in [
        "flow",
        "integration",
        "run",
        "step",
        "payload",
        "log_entry",
        "usage",
        "app",
    ] {
        let text = format!(
            "SELECT CAST(ctid AS TEXT) || '-' || CAST(xmin AS TEXT) FROM {table} ORDER BY ctid"
        );
        let mut sql = sqlx::QueryBuilder::<sqlx::Postgres>::new(&text);
        let rows = sql.build_query_scalar::<String>().fetch_all(pool).await;
        versions.extend(rows.expect("the versions of rows"));
    }
    versions
}
