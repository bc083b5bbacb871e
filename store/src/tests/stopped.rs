//! A disabled or deleted integration takes no new runs; what it did before stays told.

use domain::{IntegrationStatus, Timestamp};
use serde_json::json;

use super::{
    database::Database,
    dump::{assert_sums_hold, told},
    people::{MINUTE, NOW, Person, at},
};
use crate::Store;

fn after_now(ms: i64) -> String {
    NOW.plus_ms(ms).to_rfc3339()
}

async fn status(owner: &Person, status: &str, now: Timestamp) {
    let report = json!({"type": "integration", "key": "i", "flow": "f", "status": status});
    assert_eq!(owner.report_at([report], now).await, [None]);
}

on_both! {
    async fn ig_31_an_enabled_integration_takes_runs(store: Store) {
        let owner = Person::owner(&store).await;
        for word in ["enabled", "initializing", "paused", "failed_to_initialize"] {
            status(&owner, word, NOW).await;
            let run = json!({"type": "run", "key": word, "integration": "i", "status": "ok", "started_at": after_now(0)});
            owner.report([run]).await;
        }
        assert_eq!(store.integration(owner.workspace, "i").await.unwrap().unwrap().runs, 4);
    }

    async fn ig_32_a_disabled_integration_refuses_new_runs_and_says_what_to_do(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "run", "key": "before", "integration": {"key": "i", "flow": "f"}, "status": "running", "started_at": at(0)})]).await;
        status(&owner, "disabled", NOW).await;
        let before = told(&store.pool, owner.workspace).await;
        let new = |key: &str, started_at: Option<String>| {
            json!({"type": "run", "key": key, "integration": {"key": "i", "status": "enabled"}, "status": "ok", "started_at": started_at, "steps": [{"key": "s"}]})
        };
        let answers = owner.try_report([new("a", Some(after_now(0))), new("b", Some(after_now(MINUTE)))]).await;
        for answer in &answers {
            let refusal = answer.as_ref().expect("a refusal");
            assert_eq!((refusal.path.as_str(), refusal.code.as_str()), ("integration", "integration_disabled"));
            assert!(refusal.rule.contains("`i`") && refusal.rule.contains("enable it"), "{}", refusal.rule);
        }
        assert_eq!(told(&store.pool, owner.workspace).await, before);

        // A run without a start begins when it is first told of.
        let mut unstarted = new("c", None);
        unstarted.as_object_mut().unwrap().remove("started_at");
        assert!(owner.try_report([unstarted]).await[0].is_some());

        status(&owner, "enabled", NOW.plus_ms(1)).await;
        owner.report([new("a", Some(after_now(MINUTE)))]).await;
        assert_sums_hold(&store.pool).await;
    }

    async fn what_began_before_it_was_disabled_is_still_told(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "run", "key": "running", "integration": {"key": "i", "flow": "f"}, "status": "running", "started_at": after_now(-MINUTE)})]).await;
        status(&owner, "disabled", NOW).await;
        // Said again later, it is still disabled since then.
        status(&owner, "disabled", NOW.plus_ms(MINUTE)).await;
        let late = [
            json!({"type": "run", "key": "running", "status": "failed", "finished_at": after_now(MINUTE), "integration": "i"}),
            json!({"type": "run", "key": "late", "integration": "i", "status": "ok", "started_at": after_now(-1)}),
        ];
        owner.report(late).await;
        let row = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        assert_eq!((row.runs, row.failed_runs, row.stopped_at), (2, 1, Some(NOW)));
    }

    async fn ig_36_a_deleted_integration_takes_no_runs_and_is_not_enabled_again(store: Store) {
        let owner = Person::owner(&store).await;
        status(&owner, "enabled", NOW).await;
        status(&owner, "deleted", NOW).await;
        let answers = owner.try_report([
            json!({"type": "integration", "key": "i", "status": "enabled"}),
            json!({"type": "integration", "key": "i", "status": "disabled"}),
            json!({"type": "run", "key": "r", "integration": "i", "started_at": after_now(0)}),
        ]).await;
        let codes: Vec<_> = answers.iter().map(|answer| answer.as_ref().map(|r| r.code.as_str())).collect();
        assert_eq!(codes, [Some("deleted_is_final"), Some("deleted_is_final"), Some("integration_deleted")]);
        let row = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        assert_eq!((row.status, row.runs), (IntegrationStatus::Deleted, 0));
    }
}
