//! Real clients against the real program: the official SDKs of OpenTelemetry for Python, Node and
//! Rust, and two clients of heartbeat monitors.
//!
//! `cargo xtask test --only clients` installs them and runs these tests.

mod heartbeats;

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use domain::{LogEntry, LogLevel, Payload, Run, Status, StepRow};
use serde_json::Value;
use store::Store;

use crate::program::{key, made_key, serve};

/// What the program knows of a run afterwards.
struct Told {
    run: Run,
    integration: String,
    steps: Vec<(StepRow, Payload)>,
    log: Vec<LogEntry>,
}

impl Told {
    /// The only step of this name.
    fn step(&self, name: &str) -> &(StepRow, Payload) {
        let mut named = self
            .steps
            .iter()
            .filter(|(step, _)| step.name.as_deref() == Some(name));
        let first = named.next().unwrap_or_else(|| panic!("no step {name}"));
        assert!(named.next().is_none(), "two steps {name}");
        first
    }

    /// The only step inside another one.
    fn inside(&self, parent: &StepRow) -> &(StepRow, Payload) {
        let mut inside = self
            .steps
            .iter()
            .filter(|(step, _)| step.parent.as_ref() == Some(&parent.key));
        inside.next().expect("a step inside")
    }

    /// The only log entry that begins so.
    fn entry(&self, start: &str) -> &LogEntry {
        let mut entries = self
            .log
            .iter()
            .filter(|entry| entry.message.starts_with(start));
        let entry = entries
            .next()
            .unwrap_or_else(|| panic!("{start}: {:?}", self.log));
        assert!(entries.next().is_none(), "{start} twice: {:?}", self.log);
        entry
    }
}

/// Runs a client; answers what the program then knows of the run that it tells of.
fn export(mut client: Command) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    let mut running = serve(folder.path());
    let key = key(folder.path());
    client
        .env(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            format!("http://{}", running.address),
        )
        .env(
            "OTEL_EXPORTER_OTLP_HEADERS",
            format!("Authorization=Bearer%20{key}"),
        );
    let output = client
        .output()
        .expect("cargo xtask test --only clients installs it");
    let error = String::from_utf8_lossy(&output.stderr);
    // Exporters complain there of whatever was not taken.
    assert!(output.status.success() && error.is_empty(), "{error}");
    let run = String::from_utf8(output.stdout).expect("text");
    let read = read(running.address, folder.path(), run.trim());
    running.child.kill().expect("killed");
    running.child.wait().expect("gone");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let told = runtime.block_on(look(folder.path(), run.trim()));
    assert_eq!(read["run"]["status"], told.run.status.as_str());
    assert_eq!(
        read["steps"].as_array().map(Vec::len),
        Some(told.steps.len())
    );
    told
}

/// What a program reads of a run.
fn read(address: SocketAddr, folder: &Path, run: &str) -> Value {
    let key = made_key(folder, &["--scope", "read"]);
    json_of(address, &format!("/api/v1/runs/{run}"), &key)
}

/// What is answered to a program.
fn json_of(address: SocketAddr, path: &str, key: &str) -> Value {
    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    write!(
        stream,
        "GET {path} HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\r\n"
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body);
    let body = body.filter(|_| answer.contains(" 200 "));
    serde_json::from_str(body.unwrap_or_else(|| panic!("{answer}"))).expect("JSON")
}

/// What is stored of it.
async fn look(folder: &Path, run: &str) -> Told {
    let url = format!("sqlite:{}", folder.join("integration-view.db").display());
    let store = Store::open(&url, 1).await.expect("the database opens");
    let workspace = store
        .workspace("main")
        .await
        .expect("the store")
        .expect("main")
        .id;
    let run = store
        .run(workspace, run)
        .await
        .expect("the store")
        .expect("the run");
    let owner = store.integration_by_id(workspace, run.integration_id).await;
    let mut steps = Vec::new();
    for step in store.list_steps(workspace, run.id).await.expect("steps") {
        let payload = store.payload(workspace, step.id).await.expect("a payload");
        steps.push((step, payload));
    }
    Told {
        integration: owner
            .expect("the store")
            .expect("an integration")
            .key
            .to_string(),
        log: store
            .log_page(workspace, run.id, &Default::default(), &Default::default())
            .await
            .expect("the log")
            .0
            .rows,
        run,
        steps,
    }
}

/// Where the clients are.
pub(crate) fn installed(path: &str) -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_integration-view"));
    let target = program.ancestors().nth(2).expect("the target folder");
    target.join("clients").join(path)
}

fn python() -> Command {
    let mut python = Command::new(installed("python/venv/bin/python"));
    python.arg(installed("python/export.py"));
    python
}

fn check_python(told: &Told, convention: &str) {
    assert_eq!(told.integration, "int_python");
    assert_eq!(
        (told.run.status, told.run.steps),
        (Status::Failed, 4),
        "{convention}"
    );
    assert_eq!(told.run.trigger_name.as_deref(), Some("sync contacts"));
    assert!(told.run.finished_at.is_some() && told.run.duration_ms.is_some());
    let (root, _) = told.step("sync contacts");
    let (update, _) = told.step("update contact");
    assert_eq!(
        (root.parent.as_ref(), update.parent.as_ref()),
        (None, Some(&root.key))
    );
    let error = update.error.as_deref().expect("an error");
    assert!(
        error.starts_with("requests.exceptions.HTTPError: 404")
            || error.starts_with("HTTPError: 404"),
        "{error}"
    );

    let (lost, payload) = told.inside(update);
    assert_eq!(
        (lost.status, lost.network_code),
        (Status::Failed, Some(404)),
        "{convention}"
    );
    // The call failed by itself, and what it was part of only passed it on.
    assert_eq!(told.run.failing_step.as_ref(), Some(&lost.key));
    assert_eq!(
        lost.app_key.as_ref().map(domain::Key::as_str),
        Some("127.0.0.1")
    );
    let request = payload.request.as_ref().expect("a request");
    assert_eq!(request.method.as_deref(), Some("GET"));
    assert!(
        request
            .url
            .as_deref()
            .expect("a URL")
            .ends_with("/contacts/2")
    );
    let response = payload.response.as_ref().expect("a response");
    assert_eq!(response.status, Some(404));
    let body = response.body.as_ref().expect("a body");
    assert_eq!(body.bytes, br#"{"error": "no such contact"}"#);

    assert_eq!(told.entry("looked up").step.as_ref(), Some(&update.key));
    let to_do = told.entry("2 contacts to do");
    assert_eq!(
        (to_do.level, to_do.step.as_ref()),
        (LogLevel::Info, Some(&root.key))
    );
    assert!(
        to_do
            .description
            .as_deref()
            .is_some_and(|lines| lines.contains("batch: 7"))
    );
    let lost = told.entry("contact 2 is lost");
    assert_eq!(lost.level, LogLevel::Error);
    let lines = lost.description.as_deref().expect("lines");
    assert!(lines.contains("exception.stacktrace: Traceback"), "{lines}");
}

#[test]
#[ignore = "it needs the SDK for Python: cargo xtask test --only clients"]
fn what_the_sdk_for_python_exports_is_a_run_with_its_calls_and_its_log() {
    for convention in ["default", "http", "http/dup"] {
        let mut client = python();
        client.env("OTEL_SEMCONV_STABILITY_OPT_IN", convention);
        check_python(&export(client), convention);
    }
}

#[test]
#[ignore = "it needs the SDK for Node: cargo xtask test --only clients"]
fn what_the_sdk_for_node_exports_is_a_run_with_its_calls_and_its_log() {
    for convention in ["", "http", "http/dup"] {
        let mut client = Command::new("node");
        client.arg(installed("node/export.mjs"));
        client.env("OTEL_SEMCONV_STABILITY_OPT_IN", convention);
        let told = export(client);
        assert_eq!(told.integration, "int_node");
        assert_eq!(
            (told.run.status, told.run.steps),
            (Status::Failed, 2),
            "{convention}"
        );
        assert_eq!(
            told.run.error.as_deref(),
            Some("Error: the shop answered 503")
        );
        let (root, _) = told.step("export orders");
        let (call, payload) = told.inside(root);
        assert_eq!(
            (call.status, call.network_code),
            (Status::Failed, Some(503))
        );
        assert_eq!(told.run.failing_step.as_ref(), Some(&call.key));
        let request = payload.request.as_ref().expect("a request");
        assert_eq!(request.method.as_deref(), Some("PUT"));
        assert!(
            request
                .url
                .as_deref()
                .expect("a URL")
                .ends_with("/orders/1")
        );
        let response = payload.response.as_ref().expect("a response");
        assert_eq!(
            response.body.as_ref().expect("a body").bytes,
            br#"{"error":"sold out"}"#
        );
        let thrown = told.entry("Error: the shop answered 503");
        assert_eq!(
            (thrown.level, thrown.step.as_ref()),
            (LogLevel::Error, Some(&root.key))
        );
        let to_do = told.entry("1 order to do");
        assert_eq!(
            (to_do.level, to_do.step.as_ref()),
            (LogLevel::Warning, Some(&root.key))
        );
    }
}

#[test]
#[ignore = "it needs the crates for Rust: cargo xtask test --only clients"]
fn what_the_documentation_says_in_rust_exports_a_run() {
    let told = export(Command::new(installed("rust/debug/client")));
    assert_eq!(told.integration, "int_8f31a2");
    assert_eq!((told.run.status, told.run.steps), (Status::Ok, 1));
    assert_eq!(told.run.trigger_name.as_deref(), Some("import leads"));
    assert_eq!(told.run.trigger_app.as_deref(), Some("lead-import"));
}

#[test]
fn the_client_in_rust_is_what_the_documentation_says() {
    let documented = include_str!("../../../docs/DEVELOPING.md");
    let client = concat!(
        include_str!("../clients/rust/Cargo.toml"),
        include_str!("../clients/rust/src/main.rs")
    );
    let (_, section) = documented.split_once("### Rust").expect("a section");
    let mut blocks = section.split("```").skip(1).step_by(2).take(2);
    for language in ["toml", "rust"] {
        let block = blocks.next().expect("a block");
        let lines = block.strip_prefix(language).expect(language).lines();
        for line in lines.map(str::trim).filter(|line| !line.starts_with("//")) {
            assert!(client.contains(line), "{line}");
        }
    }
}
