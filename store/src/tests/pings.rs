//! Which run a heartbeat ends that names none.

use serde_json::json;

use super::{
    database::Database,
    people::{Person, at},
};
use crate::Store;

on_both! {
    async fn the_newest_open_run_of_a_heartbeat_is_found_and_no_other(store: Store) {
        let (owner, stranger) = (Person::owner(&store).await, Person::stranger(&store).await);
        let run = |key: &str, minute: i64, status: &str, integration: &str| json!({"type": "run", "key": key,
            "started_at": at(minute * 60_000), "status": status, "integration": integration});
        let open = async |person: &Person| {
            let found = store.pinged_run(person.workspace, "i").await.unwrap();
            found.map(|key| key.to_string())
        };
        assert_eq!(open(&owner).await, None, "there is no such integration");
        owner.report([run("engine", 9, "running", "i"), run("ping.x", 9, "running", "i"), run("ping-other", 9, "running", "j")]).await;
        assert_eq!(open(&owner).await, None);
        owner.report([run("ping-1", 1, "running", "i"), run("ping-2", 2, "running", "i"), run("ping-3", 3, "ok", "i")]).await;
        assert_eq!(open(&owner).await.as_deref(), Some("ping-2"));
        assert_eq!(open(&stranger).await, None);
        owner.report([run("ping-2", 2, "failed", "i")]).await;
        assert_eq!(open(&owner).await.as_deref(), Some("ping-1"));
    }
}
