//! Originals of secrets: kept only where a workspace asks for it, sealed on the disk, and shown
//! to an admin who says why, once that is on record.

use std::path::Path;

use axum::http::{StatusCode, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{access::Role, audit::Line};
use serde_json::{Value, json};
use server::entry::Entry;
use store::Keys;

use crate::{
    browser::{Browser, colleague, first_admin},
    support::{Answer, NOW, Server, location, send},
};

const TOKEN: &str = "tok-Gx7QmPz41LwVbn93";
const BODY: &str = "{ \"access_token\" : \"tok-Gx7QmPz41LwVbn93\",\n  \"n\": 1.0 }";
const REVEAL: &str = "/main/runs/r/steps/s/reveal";
const WHY: &str = "Ticket 4711: the customer asks which token was used";

fn keys(numbers: &[u8]) -> Keys {
    let lines: Vec<_> = numbers.iter().map(|n| Keys::line([*n; 32])).collect();
    Keys::parse(&lines.join("\n")).expect("keys")
}

async fn keeping(entry: Entry) -> Server {
    let server = Server::with(|state| {
        state.entry = entry;
        state.secrets_keys = Some(keys(&[1]));
    })
    .await;
    let store = &server.state.store;
    store
        .keep_originals(server.workspace, true, NOW)
        .await
        .expect("the switch");
    server
}

/// The same server with other keys.
fn with_keys(server: &mut Server, keys: Option<Keys>) {
    server.state.secrets_keys = keys;
    server.rebuild();
}

fn run(steps: &[&str]) -> Value {
    let steps = steps.iter().map(|key| {
        json!({"key": key, "name": "Create contact", "status": "failed",
            "request": {"method": "POST", "url": format!("https://crm.test/v1?access_token={TOKEN}"),
                "headers": {"Authorization": format!("Bearer {TOKEN}"), "Accept": "*/*"}},
            "response": {"status": 401, "body_base64": STANDARD.encode(BODY), "headers": {"Content-Type": "application/json"}},
            "object": {"id": 7, "api_key": TOKEN}})
    });
    json!({"integration": "i", "status": "failed", "steps": steps.collect::<Vec<_>>()})
}

async fn report(server: &Server, key: &str) {
    let answer = server
        .put(&format!("/api/v1/runs/{key}"), &run(&["s", "t"]))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

async fn lines(server: &Server, action: &str) -> Vec<Line> {
    let lines = server
        .state
        .store
        .audit_before(server.workspace, None, 100)
        .await;
    let mut lines = lines.expect("the record");
    lines.retain(|line| line.action == action);
    lines
}

/// What a page says, its marks and escapes undone.
fn said(answer: &Answer) -> String {
    let text = answer.text();
    let (mut said, mut inside) = (String::new(), false);
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => said.push(c),
            _ => {}
        }
    }
    said.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn everything_in(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder).expect("the folder");
    let files = files.map(|file| file.expect("a file").path());
    files
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read(&path).expect("bytes"),
            )
        })
        .collect()
}

#[tokio::test]
async fn neither_secrets_nor_keys_are_in_the_files_of_the_database() {
    let server = keeping(Entry::open()).await;
    for number in 0..20 {
        report(&server, &format!("r{number}")).await;
    }
    let store = &server.state.store;
    assert_eq!(
        store
            .count_originals(server.workspace)
            .await
            .expect("a number"),
        40
    );
    let mut needles: Vec<Vec<u8>> = Vec::new();
    for secret in [
        TOKEN.as_bytes(),
        &TOKEN.as_bytes()[4..],
        &[1; 32],
        Keys::line([1; 32]).as_bytes(),
    ] {
        needles.push(secret.to_vec());
        needles.push(domain::payload::hex(secret).into_bytes());
        needles.push(domain::payload::hex(secret).to_uppercase().into_bytes());
        for shift in 0..3 {
            let code = STANDARD.encode([&vec![b'-'; shift], secret].concat());
            // The first and last characters depend on what is beside it.
            needles.push(code.trim_end_matches('=').as_bytes()[4..code.len() - 6].to_vec());
        }
    }
    let files = everything_in(server.folder());
    assert!(
        files
            .iter()
            .any(|(name, bytes)| name.ends_with("-wal") && bytes.len() > 50_000)
    );
    for (name, bytes) in files {
        for needle in &needles {
            let found = bytes.windows(needle.len()).any(|part| part == needle);
            assert!(!found, "{name}: {}", String::from_utf8_lossy(needle));
        }
    }
}

#[tokio::test]
async fn an_admin_who_says_why_sees_the_very_originals_and_is_on_record() {
    let server = keeping(Entry::guarded(true)).await;
    let mut admin = first_admin(&server).await;
    report(&server, "r").await;
    let step = admin.get(&server, "/main/runs/r/steps/s").await.text();
    assert!(step.contains(&format!("href=\"{REVEAL}\"")), "{step}");
    assert!(!step.contains(TOKEN));

    let asked = admin.get(&server, REVEAL).await;
    let text = said(&asked);
    assert_eq!(asked.status, StatusCode::OK);
    assert!(
        text.contains("Of run r, step s") && text.contains("Create contact"),
        "{text}"
    );
    for part in [
        "Request: URL, 1 header",
        "Response: body",
        "Object: 1 value",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!asked.text().contains(TOKEN));
    assert_eq!(lines(&server, "originals.reveal").await, []);

    let shown = admin.post(&server, REVEAL, &[("reason", WHY)]).await;
    assert_eq!(shown.status, StatusCode::OK);
    let text = said(&shown);
    for original in [
        BODY,
        &format!("Bearer {TOKEN}"),
        &format!("https://crm.test/v1?access_token={TOKEN}"),
        &format!("\"{TOKEN}\""),
    ] {
        assert!(text.contains(original), "{original}: {text}");
    }
    assert!(
        !text.contains("application/json") && !text.contains("*/*"),
        "what was not redacted is not here: {text}"
    );
    assert_eq!(shown.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(shown.headers[header::REFERRER_POLICY], "no-referrer");
    assert_eq!(shown.headers["x-robots-tag"], "noindex");
    let policy = shown.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .expect("text");
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("script"),
        "{policy}"
    );

    let recorded = lines(&server, "originals.reveal").await;
    assert_eq!(recorded.len(), 1);
    assert_eq!(
        (recorded[0].actor.as_str(), recorded[0].logged_at),
        ("dana@acme.test", NOW)
    );
    assert_eq!(recorded[0].target, format!("run r, step s: {WHY}"));
    let page = admin.get(&server, "/main/audit").await;
    assert!(said(&page).contains(&format!("run r, step s: {WHY}")));
}

#[tokio::test]
async fn without_a_fair_reason_nothing_is_shown_and_nothing_recorded() {
    let server = keeping(Entry::open()).await;
    report(&server, "r").await;
    for reason in ["", "   ", "too short", &"x".repeat(501)] {
        let answer = send(&server, REVEAL, &[("reason", reason)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason}");
        let text = answer.text();
        assert!(text.contains("Reason: ") && !text.contains(TOKEN), "{text}");
    }
    assert_eq!(lines(&server, "originals.reveal").await, []);
}

#[tokio::test]
async fn a_reason_is_text_on_the_page_and_holds_no_secret() {
    let server = keeping(Entry::open()).await;
    report(&server, "r").await;
    let reason = "<script>alert(1)</script>\r\npassword=correct-horse-battery-1";
    let answer = send(&server, REVEAL, &[("reason", reason)]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let target = lines(&server, "originals.reveal").await.remove(0).target;
    assert!(
        target.contains("<script>")
            && target.contains("[redacted:password")
            && !target.contains("correct-horse"),
        "{target}"
    );
    let page = server.get("/main/audit").await.text();
    assert!(
        page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>"),
        "{page}"
    );
}

#[tokio::test]
async fn only_admins_of_this_workspace_may_ask() {
    let server = keeping(Entry::guarded(true)).await;
    let mut admin = first_admin(&server).await;
    report(&server, "r").await;
    for role in [Role::Viewer, Role::Support, Role::Operator] {
        let mut other = colleague(&server, &mut admin, role).await;
        assert_eq!(
            other.get(&server, REVEAL).await.status,
            StatusCode::FORBIDDEN
        );
        let refused = other.post(&server, REVEAL, &[("reason", WHY)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(!refused.text().contains(TOKEN));
        let settings = other.get(&server, "/main/settings/originals").await;
        assert_eq!(settings.status, StatusCode::FORBIDDEN);
        let step = other.get(&server, "/main/runs/r/steps/s").await.text();
        assert!(!step.contains("/reveal") && !step.contains(TOKEN), "{role}");
    }
    let nobody = Browser::default().get(&server, REVEAL).await;
    assert!(location(&nobody).starts_with("/sign-in"));
    // The admin of one workspace is nobody in another.
    server
        .state
        .store
        .ensure_workspace("other", NOW)
        .await
        .expect("a workspace");
    let missing = admin.get(&server, "/other/runs/r/steps/s/reveal").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let refused = lines(&server, "originals.reveal").await;
    assert_eq!(
        refused
            .iter()
            .filter(|line| line.outcome.as_str() == "refused")
            .count(),
        3
    );
}

#[tokio::test]
async fn another_key_or_none_opens_nothing_and_says_so() {
    let mut server = keeping(Entry::open()).await;
    report(&server, "r").await;
    for keys in [None, Some(keys(&[2]))] {
        with_keys(&mut server, keys);
        for answer in [
            server.get(REVEAL).await,
            send(&server, REVEAL, &[("reason", WHY)]).await,
        ] {
            assert_eq!(answer.status, StatusCode::OK);
            let text = said(&answer);
            assert!(
                text.contains("Some originals cannot be opened.")
                    && text.contains("this server does not have the key"),
                "{text}"
            );
            assert!(!text.contains(TOKEN) && !text.contains("Reason"), "{text}");
        }
    }
    assert_eq!(lines(&server, "originals.reveal").await, []);
    // A rotated file still opens what the earlier key sealed.
    with_keys(&mut server, Some(keys(&[2, 1])));
    assert!(
        send(&server, REVEAL, &[("reason", WHY)])
            .await
            .text()
            .contains(TOKEN)
    );
}

#[tokio::test]
async fn originals_are_in_no_answer_but_the_one_that_was_asked_for() {
    let server = keeping(Entry::open()).await;
    report(&server, "r").await;
    let shared = send(
        &server,
        "/main/runs/r/share",
        &[("days", "7"), ("payloads", "yes")],
    )
    .await
    .text();
    let link = shared
        .split("http://127.0.0.1:3000")
        .nth(1)
        .expect("a link");
    let link = link.split('<').next().expect("its end").to_owned();
    let mut texts = vec![server.read("/api/v1/runs/r").await.text()];
    for path in [
        "/main/runs/r/steps/s",
        "/main/runs/r/steps/s?section=request",
        "/main/runs/r/steps/s?section=object",
        "/main/runs/r/steps/s/response-body",
        "/_/step?workspace=main&run=r&step=s&query=",
        "/_/find?workspace=main&query=q%3Dtok-Gx7QmPz41LwVbn93",
        "/main/runs/r/steps.csv",
        "/main/runs.json",
        "/main/audit",
        "/main/settings",
        "/main/settings/originals",
        REVEAL,
        &link,
        &format!("{link}/steps/s"),
    ] {
        let answer = server.get(path).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
        texts.push(answer.text().replace("q%3Dtok-Gx7QmPz41LwVbn93", ""));
    }
    for text in texts {
        assert!(!text.contains(&TOKEN[4..]), "{text}");
    }
}

#[tokio::test]
async fn the_switch_needs_a_key_and_is_on_record() {
    let mut server = Server::start().await;
    let page = said(&server.get("/main/settings/originals").await);
    assert!(
        page.contains("This server has no key") && page.contains("secrets-key"),
        "{page}"
    );
    let path = "/main/settings/originals";
    let refused = send(&server, path, &[("keep", "yes")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said(&refused).contains("Keep: this server has no key"));
    report(&server, "before").await;

    with_keys(&mut server, Some(keys(&[1])));
    assert_eq!(
        location(&send(&server, path, &[("keep", "yes")]).await),
        path
    );
    report(&server, "r").await;
    let page = said(&server.get(path).await);
    assert!(
        page.contains("Originals are kept, sealed")
            && page.contains("Delete the originals of 2 steps"),
        "{page}"
    );
    assert_eq!(
        location(&send(&server, path, &[("keep", "no")]).await),
        path
    );
    report(&server, "after").await;
    for (run, status) in [
        ("before", StatusCode::NOT_FOUND),
        ("r", StatusCode::OK),
        ("after", StatusCode::NOT_FOUND),
    ] {
        let answer = server
            .get(&format!("/main/runs/{run}/steps/s/reveal"))
            .await;
        assert_eq!(answer.status, status, "{run}");
    }

    let delete = "/main/settings/originals/delete";
    let unsure = send(&server, delete, &[]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(server.get(REVEAL).await.status, StatusCode::OK);
    assert_eq!(
        location(&send(&server, delete, &[("sure", "yes")]).await),
        path
    );
    assert_eq!(server.get(REVEAL).await.status, StatusCode::NOT_FOUND);
    assert!(
        server
            .get("/main/runs/r/steps/s")
            .await
            .text()
            .contains("[redacted:")
    );

    let kept = lines(&server, "originals.keep").await;
    let told: Vec<_> = kept.iter().map(|line| line.target.as_str()).collect();
    assert_eq!(
        told,
        [
            "originals of secrets are kept no more",
            "originals of secrets are kept from now on, sealed"
        ]
    );
    let deleted = lines(&server, "originals.delete").await;
    assert_eq!(deleted[0].target, "the originals of 2 steps");
}

#[tokio::test]
async fn a_packed_body_is_shown_unpacked_and_other_bytes_in_base64() {
    use std::io::Write as _;
    let server = keeping(Entry::open()).await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(BODY.as_bytes()).expect("packed");
    let packed = packed.finish().expect("packed");
    let bytes = b"\x80\x81 {\"password\": \"correct-horse-battery-1\"} \xff".to_vec();
    let step = |key: &str, body: &[u8]| json!({"key": key, "response": {"status": 200, "body_base64": STANDARD.encode(body)}});
    let run = json!({"integration": "i", "steps": [step("s", &packed), step("t", &bytes)]});
    assert_eq!(
        server.put("/api/v1/runs/r", &run).await.status,
        StatusCode::OK
    );
    let shown = said(&send(&server, REVEAL, &[("reason", WHY)]).await);
    assert!(
        shown.contains(BODY) && shown.contains("packed with gzip"),
        "{shown}"
    );
    let shown = said(&send(&server, "/main/runs/r/steps/t/reveal", &[("reason", WHY)]).await);
    assert!(
        shown.contains(&STANDARD.encode(&bytes)) && shown.contains("base64"),
        "{shown}"
    );
}
