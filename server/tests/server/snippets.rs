//! What the documentation says to paste does what it says.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use domain::Status;
use store::Store;

use crate::program;

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

/// Gives the text to whatever reads that language.
fn run((language, text): (&str, &str), folder: &Path, environment: &[(&str, &str)]) {
    let (program, arguments): (&str, &[&str]) = match language {
        "sh" => ("sh", &["-e"]),
        "python" => ("python3", &["-"]),
        "js" => ("node", &["--input-type=module", "-"]),
        other => panic!("nothing here reads {other}"),
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command.envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let started = command.stderr(Stdio::piped()).spawn();
    let mut child = started.unwrap_or_else(|error| panic!("the tests need {program}: {error}"));
    let mut input = child.stdin.take().expect("its input");
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
}

#[tokio::test]
async fn the_first_run_is_reported_as_the_documentation_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut running = program::serve(folder.path());
    let key = program::key(folder.path());
    let url = format!("http://{}", running.address);
    let blocks = blocks("Your first run");
    let languages: Vec<_> = blocks.iter().map(|(language, _)| *language).collect();
    assert_eq!(languages, ["sh", "sh", "python", "js"]);
    // The first one sets the variables, for a program that is installed.
    for block in &blocks[1..] {
        run(*block, folder.path(), &[("IV_URL", &url), ("IV_KEY", &key)]);
    }
    running.child.kill().expect("it ends");
    running.child.wait().expect("it ended");

    let database = folder.path().join("integration-view.db");
    let store = Store::open(&format!("sqlite:{}", database.display()), 1).await;
    let store = store.expect("the store");
    let workspace = store
        .workspace("main")
        .await
        .expect("a read")
        .expect("main");
    for (key, status) in [
        ("first-from-a-shell", Status::Ok),
        ("first-from-python", Status::Failed),
        ("first-from-javascript", Status::Ok),
    ] {
        let run = store.run(workspace.id, key).await.expect("a read");
        assert_eq!(run.expect(key).status, status, "{key}");
    }
}
