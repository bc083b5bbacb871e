//! What the documentation says to paste does what it says.
//!
//! Blocks run as they stand; replaced are the server's address and what a reader must fill in.

#[cfg(unix)]
mod commands;
mod listed;

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use domain::{Status, WorkspaceId};
use store::Store;

use crate::{
    program::{self, Program},
    support::log_of,
};

pub(crate) const DEVELOPING: &str = include_str!("../../../docs/DEVELOPING.md");

/// A fenced block of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    section: &'static str,
    language: &'static str,
    text: &'static str,
}

/// All of a document, in their order.
fn blocks(document: &'static str) -> Vec<Block> {
    let (mut section, mut found) = ("", Vec::new());
    for (number, part) in document.split("\n```").enumerate() {
        if number % 2 == 0 {
            let mut headings = part.lines().filter(|line| line.starts_with('#'));
            section = headings.next_back().map_or(section, |heading| {
                heading.trim_start_matches('#').trim_start()
            });
        } else {
            let (language, text) = part.split_once('\n').expect("more than a fence");
            found.push(Block {
                section,
                language,
                text,
            });
        }
    }
    found
}

/// The only one of a section in this language.
pub(crate) fn block(document: &'static str, section: &str, language: &str) -> &'static str {
    let mut named = blocks(document)
        .into_iter()
        .filter(|block| block.section == section && block.language == language);
    let first = named
        .next()
        .unwrap_or_else(|| panic!("{section}: {language}"));
    assert!(named.next().is_none(), "{section}: {language} twice");
    first.text
}

/// The text, where the program listens somewhere else than the documents say.
pub(crate) fn at(address: std::net::SocketAddr, text: &str) -> String {
    text.replace("http://127.0.0.1:3000", &format!("http://{address}"))
}

/// A running program, and the folder with its data, in which somebody works.
struct Desk {
    folder: tempfile::TempDir,
    running: Program,
}

impl Desk {
    fn new() -> Self {
        Self::with(program::serve)
    }

    fn with(serve: impl FnOnce(&Path) -> Program) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let running = serve(folder.path());
        Self { folder, running }
    }

    /// Gives the text to whatever reads that language; answers what it prints.
    fn run(&self, language: &str, text: &str, environment: &[(&str, &str)]) -> String {
        let output = self.output(language, text, environment);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}\n{errors}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// The same, however it ends.
    fn output(&self, language: &str, text: &str, environment: &[(&str, &str)]) -> Output {
        let (program, arguments): (&str, &[&str]) = match language {
            "sh" => ("sh", &["-e"]),
            "python" => ("python3", &["-"]),
            "js" => ("node", &["--input-type=module", "-"]),
            other => panic!("nothing here reads {other}"),
        };
        let folder = self.folder.path();
        let mut text = at(self.running.address, text);
        let mut command = Command::new(program);
        if program == "sh" {
            text = program::installed(folder) + &text;
            // What `iv` keeps.
            command.env("HOME", folder).env_remove("XDG_STATE_HOME");
        }
        command.args(arguments).current_dir(folder);
        command.envs(environment.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let started = command.stderr(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|error| panic!("the tests need {program}: {error}"));
        let mut input = child.stdin.take().expect("its input");
        input.write_all(text.as_bytes()).expect("it reads");
        drop(input);
        child.wait_with_output().expect("it ends")
    }

    /// What was stored, once the program has ended.
    async fn opened(&mut self) -> (Store, WorkspaceId) {
        self.running.child.kill().expect("it ends");
        self.running.child.wait().expect("it ended");
        let file = self.folder.path().join("integration-view.db");
        let store = Store::open(&format!("sqlite:{}", file.display()), 1).await;
        let store = store.expect("the store");
        let workspace = store.workspace("main").await.expect("a read");
        (store, workspace.expect("main").id)
    }

    /// Writes a program that a block calls.
    #[cfg(unix)]
    fn write_script(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.folder.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a file");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, mode).expect("it may run");
    }
}

#[tokio::test]
async fn the_first_run_is_reported_as_the_documentation_says() {
    let mut desk = Desk::new();
    let blocks = blocks(DEVELOPING).into_iter();
    let blocks: Vec<_> = blocks
        .filter(|block| block.section == "Your first run")
        .collect();
    let languages: Vec<_> = blocks.iter().map(|block| block.language).collect();
    assert_eq!(languages, ["sh", "sh", "python", "js"]);
    // The first one sets the variables that the others read.
    let variables = format!("{}\necho \"$IV_URL $IV_KEY\"", blocks[0].text);
    let variables = desk.run("sh", &variables, &[]);
    let (url, key) = variables.trim().split_once(' ').expect("two");
    for block in &blocks[1..] {
        desk.run(
            block.language,
            block.text,
            &[("IV_URL", url), ("IV_KEY", key)],
        );
    }
    let (store, workspace) = desk.opened().await;
    for (key, status) in [
        ("first-from-a-shell", Status::Ok),
        ("first-from-python", Status::Failed),
        ("first-from-javascript", Status::Ok),
    ] {
        let run = store.run(workspace, key).await.expect("a read");
        assert_eq!(run.expect(key).status, status, "{key}");
    }
}

/// What a program that calls Lime's helpers does, with the module of the documentation.
const HELPERS: &str = r#"
import datetime, im_helpers as im

app = None
monitor = im.fetch_integration_monitor(app, "prices")
assert monitor["name"] == "Prices", monitor
assert im.fetch_integration_monitor(app, "nothing") is None
batch = im.create_integration_monitor_batch(app, "prices", integration_id="job-7")
assert batch["logstatus"] == "running", batch
log = im.create_integration_monitor_log(app, integration_monitor_batch=batch, integration_key="prices", log_text="42 priced")
error = im.create_integration_monitor_log_error(app, integration_monitor_batch=batch, error_msg="one was refused")
alone = im.create_integration_monitor_log(app, integration_monitor=monitor, log_text="done", message="{}")
assert log and error and alone["integration_monitor_batch"] is None
end = datetime.datetime.now()
done = im.update_integration_monitor_batch(app, batch, batch_status="donewitherror", no_created=42, endtime=end)
assert (done["logstatus"], done["no_created"]) == ("donewitherror", 42), done
assert done["duration"], done
assert im.create_integration_monitor_batch(app, "prices", batch_status="no such word") is None
for error, call in [
    (im.MissingIntegrationKey, lambda: im.fetch_integration_monitor(app, "")),
    (im.IntegrationMonitorNotFound, lambda: im.create_integration_monitor_batch(app, "nothing")),
    (im.IntegrationMonitorNotFound, lambda: im.create_integration_monitor_log(app, integration_key="nothing")),
    (im.IntegrationMonitorNotFound, lambda: im.create_integration_monitor_log_error(app, integration_key="nothing")),
    (im.IntegrationMonitorBatchNotFound, lambda: im.update_integration_monitor_batch(app)),
]:
    try:
        call()
    except error:
        continue
    raise AssertionError(error)
print(batch["key"])
"#;

#[tokio::test]
async fn lm_45_to_57_the_python_of_the_documentation_does_what_the_helpers_do() {
    let mut desk = Desk::new();
    let key = program::key(desk.folder.path());
    let url = format!("http://{}", desk.running.address);
    let environment = [("IV_URL", &*url), ("IV_KEY", &*key)];
    let module = block(DEVELOPING, "Lime's helpers", "python");
    std::fs::write(desk.folder.path().join("im_helpers.py"), module).expect("a file");
    let monitor = r#"curl -fsS -X PUT "$IV_URL/api/v1/integrations/prices" -H "Authorization: Bearer $IV_KEY" -H "Content-Type: application/json" -d '{"name": "Prices"}'"#;
    desk.run("sh", monitor, &environment);
    let batch = desk.run("python", HELPERS, &environment);

    let (store, workspace) = desk.opened().await;
    let run = store.run(workspace, batch.trim()).await.expect("a read");
    let run = run.expect("the batch");
    assert_eq!(
        (run.status, run.reference.as_deref()),
        (Status::Warning, Some("job-7"))
    );
    let entries = log_of(&store, workspace, run.id).await;
    let messages: Vec<_> = entries.iter().map(|entry| entry.message.as_str()).collect();
    assert_eq!(messages, ["42 priced", "one was refused"]);
}
