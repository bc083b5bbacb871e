//! The thread that sends while the command runs. Nobody waits for it but at the very end, and
//! then only while the server answers.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{Client, Drain, Step};
use crate::{
    clock,
    spool::{Place, Reader, Record, Spool, amend},
};

/// Lines of this time go out together.
const GATHER: Duration = Duration::from_millis(100);
/// The first and the longest wait for a server that does not answer.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// The longest that a server may ask to wait.
const LONGEST: Duration = Duration::from_secs(300);
/// What the rest of other calls may take at the end of this one.
const OTHERS: Duration = Duration::from_secs(1);

/// How it stands, for both threads.
#[derive(Debug, Default)]
struct Standing {
    /// Grows with what is written.
    written: u64,
    /// Nothing more will be written.
    finished: bool,
    /// All of the own stream is with the server.
    drained: bool,
    /// The last answer, where it was none or no good one.
    trouble: Option<String>,
    /// Everything is done that could be.
    idle: bool,
    /// Something was put aside.
    complaint: Option<String>,
}

/// The handle of the thread.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sender {
    shared: Arc<(Mutex<Standing>, Condvar)>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) drained: bool,
    /// Why not everything is sent.
    pub(crate) trouble: Option<String>,
    /// What the server refused.
    pub(crate) complaint: Option<String>,
}

impl Sender {
    /// Starts to send the stream of `reader`, and then what other calls have left behind.
    pub(crate) fn start(spool: Spool, client: Client, reader: Reader) -> Self {
        let sender = Self::default();
        let thread = Thread {
            shared: Arc::clone(&sender.shared),
            spool,
            client,
            backoff: BACKOFF.0,
            swept: false,
        };
        let built = thread::Builder::new().name("sender".to_owned());
        if let Err(error) = built.spawn(move || thread.run(reader)) {
            sender.standing().trouble = Some(error.to_string());
        }
        sender
    }

    /// Something new was written.
    pub(crate) fn notify(&self) {
        self.standing().written += 1;
        self.shared.1.notify_all();
    }

    /// Nothing more will be written: waits until it is sent, unless the server does not answer.
    pub(crate) fn finish(&self, wait: Duration) -> Outcome {
        let deadline = clock::instant() + wait;
        let others = clock::instant() + wait.min(OTHERS);
        let mut standing = self.standing();
        standing.finished = true;
        self.shared.1.notify_all();
        while !standing.idle && standing.trouble.is_none() {
            let until = if standing.drained { others } else { deadline };
            let left = clock::left(until);
            if left.is_zero() {
                break;
            }
            let waited = self.shared.1.wait_timeout(standing, left);
            standing = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Outcome {
            drained: standing.drained,
            trouble: standing.trouble.clone(),
            complaint: standing.complaint.clone(),
        }
    }

    /// Waits until the first report is answered, at most this long; the complaint about it.
    pub(crate) fn first_answer(&self, drain: Duration) -> Option<String> {
        let deadline = clock::instant() + drain;
        let mut standing = self.standing();
        while !standing.drained && standing.trouble.is_none() && standing.complaint.is_none() {
            let left = clock::left(deadline);
            if left.is_zero() {
                break;
            }
            let waited = self.shared.1.wait_timeout(standing, left);
            standing = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        standing.complaint.clone()
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Thread {
    shared: Arc<(Mutex<Standing>, Condvar)>,
    spool: Spool,
    client: Client,
    backoff: Duration,
    /// Whether the rest of other calls was looked for since this one began.
    swept: bool,
}

impl Thread {
    fn run(mut self, reader: Reader) {
        let mut own = Drain::new(&self.spool, reader);
        loop {
            let (written, finished) = self.read(|standing| (standing.written, standing.finished));
            match own.step(&self.client) {
                Step::Sent => {
                    self.backoff = BACKOFF.0;
                    let complaint = own.complaint.clone();
                    self.change(|standing| {
                        standing.trouble = None;
                        standing.complaint = complaint;
                    });
                    if !finished {
                        self.pause(GATHER, |standing| standing.finished);
                    }
                }
                Step::End => break own.reader.remove(),
                // The writer ended without an end: its stream holds nothing that is not sent.
                Step::Nothing if finished => break own.reader.remove(),
                Step::Nothing => {
                    self.change(|standing| standing.drained = true);
                    if !std::mem::replace(&mut self.swept, true) {
                        let same =
                            |standing: &Standing| standing.written == written && !standing.finished;
                        sweep(&self.spool, &self.client, |_| self.read(same));
                    }
                    self.pause(Duration::from_secs(60), |standing| {
                        standing.written != written || standing.finished
                    });
                    self.change(|standing| standing.drained = false);
                }
                Step::Wait(time, why) => self.wait(time, why),
            }
        }
        self.change(|standing| standing.drained = true);
        sweep(&self.spool, &self.client, |_| true);
        self.change(|standing| standing.idle = true);
    }

    fn wait(&mut self, time: Option<Duration>, why: String) {
        self.change(|standing| standing.trouble = Some(why));
        let jitter = self
            .backoff
            .mul_f64(f64::from(clock::random::<1>()[0]) / 1_024.0);
        let time = time.map_or(self.backoff + jitter, |time| time.min(LONGEST));
        self.backoff = (self.backoff * 2).min(BACKOFF.1);
        self.pause(time, |_| false);
    }

    fn read<T>(&self, read: impl FnOnce(&Standing) -> T) -> T {
        read(&self.shared.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(&mut Standing)) {
        change(&mut self.shared.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.shared.1.notify_all();
    }

    fn pause(&self, time: Duration, until: impl Fn(&Standing) -> bool) {
        let deadline: Instant = clock::instant() + time;
        let mut standing = self.shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !until(&standing) {
            let left = clock::left(deadline);
            if left.is_zero() {
                break;
            }
            let waited = self.shared.1.wait_timeout(standing, left);
            standing = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// What became of the streams that others left behind.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    pub(crate) taken: usize,
    pub(crate) aside: usize,
    pub(crate) complaint: Option<String>,
    pub(crate) trouble: Option<(Option<Duration>, String)>,
}

/// Sends what nobody writes to any more; `go` is told of each step and may end it.
pub(crate) fn sweep(spool: &Spool, client: &Client, go: impl Fn(&Swept) -> bool) -> Swept {
    let mut swept = Swept::default();
    spool.tidy();
    for folder in spool.streams() {
        let Some(orphan) = spool.take(&folder) else {
            continue;
        };
        if !orphan.meta.is_for(&client.url, &client.fingerprint) {
            continue;
        }
        let mut drain = Drain::new(spool, Reader::open(&orphan.folder));
        let mut amended = false;
        let (taken, aside) = (swept.taken, swept.aside);
        loop {
            let step = drain.step(client);
            (swept.taken, swept.aside) = (taken + drain.taken, aside + drain.aside);
            swept.complaint = swept.complaint.take().or(drain.complaint.clone());
            match step {
                Step::Sent if !go(&swept) => return swept,
                Step::Sent => {}
                Step::Nothing if orphan.meta.wraps && !amended => {
                    amended = lost(&drain.reader, orphan.meta.run.as_deref());
                    if !amended {
                        break;
                    }
                }
                Step::Nothing | Step::End => {
                    drain.reader.remove();
                    break;
                }
                Step::Wait(time, why) => {
                    swept.trouble = Some((time, why));
                    return swept;
                }
            }
        }
    }
    swept
}

/// Says of a run that its wrapper ended without a word.
fn lost(reader: &Reader, run: Option<&str>) -> bool {
    let now = clock::now();
    let entry = crate::report::log_entry(&crate::report::Entry {
        run: run.unwrap_or_default(),
        key: "iv-lost",
        at: now,
        level: domain::LogLevel::Error,
        stream: domain::status::Stream::Wrapper,
        message: "iv was ended before the command was; how the command ended is not known",
        description: None,
        step: None,
    });
    let end = serde_json::json!({
        "type": "run", "key": run, "status": "interrupted", "finished_at": now.as_ms(),
    });
    let end = Record::Report(end.to_string().into_bytes());
    let place: Place = reader.place();
    amend(
        reader.folder(),
        place,
        &[Record::Report(entry), end, Record::End],
    )
    .is_ok()
}
