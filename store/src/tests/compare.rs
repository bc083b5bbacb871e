//! Where a step last worked: in the same integration, else in the same flow, never elsewhere.

use domain::{Run, StepRow};
use serde_json::{Value, json};

use super::{
    database::Database,
    people::{MINUTE, Person, at},
};
use crate::{LastGood, Store, Wanted};

/// A run some minutes after the first, its steps as `key name status`.
fn run(key: &str, integration: &str, minute: i64, status: &str, steps: &[&str]) -> Value {
    let steps = steps.iter().map(|step| {
        let words: Vec<&str> = step.split(' ').collect();
        let (name, status) = (words[1].replace('_', " "), words[2]);
        let attempt = words
            .get(3)
            .map(|number| number.parse::<i64>().expect("a number"));
        json!({"key": words[0], "name": name, "app": "crm", "status": status, "attempt": attempt})
    });
    json!({"type": "run", "key": key, "status": status, "started_at": at(minute * MINUTE),
        "integration": {"key": integration, "flow": "f"}, "steps": steps.collect::<Vec<_>>()})
}

struct Looked {
    run: Run,
    steps: Vec<StepRow>,
    found: Option<LastGood>,
}

/// Where the step `key` of a run last worked.
async fn look(store: &Store, person: &Person, run: &str, key: &str) -> Looked {
    let run = store
        .run(person.workspace, run)
        .await
        .unwrap()
        .expect("a run");
    let steps = store.list_steps(person.workspace, run.id).await.unwrap();
    let index = steps
        .iter()
        .position(|step| step.key.as_str() == key)
        .expect("a step");
    let wanted = Wanted::of(&steps, index).expect("a step");
    let flow = store
        .flow(person.workspace, "f")
        .await
        .unwrap()
        .expect("a flow");
    let found = store
        .last_good_step(person.workspace, &run, flow.id, &wanted)
        .await
        .unwrap();
    Looked { run, steps, found }
}

/// The same as `run/step`.
async fn last_good(store: &Store, person: &Person, run: &str, key: &str) -> Option<String> {
    let found = look(store, person, run, key).await.found?;
    let run = store
        .run_by_id(person.workspace, found.run_id)
        .await
        .unwrap()
        .expect("a run");
    Some(format!("{}/{}", run.key, found.step_key))
}

on_both! {
    async fn a_step_last_worked_where_its_key_did_also_in_a_run_that_failed(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([
            run("r1", "i", 1, "ok", &["get Get ok", "send Send ok"]),
            run("r2", "i", 2, "failed", &["get Get failed", "send Send warning"]),
            run("r3", "i", 3, "failed", &["get Get ok", "send Send failed"]),
            run("r4", "i", 4, "failed", &["get Get ok", "send Send failed", "new New failed"]),
            run("later", "i", 5, "ok", &["get Get ok", "send Send ok", "new New ok"]),
        ]).await;
        assert_eq!(last_good(&store, &owner, "r4", "send").await.as_deref(), Some("r2/send"));
        assert_eq!(last_good(&store, &owner, "r2", "get").await.as_deref(), Some("r1/get"));
        assert_eq!(last_good(&store, &owner, "r4", "new").await, None);
        let r4 = look(&store, &owner, "r4", "send").await.run;
        let good = store.last_good_run(owner.workspace, &r4).await.unwrap();
        assert_eq!(good.as_ref().map(|key| key.as_str()), Some("r1"));
    }

    async fn keys_that_are_new_in_each_run_give_way_to_app_and_name(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([
            run("r1", "i", 1, "ok", &["a1 Get ok", "a2 Send_it ok", "a3 Send_it ok"]),
            run("r2", "i", 2, "failed", &["b1 Get ok", "b2 Send_it failed"]),
            run("r3", "i", 3, "failed", &["c1 Get ok", "c2 Send_it failed", "c3 Send_it failed"]),
        ]).await;
        assert_eq!(last_good(&store, &owner, "r3", "c2").await.as_deref(), Some("r1/a2"));
        assert_eq!(last_good(&store, &owner, "r3", "c3").await.as_deref(), Some("r1/a3"));
        assert_eq!(last_good(&store, &owner, "r3", "c1").await.as_deref(), Some("r2/b1"));
    }

    async fn a_key_that_says_the_place_is_not_trusted_alone(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([
            run("r1", "i", 1, "ok", &["1 Get ok", "2 Send ok"]),
            run("r2", "i", 2, "failed", &["1 Get ok", "2 Map ok", "3 Send failed"]),
        ]).await;
        assert_eq!(last_good(&store, &owner, "r2", "3").await.as_deref(), Some("r1/2"));
        assert_eq!(last_good(&store, &owner, "r2", "2").await, None);
    }

    async fn every_attempt_is_compared_with_the_step_that_worked_at_once(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([
            run("r1", "i", 1, "ok", &["send Send ok 1"]),
            run("r2", "i", 2, "failed", &["send Send failed 1", "send-2 Send failed 2", "send-3 Send failed 3"]),
        ]).await;
        let looked = look(&store, &owner, "r2", "send-3").await;
        assert_eq!(looked.steps.len(), 3);
        assert_eq!(last_good(&store, &owner, "r2", "send-3").await.as_deref(), Some("r1/send"));
    }

    async fn a_step_that_never_worked_here_is_looked_for_in_the_flow(store: Store) {
        let owner = Person::owner(&store).await;
        let elsewhere = json!({"type": "run", "key": "x1", "status": "ok", "started_at": at(9 * MINUTE),
            "integration": {"key": "x", "flow": "g"}, "steps": [{"key": "send", "name": "Send", "app": "crm", "status": "ok"}]});
        owner.report([
            elsewhere,
            run("r1", "i", 1, "failed", &["send Send failed"]),
            run("r2", "i", 2, "failed", &["send Send failed"]),
        ]).await;
        assert_eq!(last_good(&store, &owner, "r2", "send").await, None);
        owner.report([
            run("j0", "j", 0, "ok", &["send Send ok"]),
            run("k1", "k", 1, "failed", &["get Get failed", "send Send ok"]),
            run("l3", "l", 3, "failed", &["send Send failed"]),
        ]).await;
        assert_eq!(last_good(&store, &owner, "r2", "send").await.as_deref(), Some("k1/send"));
        // The other one has failed since.
        owner.report([
            run("m6", "m", 6, "ok", &["send Send ok"]),
            run("m7", "m", 7, "failed", &["send Send failed"]),
        ]).await;
        assert_eq!(last_good(&store, &owner, "r2", "send").await.as_deref(), Some("m6/send"));
    }

    async fn after_a_long_time_of_failures_the_last_good_run_is_still_found(store: Store) {
        let owner = Person::owner(&store).await;
        let failing = (2..400).map(|n| run(&format!("r{n}"), "i", n, "failed", &["send Send failed"]));
        let first = run("r1", "i", 1, "ok", &["send Send ok"]);
        owner.report(std::iter::once(first).chain(failing)).await;
        assert_eq!(last_good(&store, &owner, "r399", "send").await.as_deref(), Some("r1/send"));
    }

    async fn a_strangers_run_is_never_compared_with(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        let good = |key: &str, integration: &str, minute| run(key, integration, minute, "ok", &["send Send ok"]);
        stranger.report([good("r1", "i", 1), good("r0", "j", 0)]).await;
        owner.report([run("r2", "i", 2, "failed", &["send Send failed"])]).await;
        let looked = look(&store, &owner, "r2", "send").await;
        assert_eq!(looked.found, None);
        assert_eq!(store.last_good_run(owner.workspace, &looked.run).await.unwrap(), None);
        // Nor does the stranger learn of the owner's, whatever rows they hold.
        owner.report([good("r1", "i", 1)]).await;
        assert!(look(&store, &owner, "r2", "send").await.found.is_some());
        let wanted = Wanted::of(&looked.steps, 0).expect("a step");
        let flow = store.flow(owner.workspace, "f").await.unwrap().expect("a flow");
        let found = store.last_good_step(stranger.workspace, &looked.run, flow.id, &wanted).await.unwrap();
        assert_eq!(found, None);
        assert_eq!(store.last_good_run(stranger.workspace, &looked.run).await.unwrap(), None);
    }
}
