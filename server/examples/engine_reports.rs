//! Prints what real engines would report, one report a line, for `POST /api/v1/batch`.
//!
//! `cargo run -p server --example engine_reports -- conductor|conductor-fork|github`

#[path = "../tests/support/engines.rs"]
mod engines;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

fn main() -> ExitCode {
    let which = std::env::args().nth(1).unwrap_or_default();
    let (json, translate): (&str, fn(&serde_json::Value) -> Vec<serde_json::Value>) = match which
        .as_str()
    {
        "conductor" => (
            include_str!("../tests/data/conductor/completed.json"),
            engines::conductor_run,
        ),
        "conductor-fork" => (
            include_str!("../tests/data/conductor/dynamic-fork-one-failed.json"),
            engines::conductor_run,
        ),
        "github" => (
            include_str!(
                "../tests/data/github-actions/workflow_job.completed.failure.with-organization.payload.json"
            ),
            engines::github_job,
        ),
        _ => {
            let usage = "say which engine: conductor, conductor-fork or github\n";
            let _ = io::stderr().write_all(usage.as_bytes());
            return ExitCode::from(2);
        }
    };
    let said = serde_json::from_str(json).expect("the copied data is JSON");
    let mut out = io::stdout().lock();
    for report in translate(&said) {
        // A closed pipe is the reader's choice, not a failure.
        if writeln!(out, "{report}").is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}
