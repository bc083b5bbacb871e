//! How a run ended: written down, and sent as far as the server answers.

use std::time::Duration;

use domain::{LogLevel, Timestamp, status::Stream};

use super::{Ended, Job, entry_key, integration};
use crate::{
    clock,
    context::Context,
    report::{Entry, RunNews, log_entry},
    send::Sender,
    spool::{Record, Writer},
};

/// How long a server that answers is waited for.
pub(crate) const WAIT: Duration = Duration::from_secs(5);
/// So many entries are a long log, which is not sent in a few requests.
const LONG: u64 = 2_000;
/// The part of a command's time that a long log may hold it up at its end.
const PART: u32 = 10;
/// A server gets so much time in any case.
const LEAST: Duration = Duration::from_millis(10);

/// The end of a run.
#[derive(Debug)]
pub(crate) struct Finish<'a> {
    pub(crate) job: &'a Job,
    pub(crate) started: Timestamp,
    pub(crate) ended: &'a Ended,
    pub(crate) tail: &'a str,
    /// The place of the next entry.
    pub(crate) next: u64,
    pub(crate) left_out: u64,
}

impl Finish<'_> {
    /// Writes it down and gives the sender its time.
    pub(crate) fn write(&self, context: &Context, mut writer: Writer, sender: Option<Sender>) {
        let Self { job, ended, .. } = self;
        let now = clock::now();
        let ms = now.as_ms() - self.started.as_ms();
        let level = if ended.code == 0 {
            LogLevel::Info
        } else {
            LogLevel::Error
        };
        let mut text = format!("ended: {}, after {} ms", ended.text, ms);
        if self.left_out > 0 {
            text = format!("{text}; {} lines found no room in the log", self.left_out);
        }
        context.log(&format!("run {} {text}", job.run));
        let error = match (ended.code, self.tail) {
            (0, _) => None,
            (_, "") => Some(ended.text.as_str()),
            (_, tail) => Some(tail),
        };
        let mut news = RunNews::of(&job.run);
        news.integration = Some(integration(job));
        news.status = Some(if ended.code == 0 { "ok" } else { job.failure });
        news.started_at = Some(self.started.as_ms());
        news.finished_at = Some(now.as_ms());
        news.duration_ms = u32::try_from(ms).ok();
        news.summary = Some(&ended.text);
        news.error = error;
        let entry = wrapper_entry(&job.run, &entry_key(self.next), now, level, &text);
        let written = writer.news(&[entry, Record::Report(news.json()), Record::End]);
        if let Err(error) = written {
            context.say(&format!(
                "the end of the run could not be written down: {error}"
            ));
        }
        let ran = Duration::from_millis(u64::try_from(ms).unwrap_or(0));
        match job.wait {
            None if self.next > LONG => in_background(context, writer, sender.as_ref(), ran),
            wait => conclude(context, writer, sender.as_ref(), wait.unwrap_or(WAIT)),
        }
    }
}

/// Waits in proportion to what the command took, and has another process send the rest: a long
/// log holds up nobody.
fn in_background(context: &Context, mut writer: Writer, sender: Option<&Sender>, ran: Duration) {
    let wait = (ran / PART).clamp(LEAST, WAIT);
    let answers = sender.is_some_and(|sender| {
        sender.notify();
        let outcome = sender.finish(wait);
        !outcome.drained && outcome.trouble.is_none()
    });
    if !answers {
        return conclude(context, writer, sender, Duration::ZERO);
    }
    writer.sync();
    // What nobody writes to any more may be sent by others.
    drop(writer);
    let told = match context.again("flush") {
        Ok(_) => "iv flush sends the rest of the log in the background".to_owned(),
        Err(error) => format!("the rest of the log is sent by the next call of iv ({error})"),
    };
    context.quiet(&told);
}

/// Sends what there is to send, for as long as the server answers and `wait` allows.
pub(crate) fn conclude(
    context: &Context,
    mut writer: Writer,
    sender: Option<&Sender>,
    wait: Duration,
) {
    let outcome = sender.map(|sender| {
        sender.notify();
        sender.finish(wait)
    });
    if !outcome.as_ref().is_some_and(|outcome| outcome.drained) {
        writer.sync();
    }
    let Some(outcome) = outcome else { return };
    if let Some(complaint) = &outcome.complaint {
        context.say(complaint);
    }
    if !outcome.drained {
        let why = outcome
            .trouble
            .unwrap_or_else(|| "it takes longer than was waited".to_owned());
        context.quiet(&format!(
            "not everything is sent yet ({why}); the next call of iv goes on"
        ));
    }
}

/// An entry of our own in the log of the run.
pub(crate) fn wrapper_entry(
    run: &str,
    key: &str,
    at: Timestamp,
    level: LogLevel,
    message: &str,
) -> Record {
    Record::Report(log_entry(&Entry {
        run,
        key,
        at,
        level,
        stream: Stream::Wrapper,
        message,
        description: None,
        step: None,
    }))
}
