//! What open pages hear of: nothing is missed, nothing is told of others, and a look is cheap.

use std::time::Duration;

use domain::filter::{IntegrationFilter, RunFilter};
use serde_json::json;

use super::{
    database::Database,
    people::{NOW, Person, at},
};
use crate::Store;

fn run(key: &str, integration: &str, status: &str) -> serde_json::Value {
    json!({"type": "run", "key": key, "integration": {"key": integration, "flow": "f"}, "status": status, "started_at": at(0)})
}

on_both! {
    async fn new_runs_are_counted_by_the_filter_of_their_list(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([run("r1", "i", "ok"), run("r2", "j", "ok")]).await;
        let i = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
        let since = store.newest_run(owner.workspace).await.unwrap();
        let (mut of_run, mut of_flow) = (Vec::new(), Vec::new());
        for batch in [
            vec![],
            vec![run("r3", "i", "ok"), run("r4", "j", "failed")],
            // What was there before is not new, whatever becomes of it.
            vec![run("r1", "i", "failed"), run("r5", "i", "failed")],
            vec![run("r6", "i", "running")],
            // One that began as running is found when it has failed.
            vec![run("r6", "i", "failed")],
        ] {
            owner.report(batch).await;
            let mut found = Vec::new();
            for query in ["", "status=failed", "search=r5", "code=401"] {
                let (filter, _) = RunFilter::from_query(query);
                found.push(store.new_runs(owner.workspace, Some(i.id), &filter, since, NOW).await.unwrap().found);
            }
            of_run.push(found);
            let mut found = Vec::new();
            for query in ["", "last_run=failed", "search=j"] {
                let (filter, _) = IntegrationFilter::from_query(query);
                found.push(store.integrations_with_new_runs(owner.workspace, flow.id, &filter, since, NOW).await.unwrap().found);
            }
            of_flow.push(found);
        }
        assert_eq!(of_run, [[0, 0, 0, 0], [1, 0, 0, 0], [2, 1, 1, 0], [3, 1, 1, 0], [3, 2, 1, 0]]);
        assert_eq!(of_flow, [[0, 0, 0], [2, 1, 1], [2, 2, 1], [2, 1, 1], [2, 2, 1]]);

        // One may go on from any place.
        let all = RunFilter::default();
        let first = store.new_runs(owner.workspace, Some(i.id), &all, since, NOW).await.unwrap();
        assert_eq!((first.looked_at, first.last), (4, store.newest_run(owner.workspace).await.unwrap()));
        let rest = store.new_runs(owner.workspace, Some(i.id), &all, first.last, NOW).await.unwrap();
        assert_eq!((rest.looked_at, rest.last, rest.found), (0, first.last, 0));
    }

    async fn a_stranger_hears_nothing_of_the_owner(store: Store) {
        let owner = Person::owner(&store).await;
        let stranger = Person::stranger(&store).await;
        let mut changes = store.changes(stranger.workspace);
        assert_eq!(store.newest_run(stranger.workspace).await.unwrap(), 0);
        owner.report([run("r1", "i", "running")]).await;
        let i = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
        let look = store.new_runs(stranger.workspace, Some(i.id), &RunFilter::default(), 0, NOW).await.unwrap();
        assert_eq!(look.found, 0);
        let look = store.integrations_with_new_runs(stranger.workspace, flow.id, &IntegrationFilter::default(), 0, NOW).await.unwrap();
        assert_eq!(look.found, 0);
        assert_eq!(store.standing(stranger.workspace, "r1", None).await.unwrap(), None);
        let heard = tokio::time::timeout(Duration::from_millis(50), changes.heard()).await;
        assert!(heard.is_err(), "the stranger heard of the owner's report");
    }

    async fn a_run_stands_otherwise_after_every_report_that_a_page_shows(store: Store) {
        let owner = Person::owner(&store).await;
        let step = |status: &str, more: serde_json::Value| {
            let mut step = json!({"type": "step", "run": "r1", "key": "s", "status": status});
            step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            step
        };
        owner.report([run("r1", "i", "running")]).await;
        let mut marks = vec![store.standing(owner.workspace, "r1", Some("s")).await.unwrap().unwrap()];
        for report in [
            step("running", json!({"started_at": at(5)})),
            step("running", json!({"request": {"method": "GET", "url": "https://a.test", "body": "x"}})),
            json!({"type": "log", "run": "r1", "key": "1", "logged_at": at(6), "message": "m"}),
            step("failed", json!({"network_code": 401})),
            step("failed", json!({"error": "refused"})),
            json!({"type": "run", "key": "r1", "integration": "i", "summary": "two"}),
            run("r1", "i", "failed"),
        ] {
            owner.report([report.clone()]).await;
            let standing = store.standing(owner.workspace, "r1", Some("s")).await.unwrap().unwrap();
            assert!(marks.iter().all(|before| before.mark != standing.mark), "{report}: {standing:?}");
            assert_eq!(store.standing(owner.workspace, "r1", Some("s")).await.unwrap(), Some(standing.clone()));
            marks.push(standing);
        }
        assert_eq!(marks.iter().filter(|standing| standing.finished).count(), 1);
        assert!(marks.last().unwrap().finished);
    }

    async fn a_commit_is_heard_by_those_who_wait_and_by_those_who_come_back(store: Store) {
        let owner = Person::owner(&store).await;
        let mut waiting = store.changes(owner.workspace);
        let task = tokio::spawn(async move { waiting.heard().await.map(|()| waiting) });
        owner.report([run("r1", "i", "ok")]).await;
        let mut waited = task.await.unwrap().unwrap();
        owner.report([run("r2", "i", "ok")]).await;
        owner.report([run("r3", "i", "ok")]).await;
        // Two commits while nobody looked are one change.
        waited.heard().await.unwrap();
        let none = tokio::time::timeout(Duration::from_millis(50), waited.heard()).await;
        assert!(none.is_err());
        store.close().await;
        assert!(waited.heard().await.is_err());
    }
}
