//! Any order, any grouping and any repetition end in the same state (I5, I6).

use super::{
    database::{Database, for_all},
    dump::{assert_sums_hold, told},
    people::{DAY, MINUTE, NOW, Person, at},
    story::histories,
};
use crate::Store;
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};

on_both! {
    async fn reports_in_any_order_end_in_the_same_state(store: Store) {
        let cases = AtomicU32::new(0);
        for_all(32, &histories(), async |history| {
            let case = cases.fetch_add(1, Ordering::Relaxed);
            let in_order = Person::with_workspace(&store, &format!("{case}-in-order")).await;
            let shuffled = Person::with_workspace(&store, &format!("{case}-shuffled")).await;
            in_order.report(history.told).await;
            for (number, batch) in history.batches.into_iter().enumerate() {
                let now = NOW.plus_ms(number as i64 * 1_000);
                let answers = shuffled.report_at(batch, now).await;
                assert!(answers.iter().all(Option::is_none), "{answers:?}");
            }
            let expected = told(&store.pool, in_order.workspace).await;
            let reached = told(&store.pool, shuffled.workspace).await;
            for (table, rows) in &expected {
                assert_eq!(&reached[table], rows, "{table}");
            }
        });
        assert_sums_hold(&store.pool).await;
    }

    async fn a_last_run_that_began_earlier_than_thought_is_overtaken(store: Store) {
        let owner = Person::owner(&store).await;
        let run = |key: &str, ms| json!({"type": "run", "key": key, "integration": "i", "started_at": at(ms), "status": "ok"});
        owner.report([run("a", 3 * DAY), run("b", 2 * DAY), run("c", DAY)]).await;
        assert_eq!(last_run(&owner).await, "a");
        owner.report([run("a", DAY + MINUTE)]).await;
        assert_eq!(last_run(&owner).await, "b");
        // In one group with another that would have been the next.
        owner.report([run("b", 0), run("c", MINUTE)]).await;
        assert_eq!(last_run(&owner).await, "a");
        assert_sums_hold(&store.pool).await;
    }

    async fn of_runs_that_began_together_the_greater_key_is_the_last(store: Store) {
        let owner = Person::owner(&store).await;
        let run = |key: &str| json!({"type": "run", "key": key, "integration": "i", "started_at": at(0)});
        owner.report([run("b"), run("Z"), run("é")]).await;
        owner.report([run("a")]).await;
        assert_eq!(last_run(&owner).await, "é");
        assert_sums_hold(&store.pool).await;
    }

    async fn a_run_moves_from_unassigned_to_its_integration(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "step", "run": "r", "position": 1, "status": "failed", "started_at": at(0)})]).await;
        let unassigned = store.integration(owner.workspace, "unassigned").await.unwrap().unwrap();
        assert_eq!((unassigned.runs, unassigned.failed_runs, unassigned.tasks), (1, 1, 1));
        owner.report([json!({"type": "run", "key": "r", "integration": {"key": "i", "flow": "f"}})]).await;
        let unassigned = store.integration(owner.workspace, "unassigned").await.unwrap().unwrap();
        assert_eq!((unassigned.runs, unassigned.failed_runs, unassigned.last_run_key), (0, 0, None));
        assert_eq!(last_run(&owner).await, "r");
        assert_sums_hold(&store.pool).await;
    }

    async fn a_run_counts_for_the_day_on_which_it_turned_out_to_begin(store: Store) {
        let owner = Person::owner(&store).await;
        // Without a word on its start it counts for the day on which we heard of it.
        owner.report([json!({"type": "run", "key": "r", "integration": "i"})]).await;
        assert_sums_hold(&store.pool).await;
        for start in [3 * DAY, DAY, -DAY] {
            owner.report([json!({"type": "run", "key": "r", "started_at": at(start)})]).await;
            assert_sums_hold(&store.pool).await;
        }
    }
}

async fn last_run(owner: &Person) -> String {
    let row = owner.store.integration(owner.workspace, "i").await;
    let row = row.expect("the integration").expect("a row");
    row.last_run_key.expect("a last run").to_string()
}
