//! Keys that are good for one flow or one integration.

use domain::{
    Key,
    access::{Bounds, Reporter},
};
use serde_json::{Value, json};

use super::{
    database::Database,
    dump::assert_sums_hold,
    people::{NOW, Person, at, prepared},
};
use crate::Store;

fn bounds(flow: Option<&str>, integration: Option<&str>) -> Bounds {
    let key = |text: &str| Key::new(text).expect("a key");
    Bounds {
        flow: flow.map(key),
        integration: integration.map(key),
    }
}

/// What became of each item: nothing where it was taken, else the field.
async fn told(
    person: &Person,
    bounds: Bounds,
    items: impl IntoIterator<Item = Value>,
) -> Vec<String> {
    let reporter = Reporter {
        workspace: person.workspace,
        bounds,
    };
    let answers = person
        .store
        .ingest(reporter, prepared(items), NOW)
        .await
        .expect("taken in");
    let field = |answer: Option<domain::report::Rejection>| match answer {
        None => String::new(),
        Some(rejection) => {
            assert_eq!(rejection.code, "beyond_key");
            rejection.path
        }
    };
    answers.into_iter().map(field).collect()
}

on_both! {
    async fn a_key_of_one_integration_reports_of_no_other(store: Store) {
        let owner = Person::owner(&store).await;
        let run = |key: &str, integration: &str| json!({"type": "run", "key": key, "status": "ok", "started_at": at(0), "integration": integration});
        owner.report([
            json!({"type": "integration", "key": "mine", "flow": "f"}), run("r1", "mine"),
            json!({"type": "integration", "key": "other", "flow": "f"}), run("r2", "other"),
        ]).await;
        let taken = told(&owner, bounds(None, Some("mine")), [
            run("r3", "mine"),
            // Left open: it is the key's.
            json!({"type": "run", "key": "r4", "status": "ok", "started_at": at(0)}),
            json!({"type": "step", "run": "r5", "key": "s", "app": "crm"}),
            json!({"type": "log", "run": "r1", "key": "1", "message": "m"}),
            json!({"type": "integration", "key": "mine", "name": "Mine"}),
            json!({"type": "run", "key": "r3", "summary": "s", "integration": {"key": "mine", "app": "crm"}}),
        ]).await;
        assert_eq!(taken, ["", "", "", "", "", ""]);
        for key in ["r3", "r4", "r5"] {
            let run = store.run(owner.workspace, key).await.unwrap().expect(key);
            let mine = store.integration(owner.workspace, "mine").await.unwrap().unwrap();
            assert_eq!(run.integration_id, mine.id, "{key}");
        }
        let refused = told(&owner, bounds(None, Some("mine")), [
            run("r6", "other"),
            run("r2", "mine"),
            json!({"type": "run", "key": "r2", "status": "failed"}),
            json!({"type": "step", "run": "r2", "key": "s"}),
            json!({"type": "log", "run": "r2", "key": "1", "message": "m"}),
            json!({"type": "integration", "key": "other", "status": "disabled"}),
            json!({"type": "run", "key": "r7", "integration": {"key": "other", "status": "deleted"}}),
            json!({"type": "integration", "key": "mine", "flow": {"key": "f", "name": "Theirs"}}),
            json!({"type": "integration", "key": "mine", "app": {"key": "crm", "name": "Theirs"}}),
            json!({"type": "step", "run": "r1", "key": "s", "app": {"key": "crm", "name": "Theirs"}}),
            json!({"type": "run", "key": "r1", "steps": [{"key": "a"}, {"key": "b", "app": {"key": "crm", "name": "Theirs"}}]}),
            json!({"type": "flow", "key": "f", "name": "Theirs"}),
            json!({"type": "app", "key": "crm", "name": "Theirs"}),
        ]).await;
        assert_eq!(refused, ["integration", "key", "key", "run", "run", "key", "integration.key", "flow", "app", "app", "steps[1].app", "key", "key"]);
        assert_eq!(store.run(owner.workspace, "r2").await.unwrap().unwrap().status.as_str(), "ok");
        assert!(store.run(owner.workspace, "r6").await.unwrap().is_none());
        assert_sums_hold(&store.pool).await;
    }

    async fn a_key_of_one_flow_reports_of_all_its_integrations_and_makes_new_ones_there(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([
            json!({"type": "integration", "key": "mine", "flow": "f"}),
            json!({"type": "integration", "key": "other", "flow": "g"}),
            json!({"type": "integration", "key": "stray"}),
        ]).await;
        let taken = told(&owner, bounds(Some("f"), None), [
            json!({"type": "integration", "key": "new"}),
            json!({"type": "run", "key": "r1", "integration": "newer", "status": "ok", "started_at": at(0)}),
            json!({"type": "integration", "key": "mine", "flow": {"key": "f", "name": "F"}}),
            json!({"type": "flow", "key": "f", "description": "d"}),
            // Steps before their run: it is nobody's until it says whose.
            json!({"type": "step", "run": "r2", "key": "s"}),
            json!({"type": "run", "key": "r2", "integration": "mine"}),
        ]).await;
        assert_eq!(taken, ["", "", "", "", "", ""]);
        for key in ["new", "newer", "mine"] {
            let integration = store.integration(owner.workspace, key).await.unwrap().expect(key);
            let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
            assert_eq!(integration.flow_id, flow.id, "{key}");
        }
        let refused = told(&owner, bounds(Some("f"), None), [
            json!({"type": "integration", "key": "other", "name": "Theirs"}),
            json!({"type": "integration", "key": "other", "flow": "f"}),
            json!({"type": "integration", "key": "mine", "flow": "g"}),
            json!({"type": "integration", "key": "stray", "flow": "f"}),
            json!({"type": "run", "key": "r3", "integration": "other"}),
            json!({"type": "flow", "key": "g", "name": "Theirs"}),
        ]).await;
        assert_eq!(refused, ["key", "key", "flow", "key", "integration", "key"]);
        assert_sums_hold(&store.pool).await;
    }

    async fn a_key_of_one_flow_does_not_get_what_nobody_has_claimed(store: Store) {
        let owner = Person::owner(&store).await;
        let refused = told(&owner, bounds(Some("f"), None), [
            json!({"type": "integration", "key": "unassigned"}),
            json!({"type": "run", "key": "r1", "integration": "unassigned"}),
        ]).await;
        assert_eq!(refused, ["key", "integration"]);
        let taken = told(&owner, bounds(Some("f"), None), [json!({"type": "run", "key": "r2", "status": "ok"})]).await;
        assert_eq!(taken, [""]);
        let stray = store.integration(owner.workspace, "unassigned").await.unwrap().unwrap();
        let flow = store.flow_by_id(owner.workspace, stray.flow_id).await.unwrap().unwrap();
        assert_eq!(flow.key.as_str(), "unassigned");
    }

    async fn two_keys_in_one_commit_keep_their_own_bounds(store: Store) {
        let owner = Person::owner(&store).await;
        let send = |mine: &str, theirs: &str| {
            let items = [
                json!({"type": "run", "key": format!("of {mine}"), "status": "ok", "started_at": at(0)}),
                json!({"type": "run", "key": format!("{mine} for {theirs}"), "integration": theirs}),
            ];
            let bounds = bounds(None, Some(mine));
            let owner = &owner;
            async move { told(owner, bounds, items).await }
        };
        let (one, other) = tokio::join!(send("a", "b"), send("b", "a"));
        assert_eq!([one, other], [["", "integration"], ["", "integration"]]);
    }
}
