//! Files of runs (OV-12, OV-15, OV-19): once, whole, of whose run they are, and not without end.

use domain::{
    Key,
    access::{Bounds, Reporter},
    file::FileReport,
    limit,
    report::Rejection,
};
use serde_json::json;

use super::{
    database::Database,
    dump::{assert_sums_hold, told},
    people::{NOW, Person, at, prepared_file, rules},
};
use crate::{PreparedFile, Store, Unfit};

async fn try_attach(person: &Person, run: &str, query: &str, bytes: &[u8]) -> Option<Rejection> {
    let file = prepared_file(run, query, bytes);
    let taken = person.store.take_file(person.workspace, file, NOW).await;
    taken.expect("an answer")
}

/// Bytes that no compressor makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    // As a closed format, so that nothing is looked for in it.
    let head = b"\x89PNG\r\n\x1a\n".iter().copied();
    head.chain(std::iter::repeat_with(next))
        .take(length)
        .collect()
}

on_both! {
    async fn a_file_comes_back_byte_for_byte_with_what_is_known_of_it(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "run", "key": "r", "integration": "i", "status": "ok", "started_at": at(0)})]).await;
        for (key, bytes) in [("empty", vec![]), ("text", b"a;b\r\n1;\xff\n".to_vec()), ("large", noise(limit::REQUEST_BYTES))] {
            assert_eq!(try_attach(&owner, "r", &format!("key={key}&name=out%2F{key}.csv&log=l1"), &bytes).await, None);
            let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
            let (file, kept) = store.file(owner.workspace, run.id, key).await.unwrap().expect("a file");
            assert!(kept == bytes, "{key}");
            assert_eq!((file.name, file.entry.as_ref().map(Key::as_str)), (format!("{key}.csv"), Some("l1")));
            assert_eq!((file.size_bytes, file.sent_bytes, file.redacted), (bytes.len() as i64, bytes.len() as i64, false));
            assert_eq!(file.content_type.as_deref(), Some("text/csv"));
        }
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        let listed: Vec<_> = store.list_files(owner.workspace, run.id).await.unwrap().into_iter().map(|file| file.key.to_string()).collect();
        assert_eq!(listed, ["empty", "text", "large"]);
    }

    async fn the_same_file_again_is_one_file_and_another_under_its_key_is_refused(store: Store) {
        let owner = Person::owner(&store).await;
        let secret = b"token=hunter2hunter2hunter2;1";
        assert_eq!(try_attach(&owner, "r", "key=f&name=a.csv", secret).await, None);
        let before = told(&store.pool, owner.workspace).await;
        // Its key of fingerprints makes of the same secret the same mark.
        assert_eq!(try_attach(&owner, "r", "key=f&name=a.csv", secret).await, None);
        let refused = try_attach(&owner, "r", "key=f&name=a.csv", b"other").await.expect("a refusal");
        assert_eq!((refused.path.as_str(), refused.code.as_str()), ("key", "file_differs"));
        assert_eq!(told(&store.pool, owner.workspace).await, before);
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        let (file, kept) = store.file(owner.workspace, run.id, "f").await.unwrap().unwrap();
        assert!(file.redacted && !String::from_utf8_lossy(&kept).contains("hunter2"));
        assert_eq!((file.sent_bytes, file.size_bytes), (secret.len() as i64, kept.len() as i64));
        assert_ne!(file.sent_bytes, file.size_bytes);
    }

    async fn a_file_before_its_run_makes_it_and_the_run_then_says_whose_it_is(store: Store) {
        let owner = Person::owner(&store).await;
        owner.attach("r", "f", "a.csv", b"a").await;
        let mut changes = store.changes(owner.workspace);
        owner.attach("r", "g", "b.csv", b"b").await;
        changes.heard().await.expect("that something was taken in");
        owner.report([json!({"type": "run", "key": "r", "integration": "i", "status": "ok", "started_at": at(0)})]).await;
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        let mine = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        assert_eq!(run.integration_id, mine.id);
        assert_eq!(store.list_files(owner.workspace, run.id).await.unwrap().len(), 2);
        assert_sums_hold(&store.pool).await;
    }

    async fn a_run_with_as_many_files_as_it_may_have_takes_no_more(store: Store) {
        let owner = Person::owner(&store).await;
        for number in 0..limit::RUN_FILES {
            owner.attach("r", &format!("f{number}"), "a.csv", b"a").await;
        }
        let refused = try_attach(&owner, "r", "key=more&name=a.csv", b"a").await.expect("a refusal");
        assert_eq!((refused.path.as_str(), refused.code.as_str()), ("run", "too_many_files"));
        // What is there already is still answered as before, and other runs have room.
        owner.attach("r", "f0", "a.csv", b"a").await;
        owner.attach("other", "f0", "a.csv", b"a").await;
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        assert_eq!(store.list_files(owner.workspace, run.id).await.unwrap().len() as i64, limit::RUN_FILES);
    }

    async fn a_key_of_one_integration_brings_files_to_its_own_runs_only(store: Store) {
        let owner = Person::owner(&store).await;
        let run = |key: &str, integration: &str| json!({"type": "run", "key": key, "status": "ok", "started_at": at(0), "integration": integration});
        owner.report([run("r1", "mine"), run("r2", "other")]).await;
        let bounds = Bounds { flow: None, integration: Key::new("mine").ok() };
        let send = async |run: &str| {
            let reporter = Reporter { workspace: owner.workspace, bounds: bounds.clone() };
            let file = prepared_file(run, "key=f&name=a.csv", b"a");
            store.take_file(reporter, file, NOW).await.expect("an answer").map(|refused| (refused.path, refused.code))
        };
        assert_eq!(send("r1").await, None);
        assert_eq!(send("r2").await, Some(("run".to_owned(), "beyond_key".to_owned())));
        // Nobody has reported this one: it is the key's.
        assert_eq!(send("r3").await, None);
        let made = store.run(owner.workspace, "r3").await.unwrap().unwrap();
        let mine = store.integration(owner.workspace, "mine").await.unwrap().unwrap();
        assert_eq!(made.integration_id, mine.id);
        assert_sums_hold(&store.pool).await;
    }

    async fn a_file_and_reports_of_the_same_run_in_one_commit_meet(store: Store) {
        let owner = Person::owner(&store).await;
        let reports = (0..20).map(|n| {
            let owner = owner.clone();
            tokio::spawn(async move {
                let run = format!("r{}", n % 4);
                match n % 2 {
                    0 => owner.attach(&run, &format!("f{n}"), "a.csv", b"a").await,
                    _ => owner.report([json!({"type": "run", "key": run, "integration": "i", "status": "ok", "started_at": at(0)})]).await,
                }
            })
        });
        for report in reports.collect::<Vec<_>>() {
            report.await.expect("taken in");
        }
        let mut files = 0;
        for run in ["r0", "r1", "r2", "r3"] {
            let run = store.run(owner.workspace, run).await.unwrap().unwrap();
            files += store.list_files(owner.workspace, run.id).await.unwrap().len();
        }
        assert_eq!(files, 10);
        assert_sums_hold(&store.pool).await;
    }
}

#[test]
fn what_cannot_be_looked_into_is_no_file() {
    let run = Key::new("r").expect("a key");
    let report = FileReport::from_query(run, "key=f&name=a.zst", None).expect("a file");
    let packed = PreparedFile::new(report, b"\x28\xb5\x2f\xfd\0".to_vec(), &rules());
    assert_eq!(packed.err(), Some(Unfit::Unchecked));
}
