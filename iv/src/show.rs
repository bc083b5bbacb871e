//! `iv show`: a run and its steps, read back. It needs a key that may read.

use serde::Deserialize;

use domain::percent::push_encoded;

use crate::{context::Context, failure::Failure, flush::columns, print};

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
    let client = context.client.as_ref().ok_or_else(|| {
        Failure::usage("no server or no key is known: set IV_URL and IV_KEY, or say -p")
    })?;
    let mut path = "/api/v1/runs/".to_owned();
    push_encoded(&mut path, run);
    let text = match client.get(&path).map_err(Failure::other)? {
        (200, text) => text,
        (404, _) => return Err(Failure::other(format!("there is no run {run}"))),
        (401 | 403, _) => {
            return Err(Failure::other(
                "this key may not read; make one with --scope read",
            ));
        }
        (status, _) => return Err(Failure::other(format!("the server answered {status}"))),
    };
    if json {
        print(text.trim());
        return Ok(());
    }
    let answer: Answer = serde_json::from_str(&text)
        .map_err(|error| Failure::other(format!("the answer is not understood: {error}")))?;
    let RunShown {
        key,
        status,
        summary,
        error,
        duration_ms,
    } = answer.run;
    let took = duration_ms.map(domain::time::duration_text);
    print(&format!(
        "{key}  {status}{}",
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
                plain(&step.name.unwrap_or_default()),
                plain(&step.error.unwrap_or_default()),
            ]
        })
        .collect();
    for line in columns(&rows) {
        print(&line);
    }
    Ok(())
}

/// Reported text must not command the terminal that it is shown in.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
