//! Real clients against the real program: the official SDKs of OpenTelemetry for Python, Node, Go
//! and Rust, and two clients of heartbeat monitors.
//!
//! `cargo xtask test --only clients` installs them and runs these tests.

mod documented;
mod heartbeats;

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use domain::{Integration, LogEntry, LogLevel, Payload, Run, Status, StepRow};
use serde_json::Value;
use store::Store;

use crate::{
    program::{self, made_key, serve},
    snippets::{DEVELOPING, at, block},
};

/// What the program knows of a run afterwards.
struct Told {
    run: Run,
    integration: Integration,
    /// The flow's key.
    flow: String,
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

/// Runs a client with the variables of the documentation; answers what the program then knows of
/// the run that it tells of.
fn export(client: &Command) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    let mut running = serve(folder.path());
    let variables = at(running.address, block(DEVELOPING, "OpenTelemetry", "sh"));
    let script = format!(
        "{}{variables}\nexec \"$@\"",
        program::installed(folder.path())
    );
    let mut shell = Command::new("sh");
    shell.args(["-ec", &script, "sh"]);
    shell.arg(client.get_program()).args(client.get_args());
    for (name, value) in client.get_envs() {
        shell.env(name, value.unwrap_or_default());
    }
    if let Some(folder) = client.get_current_dir() {
        shell.current_dir(folder);
    }
    let output = shell.output().expect("a shell");
    let error = String::from_utf8_lossy(&output.stderr);
    // Exporters complain there of whatever was not taken.
    assert!(
        output.status.success() && error.is_empty(),
        "cargo xtask test --only clients installs it: {error}"
    );
    let reader = made_key(folder.path(), &["--scope", "read"]);
    let listed = json_of(running.address, "/api/v1/runs", &reader);
    let [listed] = &listed["rows"].as_array().expect("rows")[..] else {
        panic!("{listed}")
    };
    let run = listed["run_id"].as_str().expect("a key");
    // Of a program that prints it, as the document's do not.
    let printed = String::from_utf8(output.stdout).expect("text");
    assert!(["", run].contains(&printed.trim()), "{printed}");
    let read = json_of(running.address, &format!("/api/v1/runs/{run}"), &reader);
    let page = page_of(running.address, &format!("/main/runs/{run}"));
    for step in read["steps"].as_array().expect("steps") {
        let name = step["name"].as_str().expect("a name");
        assert!(page.contains(name), "{name} is on the page of the run");
    }
    running.child.kill().expect("killed");
    running.child.wait().expect("gone");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let told = runtime.block_on(look(folder.path(), run));
    assert_eq!(read["run"]["status"], told.run.status.as_str());
    assert_eq!(
        read["steps"].as_array().map(Vec::len),
        Some(told.steps.len())
    );
    told
}

/// What is answered to a program.
pub(crate) fn json_of(address: SocketAddr, path: &str, key: &str) -> Value {
    let body = text_of(address, path, key);
    serde_json::from_str(&body).unwrap_or_else(|_| panic!("{body}"))
}

/// What people see there.
fn page_of(address: SocketAddr, path: &str) -> String {
    // Nobody signs in there, and a page asks for no key.
    text_of(address, path, "")
}

fn text_of(address: SocketAddr, path: &str, key: &str) -> String {
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
    body.unwrap_or_else(|| panic!("{answer}")).to_owned()
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
    let integration = owner.expect("the store").expect("an integration");
    let flow = store.flow_by_id(workspace, integration.flow_id).await;
    let flow = flow.expect("the store").expect("a flow");
    let mut steps = Vec::new();
    for step in store.list_steps(workspace, run.id).await.expect("steps") {
        let payload = store.payload(workspace, step.id).await.expect("a payload");
        steps.push((step, payload));
    }
    Told {
        integration,
        flow: flow.key.to_string(),
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
    assert_eq!(told.integration.key.as_str(), "int_python");
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
        check_python(&export(&client), convention);
    }
}

#[test]
#[ignore = "it needs the SDK for Node: cargo xtask test --only clients"]
fn what_the_sdk_for_node_exports_is_a_run_with_its_calls_and_its_log() {
    for convention in ["", "http", "http/dup"] {
        let mut client = Command::new("node");
        client.arg(installed("node/export.mjs"));
        client.env("OTEL_SEMCONV_STABILITY_OPT_IN", convention);
        let told = export(&client);
        assert_eq!(told.integration.key.as_str(), "int_node");
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
