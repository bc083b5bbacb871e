//! Many callers and several servers at once: nothing is lost, no sum is off.

use super::{
    database::{Database, number},
    dump::{assert_sums_hold, told},
    people::{MINUTE, NOW, Person, at, prepared},
};
use crate::Store;
use domain::{Timestamp, WorkspaceId};
use proptest::{collection::vec, prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};

/// The reports of eight clients: each tells of every run, in an order of its own.
fn reports(client: i64) -> Vec<Vec<Value>> {
    let runs = (0..40_i64).map(|n| (n * 7 + client * 5) % 40);
    runs.map(|n| {
        let run = format!("r{n}");
        vec![
            json!({"type": "step", "run": run, "key": format!("s{client}"), "position": client,
                "status": if n % 4 == 0 { "failed" } else { "ok" }, "response": {"body": format!("{n} {client}")}}),
            json!({"type": "run", "key": run, "started_at": at(n * MINUTE - client), "status": "ok",
                "integration": {"key": format!("i{}", n % 5), "flow": format!("f{}", n % 5 % 2)}}),
            json!({"type": "log", "run": run, "logged_at": at(n), "message": format!("line {}", client % 3)}),
        ]
    })
    .collect()
}

/// What happened in a thousand runs: ten reports of each, in their order.
fn thousand_runs() -> Vec<Value> {
    let tell = |n: i64| {
        let run = format!("r{n}");
        let (began, ended) = (at(n * MINUTE), at(n * MINUTE + 900));
        let step = |place: i64, status: &str| json!({"type": "step", "run": run, "key": format!("s{place}"), "position": place, "status": status});
        let end = if n % 4 == 0 { "failed" } else { "ok" };
        let line = |place: i64| json!({"type": "log", "run": run, "key": place.to_string(), "logged_at": at(n * MINUTE + place), "message": "m"});
        [
            json!({"type": "run", "key": run, "status": "running", "started_at": began, "integration": {"key": format!("i{}", n % 7), "flow": format!("f{}", n % 7 % 2)}}),
            line(1),
            step(1, "running"),
            step(1, "ok"),
            step(2, "running"),
            json!({"type": "step", "run": run, "key": "s2", "response": {"status": 200, "body": format!("answer {n}")}}),
            step(2, end),
            step(3, "skipped"),
            line(2),
            json!({"type": "run", "key": run, "status": end, "finished_at": ended}),
        ]
    };
    (0..1_000).flat_map(tell).collect()
}

/// Each of these one to five times, dealt out to eight clients who send them in any order.
fn dealt(events: &[Value]) -> Vec<Vec<Value>> {
    let mut runner = TestRunner::deterministic();
    let mut draw = |numbers: std::ops::Range<usize>, count: usize| {
        let drawn = vec(numbers, count).new_tree(&mut runner);
        drawn.expect("numbers").current()
    };
    let times = draw(1..6, events.len());
    let count = times.iter().sum();
    let mut clients = draw(0..8, count).into_iter();
    let mut shares = vec![Vec::new(); 8];
    for (event, times) in events.iter().zip(times) {
        for client in clients.by_ref().take(times) {
            shares[client].push(event.clone());
        }
    }
    shares
        .into_iter()
        .map(|share| {
            let shuffled = Just(share).prop_shuffle().new_tree(&mut runner);
            shuffled.expect("an order").current()
        })
        .collect()
}

async fn send_all(stores: &[Store], workspace: WorkspaceId) {
    let clients = (0..8_i64).map(|client| {
        let store = stores[client as usize % stores.len()].clone();
        tokio::spawn(async move {
            for batch in reports(client) {
                let answers = store
                    .ingest(workspace, prepared(batch), NOW)
                    .await
                    .expect("taken in");
                assert!(answers.iter().all(Option::is_none), "{answers:?}");
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("a client that ends well");
    }
}

/// What eight clients leave behind equals what one leaves who says all of it in order.
async fn assert_all_is_there(store: &Store, reached: WorkspaceId) {
    let alone = Person::with_workspace(store, "alone").await;
    alone.report((0..8).flat_map(reports).flatten()).await;
    let expected = told(&store.pool, alone.workspace).await;
    let reached = told(&store.pool, reached).await;
    for (table, rows) in &expected {
        assert_eq!(rows, &reached[table], "{table}");
    }
    assert_eq!((expected["run"].len(), expected["step"].len()), (40, 320));
    assert_sums_hold(&store.pool).await;
}

on_both! {
    async fn eight_clients_at_once_lose_nothing(store: Store) {
        let owner = Person::owner(&store).await;
        send_all(std::slice::from_ref(&store), owner.workspace).await;
        assert_all_is_there(&store, owner.workspace).await;
    }

    // I5, with its figures.
    async fn ten_thousand_events_up_to_five_times_in_eight_orders_at_once_end_as_once_in_order(store: Store) {
        let events = thousand_runs();
        let (owner, alone) = (Person::owner(&store).await, Person::with_workspace(&store, "alone").await);
        // In order nothing comes before whose it is, so that the place for that is made in both.
        for person in [&owner, &alone] {
            person.report([json!({"type": "step", "run": "stray", "key": "s", "status": "ok", "started_at": at(0)})]).await;
        }
        let clients = dealt(&events).into_iter().map(|share| {
            let owner = owner.clone();
            tokio::spawn(async move {
                for batch in share.chunks(250) {
                    owner.report(batch.to_vec()).await;
                }
            })
        });
        for client in clients.collect::<Vec<_>>() {
            client.await.expect("a client that ends well");
        }
        for batch in events.chunks(500) {
            alone.report(batch.to_vec()).await;
        }
        let (reached, expected) = (told(&store.pool, owner.workspace).await, told(&store.pool, alone.workspace).await);
        for (table, rows) in &expected {
            assert!(rows == &reached[table], "{table}");
        }
        assert_eq!((events.len(), expected["run"].len(), expected["step"].len()), (10_000, 1_001, 3_001));
        assert_sums_hold(&store.pool).await;
    }

    async fn two_servers_on_one_database_lose_nothing(store: Store, db: &Database) {
        let owner = Person::owner(&store).await;
        send_all(&[store.clone(), db.store(2).await], owner.workspace).await;
        assert_all_is_there(&store, owner.workspace).await;
    }

    // One chance in a thousand: the node is drawn at random from ten bits.
    async fn two_servers_that_drew_the_same_node_lose_nothing(store: Store, db: &Database) {
        let owner = Person::owner(&store).await;
        send_all(&[store.clone(), db.store(1).await], owner.workspace).await;
        assert_all_is_there(&store, owner.workspace).await;
    }

    async fn a_restart_with_a_clock_that_stepped_back_overwrites_nothing(store: Store, db: &Database) {
        let owner = Person::owner(&store).await;
        owner.report((0..50).map(|n| json!({"type": "run", "key": format!("before{n}")}))).await;
        store.close().await;
        let again = Person::owner(&db.store(1).await).await;
        let runs = (0..50).map(|n| json!({"type": "run", "key": format!("after{n}")}));
        let answers = again.report_at(runs, NOW).await;
        assert!(answers.iter().all(Option::is_none));
        let later = json!({"type": "run", "key": "much-earlier"});
        again.report_at([later], NOW.plus_ms(-60 * MINUTE)).await;
        assert_eq!(number(&again.store.pool, "SELECT COUNT(*) FROM run").await, 101);
        assert_sums_hold(&again.store.pool).await;
    }

    async fn what_is_acknowledged_is_read_at_once_by_every_server(store: Store, db: &Database) {
        let (owner, other) = (Person::owner(&store).await, db.store(2).await);
        for n in 0..20 {
            let key = format!("r{n}");
            owner.report([json!({"type": "run", "key": key, "integration": "i"})]).await;
            assert!(other.run(owner.workspace, &key).await.unwrap().is_some(), "{key}");
        }
    }

    async fn what_waits_at_the_end_is_written_before_the_store_closes(store: Store, db: &Database) {
        let owner = Person::owner(&store).await;
        let waiting = (0..50).map(|n| {
            let owner = owner.clone();
            tokio::spawn(async move {
                let report = json!({"type": "run", "key": format!("r{n}")});
                owner.store.ingest(owner.workspace, prepared([report]), NOW).await
            })
        });
        let waiting: Vec<_> = waiting.collect();
        tokio::task::yield_now().await;
        store.close().await;
        let mut acknowledged = 0;
        for answer in waiting {
            acknowledged += i64::from(answer.await.expect("an answer").is_ok());
        }
        let late = store.ingest(owner.workspace, prepared([json!({"type": "run", "key": "late"})]), NOW).await;
        assert!(late.is_err());
        let pool = db.pool().await;
        assert_eq!(number(&pool, "SELECT COUNT(*) FROM run").await, acknowledged);
    }

    async fn two_servers_may_start_on_an_empty_database_at_once(db: &Database) {
        let (one, other) = tokio::join!(Store::open(&db.url, 1), Store::open(&db.url, 2));
        let (one, other) = (one.expect("the one"), other.expect("the other"));
        let (mine, theirs) = tokio::join!(one.ensure_workspace("main", NOW), other.ensure_workspace("main", NOW));
        assert_eq!(mine.expect("a workspace").id, theirs.expect("the same").id);
    }

    async fn a_writer_waits_for_another_process_and_goes_on(db: &Database) {
        let store = db.store(1).await;
        let owner = Person::owner(&store).await;
        let pool = db.pool().await;
        let held = hold(&pool).await;
        let report = prepared([json!({"type": "run", "key": "r"})]);
        let writing = tokio::spawn({
            let store = store.clone();
            async move { store.ingest(owner.workspace, report, Timestamp::default()).await }
        });
        // Readers do not wait; the writer cannot have had its turn.
        assert_eq!(store.run(owner.workspace, "r").await.expect("a read"), None);
        assert!(!writing.is_finished());
        held.release().await;
        writing.await.expect("an end").expect("taken in");
    }
}

/// The writer's turn, taken by somebody else.
enum Held {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

async fn hold(pool: &crate::pool::Pool) -> Held {
    match pool {
        crate::pool::Pool::Sqlite(pool) => {
            Held::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await.expect("the file"))
        }
        crate::pool::Pool::Postgres(pool) => {
            let mut transaction = pool.begin().await.expect("a transaction");
            let lock = sqlx::query("SELECT pg_advisory_xact_lock(7310429201)");
            lock.execute(&mut *transaction).await.expect("the lock");
            Held::Postgres(transaction)
        }
    }
}

impl Held {
    async fn release(self) {
        match self {
            Self::Sqlite(transaction) => transaction.rollback().await.expect("the file given back"),
            Self::Postgres(transaction) => {
                transaction.rollback().await.expect("the lock given back")
            }
        }
    }
}
