//! A run that is controlled from outside: started, logged to, stopped, each by a call of its own.

use std::time::Duration;

use domain::{LogLevel, status::Stream};

use super::Running;
use crate::{
    args, clock, config,
    context::Context,
    failure::Failure,
    once::{self, Upload},
    report::{Entry, Integration, RunNews, Trigger, log_entry},
    run::{FILE_BYTES, read_file},
    spool::FileRecord,
};

/// `iv start`: a run with the status "Running". Its key is printed by the caller.
pub(crate) fn start(
    start: &args::Start,
    context: &Context,
    wait: Duration,
) -> Result<String, Failure> {
    let now = clock::now();
    if let Some(old) = Running::find(context, &start.integration) {
        if !start.replace {
            let text = format!(
                "{}: run {} is running already; stop it first, or say --replace",
                start.integration, old.run
            );
            return Err(Failure::state(text));
        }
        end(
            &old,
            "interrupted",
            "another run was started in its place",
            context,
            wait,
        )?;
    }
    let running = Running {
        run: clock::new_number().to_string(),
        integration: start.integration.clone(),
        started: now.as_ms(),
        wrapped: false,
    };
    match running.clone().begin(context) {
        Ok(Some(_)) => {}
        Ok(None) => {
            return Err(Failure::state(format!(
                "{}: another run was started at the same moment",
                start.integration
            )));
        }
        Err(error) => {
            return Err(Failure::other(format!(
                "the run could not be written down: {error}"
            )));
        }
    }
    let mut news = RunNews::of(&running.run);
    news.integration = Some(Integration {
        key: &start.integration,
        name: start.name.as_deref(),
        flow: None,
    });
    news.status = Some("running");
    news.trigger = Some(Trigger {
        name: "iv start",
        kind: "command",
    });
    news.started_at = Some(running.started);
    let sent = once::send(context, &running.run, vec![news.json()], None, wait);
    if sent.is_err() {
        running.end(context);
    }
    sent.map(|()| running.run)
}

/// `iv stop`: with warnings or without.
pub(crate) fn stop(
    integration: &str,
    error: u8,
    context: &Context,
    wait: Duration,
) -> Result<String, Failure> {
    let running = running(integration, context)?;
    let (status, summary) = match error {
        0 => ("ok", "Executed without Warnings"),
        _ => ("warning", "Executed with Warnings"),
    };
    end(&running, status, summary, context, wait)?;
    Ok(running.run)
}

fn end(
    running: &Running,
    status: &str,
    summary: &str,
    context: &Context,
    wait: Duration,
) -> Result<(), Failure> {
    if running.wrapped {
        let text = format!(
            "{}: run {} belongs to `iv run`, which ends it",
            running.integration, running.run
        );
        return Err(Failure::state(text));
    }
    let mut news = RunNews::of(&running.run);
    news.integration = Some(Integration {
        key: &running.integration,
        name: None,
        flow: None,
    });
    news.status = Some(status);
    news.started_at = Some(running.started);
    news.finished_at = Some(clock::now().as_ms());
    news.summary = Some(summary);
    // Whatever the server says of it, it is over here.
    running.end(context);
    once::send(context, &running.run, vec![news.json()], None, wait)
}

fn running(integration: &str, context: &Context) -> Result<Running, Failure> {
    Running::find(context, integration).ok_or_else(|| {
        Failure::state(format!(
            "{integration}: no run of it is running on this machine"
        ))
    })
}

/// `iv log`: an entry in the log of the running run.
pub(crate) fn log(log: &args::Log, context: &Context, wait: Duration) -> Result<(), Failure> {
    let run = which_run(log, context)?;
    let level = match (log.message_type, log.level.as_deref()) {
        (Some(1), _) | (None, Some("warning")) => LogLevel::Warning,
        (Some(2), _) | (None, Some("error")) => LogLevel::Error,
        (None, Some("debug")) => LogLevel::Debug,
        _ => LogLevel::Info,
    };
    let key = clock::new_key("log-");
    let upload = log.file.as_deref().map(|path| {
        let bytes =
            read_file(path).map_err(|why| Failure::usage(format!("{}: {why}", path.display())))?;
        debug_assert!(bytes.len() as u64 <= FILE_BYTES);
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let record = FileRecord {
            run: run.clone(),
            key: format!("{key}f"),
            log: Some(key.clone()),
            name,
        };
        Ok(Upload { record, bytes })
    });
    let upload = upload.transpose()?;
    let message = bounded(context.without_secrets(&log.message));
    let description = log
        .description
        .as_deref()
        .map(|text| bounded(context.without_secrets(text)));
    let entry = log_entry(&Entry {
        run: &run,
        key: &key,
        at: clock::now(),
        level,
        stream: Stream::Api,
        message: &message,
        description: description.as_deref(),
        step: log.step.as_deref(),
    });
    once::send(context, &run, vec![entry], upload, wait)
}

/// The run that is named, else the running one of the integration, else the one around us.
fn which_run(log: &args::Log, context: &Context) -> Result<String, Failure> {
    if let Some(run) = &log.run {
        return Ok(run.clone());
    }
    let around = config::surrounding_run();
    match &log.integration {
        Some(integration) => running(integration, context).map(|running| running.run),
        None => around.ok_or_else(|| {
            Failure::usage("which run is it about? Say -i or --run, or call it inside `iv run`")
        }),
    }
}

/// What the API takes of a text; a longer one says that it goes on.
fn bounded(text: String) -> String {
    match text.char_indices().nth(domain::limit::TEXT_CHARS - 1) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
