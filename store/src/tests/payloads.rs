//! Bytes come back as they were reported (I1, I3).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Body, Payload, Timestamp, limit,
    payload::{Cut, Headers, Object, Request, Response, hex},
    report::Report,
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    database::{Database, execute, for_all},
    people::{NOW, Person, rules},
};
use crate::{Prepared, Store, StoreError};

/// Bytes that parsers, columns and encodings stumble over.
const CORPUS: &[&[u8]] = &[
    b"",
    b"\0",
    b"a\0b\0",
    b"\xff\xfe\xfd",
    b"\xc3\x28",
    // A lone surrogate, as some languages write it.
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf{}",
    "\u{202e}txt.exe\u{2066}".as_bytes(),
    b"1e400",
    b"123456789012345678901234567890",
    br#"{"a":1,"a":2}"#,
    br#"{ "b" : 1.0,"a": -0 }"#,
    br#""\ud800""#,
    b"\r\n\r\n",
    b"<script>alert(1)</script>",
    b"PK\x03\x04\x1f\x8b\x28\xb5\x2f\xfd",
];

on_both! {
    async fn any_bytes_come_back_as_they_were(store: Store) {
        let owner = Person::owner(&store).await;
        let body = || prop_oneof![
            2 => vec(any::<u8>(), 0..300),
            1 => proptest::sample::select(CORPUS).prop_map(<[u8]>::to_vec),
        ];
        let object = proptest::collection::btree_map("[a-z]{1,4}", any::<f64>().prop_map(|n| json!(n)), 0..3);
        let sections = (option::of(body()), option::of(body()), option::of(object), any::<u32>());
        for_all(300, &sections, async |(request, response, object, number)| {
            let mut told = json!({"type": "step", "run": "r", "key": number.to_string()});
            let mut expected = Payload::default();
            if let Some(bytes) = request {
                told["request"] = json!({"method": "PUT", "headers": [["X-Name", "\0\u{fffd}"]], "body_base64": STANDARD.encode(&bytes)});
                expected.request = Some(Request {
                    method: Some("PUT".to_owned()),
                    url: None,
                    headers: Headers(vec![("X-Name".to_owned(), "\0\u{fffd}".to_owned())]),
                    body: Some(Body::new(bytes, false)),
                });
            }
            if let Some(bytes) = response {
                told["response"] = json!({"status": 200, "body_base64": STANDARD.encode(&bytes)});
                expected.response = Some(Response {
                    status: Some(200),
                    headers: Headers::default(),
                    body: Some(Body::new(bytes, false)),
                });
            }
            if let Some(object) = object {
                let pairs = object.iter().map(|(key, value)| (key.clone(), value.to_string()));
                expected.object = Some(Object(pairs.collect()));
                told["object"] = Value::Object(object.into_iter().collect::<Map<_, _>>());
            }
            owner.report([told]).await;
            assert_eq!(payload(&owner, &number.to_string()).await, expected);
        });
    }

    async fn a_json_body_keeps_its_very_text(store: Store) {
        let owner = Person::owner(&store).await;
        let body = r#"{ "a": 1.0, "a": 2, "big": 123456789012345678901234567890, "huge": 1e400, "s": "\ud83d\ude00\u0000" }"#;
        let text = format!(r#"{{"type": "step", "run": "r", "key": "s", "response": {{"body": {body}}}, "object": {{"n": 1e400, "k": [1 , 2]}}}}"#);
        let report = Report::parse(&text, None).expect("a report");
        let items = Prepared::all(vec![report], &rules()).expect("memory");
        store.ingest(owner.workspace, items, NOW).await.expect("taken in");
        let kept = payload(&owner, "s").await;
        assert_eq!(kept.response.and_then(|response| response.body).map(|body| body.bytes), Some(body.as_bytes().to_vec()));
        let object = [("n", "1e400"), ("k", "[1 , 2]")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(kept.object, Some(Object(object.to_vec())));
    }

    async fn sections_reported_apart_are_all_kept(store: Store) {
        let owner = Person::owner(&store).await;
        let part = |name: &str, section: Value| json!({"type": "step", "run": "r", "key": "s", name: section});
        let parts = [
            part("response", json!({"status": 404, "body": "not here"})),
            part("request", json!({"url": "https://crm.test/1", "body": "where?"})),
            part("object", json!({"id": 7})),
        ];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let person = Person::with_workspace(&store, &format!("{order:?}")).await;
            for index in order {
                person.report([parts[index].clone()]).await;
            }
            owner.report(parts.clone()).await;
            let kept = payload(&person, "s").await;
            assert_eq!(kept, payload(&owner, "s").await);
            assert!(kept.request.is_some() && kept.response.is_some() && kept.object.is_some());
        }
    }

    async fn what_came_with_an_end_beats_what_did_not(store: Store) {
        let owner = Person::owner(&store).await;
        let told = |status: &str, body: &str| json!({"type": "step", "run": "r", "key": "s", "status": status, "response": {"body": body}});
        for (number, body) in ["one", "another", "a third"].into_iter().enumerate() {
            let person = Person::with_workspace(&store, &number.to_string()).await;
            person.report([told("ok", body), told("running", "so far")]).await;
            owner.report([told("running", "so far")]).await;
            let kept = payload(&person, "s").await.response.and_then(|response| response.body);
            assert_eq!(kept.map(|body| body.bytes), Some(body.as_bytes().to_vec()));
        }
    }

    async fn a_body_over_the_limit_is_cut_and_marked(store: Store) {
        let owner = Person::owner(&store).await;
        let whole: Vec<u8> = (0..=limit::BODY_BYTES).map(|n| (n * 31 % 251) as u8).collect();
        let told = |key: &str, bytes: &[u8]| json!({"type": "step", "run": "r", "key": key, "response": {"body_base64": STANDARD.encode(bytes)}});
        owner.report([told("fits", &whole[1..]), told("cut", &whole)]).await;
        let body = async |key| payload(&owner, key).await.response.and_then(|response| response.body).expect("a body");
        let fits = body("fits").await;
        assert!(fits.bytes == whole[1..] && fits.cut.is_none());
        let cut = body("cut").await;
        assert!(cut.bytes == whole[..limit::BODY_BYTES]);
        let mark = Cut { size_bytes: limit::BODY_BYTES as u64 + 1, sha256: hex(&Sha256::digest(&whole)) };
        assert_eq!(cut.cut, Some(mark));
    }

    async fn a_secret_is_not_in_the_database(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "step", "run": "r", "key": "s",
            "request": {"url": "https://crm.test/?access_token=hunter2", "headers": {"Authorization": "Bearer hunter2"}, "body": {"password": "hunter2"}},
            "response": {"headers": {"Set-Cookie": "hunter2"}, "body": {"api_key": "hunter2"}}, "object": {"secret": "hunter2"}})]).await;
        let kept = payload(&owner, "s").await;
        assert!(!format!("{kept:?}").contains("hunter2"));
        for body in [kept.request.and_then(|r| r.body), kept.response.and_then(|r| r.body)] {
            let body = body.expect("a body");
            assert!(body.redacted && !String::from_utf8_lossy(&body.bytes).contains("hunter2"));
        }
    }

    async fn damaged_bytes_are_an_error_and_no_panic(store: Store, db: &Database) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "step", "run": "r", "key": "s", "response": {"body": "x"}})]).await;
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        let step = store.step(owner.workspace, run.id, "s").await.unwrap().unwrap();
        let pool = db.pool().await;
        for (sqlite, postgres) in [("X'00'", "'\\x00'"), ("X''", "''"), ("X'28b52ffd00'", "'\\x28b52ffd00'")] {
            let bytes = if db.is_sqlite() { sqlite } else { postgres };
            execute(&pool, &format!("UPDATE payload SET response = {bytes}")).await;
            let read = store.payload(owner.workspace, step.id).await;
            assert!(matches!(read, Err(StoreError::Unreadable)), "{sqlite}: {read:?}");
        }
    }

    async fn a_text_with_nul_is_kept_with_its_picture(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([
            json!({"type": "run", "key": "r", "summary": "a\0b", "trigger": {"app": "x\0"}, "integration": {"key": "i", "user_id": "u\0"}}),
            json!({"type": "log", "run": "r", "key": "1", "message": "\0", "logged_at": Timestamp::default().to_rfc3339()}),
        ]).await;
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        assert_eq!((run.summary.as_deref(), run.trigger_app.as_deref()), (Some("a␀b"), Some("x␀")));
        assert_eq!(store.log_page(owner.workspace, run.id, &Default::default(), &Default::default()).await.unwrap().0.rows[0].message, "␀");
    }
}

async fn payload(person: &Person, step: &str) -> Payload {
    let (store, workspace) = (&person.store, person.workspace);
    let run = store
        .run(workspace, "r")
        .await
        .expect("the run")
        .expect("a row");
    let step = store
        .step(workspace, run.id, step)
        .await
        .expect("the step")
        .expect("a row");
    store
        .payload(workspace, step.id)
        .await
        .expect("the payload")
}
