//! Kept sums equal sums recomputed, whatever is reported, taken or refused.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::{
    database::{Database, for_all},
    dump::assert_sums_hold,
    people::{MINUTE, NOW, Person, at},
};
use crate::Store;

on_both! {
    async fn kept_sums_equal_recomputed_sums_after_any_reports(store: Store) {
        // One workspace for all: later cases meet what earlier ones left.
        let owner = Person::owner(&store).await;
        let batches = vec(vec(report(), 1..12), 1..6);
        for_all(32, &batches, async |batches| {
            for (number, batch) in batches.into_iter().enumerate() {
                owner.report_at(batch, NOW.plus_ms(number as i64)).await;
            }
            assert_sums_hold(&store.pool).await;
        });
        let page = store.list_flows(owner.workspace, &Default::default()).await.unwrap();
        assert!(page.rows.iter().any(|flow| flow.failed_runs > 0 && flow.deleted > 0));
    }

    async fn sums_stay_exact_over_thousands_of_reports_in_one_group(store: Store) {
        let owner = Person::owner(&store).await;
        let run = |n: i64| json!({"type": "run", "key": format!("r{n}"), "started_at": at(n * MINUTE),
            "integration": {"key": format!("i{}", n % 7), "flow": format!("f{}", n % 3)},
            "steps": [{"status": "ok"}, {"status": if n % 5 == 0 { "failed" } else { "skipped" }}]});
        owner.report((0..2_500).map(run)).await;
        owner.report((1_000..3_000).map(run)).await;
        assert_sums_hold(&store.pool).await;
        let runs: i64 = sum_of_runs(&owner).await;
        assert_eq!(runs, 3_000);
    }
}

async fn sum_of_runs(owner: &Person) -> i64 {
    let page = owner
        .store
        .list_flows(owner.workspace, &Default::default())
        .await;
    page.expect("flows").rows.iter().map(|flow| flow.runs).sum()
}

/// Any report over few keys, so that they meet: also ones that will be refused.
fn report() -> impl Strategy<Value = Value> {
    let words = vec![
        "queued",
        "running",
        "ok",
        "warning",
        "interrupted",
        "failed",
    ];
    let run = (
        key("r", 12),
        option::of(prop_oneof![
            2 => key("i", 8).prop_map(|key| json!(key)),
            1 => integration().prop_map(|mut whole| {
                whole["type"] = Value::Null;
                compact(whole)
            }),
        ]),
        option::of(select(words)),
        option::of(0..3 * 24 * 60_i64),
        option::of(0..3 * 24 * 60_i64),
        vec(step(), 0..3),
    );
    let run = run.prop_map(
        |(key, integration, status, started_at, finished_at, steps)| {
            compact(
                json!({"type": "run", "key": key, "integration": integration, "status": status,
            "started_at": started_at.map(|minute| at(minute * MINUTE)),
            "finished_at": finished_at.map(|minute| at(minute * MINUTE)), "steps": steps}),
            )
        },
    );
    let alone = (key("r", 12), step()).prop_map(|(run, mut step)| {
        step["type"] = json!("step");
        step["run"] = json!(run);
        step
    });
    prop_oneof![2 => integration(), 5 => run, 3 => alone]
}

fn integration() -> impl Strategy<Value = Value> {
    let statuses = vec![
        "enabled",
        "disabled",
        "paused",
        "failed_to_initialize",
        "deleted",
    ];
    (
        key("i", 8),
        option::of(key("f", 3)),
        option::of(select(statuses)),
    )
        .prop_map(|(key, flow, status)| {
            compact(json!({"type": "integration", "key": key, "flow": flow, "status": status}))
        })
}

fn step() -> impl Strategy<Value = Value> {
    let words = vec![
        "queued",
        "running",
        "skipped",
        "ok",
        "warning",
        "interrupted",
        "failed",
    ];
    (
        key("s", 4),
        option::of(select(words)),
        option::of(0..60_i64),
    )
        .prop_map(|(key, status, minute)| {
            let started_at = minute.map(|minute| at(minute * MINUTE));
            compact(json!({"key": key, "status": status, "started_at": started_at}))
        })
}

fn key(prefix: &'static str, count: usize) -> impl Strategy<Value = String> {
    (0..count).prop_map(move |number| format!("{prefix}{number}"))
}

/// Without the fields that are null.
fn compact(value: Value) -> Value {
    let Value::Object(fields) = value else {
        return value;
    };
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(fields.collect::<Map<_, _>>())
}
