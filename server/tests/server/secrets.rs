//! No secret reaches the disk (S8): planted in every place that a report has, in four codings.

mod clean;
mod planted;

use std::{
    io::{self, Read as _, Write},
    sync::{Arc, Mutex},
};

use axum::{body::Body, http::Method};
use serde_json::json;

use self::planted::{Coding, Random, SENTINELS, Secret};
use crate::support::{Server, send};

/// Runs of one batch.
const BATCH: usize = 40;

/// Where the log goes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Where a secret stands in these bytes, as it is or in base64; `None` where it does not.
fn leak(bytes: &[u8], needles: &[Vec<u8>]) -> Option<String> {
    let needle = needles.iter().find_map(|needle| {
        let first = needle[0];
        let mut from = 0;
        while let Some(place) = bytes[from..].iter().position(|b| *b == first) {
            from += place;
            if bytes[from..].starts_with(needle) {
                return Some(from);
            }
            from += 1;
        }
        None
    })?;
    let near = &bytes[needle.saturating_sub(80)..bytes.len().min(needle + 40)];
    Some(String::from_utf8_lossy(near).into_owned())
}

/// What to look for: the middle of every secret, plain and at the three places that it has in base64.
fn needles() -> Vec<Vec<u8>> {
    use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
    let plain = SENTINELS.iter().map(|text| text.as_bytes().to_vec());
    let codes = SENTINELS.iter().flat_map(|text| {
        (0..3).map(move |shift| {
            let code = STANDARD_NO_PAD.encode(format!("{}{text}", "-".repeat(shift)));
            // The first and last characters depend on what is beside it.
            code.as_bytes()[4..code.len() - 2].to_vec()
        })
    });
    plain.chain(codes).collect()
}

#[tokio::test]
async fn no_planted_secret_is_in_database_log_exports_or_pages() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // For the whole process: one of a thread alone misses what other tests made it forget first.
    tracing::subscriber::set_global_default(subscriber).expect("the only one");

    let server = Server::start().await;
    let mut random = Random(8);
    let secrets: Vec<Secret> = (0..520)
        .map(|number| Secret::new(number, &mut random))
        .collect();
    let mut items = Vec::new();
    for (number, secret) in secrets.iter().enumerate() {
        for coding in Coding::ALL {
            items.push(planted::run(number, secret, coding));
        }
    }
    assert_eq!(items.len(), 2_080);
    for batch in items.chunks(BATCH) {
        let answer = server.batch(batch).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    attach(&server, &secrets).await;

    let needles = needles();
    let mut leaks = Vec::new();
    // Compressed payloads hide what is in them from a search of the file.
    for (number, secret) in secrets.iter().enumerate() {
        for coding in Coding::ALL {
            let key = planted::key(number, coding);
            let run = server.state.store.run(server.workspace, &key);
            let run = run.await.expect("a read").expect("a run");
            let file = server.state.store.file(server.workspace, run.id, "f");
            let (file, bytes) = file.await.expect("a read").expect("a file");
            if let Some(leak) = leak(&[file.name.as_bytes(), &bytes].concat(), &needles) {
                leaks.push(format!("{secret:?} in a file as {coding:?}: {leak}"));
            }
            let steps = server.state.store.list_steps(server.workspace, run.id);
            for step in steps.await.expect("steps") {
                let kept = server
                    .state
                    .store
                    .payload(server.workspace, step.id)
                    .await
                    .expect("a payload");
                let mut text = format!(
                    "{:?} {:?}",
                    kept.request.as_ref().map(|r| (&r.url, &r.headers)),
                    kept.response.as_ref().map(|r| &r.headers)
                )
                .into_bytes();
                text.extend(format!("{:?}", kept.object).into_bytes());
                let bodies = [
                    kept.request.and_then(|r| r.body),
                    kept.response.and_then(|r| r.body),
                ];
                for body in bodies.into_iter().flatten() {
                    assert!(
                        !body.bytes.starts_with(b"\x1f\x8b"),
                        "a packed secret was kept"
                    );
                    text.extend(body.bytes);
                }
                if let Some(leak) = leak(&text, &needles) {
                    leaks.push(format!("{secret:?} as {coding:?}: {leak}"));
                }
            }
        }
    }
    leaks.truncate(20);
    assert!(leaks.is_empty(), "{leaks:#?}");
    for file in ["test.db", "test.db-wal"] {
        let bytes = std::fs::read(server.folder().join(file)).expect("a database");
        assert_eq!(leak(&bytes, &needles), None, "{file}");
    }
    for path in [
        "/main/runs.csv",
        "/main/runs.json",
        "/main/flows.json",
        "/main/runs/r0-plain",
        "/main/settings",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(leak(&answer.body, &needles), None, "{path}");
    }
    let written = log.0.lock().expect("the log").clone();
    assert!(!written.is_empty(), "nothing was logged");
    assert_eq!(leak(&written, &needles), None, "the log");
}

/// A file to each run.
async fn attach(server: &Server, secrets: &[Secret]) {
    for (number, secret) in secrets.iter().enumerate() {
        for coding in Coding::ALL {
            let (name, bytes) = planted::file(secret, coding);
            let query = serde_urlencoded::to_string([("key", "f"), ("name", name.as_str())]);
            let run = planted::key(number, coding);
            let path = format!("/api/v1/runs/{run}/files?{}", query.expect("a query"));
            let request = server
                .authorized(Method::POST, &path)
                .body(Body::from(bytes));
            let answer = server.send(request.expect("a request")).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
}

#[test]
fn sentences_lose_nearly_all_secrets_that_a_name_and_a_sign_announce() {
    let rules = planted::rules();
    let redactor = domain::redact::Redactor::new(&rules);
    let mut random = Random(9);
    let (mut all, mut missed) = (0, Vec::new());
    for _ in 0..100 {
        for (before, behind) in planted::SENTENCES {
            let secret = random.text(20);
            all += 1;
            let kept = redactor.text(format!("{before}{secret}{behind}"));
            if kept.contains(&secret) {
                missed.push(kept);
            }
        }
    }
    assert!(
        missed.len() * 20 <= all,
        "{} of {all}: {:?}",
        missed.len(),
        missed.first()
    );
}

#[test]
fn of_ten_thousand_clean_fields_hardly_one_is_marked() {
    let rules = planted::rules();
    let redactor = domain::redact::Redactor::new(&rules);
    let fields = clean::fields();
    assert!(fields.len() >= 10_000, "{}", fields.len());
    let marked: Vec<_> = fields
        .iter()
        .filter(|field| redactor.text((*field).clone()) != **field)
        .collect();
    assert!(
        marked.len() * 100 <= fields.len(),
        "{} of {}: {marked:#?}",
        marked.len(),
        fields.len()
    );
}

#[tokio::test]
async fn the_same_token_is_known_again_and_another_is_not() {
    let server = Server::start().await;
    let step = |key: &str, token: &str| {
        json!({"type": "step", "run": key, "key": "s", "request": {"headers": {"Authorization": format!("Bearer {token}")}},
            "response": {"body": {"access_token": token}}})
    };
    let one = "aVeryLongTokenThatNobodyGuesses1";
    let items = [
        step("a", one),
        step("b", one),
        step("c", "aVeryLongTokenThatNobodyGuesses2"),
    ];
    assert_eq!(server.batch(&items).await.status, 200);
    let mut kept = Vec::new();
    for key in ["a", "b", "c"] {
        let run = server
            .state
            .store
            .run(server.workspace, key)
            .await
            .expect("a read")
            .expect("a run");
        let step = server
            .state
            .store
            .step(server.workspace, run.id, "s")
            .await
            .expect("a read")
            .expect("a step");
        let payload = server
            .state
            .store
            .payload(server.workspace, step.id)
            .await
            .expect("a payload");
        let header = payload.request.expect("a request").headers.0[0].1.clone();
        let body = payload
            .response
            .expect("a response")
            .body
            .expect("a body")
            .bytes;
        let fingerprint = header[header.len() - 9..].to_owned();
        // Wherever a token stands, its fingerprint is the same.
        assert!(
            String::from_utf8_lossy(&body).contains(&fingerprint),
            "{header}"
        );
        kept.push(header);
    }
    assert!(kept[0] == kept[1] && kept[0] != kept[2], "{kept:?}");
}

#[tokio::test]
async fn a_workspace_sets_names_of_its_own_and_hears_what_is_wrong() {
    let server = Server::start().await;
    let form = "/main/settings/secrets";
    let saved = send(
        &server,
        form,
        &[("extra", "Customer Nr\r\n\r\n"), ("safe", "page_token")],
    )
    .await;
    assert_eq!(saved.headers["location"], "/main/settings?did=saved");
    let page = server.get("/main/settings").await.text();
    assert!(
        page.contains("Customer Nr</textarea>") && page.contains("page_token</textarea>"),
        "{page}"
    );
    let item = json!({"type": "step", "run": "r", "key": "s", "response": {"body": {"customer_nr": "abc", "page_token": "def"}}});
    assert_eq!(server.batch(&[item]).await.status, 200);
    let run = server
        .state
        .store
        .run(server.workspace, "r")
        .await
        .expect("a read")
        .expect("a run");
    let step = server
        .state
        .store
        .step(server.workspace, run.id, "s")
        .await
        .expect("a read")
        .expect("a step");
    let payload = server
        .state
        .store
        .payload(server.workspace, step.id)
        .await
        .expect("a payload");
    let body = payload.response.expect("a response").body.expect("a body");
    assert_eq!(
        String::from_utf8_lossy(&body.bytes),
        r#"{"customer_nr":"[redacted:secret]","page_token":"def"}"#
    );

    let bad = send(&server, form, &[("extra", "ok"), ("safe", "fine\n***")]).await;
    let page = server
        .get(bad.headers["location"].to_str().expect("text"))
        .await
        .text();
    assert!(
        page.contains("Not saved.")
            && page.contains("Not secret, line 2: a name has a letter or a digit."),
        "{page}"
    );
    assert!(page.contains("***</textarea>"));
    // Nothing was changed, and a form that is too long for an address says so.
    let page = server.get("/main/settings").await.text();
    assert!(page.contains("Customer Nr</textarea>"));
    let long = (0..201)
        .map(|n| format!("a_rather_long_name_{n}\n"))
        .collect::<String>();
    let bad = send(&server, form, &[("extra", &long)]).await;
    assert!(bad.headers["location"].len() < 100);
    let page = server
        .get(bad.headers["location"].to_str().expect("text"))
        .await
        .text();
    assert!(page.contains("At most 200 names"));
}

#[tokio::test]
async fn a_body_that_cannot_be_looked_into_is_dropped_and_the_page_says_so() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let server = Server::start().await;
    let mut packed = flate2::read::GzEncoder::new(
        &b"{\"password\":\"hunter2\"}"[..],
        flate2::Compression::fast(),
    );
    let mut bytes = Vec::new();
    packed.read_to_end(&mut bytes).expect("memory");
    bytes.truncate(bytes.len() - 12);
    let item = json!({"type": "step", "run": "r", "key": "s", "status": "failed",
        "response": {"status": 500, "headers": {"Content-Encoding": "gzip"}, "body_base64": STANDARD.encode(bytes)}});
    assert_eq!(server.batch(&[item]).await.status, 200);
    let page = server.get("/main/runs/r/steps/s").await.text();
    assert!(
        page.contains("was not kept because it could not be checked for secrets"),
        "{page}"
    );
    assert!(page.contains("500"));
}
