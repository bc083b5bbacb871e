//! One bad item among good ones: the good are kept, of the bad one nothing.

use serde_json::json;

use super::{
    database::Database,
    dump::{assert_sums_hold, told},
    people::{Person, at},
};
use crate::Store;
use domain::{IntegrationStatus, report::Rejection};

fn places(answers: &[Option<Rejection>]) -> Vec<Option<(&str, &str)>> {
    let refused = answers.iter().map(Option::as_ref);
    refused
        .map(|answer| answer.map(|r| (r.path.as_str(), r.code.as_str())))
        .collect()
}

on_both! {
    async fn good_items_are_kept_and_bad_ones_are_listed_with_their_place(store: Store) {
        let owner = Person::owner(&store).await;
        let good = [
            json!({"type": "run", "key": "r", "integration": "mine", "status": "ok", "started_at": at(0)}),
            json!({"type": "integration", "key": "gone", "flow": "f", "status": "deleted"}),
            json!({"type": "step", "run": "r", "key": "s", "status": "ok"}),
            json!({"type": "run", "key": "r2", "integration": "gone", "status": "failed", "started_at": at(0)}),
        ];
        let bad = [
            // With everything in it that could be stored by mistake.
            json!({"type": "run", "key": "r", "status": "failed", "summary": "other", "integration": {"key": "theirs", "flow": "g", "app": {"key": "crm"}},
                "steps": [{"key": "t", "status": "failed", "app": {"key": "shop"}, "response": {"body": "x"}}], "log": [{"key": "1", "message": "m"}]}),
            json!({"type": "integration", "key": "gone", "status": "enabled", "name": "back", "flow": {"key": "h", "name": "H"}}),
            json!({"type": "run", "key": "r3", "integration": {"key": "gone", "status": "paused"}, "steps": [{"key": "s"}]}),
        ];
        let [a, b, c, d] = good.clone();
        let [x, y, z] = bad;
        let answers = owner.try_report([a, x, b, y, c, z, d]).await;
        assert_eq!(places(&answers), [
            None,
            Some(("integration", "run_of_other_integration")),
            None,
            Some(("status", "deleted_is_final")),
            None,
            Some(("integration", "integration_deleted")),
            None,
        ]);
        let alone = Person::with_workspace(&store, "only the good").await;
        alone.report(good).await;
        assert_eq!(told(&store.pool, owner.workspace).await, told(&store.pool, alone.workspace).await);
        assert_sums_hold(&store.pool).await;
    }

    async fn what_was_stored_earlier_decides_as_well(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([
            json!({"type": "run", "key": "r", "integration": "mine"}),
            json!({"type": "integration", "key": "gone", "status": "deleted"}),
        ]).await;
        let before = told(&store.pool, owner.workspace).await;
        let answers = owner.try_report([
            json!({"type": "run", "key": "r", "integration": "theirs"}),
            json!({"type": "run", "key": "r", "integration": "unassigned"}),
            json!({"type": "integration", "key": "gone", "status": "initializing"}),
        ]).await;
        assert_eq!(places(&answers), [
            Some(("integration", "run_of_other_integration")),
            Some(("integration", "run_of_other_integration")),
            Some(("status", "deleted_is_final")),
        ]);
        assert!(answers[0].as_ref().is_some_and(|rejection| rejection.rule.contains("`mine`")));
        assert_eq!(told(&store.pool, owner.workspace).await, before);
    }

    async fn a_deleted_integration_keeps_its_history_and_its_description_may_change(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "run", "key": "r", "integration": "i", "status": "failed"})]).await;
        owner.report([
            json!({"type": "integration", "key": "i", "status": "deleted"}),
            json!({"type": "integration", "key": "i", "status": "deleted", "name": "Late"}),
            json!({"type": "integration", "key": "i", "description": "still told of"}),
        ]).await;
        let row = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        assert_eq!((row.status, row.runs, row.name.as_deref()), (IntegrationStatus::Deleted, 1, Some("Late")));
        let flow = store.flow_by_id(owner.workspace, row.flow_id).await.unwrap().unwrap();
        assert_eq!((flow.integrations, flow.deleted, flow.faulty, flow.runs), (0, 1, 0, 1));
        assert_sums_hold(&store.pool).await;
    }

    async fn a_bad_item_of_one_caller_is_no_matter_to_another(store: Store) {
        let (owner, other) = (Person::owner(&store).await, Person::with_workspace(&store, "other").await);
        owner.report([json!({"type": "run", "key": "r", "integration": "mine"})]).await;
        let bad = [json!({"type": "run", "key": "r", "integration": "theirs"})];
        let good = [json!({"type": "run", "key": "r", "integration": "theirs"})];
        let (refused, taken) = tokio::join!(owner.try_report(bad), other.try_report(good));
        assert_eq!((refused[0].is_some(), taken[0].is_none()), (true, true));
    }
}
