//! Originals of secrets: sealed where a workspace asks for it, opened where they belong, and
//! gone when they shall be.

use domain::{Payload, StepId, payload::Section, report::Report};
use serde_json::{Value, json};

use super::{
    database::{Database, execute, number},
    people::{NOW, Person, rules},
};
use crate::{Keys, Opened, Prepared, Store, Unopened};

const TOKEN: &str = "tok-Gx7QmPz41LwVbn93";

fn keys(numbers: &[u8]) -> Keys {
    let lines: Vec<_> = numbers.iter().map(|n| Keys::line([*n; 32])).collect();
    Keys::parse(&lines.join("\n")).expect("keys")
}

/// Somebody whose server seals.
struct Keeper {
    person: Person,
    keys: Keys,
    requests: std::cell::Cell<u8>,
}

impl Keeper {
    async fn new(store: &Store, name: &str) -> Self {
        let person = Person::with_workspace(store, name).await;
        store
            .keep_originals(person.workspace, true, NOW)
            .await
            .expect("the switch");
        Self {
            person,
            keys: keys(&[1]),
            requests: 0.into(),
        }
    }

    async fn report(&self, items: impl IntoIterator<Item = Value>) {
        self.requests.set(self.requests.get() + 1);
        let sealer = self
            .keys
            .sealer(self.person.workspace, [self.requests.get(); 16]);
        let reports = items
            .into_iter()
            .map(|item| Report::parse(&item.to_string(), None).expect("a report"));
        let items =
            Prepared::all_sealing(reports.collect(), &rules(), Some(&sealer)).expect("memory");
        let answers = self
            .person
            .store
            .ingest(self.person.workspace, items, NOW)
            .await
            .expect("taken in");
        assert!(answers.iter().all(Option::is_none), "{answers:?}");
    }

    async fn step(&self, key: &str) -> StepId {
        let (store, workspace) = (&self.person.store, self.person.workspace);
        let run = store.run(workspace, "r").await.unwrap().expect("the run");
        store
            .step(workspace, run.id, key)
            .await
            .unwrap()
            .expect("the step")
            .id
    }

    async fn open_with(&self, keys: &Keys, step: &str) -> Opened {
        let id = self.step(step).await;
        let sealed = self
            .person
            .store
            .sealed(self.person.workspace, id)
            .await
            .expect("the rows");
        Opened::new(keys, self.person.workspace, ("r", step), sealed)
    }

    async fn open(&self, step: &str) -> Opened {
        self.open_with(&self.keys, step).await
    }

    async fn count(&self) -> i64 {
        self.person
            .store
            .count_originals(self.person.workspace)
            .await
            .expect("a number")
    }
}

fn told(step: &str, token: &str) -> Value {
    json!({"type": "step", "run": "r", "key": step,
        "request": {"url": "https://crm.test/1", "headers": {"Authorization": format!("Bearer {token}"), "Accept": "*/*"}},
        "response": {"status": 200, "body": {"access_token": token}}})
}

fn token_of(opened: &Opened) -> Option<String> {
    let headers = &opened.payload.request.as_ref()?.headers;
    headers.get("authorization").map(str::to_owned)
}

fn body_of(payload: &Payload) -> Option<Vec<u8>> {
    Some(payload.response.as_ref()?.body.as_ref()?.bytes.clone())
}

on_both! {
    async fn what_was_redacted_comes_back_byte_for_byte_and_nothing_else(store: Store) {
        let owner = Keeper::new(&store, "owner").await;
        let body = format!("{{ \"access_token\" : \"{TOKEN}\",\t\"n\":1.0 }}");
        let mut report = told("s", TOKEN);
        report["response"]["body_base64"] = json!(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &body));
        report["response"].as_object_mut().unwrap().remove("body");
        owner.report([report]).await;
        let opened = owner.open("s").await;
        assert_eq!(opened.shut, []);
        assert_eq!(body_of(&opened.payload), Some(body.into_bytes()));
        assert_eq!(token_of(&opened), Some(format!("Bearer {TOKEN}")));
        let request = opened.payload.request.expect("a request");
        assert_eq!((request.url, request.headers.0.len(), request.body), (None, 1, None));
        // What everybody reads holds the mark alone.
        let kept = store.payload(owner.person.workspace, owner.step("s").await).await.unwrap();
        assert!(!format!("{kept:?}").contains(TOKEN));
    }

    async fn steps_inside_of_a_run_are_sealed_too(store: Store) {
        let owner = Keeper::new(&store, "owner").await;
        owner.report([json!({"type": "run", "key": "r", "steps": [{"key": "a"}, {"key": "s", "object": {"password": "hunter2"}}]})]).await;
        let opened = owner.open("s").await;
        let object = opened.payload.object.expect("an object");
        assert_eq!(object.0, [("password".to_owned(), "\"hunter2\"".to_owned())]);
        assert_eq!(owner.count().await, 1);
    }

    async fn nothing_is_sealed_unless_the_workspace_asks_for_it(store: Store) {
        let owner = Keeper::new(&store, "owner").await;
        store.keep_originals(owner.person.workspace, false, NOW).await.unwrap();
        assert_eq!(store.originals_since(owner.person.workspace).await.unwrap(), None);
        owner.report([told("s", TOKEN)]).await;
        assert_eq!(owner.count().await, 0);
        // A payload that is kept already gets its originals with the next report of it.
        store.keep_originals(owner.person.workspace, true, NOW).await.unwrap();
        store.keep_originals(owner.person.workspace, true, NOW.plus_ms(5)).await.unwrap();
        assert_eq!(store.originals_since(owner.person.workspace).await.unwrap(), Some(NOW));
        owner.report([told("s", TOKEN)]).await;
        assert!(token_of(&owner.open("s").await).is_some());
    }

    async fn another_payload_takes_the_originals_of_the_one_before_with_it(store: Store) {
        let owner = Keeper::new(&store, "owner").await;
        let running = |token: &str| { let mut told = told("s", token); told["status"] = json!("running"); told };
        let finished = |token: &str| { let mut told = told("s", token); told["status"] = json!("ok"); told };
        owner.report([running(TOKEN)]).await;
        owner.report([finished("tok-another-Zk81Qw72Lm")]).await;
        assert_eq!(token_of(&owner.open("s").await).as_deref(), Some("Bearer tok-another-Zk81Qw72Lm"));
        // What loses by the rules of joining changes nothing here either.
        owner.report([running(TOKEN)]).await;
        assert_eq!(token_of(&owner.open("s").await).as_deref(), Some("Bearer tok-another-Zk81Qw72Lm"));
        // The same again keeps what is there.
        owner.report([finished("tok-another-Zk81Qw72Lm"), finished("tok-another-Zk81Qw72Lm")]).await;
        assert_eq!(owner.open("s").await.shut, []);
        assert_eq!(owner.count().await, 1);
    }

    async fn switched_off_a_replaced_payload_leaves_no_original_behind(store: Store) {
        let running = |token: &str| { let mut told = told("s", token); told["status"] = json!("running"); told };
        let owner = Keeper::new(&store, "owner").await;
        owner.report([running(TOKEN)]).await;
        store.keep_originals(owner.person.workspace, false, NOW).await.unwrap();
        assert!(token_of(&owner.open("s").await).is_some());
        let mut other = told("s", "tok-another-Zk81Qw72Lm");
        other["status"] = json!("ok");
        owner.report([other]).await;
        assert_eq!(owner.open("s").await, Opened::default());
        assert_eq!(owner.count().await, 0);
    }

    async fn a_workspace_deletes_its_own_originals_and_no_others(store: Store) {
        let (owner, other) = (Keeper::new(&store, "owner").await, Keeper::new(&store, "other").await);
        let many = (0..600).map(|number| told(&number.to_string(), TOKEN));
        owner.report(many).await;
        other.report([told("s", TOKEN)]).await;
        assert_eq!((owner.count().await, other.count().await), (600, 1));
        store.delete_originals(owner.person.workspace, NOW).await.unwrap();
        assert_eq!((owner.count().await, other.count().await), (0, 1));
        assert!(token_of(&other.open("s").await).is_some());
    }

    async fn a_deleted_payload_takes_its_originals_with_it(store: Store, db: &Database) {
        let owner = Keeper::new(&store, "owner").await;
        owner.report([told("s", TOKEN), told("t", TOKEN)]).await;
        let pool = db.pool().await;
        let step = owner.step("s").await.0;
        execute(&pool, &format!("DELETE FROM payload WHERE step_id = {step}")).await;
        assert_eq!(number(&pool, "SELECT COUNT(*) FROM sealed").await, 2);
        assert_eq!(owner.count().await, 1);
    }

    async fn strangers_have_no_sealed_rows_of_others(store: Store) {
        let (owner, stranger) = (Keeper::new(&store, "owner").await, Keeper::new(&store, "stranger").await);
        owner.report([told("s", TOKEN)]).await;
        let step = owner.step("s").await;
        assert_eq!(store.sealed_sections(owner.person.workspace, step).await.unwrap(), [Section::Request, Section::Response]);
        assert!(store.sealed_sections(stranger.person.workspace, step).await.unwrap().is_empty());
        assert!(store.sealed(stranger.person.workspace, step).await.unwrap().is_empty());
        assert_eq!(stranger.count().await, 0);
        store.keep_originals(stranger.person.workspace, false, NOW).await.unwrap();
        store.delete_originals(stranger.person.workspace, NOW).await.unwrap();
        assert_eq!(store.originals_since(owner.person.workspace).await.unwrap(), Some(NOW));
        assert_eq!(owner.count().await, 1);
    }

    async fn a_row_opens_nowhere_but_where_it_was_put(store: Store, db: &Database) {
        let (owner, other) = (Keeper::new(&store, "owner").await, Keeper::new(&store, "other").await);
        owner.report([told("s", TOKEN), told("t", "tok-another-Zk81Qw72Lm")]).await;
        other.report([told("s", TOKEN)]).await;
        let (s, t, foreign) = (owner.step("s").await.0, owner.step("t").await.0, other.step("s").await.0);
        let pool = db.pool().await;
        let take = async |from: i64, section: &str| {
            execute(&pool, &format!(
                "UPDATE sealed SET bytes = (SELECT f.bytes FROM sealed f WHERE f.step_id = {from} AND f.section = '{section}') \
                 WHERE step_id = {s} AND section = 'request'")).await;
            owner.open("s").await
        };
        // Of another step, of another section, of the same keys in another workspace.
        for (from, section) in [(t, "request"), (s, "response"), (foreign, "request")] {
            let opened = take(from, section).await;
            assert_eq!(opened.shut, [(Section::Request, Unopened::Damaged)], "{from} {section}");
            assert!(opened.payload.request.is_none() && opened.payload.response.is_some());
        }
        // A row whose payload is another one by now counts for nothing.
        execute(&pool, &format!("UPDATE sealed SET digest = digest + 1 WHERE step_id = {t}")).await;
        assert_eq!(owner.open("t").await, Opened::default());
        assert!(store.sealed_sections(owner.person.workspace, StepId(t)).await.unwrap().is_empty());
    }

    async fn what_was_cut_off_or_changed_stays_shut(store: Store, db: &Database) {
        let owner = Keeper::new(&store, "owner").await;
        owner.report([told("s", TOKEN)]).await;
        let pool = db.pool().await;
        for length in [60, 40, 24, 23, 1, 0] {
            execute(&pool, &format!("UPDATE sealed SET bytes = substr(bytes, 1, {length})")).await;
            let opened = owner.open("s").await;
            assert_eq!(opened.shut, [(Section::Request, Unopened::Damaged), (Section::Response, Unopened::Damaged)], "{length}");
            assert_eq!(opened.payload, Payload::default());
        }
    }

    async fn a_rotated_key_still_opens_and_a_lost_one_opens_nothing(store: Store) {
        let mut owner = Keeper::new(&store, "owner").await;
        owner.report([told("old", TOKEN)]).await;
        owner.keys = keys(&[2, 1]);
        owner.report([told("new", TOKEN)]).await;
        for step in ["old", "new"] {
            assert!(token_of(&owner.open(step).await).is_some(), "{step}");
        }
        // The new one seals: alone it opens what came after it, and not what came before.
        let (new, old) = (keys(&[2]), keys(&[1]));
        assert!(token_of(&owner.open_with(&new, "new").await).is_some());
        for (keys, step) in [(&new, "old"), (&old, "new"), (&keys(&[3]), "new")] {
            let opened = owner.open_with(keys, step).await;
            assert_eq!(opened.payload, Payload::default());
            assert!(opened.shut.iter().all(|(_, why)| *why == Unopened::NoKey) && opened.shut.len() == 2);
        }
    }

    async fn no_two_boxes_have_the_same_nonce(store: Store, db: &Database) {
        let owner = Keeper::new(&store, "owner").await;
        owner.report((0..40).map(|number| told(&number.to_string(), TOKEN))).await;
        owner.report((40..80).map(|number| told(&number.to_string(), TOKEN))).await;
        let pool = db.pool().await;
        assert_eq!(number(&pool, "SELECT COUNT(DISTINCT substr(bytes, 1, 24)) FROM sealed").await, 160);
    }
}

#[test]
fn keys_are_read_from_lines_of_base64_or_hex() {
    let line = Keys::line([7; 32]);
    let hex = "07".repeat(32);
    let same = |text: &str| format!("{:?}", Keys::parse(text).expect("keys"));
    assert_eq!(
        same(&line),
        same(&format!("# made in May\n\n  {hex}  \r\n"))
    );
    assert_ne!(same(&line), same(&Keys::line([8; 32])));
    assert!(!same(&line).contains(&line) && !same(&line).contains(&hex));
    for (text, problem) in [
        ("", "it holds no key"),
        ("# nothing\n", "it holds no key"),
        (
            "hunter2",
            "line 1 is no key: a key is 32 bytes in base64 or hex, one a line",
        ),
        (
            &format!("{line}\n\n{}", &line[4..]),
            "line 3 is no key: a key is 32 bytes in base64 or hex, one a line",
        ),
    ] {
        assert_eq!(Keys::parse(text).expect_err(text).to_string(), problem);
    }
}
