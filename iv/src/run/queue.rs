//! Between the threads that pass bytes on and the one that writes the log down.
//!
//! The readers wait for room as long as the other side moves. Where it stands still (a disk that
//! hangs), the log is given up, never the command.

use std::{
    collections::VecDeque,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::Timestamp;

use super::Output;

/// Bytes that may wait.
const ROOM: usize = 16 * 1_024 * 1_024;
/// Bytes that are taken at a time.
const PART: usize = 64 * 1_024;
/// How long fewer are waited for: to be woken by each line would cost a busy command its core.
const GATHER: Duration = Duration::from_millis(10);
/// How long nothing may move before the log is given up. Busy disks are silent for seconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes that the command wrote.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) output: Output,
    pub(crate) at: Timestamp,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Debug, Default)]
struct State {
    chunks: VecDeque<Chunk>,
    bytes: usize,
    /// How many readers are left.
    open: usize,
    /// Bytes that found no room.
    lost: u64,
}

/// The queue.
#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    emptied: Condvar,
    /// Grows with all that the other side does.
    moved: AtomicU64,
}

impl Queue {
    /// A queue that so many readers fill.
    pub(crate) fn new(readers: usize) -> Self {
        let state = State {
            open: readers,
            ..State::default()
        };
        Self {
            state: Mutex::new(state),
            filled: Condvar::new(),
            emptied: Condvar::new(),
            moved: AtomicU64::new(0),
        }
    }

    pub(crate) fn push(&self, output: Output, at: Timestamp, bytes: &[u8]) {
        let mut state = self.lock();
        while state.bytes + bytes.len() > ROOM {
            // Given up once, it is not waited for again.
            let before = self.moved();
            if state.lost == 0 {
                let waited = self.emptied.wait_timeout(state, PATIENCE);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            if self.moved() == before {
                state.lost += bytes.len() as u64;
                return;
            }
        }
        let before = state.bytes;
        state.bytes += bytes.len();
        match state.chunks.back_mut() {
            Some(last) if (last.output, last.at) == (output, at) && last.bytes.len() < PART => {
                last.bytes.extend_from_slice(bytes);
            }
            _ => state.chunks.push_back(Chunk {
                output,
                at,
                bytes: bytes.to_vec(),
            }),
        }
        if before == 0 || (before < PART && state.bytes >= PART) {
            self.filled.notify_one();
        }
    }

    /// One reader is done.
    pub(crate) fn leave(&self) {
        let mut state = self.lock();
        state.open = state.open.saturating_sub(1);
        self.filled.notify_one();
    }

    /// Nothing more is expected of anybody.
    pub(crate) fn close(&self) {
        self.lock().open = 0;
        self.filled.notify_one();
    }

    /// What waits, in order; `None` once all is taken and nothing more comes.
    pub(crate) fn pop(&self) -> Option<Vec<Chunk>> {
        let state = self.lock();
        let state = self
            .filled
            .wait_while(state, |state| state.bytes == 0 && state.open > 0)
            .unwrap_or_else(PoisonError::into_inner);
        let gathered = self
            .filled
            .wait_timeout_while(state, GATHER, |state| state.bytes < PART && state.open > 0);
        let mut state = gathered.unwrap_or_else(PoisonError::into_inner).0;
        if state.chunks.is_empty() {
            return None;
        }
        let (mut part, mut bytes) = (Vec::new(), 0);
        while let Some(chunk) = state.chunks.pop_front() {
            bytes += chunk.bytes.len();
            part.push(chunk);
            if bytes >= PART {
                break;
            }
        }
        state.bytes -= bytes;
        self.move_on();
        self.emptied.notify_all();
        Some(part)
    }

    /// The other side has done something.
    pub(crate) fn move_on(&self) {
        self.moved.fetch_add(1, Ordering::Relaxed);
    }

    /// How much it has done so far.
    pub(crate) fn moved(&self) -> u64 {
        self.moved.load(Ordering::Relaxed)
    }

    /// Bytes that found no room.
    pub(crate) fn lost(&self) -> u64 {
        self.lock().lost
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(queue: &Queue, ms: i64, size: usize) {
        let at = Timestamp::from_ms(ms);
        queue.push(Output::Stdout, at, &vec![b'x'; size]);
    }

    #[test]
    fn a_log_that_stands_still_never_holds_up_the_command() {
        let queue = Queue::new(1);
        push(&queue, 0, ROOM);
        // Nobody takes anything: this comes back all the same, at once from the second on.
        for _ in 0..1_000 {
            push(&queue, 0, 10);
        }
        assert_eq!(queue.lost(), 10_000);
        queue.leave();
        assert_eq!(queue.pop().map(|part| part.len()), Some(1));
        assert!(queue.pop().is_none());
    }

    #[test]
    fn what_came_at_the_same_moment_is_one_chunk() {
        let queue = Queue::new(1);
        for ms in [1, 1, 2] {
            push(&queue, ms, 10);
        }
        queue.push(Output::Stderr, Timestamp::from_ms(2), b"y");
        queue.close();
        let part = queue.pop().expect("chunks");
        let sizes: Vec<_> = part.iter().map(|chunk| chunk.bytes.len()).collect();
        assert_eq!(sizes, [20, 10, 1]);
        assert!(queue.pop().is_none());
    }
}
