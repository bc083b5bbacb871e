//! Commands that are pasted into a shell or a script.

use domain::{LogLevel, Status};
use serde_json::{Value, json};

use super::{DEVELOPING, Desk, block};
use crate::{
    clients::json_of,
    program::{self, iv, key, made_key},
    support::log_of,
};

const API: &str = include_str!("../../../../docs/API.md");
const IV: &str = include_str!("../../../../docs/IV.md");

/// The integrations of all runs with how these ended, by name.
fn ended(desk: &Desk) -> Vec<(String, String)> {
    let key = made_key(desk.folder.path(), &["--scope", "read"]);
    let listed = json_of(desk.running.address, "/api/v1/runs", &key);
    let text = |row: &Value, field: &str| row[field].as_str().expect(field).to_owned();
    let rows = listed["rows"].as_array().expect("rows").iter();
    let mut found: Vec<_> = rows
        .map(|row| (text(row, "integration_id"), text(row, "status")))
        .collect();
    found.sort();
    found
}

/// What a script does that works, and one that does not, with how they end.
const SCRIPTS: [(&str, i32, &str); 2] = [
    ("echo 3 rows", 0, "ok"),
    ("echo disk full; exit 3", 3, "failed"),
];

#[test]
fn heartbeats_tell_how_a_script_ended_and_it_ends_as_its_work_did() {
    let desk = Desk::new();
    let documented = block(DEVELOPING, "Heartbeats", "sh");
    let mut expected = Vec::new();
    for (work, code, status) in SCRIPTS {
        // A script may stop at its first failure, or go on.
        for option in ["-e", "+e"] {
            desk.write_script("export.sh", work);
            let owner = format!("{status}{option}");
            let asked = ["--scope", "ping", "--integration", &owner];
            let key = made_key(desk.folder.path(), &asked);
            let script = format!("set {option}\n{}", documented.replace("UUID", &key));
            let output = desk.output("sh", &script, &[]);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{option}: {errors}");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(
                said.lines().count() == 1 && errors.is_empty(),
                "{said}{errors}"
            );
            expected.push((owner, status.to_owned()));

            // Nobody listens there; the work is done nevertheless.
            let unheard = script.replace("127.0.0.1:3000", "127.0.0.1:9");
            let output = desk.output("sh", &unheard, &[]);
            assert_eq!(output.status.code(), Some(code), "{option}");
            assert_eq!(String::from_utf8_lossy(&output.stdout), said);
        }
    }
    expected.sort();
    assert_eq!(ended(&desk), expected);
}

#[tokio::test]
async fn iv_reports_commands_as_the_documentation_says() {
    let mut desk = Desk::new();
    assert!(iv().exists());
    let key = key(desk.folder.path());
    let url = format!("http://{}", desk.running.address);
    let documented = block(DEVELOPING, "A command: `iv`", "sh");
    for (work, code, _) in SCRIPTS {
        desk.write_script("export.sh", work);
        let output = desk.output("sh", documented, &[("IV_URL", &url), ("IV_KEY", &key)]);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
    desk.write_script("import.sh", r#"echo "imported $1""#);
    std::fs::write(desk.folder.path().join("key"), &key).expect("a file");
    let section = "`iv`, for machines that run integrations";
    let elsewhere = block(IV, section, "sh")
        .replace("https://runs.example.com", &url)
        .replace("/etc/iv/key", "key");
    assert_eq!(desk.run("sh", &elsewhere, &[]), "imported --all\n");

    let of = |owner: &str, status: &str| (owner.to_owned(), status.to_owned());
    let nightly = [of("nightly", "failed"), of("nightly", "ok")];
    assert_eq!(
        ended(&desk),
        [&nightly[..], &[of("nightly-import", "ok")]].concat()
    );
    let reader = made_key(desk.folder.path(), &["--scope", "read"]);
    let failed = json_of(desk.running.address, "/api/v1/runs?status=failed", &reader);
    let failed = failed["rows"][0]["run_id"].as_str().expect("a key");
    let (store, workspace) = desk.opened().await;
    let run = store.run(workspace, failed).await.expect("a read");
    let log = log_of(&store, workspace, run.expect("the run").id).await;
    assert!(
        log.iter().any(|entry| entry.message == "disk full"),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_run_takes_what_onevizions_log_api_is_told() {
    let mut desk = Desk::new();
    let key = key(desk.folder.path());
    let environment = [("KEY", &*key), ("PROCESS_ID", "4711")];
    let report = r#"curl -fsS -X PUT "http://127.0.0.1:3000/api/v1/runs/$PROCESS_ID" -H "Authorization: Bearer $KEY" \
        -H "Content-Type: application/json" -d '{"integration": "orders", "status": "running"}'"#;
    desk.run("sh", report, &environment);
    let documented = block(DEVELOPING, "OneVizion's log API", "sh");
    desk.run("sh", documented, &environment);
    let (store, workspace) = desk.opened().await;
    let run = store.run(workspace, "4711").await.expect("a read");
    let log = log_of(&store, workspace, run.expect("the run").id).await;
    let [entry] = &log[..] else { panic!("{log:?}") };
    assert_eq!(
        (entry.level, entry.message.as_str()),
        (LogLevel::Warning, "3 orders skipped")
    );
    let description = entry.description.as_deref().expect("lines");
    assert!(description.contains("17, 18 and 21 have no customer"));
}

/// Somebody who sends an event as Standard Webhooks says.
const SENDER: &str = r#"
import base64, hashlib, hmac, json, os, time, urllib.request

address, secret = os.environ["ENDPOINT"].split()
body = json.dumps({"type": "order.created", "data": {"id": "ord_1017"}}).encode()
at = str(int(time.time()))
signed = b".".join([b"msg_1", at.encode(), body])
key = base64.b64decode(secret.removeprefix("whsec_"))
signature = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
headers = {"webhook-id": "msg_1", "webhook-timestamp": at, "webhook-signature": signature}
headers["Content-Type"] = "application/json"
request = urllib.request.Request(address, body, headers)
print(json.load(urllib.request.urlopen(request))["run"])
"#;

#[tokio::test]
async fn the_endpoint_that_is_made_takes_signed_events() {
    let sealing = tempfile::tempdir().expect("a folder");
    let sealing = sealing.path().join("secrets.key");
    let path = sealing.to_str().expect("text");
    let mut desk = Desk::with(|folder| {
        let make = format!(
            "{}umask 077; integration-view secrets-key > '{path}'",
            program::installed(folder)
        );
        let mut shell = std::process::Command::new("sh");
        let made = shell.args(["-ec", &make]).status();
        assert!(made.expect("a shell").success());
        program::serve_with(folder, &["--secrets-key-file", path])
    });
    let documented = block(DEVELOPING, "Webhooks", "sh");
    let documented = documented.replace("/etc/integration-view/secrets.key", path);
    let told = desk.run("sh", &documented, &[]);
    // It knows only by its own settings where the server listens.
    let told = super::at(desk.running.address, &told);
    let run = desk.run("python", SENDER, &[("ENDPOINT", &told)]);
    let (store, workspace) = desk.opened().await;
    let run = store.run(workspace, run.trim()).await.expect("a read");
    let run = run.expect("the run");
    assert_eq!(
        (run.status, run.trigger_name.as_deref()),
        (Status::Ok, Some("order.created"))
    );
}

#[test]
fn two_lines_of_the_native_api_report_a_run_and_two_more_its_file() {
    let desk = Desk::new();
    std::fs::write(desk.folder.path().join("report.csv"), "a;b\n1;2\n").expect("a file");
    let both = [block(API, "Two lines", "sh"), block(API, "Files", "sh")];
    desk.run("sh", &both.join("\n"), &[]);
    assert_eq!(
        ended(&desk),
        [("nightly-import".to_owned(), "ok".to_owned())]
    );
    let key = made_key(desk.folder.path(), &["--scope", "read"]);
    let files = json_of(
        desk.running.address,
        "/api/v1/runs/my-first-run/files",
        &key,
    );
    assert_eq!(files["rows"][0]["name"], json!("report.csv"));
}
