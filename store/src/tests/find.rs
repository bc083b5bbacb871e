//! What is pasted is found by its whole ID; what only begins with it is offered apart.

use domain::{Key, logs::LogsLink, user::DayUsage};
use serde_json::json;

use super::{
    database::Database,
    people::{DAY, NOW, Person, THEN, at},
};
use crate::Store;

async fn with_runs(store: &Store) -> Person {
    let owner = Person::owner(store).await;
    let run = |key: &str, integration: &str, flow: &str, user: &str, ms: i64, status: &str| {
        json!({"type": "run", "key": key, "status": status, "started_at": at(ms),
            "integration": {"key": integration, "flow": flow, "user_id": user, "user_auth": "Dana@acme.test"},
            "steps": [{"key": format!("span-{key}"), "status": status}, {"key": "2", "status": "ok"}]})
    };
    owner
        .report([
            run("run_1", "int_1", "f", "u_1", 0, "failed"),
            run("run_2", "int_1", "f", "u_1", 10, "ok"),
            run("run_3", "int_1", "f", "u_1", 20, "failed"),
            run("run_4", "int_2", "g", "u_1", DAY, "ok"),
            run("Run_5", "int_3", "g", "U_1", 40, "ok"),
        ])
        .await;
    owner
}

on_both! {
    async fn a_step_is_found_with_its_run_the_newest_first(store: Store) {
        let owner = with_runs(&store).await;
        let found = store.find_steps(owner.workspace, "span-run_3").await.unwrap();
        assert_eq!((found.len(), found[0].run_key.as_str()), (1, "run_3"));
        let many = store.find_steps(owner.workspace, "2").await.unwrap();
        assert_eq!(many.len(), 5);
        assert!(store.find_steps(owner.workspace, "span-run_").await.unwrap().is_empty());
        let stranger = Person::stranger(&store).await;
        assert!(store.find_steps(stranger.workspace, "2").await.unwrap().is_empty());
    }

    async fn what_begins_with_a_text_is_found_apart(store: Store) {
        let owner = with_runs(&store).await;
        let runs = |text: &'static str| { let store = store.clone(); async move {
            let rows = store.find_runs_beginning(owner.workspace, text).await.unwrap();
            rows.into_iter().map(|row| row.key.to_string()).collect::<Vec<_>>()
        } };
        assert_eq!(runs("run_").await, ["run_1", "run_2", "run_3", "run_4"]);
        assert_eq!(runs("Run").await, ["Run_5"]);
        assert_eq!(runs("%").await, [""; 0]);
        for (text, keys) in [("INT_", 3), ("u_", 3), ("dana@", 3), ("int_2", 1), ("nt_", 0)] {
            let rows = store.find_integrations_beginning(owner.workspace, text).await.unwrap();
            assert_eq!(rows.len(), keys, "{text}");
        }
        let stranger = Person::stranger(&store).await;
        assert!(store.find_runs_beginning(stranger.workspace, "").await.unwrap().is_empty());
        assert!(store.find_integrations_beginning(stranger.workspace, "").await.unwrap().is_empty());
    }

    async fn an_end_user_has_integrations_of_all_flows_in_just_this_case(store: Store) {
        let owner = with_runs(&store).await;
        let stranger = Person::stranger(&store).await;
        for (user, count) in [("u_1", 2), ("U_1", 1), ("Dana@acme.test", 3), ("dana@acme.test", 0), ("u_", 0)] {
            assert_eq!(store.count_of_user(owner.workspace, user).await.unwrap(), count, "{user}");
            assert_eq!(store.integrations_of_user(owner.workspace, user).await.unwrap().len(), count as usize, "{user}");
            assert_eq!(store.count_of_user(stranger.workspace, user).await.unwrap(), 0, "{user}");
            assert!(store.integrations_of_user(stranger.workspace, user).await.unwrap().is_empty());
        }
        let rows = store.integrations_of_user(owner.workspace, "u_1").await.unwrap();
        let keys: Vec<_> = rows.iter().map(|row| (row.integration.key.as_str(), row.flow_key.as_str())).collect();
        assert_eq!(keys, [("int_2", "g"), ("int_1", "f")]);
        let rows: Vec<_> = rows.into_iter().map(|row| row.integration).collect();
        let runs = store.runs_of_user(owner.workspace, &rows).await.unwrap();
        let runs: Vec<_> = runs.iter().map(|row| (row.key.as_str(), row.integration_key.as_str())).collect();
        assert_eq!(runs, [("run_4", "int_2"), ("run_3", "int_1"), ("run_2", "int_1"), ("run_1", "int_1")]);
        assert!(store.runs_of_user(stranger.workspace, &rows).await.unwrap().is_empty());
    }

    async fn ig_02_tasks_are_told_per_end_user_and_per_integration_and_day(store: Store) {
        let owner = with_runs(&store).await;
        let day = THEN.day();
        let of_user = store.usage_of_user(owner.workspace, "u_1", day).await.unwrap();
        assert_eq!(of_user, [
            DayUsage { day, runs: 3, failed_runs: 2, tasks: 6 },
            DayUsage { day: day + 1, runs: 1, failed_runs: 0, tasks: 2 },
        ]);
        let int_1 = store.integration(owner.workspace, "int_1").await.unwrap().unwrap();
        let of_one = store.usage_of_integration(owner.workspace, int_1.id, day).await.unwrap();
        assert_eq!(of_one, of_user[..1]);
        let later = store.usage_of_user(owner.workspace, "u_1", day + 1).await.unwrap();
        assert_eq!(later, of_user[1..]);
        let stranger = Person::stranger(&store).await;
        assert!(store.usage_of_user(stranger.workspace, "u_1", day).await.unwrap().is_empty());
        assert!(store.usage_of_integration(stranger.workspace, int_1.id, day).await.unwrap().is_empty());
    }

    async fn the_failed_runs_beside_a_run_are_those_of_its_integration(store: Store) {
        let owner = with_runs(&store).await;
        let key = |key: &str| Key::new(key).ok();
        for (run, before, after) in [("run_1", None, key("run_3")), ("run_2", key("run_1"), key("run_3")), ("run_3", key("run_1"), None), ("run_4", None, None)] {
            let row = store.run(owner.workspace, run).await.unwrap().unwrap();
            assert_eq!(store.failed_beside(owner.workspace, &row).await.unwrap(), (before, after), "{run}");
            let stranger = Person::stranger(&store).await;
            assert_eq!(store.failed_beside(stranger.workspace, &row).await.unwrap(), (None, None));
        }
        let int_1 = store.integration(owner.workspace, "int_1").await.unwrap().unwrap();
        let last = store.last_runs(owner.workspace, int_1.id, 2).await.unwrap();
        assert_eq!(last.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["run_3", "run_2"]);
        let stranger = Person::stranger(&store).await;
        assert!(store.last_runs(stranger.workspace, int_1.id, 2).await.unwrap().is_empty());
    }

    async fn the_link_to_the_logs_is_the_workspaces_own(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        let link = LogsLink::parse("https://logs.test/{run}", "Logs", "3").unwrap();
        store.set_logs(owner.workspace, link.clone(), NOW).await.unwrap();
        let read = |key: &'static str| { let store = store.clone(); async move {
            LogsLink::of(&store.workspace(key).await.unwrap().unwrap())
        } };
        assert_eq!(read("owner").await, link);
        assert_eq!(read("stranger").await, None);
        store.set_logs(owner.workspace, None, NOW).await.unwrap();
        assert_eq!(read("owner").await, None);
        let _ = stranger;
    }
}
