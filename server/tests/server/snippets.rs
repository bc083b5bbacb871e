//! What the documentation says to paste does what it says.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use domain::{Status, WorkspaceId};
use store::Store;

use crate::{
    program::{self, Program},
    support::log_of,
};

const DOCS: &str = include_str!("../../../docs/DEVELOPING.md");

/// The fenced blocks of a section: the language and the text of each.
fn blocks(heading: &str) -> Vec<(&'static str, &'static str)> {
    let (_, section) = DOCS
        .split_once(&format!("\n## {heading}\n"))
        .expect(heading);
    let section = section.split("\n## ").next().expect("a section");
    let fenced = section.split("```").skip(1).step_by(2);
    fenced
        .map(|block| block.split_once('\n').expect("a language"))
        .collect()
}

/// Gives the text to whatever reads that language; answers what it prints.
fn run((language, text): (&str, &str), folder: &Path, environment: &[(&str, &str)]) -> String {
    let (program, arguments): (&str, &[&str]) = match language {
        "sh" => ("sh", &["-e"]),
        "python" => ("python3", &["-"]),
        "js" => ("node", &["--input-type=module", "-"]),
        other => panic!("nothing here reads {other}"),
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command.envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let started = command.stderr(Stdio::piped()).spawn();
    let mut child = started.unwrap_or_else(|error| panic!("the tests need {program}: {error}"));
    let mut input = child.stdin.take().expect("its input");
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    String::from_utf8(output.stdout).expect("text")
}

/// What was stored, once the program has ended.
async fn opened(mut running: Program, folder: &Path) -> (Store, WorkspaceId) {
    running.child.kill().expect("it ends");
    running.child.wait().expect("it ended");
    let url = format!("sqlite:{}", folder.join("integration-view.db").display());
    let store = Store::open(&url, 1).await.expect("the store");
    let workspace = store.workspace("main").await.expect("a read");
    (store, workspace.expect("main").id)
}

#[tokio::test]
async fn the_first_run_is_reported_as_the_documentation_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = program::serve(folder.path());
    let key = program::key(folder.path());
    let url = format!("http://{}", running.address);
    let blocks = blocks("Your first run");
    let languages: Vec<_> = blocks.iter().map(|(language, _)| *language).collect();
    assert_eq!(languages, ["sh", "sh", "python", "js"]);
    // The first one sets the variables, for a program that is installed.
    for block in &blocks[1..] {
        run(*block, folder.path(), &[("IV_URL", &url), ("IV_KEY", &key)]);
    }
    let (store, workspace) = opened(running, folder.path()).await;
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
    let folder = tempfile::tempdir().expect("a folder");
    let running = program::serve(folder.path());
    let key = program::key(folder.path());
    let url = format!("http://{}", running.address);
    let environment = [("IV_URL", &*url), ("IV_KEY", &*key)];
    let blocks = blocks("Lime's helpers");
    let (_, module) = blocks.first().expect("the module");
    std::fs::write(folder.path().join("im_helpers.py"), module).expect("a file");
    let monitor = r#"curl -fsS -X PUT "$IV_URL/api/v1/integrations/prices" -H "Authorization: Bearer $IV_KEY" -H "Content-Type: application/json" -d '{"name": "Prices"}'"#;
    run(("sh", monitor), folder.path(), &environment);
    let batch = run(("python", HELPERS), folder.path(), &environment);

    let (store, workspace) = opened(running, folder.path()).await;
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
