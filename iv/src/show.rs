//! `iv show`: a run and its steps, read back. It needs a key that may read.

use serde::Deserialize;

use crate::{
    context::Context,
    failure::Failure,
    flush::columns,
    print,
    read::{self, Unread, cell, plain},
};

#[derive(Deserialize)]
struct Answer {
    run: RunShown,
    #[serde(default)]
    steps: Vec<StepShown>,
}

#[derive(Deserialize)]
struct RunShown {
    key: String,
    status: String,
    summary: Option<String>,
    error: Option<String>,
    duration_ms: Option<i64>,
}

#[derive(Deserialize)]
struct StepShown {
    position: i64,
    status: String,
    name: Option<String>,
    network_code: Option<i64>,
    error: Option<String>,
}

/// Prints it.
pub(crate) fn show(run: &str, json: bool, context: &Context) -> Result<(), Failure> {
    let what = format!("run {}", read::cell(run));
    let text = read::get(context, &read::run_path(run, ""), &what);
    let text = text.map_err(Unread::into_failure)?;
    if json {
        print(text.trim());
        return Ok(());
    }
    let answer: Answer = read::parsed(&text)?;
    let RunShown {
        key,
        status,
        summary,
        error,
        duration_ms,
    } = answer.run;
    let took = duration_ms.map(domain::time::duration_text);
    print(&format!(
        "{}  {}{}",
        cell(&key),
        cell(&status),
        took.map(|took| format!("  {took}")).unwrap_or_default()
    ));
    for text in [summary, error].into_iter().flatten() {
        print(&plain(&text));
    }
    let rows: Vec<_> = answer
        .steps
        .into_iter()
        .map(|step| {
            let code = step
                .network_code
                .map(|code| code.to_string())
                .unwrap_or_default();
            [
                step.position.to_string(),
                step.status,
                code,
                cell(&step.name.unwrap_or_default()),
                cell(&step.error.unwrap_or_default()),
            ]
        })
        .collect();
    for line in columns(&rows) {
        print(&line);
    }
    Ok(())
}
