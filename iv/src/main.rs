//! `iv`: the small program for machines that run integrations.
//!
//! It runs commands and reports how they went, adds to logs, starts and stops runs. Everything
//! goes into a spool on disk first, so that no server that is away and no kill loses it
//! (docs/decisions/0024-a-spool-before-every-report.md). It links neither pages nor a database.

mod args;
mod clock;
mod config;
mod context;
mod failure;
mod flush;
mod once;
mod onevizion;
mod ping;
mod read;
mod report;
mod report_file;
mod run;
mod runs;
mod secrets;
mod send;
mod show;
mod spool;
mod step;
mod tail;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Parser as _;

use args::{Cli, Command, Global};
use context::Context;
use failure::Failure;
use run::{Job, WAIT, wrap};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let context = config::context(&cli.global).or_else(|failure| {
        // Whatever is wrong with the server's name or key, it is no reason not to run a command.
        if !is_plain_run(&cli) {
            return Err(failure);
        }
        complain(&failure);
        Ok(config::context_offline(&cli.global))
    });
    let code = match context {
        Ok(mut context) => {
            let done = command(&cli.command, &cli.global, &mut context);
            done.unwrap_or_else(|failure| {
                context.log(&failure.text);
                complain(&failure)
            })
        }
        Err(failure) => {
            // Under cron nobody may see what is said.
            if let Some(file) = beside(cli.global.passwords.as_deref()) {
                context::append(&file, &failure.text).ok();
            }
            complain(&failure)
        }
    };
    ExitCode::from(code)
}

fn is_plain_run(cli: &Cli) -> bool {
    matches!(&cli.command, Command::Run(run) if !run.command.is_empty())
}

/// Where our own actions are written down beside a file that names what to do.
fn beside(file: Option<&Path>) -> Option<PathBuf> {
    Some(file?.parent()?.join("log").join("iv.log"))
}

#[expect(
    clippy::print_stderr,
    reason = "this is where the program speaks to people"
)]
fn complain(failure: &Failure) -> u8 {
    eprintln!("iv: {failure}");
    failure.code
}

/// Prints a line of an answer. Where nobody reads it any more, that is all right.
pub(crate) fn print(line: &str) {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{line}").ok();
}

fn command(command: &Command, global: &Global, context: &mut Context) -> Result<u8, Failure> {
    let wait = global.wait().unwrap_or(WAIT);
    if let Some(file) = beside(global.passwords.as_deref()) {
        context.log_file = file;
    }
    let done = match command {
        Command::Run(run) => return run_command(run, global, context),
        Command::Log(log) => onevizion::log(log, context, wait),
        Command::Start(start) => onevizion::start(start, context, wait).map(|run| print(&run)),
        Command::Stop(stop) => {
            onevizion::stop(&stop.integration, stop.error, context, wait).map(|_| ())
        }
        Command::Control(control) => control_run(control, context, wait),
        Command::Step(step) => step::send(step, context, wait),
        Command::Ping(ping) => ping::send(ping, context),
        Command::Report(report) => return report_file::send(&report.file, context),
        Command::Flush => return flush::flush(context),
        Command::Spool { json } => {
            flush::list(context, *json);
            Ok(())
        }
        Command::Show { run, json } => show::show(run, *json, context),
        Command::Runs(runs) => runs::list(runs, context),
        Command::Tail(asked) => return tail::tail(asked, context),
    };
    done.map(|()| 0)
}

fn control_run(control: &args::Control, context: &Context, wait: Duration) -> Result<(), Failure> {
    if control.action == "start" {
        let start = args::Start {
            integration: control.integration.clone(),
            name: None,
            replace: false,
        };
        return onevizion::start(&start, context, wait).map(|run| print(&run));
    }
    let error = control.error.unwrap_or_default();
    onevizion::stop(&control.integration, error, context, wait).map(|_| ())
}

fn run_command(run: &args::Run, global: &Global, context: &mut Context) -> Result<u8, Failure> {
    let Some(program) = run.command.first() else {
        let Some(file) = run
            .integration
            .as_deref()
            .filter(|_| global.passwords.is_some())
        else {
            return Err(Failure::usage(
                "what is to be run? Say `iv run -i ID -- COMMAND`, or -p and -i with two files",
            ));
        };
        return onevizion::run_all(Path::new(file), run, global, context);
    };
    if context.client.is_none() {
        context.say("the run is kept for later: no server or no key is known (IV_URL, IV_KEY)");
    }
    let program = Path::new(program)
        .file_name()
        .unwrap_or(program)
        .to_string_lossy();
    let integration = run
        .integration
        .clone()
        .unwrap_or_else(|| program.into_owned());
    let key = run.run.clone().unwrap_or_else(|| clock::new_key("run-"));
    for (what, key) in [("-i", &integration), ("--run", &key)] {
        domain::Key::new(key.as_str())
            .map_err(|error| Failure::usage(format!("{what}: {error}")))?;
    }
    let mut environment = config::for_command(global, context);
    environment.push(("IV_RUN", key.clone().into()));
    environment.push(("IV_INTEGRATION", integration.clone().into()));
    let job = Job {
        command: run.command.clone(),
        folder: None,
        run: key,
        integration,
        name: run.name.clone(),
        flow: run.flow.clone(),
        stdout: !run.no_stdout,
        bare_paths: !run.only_marked_files,
        failure: if run.nonzero.as_deref() == Some("warning") {
            "warning"
        } else {
            "failed"
        },
        environment,
        ask_first: false,
        wait: global.wait(),
    };
    // So that others on this machine can log to it by the integration's name.
    let running = onevizion::Running {
        run: job.run.clone(),
        integration: job.integration.clone(),
        started: clock::now().as_ms(),
        wrapped: true,
    };
    let note = running.begin(context).ok().flatten();
    let ended = wrap(&job, context);
    if let Some(note) = note {
        note.end(context);
    }
    Ok(ended.code)
}
