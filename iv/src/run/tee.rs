//! Passes the command's output on, byte for byte and at once, and hands a copy to the log.

use std::{
    fs::File,
    io::{self, Read, Write as _},
    os::fd::{AsFd, OwnedFd},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{Output, queue::Queue};
use crate::clock;

const BUFFER: usize = 64 * 1_024;
/// Output that comes again so soon is gathered for so long: a command that writes line by line
/// would else be held up by waking us for each.
const SOON: Duration = Duration::from_micros(200);
const GATHER: Duration = Duration::from_millis(1);
/// Whatever writes as much at once is not held up.
const MUCH: usize = BUFFER / 4;
/// How long output is waited for that something may still hold which the command has started.
const GRACE: Duration = Duration::from_millis(500);
/// More than a pipe holds: what comes after this much was not written by the command.
const PIPE_BYTES: u64 = 1_024 * 1_024;

/// One stream on its way.
#[derive(Debug, Default)]
pub(crate) struct Tee {
    /// Bytes so far.
    bytes: AtomicU64,
    /// Waiting for the command, and not for whoever reads us.
    reading: AtomicBool,
    done: Mutex<bool>,
    ended: Condvar,
}

impl Tee {
    /// Starts to pass `from` on to `to`.
    pub(crate) fn start(
        output: Output,
        from: impl Read + Send + 'static,
        to: OwnedFd,
        queue: Arc<Queue>,
    ) -> io::Result<Arc<Self>> {
        let tee = Arc::new(Self::default());
        let thread = Arc::clone(&tee);
        thread::Builder::new().spawn(move || {
            thread.pass(output, from, &mut File::from(to), &queue);
            queue.leave();
            *thread.done.lock().unwrap_or_else(PoisonError::into_inner) = true;
            thread.ended.notify_all();
        })?;
        Ok(tee)
    }

    fn pass(&self, output: Output, mut from: impl Read, to: &mut File, queue: &Queue) {
        let mut buffer = vec![0; BUFFER];
        let mut last: Option<Instant> = None;
        loop {
            self.reading.store(true, Ordering::Release);
            let count = match from.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return,
            };
            self.reading.store(false, Ordering::Release);
            self.bytes.fetch_add(count as u64, Ordering::AcqRel);
            let bytes = &buffer[..count];
            // Nobody reads us any more: the command learns it as it would without us, since its
            // pipe is closed with this thread.
            let passed = to.write_all(bytes);
            queue.push(output, clock::now(), bytes);
            if passed.is_err() {
                return;
            }
            let is_busy = last.is_some_and(|last| clock::instant() - last < SOON);
            if is_busy && count < MUCH {
                thread::sleep(GATHER);
            }
            last = Some(clock::instant());
        }
    }

    /// Waits, after the command's end, until all that it wrote is passed on. `false` where
    /// something that it started holds the stream open.
    pub(crate) fn wait(&self) -> bool {
        let at_end = self.bytes.load(Ordering::Acquire);
        let (mut seen, mut since) = (at_end, clock::instant());
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        while !*done {
            let waited = self.ended.wait_timeout(done, Duration::from_millis(20));
            done = waited.unwrap_or_else(PoisonError::into_inner).0;
            let bytes = self.bytes.load(Ordering::Acquire);
            if bytes != seen || !self.reading.load(Ordering::Acquire) {
                (seen, since) = (bytes, clock::instant());
            }
            if !*done && (since.elapsed() > GRACE || bytes - at_end > PIPE_BYTES) {
                return false;
            }
        }
        true
    }
}

/// Our own stream, without a buffer.
pub(crate) fn ours(output: Output) -> io::Result<OwnedFd> {
    match output {
        Output::Stdout => io::stdout().as_fd().try_clone_to_owned(),
        Output::Stderr => io::stderr().as_fd().try_clone_to_owned(),
    }
}
