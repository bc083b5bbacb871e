//! `iv run`: a command, and beside it everything that makes its run known.
//!
//! The command comes first. Whatever fails here (no disk, no server, no key) is said on standard
//! error, and the command runs as it would without us and ends with its own exit code.

mod arguments;
mod attach;
mod child;
mod clean;
mod finish;
mod lines;
mod queue;
mod record;
mod tee;

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    time::Duration,
};

use domain::{LogLevel, Timestamp, status::Stream};

use attach::Attach;
pub(crate) use attach::{FILE_BYTES, read as read_file};
use child::{End, Relay};
use finish::Finish;
pub(crate) use finish::{WAIT, conclude, wrapper_entry};
use queue::Queue;
pub(crate) use record::entry_key;
use record::{Recorded, Setup};
use tee::Tee;

use crate::{
    clock,
    context::Context,
    report::{Integration, RunNews, Trigger},
    send::Sender,
    spool::{Meta, Reader, Record, Writer},
};

/// How long a server is waited for that may have disabled the integration.
const ASKING: Duration = Duration::from_secs(2);

/// Where the command wrote something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Stdout,
    Stderr,
}

impl Output {
    fn words(self) -> (LogLevel, Stream) {
        match self {
            Self::Stdout => (LogLevel::Info, Stream::Stdout),
            Self::Stderr => (LogLevel::Error, Stream::Stderr),
        }
    }
}

/// A command and what is known of its run.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// The program and its arguments; at least one.
    pub(crate) command: Vec<OsString>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) run: String,
    pub(crate) integration: String,
    pub(crate) name: Option<String>,
    pub(crate) flow: Option<String>,
    /// Whether standard output goes into the log.
    pub(crate) stdout: bool,
    /// Whether a line that is only a path uploads a file.
    pub(crate) bare_paths: bool,
    /// The status of a run whose command fails.
    pub(crate) failure: &'static str,
    /// What the command finds in its environment.
    pub(crate) environment: Vec<(&'static str, OsString)>,
    /// Asks the server before the command starts whether it may.
    pub(crate) ask_first: bool,
    /// How long a server that answers is waited for at the end, where somebody said so.
    pub(crate) wait: Option<Duration>,
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) code: u8,
    pub(crate) text: String,
}

/// Runs the command to its end.
pub(crate) fn wrap(job: &Job, context: &Context) -> Ended {
    let relay = Relay::start();
    let started = clock::now();
    let shown = arguments::shown(&job.command, &context.secrets);
    context.log(&format!("run {} of {}: {shown}", job.run, job.integration));
    let (writer, sender) = match begin(job, context, &shown, started) {
        Some((writer, sender)) => (Some(writer), sender),
        None => (None, None),
    };
    if job.ask_first
        && let Some(why) = sender
            .as_ref()
            .and_then(|sender| sender.first_answer(ASKING))
    {
        let text = format!("not started: {why}");
        context.say(&format!("{} was {text}", job.integration));
        if let Some(mut writer) = writer {
            writer.news(&[Record::End]).ok();
            conclude(context, writer, sender.as_ref(), job.wait.unwrap_or(WAIT));
        }
        return Ended { code: 1, text };
    }
    match start(job, writer.is_some()) {
        Err(error) => not_started(job, context, &error, started, writer, sender),
        Ok(mut child) => {
            relay.aim(&child);
            match writer {
                Some(writer) => recorded(job, context, &relay, &mut child, started, writer, sender),
                None => ended(relay.wait(&mut child)),
            }
        }
    }
}

/// Says that the run has begun; `None` where nothing can be written down.
fn begin(
    job: &Job,
    context: &Context,
    shown: &str,
    started: Timestamp,
) -> Option<(Writer, Option<Sender>)> {
    let spool = context.spool.as_ref()?;
    let meta = Meta {
        run: Some(job.run.clone()),
        wraps: true,
        ..context.meta()
    };
    let mut news = RunNews::of(&job.run);
    news.integration = Some(integration(job));
    news.status = Some("running");
    news.trigger = Some(Trigger {
        name: shown,
        kind: "command",
    });
    news.started_at = Some(started.as_ms());
    let made = Writer::create(spool, &meta).and_then(|mut writer| {
        let begun = format!("started: {shown}");
        let entry = wrapper_entry(&job.run, &entry_key(0), started, LogLevel::Info, &begun);
        writer.news(&[Record::Report(news.json()), entry])?;
        Ok(writer)
    });
    match made {
        Ok(writer) => {
            let sender = context
                .client
                .clone()
                .map(|client| Sender::start(spool.clone(), client, Reader::open(writer.folder())));
            Some((writer, sender))
        }
        Err(error) => {
            context.say(&format!(
                "this run is not recorded: {}: {error}",
                spool.folder().display()
            ));
            None
        }
    }
}

fn integration(job: &Job) -> Integration<'_> {
    Integration {
        key: &job.integration,
        name: job.name.as_deref(),
        flow: job.flow.as_deref(),
    }
}

fn start(job: &Job, piped: bool) -> io::Result<Child> {
    let (program, arguments) = job
        .command
        .split_first()
        .ok_or(io::ErrorKind::InvalidInput)?;
    let mut program = PathBuf::from(program);
    // A path, not a name to be looked for: it counts from the folder that the command runs in.
    if let Some(folder) = &job.folder
        && program.is_relative()
        && program.components().count() > 1
    {
        program = folder
            .canonicalize()
            .unwrap_or_else(|_| folder.clone())
            .join(program);
    }
    let mut command = Command::new(program);
    command
        .args(arguments)
        .envs(job.environment.iter().map(|(name, value)| (name, value)));
    if let Some(folder) = &job.folder {
        command.current_dir(folder);
    }
    if piped {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
    }
    command.spawn()
}

fn not_started(
    job: &Job,
    context: &Context,
    error: &io::Error,
    started: Timestamp,
    writer: Option<Writer>,
    sender: Option<Sender>,
) -> Ended {
    let program = job
        .command
        .first()
        .map(|program| program.to_string_lossy())
        .unwrap_or_default();
    let text = format!("{program} could not be started: {error}");
    context.say(&text);
    let ended = Ended {
        code: child::not_started(error),
        text,
    };
    if let Some(mut writer) = writer {
        let entry = wrapper_entry(
            &job.run,
            &entry_key(1),
            clock::now(),
            LogLevel::Error,
            &ended.text,
        );
        writer.news(&[entry]).ok();
        let end = Finish {
            job,
            started,
            ended: &ended,
            tail: "",
            next: 2,
            left_out: 0,
        };
        end.write(context, writer, sender);
    }
    ended
}

fn recorded(
    job: &Job,
    context: &Context,
    relay: &Relay,
    child: &mut Child,
    started: Timestamp,
    writer: Writer,
    sender: Option<Sender>,
) -> Ended {
    let folder = job.folder.as_deref().unwrap_or(Path::new("."));
    let setup = Setup {
        run: job.run.clone(),
        secrets: context.secrets.clone(),
        stdout: job.stdout,
        attach: Attach::new(folder, job.bare_paths),
        writer,
        sender: sender.clone(),
    };
    let queue = Arc::new(Queue::new(2));
    let told = record::start(setup, Arc::clone(&queue));
    let tees = [
        tee(child.stdout.take(), Output::Stdout, &queue),
        tee(child.stderr.take(), Output::Stderr, &queue),
    ];
    let ended = ended(relay.wait(child));
    let mut held = false;
    for tee in tees.into_iter().flatten() {
        held |= !tee.wait();
    }
    queue.close();
    let recorded = told.ok().and_then(|told| patiently(&told, &queue));
    let Some(Recorded {
        mut writer,
        tail,
        left_out,
        mut next,
    }) = recorded
    else {
        context.say("the log could not be written to its end");
        return ended;
    };
    if held {
        let text = "something that the command started still holds its output; what it writes from here on is not in the log";
        let entry = wrapper_entry(
            &job.run,
            &entry_key(next),
            clock::now(),
            LogLevel::Warning,
            text,
        );
        writer.news(&[entry]).ok();
        next += 1;
    }
    if queue.lost() > 0 {
        let text = format!(
            "{} bytes of output are not in the log: it could not be written fast enough",
            queue.lost()
        );
        let entry = wrapper_entry(
            &job.run,
            &entry_key(next),
            clock::now(),
            LogLevel::Warning,
            &text,
        );
        writer.news(&[entry]).ok();
        next += 1;
    }
    let finish = Finish {
        job,
        started,
        ended: &ended,
        tail: &tail,
        next,
        left_out,
    };
    finish.write(context, writer, sender);
    ended
}

fn tee(
    from: Option<impl io::Read + Send + 'static>,
    output: Output,
    queue: &Arc<Queue>,
) -> Option<Arc<Tee>> {
    let started = from.and_then(|from| {
        let to = tee::ours(output).ok()?;
        Tee::start(output, from, to, Arc::clone(queue)).ok()
    });
    if started.is_none() {
        queue.leave();
    }
    started
}

/// Waits for the recorder as long as it moves.
fn patiently(told: &mpsc::Receiver<Recorded>, queue: &Queue) -> Option<Recorded> {
    loop {
        let before = queue.moved();
        match told.recv_timeout(queue::PATIENCE) {
            Ok(recorded) => return Some(recorded),
            Err(mpsc::RecvTimeoutError::Disconnected) => return None,
            Err(mpsc::RecvTimeoutError::Timeout) if queue.moved() == before => return None,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
    }
}

fn ended(end: io::Result<End>) -> Ended {
    match end {
        Ok(end) => Ended {
            code: end.code(),
            text: end.text(),
        },
        Err(error) => Ended {
            code: 1,
            text: format!("its end is not known: {error}"),
        },
    }
}
