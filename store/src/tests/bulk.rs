//! What is done to many at once is done to each exactly once, and can be taken back.

use domain::{
    BulkId, IntegrationStatus, Key, LastRun,
    bulk::{Bulk, BulkAction},
    merge::Handling,
};
use serde_json::json;

use super::{
    database::{Database, number},
    dump::assert_sums_hold,
    people::{NOW, Person, at},
};
use crate::Store;

fn keys(keys: impl IntoIterator<Item = String>) -> Vec<Key> {
    keys.into_iter()
        .map(|key| Key::new(key).expect("a key"))
        .collect()
}

async fn begin(person: &Person, action: BulkAction, of: Vec<Key>) -> BulkId {
    let bulk = Bulk::new(action, Some("token renewed".to_owned()), "/main".to_owned());
    person
        .store
        .begin_bulk(person.workspace, bulk, of, NOW)
        .await
        .expect("begun")
}

async fn finish(store: &Store) {
    while store.bulk_step(NOW).await.expect("a step") {}
}

/// How many were changed, were so already, and were refused.
async fn result(person: &Person, id: BulkId) -> (i64, i64, i64) {
    let bulk = person
        .store
        .find_bulk(person.workspace, id)
        .await
        .unwrap()
        .unwrap();
    assert!(bulk.finished_at.is_some());
    (bulk.changed, bulk.same(), bulk.refused)
}

async fn status(person: &Person, key: &str) -> IntegrationStatus {
    person
        .store
        .integration(person.workspace, key)
        .await
        .unwrap()
        .unwrap()
        .status
}

on_both! {
    async fn many_are_disabled_and_get_their_status_back(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report((0..450).map(|n| {
            let status = ["enabled", "paused", "disabled"][n % 3];
            json!({"type": "integration", "key": format!("i{n}"), "flow": "f", "status": status})
        })).await;
        owner.report([json!({"type": "integration", "key": "gone", "flow": "f", "status": "deleted"})]).await;
        let all = keys((0..450).map(|n| format!("i{n}")).chain(["gone".to_owned(), "nobody's".to_owned()]));
        let id = begin(&owner, BulkAction::Disable, all).await;
        finish(&store).await;
        assert_eq!(result(&owner, id).await, (300, 150, 2));
        let refused = store.refused_of(owner.workspace, id).await.unwrap();
        assert_eq!(refused.iter().map(Key::as_str).collect::<Vec<_>>(), ["gone", "nobody's"]);
        assert_eq!(status(&owner, "i1").await, IntegrationStatus::Disabled);
        assert_sums_hold(&store.pool).await;

        // Somebody gave one of them another status in the meantime: it is theirs.
        owner.report([json!({"type": "integration", "key": "i3", "status": "failed_to_initialize"})]).await;
        let done = store.find_bulk(owner.workspace, id).await.unwrap().unwrap();
        let undo = store.begin_undo(owner.workspace, &done, NOW).await.unwrap().expect("an undo");
        finish(&store).await;
        assert_eq!(result(&owner, undo).await, (299, 0, 1));
        assert_eq!(status(&owner, "i0").await, IntegrationStatus::Enabled);
        assert_eq!(status(&owner, "i1").await, IntegrationStatus::Paused);
        assert_eq!(status(&owner, "i2").await, IntegrationStatus::Disabled);
        assert_eq!(status(&owner, "i3").await, IntegrationStatus::FailedToInitialize);
        assert_sums_hold(&store.pool).await;
        let undone = store.find_bulk(owner.workspace, undo).await.unwrap().unwrap();
        assert_eq!(store.begin_undo(owner.workspace, &undone, NOW).await.unwrap(), None);
    }

    async fn what_was_deleted_stays_deleted(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "integration", "key": "i", "flow": "f"})]).await;
        let id = begin(&owner, BulkAction::Delete, keys(["i".to_owned()])).await;
        finish(&store).await;
        assert_eq!(status(&owner, "i").await, IntegrationStatus::Deleted);
        let done = store.find_bulk(owner.workspace, id).await.unwrap().unwrap();
        assert_eq!(store.begin_undo(owner.workspace, &done, NOW).await.unwrap(), None);
    }

    async fn a_handled_failure_is_no_longer_faulty_and_can_be_again(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([
            json!({"type": "run", "key": "bad", "integration": {"key": "i", "flow": "f"}, "status": "failed", "started_at": at(1)}),
            json!({"type": "run", "key": "good", "integration": "i", "status": "ok", "started_at": at(0)}),
        ]).await;
        assert_eq!(number(&store.pool, "SELECT faulty FROM flow WHERE key = 'f'").await, 1);
        let id = begin(&owner, BulkAction::Handle, keys(["bad".to_owned(), "good".to_owned()])).await;
        finish(&store).await;
        assert_eq!(result(&owner, id).await, (1, 0, 1));
        let run = store.run(owner.workspace, "bad").await.unwrap().unwrap();
        assert_eq!((run.handled_at, run.handled_note.as_deref()), (Some(NOW), Some("token renewed")));
        let integration = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        assert_eq!((integration.last_run_status, integration.is_faulty()), (LastRun::Failed, false));
        assert_eq!(number(&store.pool, "SELECT faulty FROM flow WHERE key = 'f'").await, 0);
        assert_sums_hold(&store.pool).await;

        // Late news of the run do not make it unhandled; the next failure is a new one.
        owner.report([json!({"type": "step", "run": "bad", "key": "s", "status": "failed"})]).await;
        assert!(store.run(owner.workspace, "bad").await.unwrap().unwrap().handled_at.is_some());
        let done = store.find_bulk(owner.workspace, id).await.unwrap().unwrap();
        store.begin_undo(owner.workspace, &done, NOW).await.unwrap().expect("an undo");
        finish(&store).await;
        let run = store.run(owner.workspace, "bad").await.unwrap().unwrap();
        assert_eq!((run.handled_at, run.handled_note), (None, None));
        assert_eq!(number(&store.pool, "SELECT faulty FROM flow WHERE key = 'f'").await, 1);
        assert_sums_hold(&store.pool).await;
    }

    async fn a_restart_in_the_middle_goes_on_where_it_ended(db: &Database) {
        let store = db.store(1).await;
        let owner = Person::owner(&store).await;
        owner.report((0..500).map(|n| json!({"type": "integration", "key": format!("i{n}"), "flow": "f"}))).await;
        let id = begin(&owner, BulkAction::Disable, keys((0..500).map(|n| format!("i{n}")))).await;
        assert!(store.bulk_step(NOW).await.unwrap());
        let half = store.find_bulk(owner.workspace, id).await.unwrap().unwrap();
        assert!(half.finished_at.is_none() && half.done > 0 && half.done < 500);
        store.close().await;

        let again = db.store(2).await;
        finish(&again).await;
        let whole = again.find_bulk(owner.workspace, id).await.unwrap().unwrap();
        assert_eq!((whole.done, whole.changed), (500, 500));
        assert_sums_hold(&again.pool).await;
    }

    async fn a_strangers_keys_are_nobodys(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        owner.report([
            json!({"type": "run", "key": "r", "integration": {"key": "i", "flow": "f"}, "status": "failed"}),
        ]).await;
        let disable = begin(&stranger, BulkAction::Disable, keys(["i".to_owned()])).await;
        let handle = begin(&stranger, BulkAction::Handle, keys(["r".to_owned()])).await;
        finish(&store).await;
        for id in [disable, handle] {
            assert_eq!(result(&stranger, id).await, (0, 0, 1));
        }
        assert_eq!(status(&owner, "i").await, IntegrationStatus::Enabled);
        let id = begin(&owner, BulkAction::Disable, keys(["i".to_owned()])).await;
        finish(&store).await;
        let done = store.find_bulk(owner.workspace, id).await.unwrap().unwrap();
        assert_eq!(store.begin_undo(stranger.workspace, &done, NOW).await.unwrap(), None);
    }
}

#[test]
fn the_first_mark_stays_and_a_second_brings_its_note() {
    let mut run = domain::Run::placeholder(
        domain::RunId(1),
        domain::WorkspaceId(1),
        domain::IntegrationId(1),
        Key::new("r").expect("a key"),
        NOW,
    );
    let handling = |ms, note: Option<&str>| Handling {
        at: NOW.plus_ms(ms),
        note: note.map(str::to_owned),
    };
    assert!(run.handle(Some(&handling(0, None))));
    assert!(!run.handle(Some(&handling(5, None))));
    assert!(run.handle(Some(&handling(9, Some("why")))));
    assert_eq!(
        (run.handled_at, run.handled_note.as_deref()),
        (Some(NOW), Some("why"))
    );
    assert!(run.handle(None) && !run.handle(None));
}
