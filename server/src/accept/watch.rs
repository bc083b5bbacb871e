//! What a connection is waiting for, and until when it may.
//!
//! Moments are arguments, so the whole of it is a table of events and deadlines.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::Limits;

/// A client that pauses for so long in the middle may have to give way to others.
const PATIENCE: Duration = Duration::from_secs(2);

/// Told by the socket and by the bodies of a connection what happens there.
#[derive(Debug)]
pub(super) struct Watch(Mutex<State>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Connected, without a byte.
    Silent,
    /// Answered, without a byte of the next request.
    Idle,
    /// Some of a request's head has come.
    Head,
    /// The head has come, the body not yet.
    Body,
    /// The request is whole: now it is up to us.
    Answer,
    /// The answer is given; what was not read of the request is thrown away.
    Linger,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// Since when.
    since: Instant,
    /// Which request it is about; a body that outlives its own says nothing of the next.
    number: u64,
    /// Since when the socket has nothing to read, while we want to.
    reading: Option<Instant>,
    /// Since when the socket takes nothing, while we want to write.
    writing: Option<Instant>,
    /// What came of a body in this window, and how long it was waited for.
    came: u64,
    waited: Duration,
    /// No head or body takes longer than this, once the server stops.
    latest: Option<Instant>,
    /// A request was answered before it was read.
    unread: bool,
}

impl Watch {
    pub(super) fn new(now: Instant) -> Self {
        Self(Mutex::new(State {
            phase: Phase::Silent,
            since: now,
            number: 0,
            reading: None,
            writing: None,
            came: 0,
            waited: Duration::ZERO,
            latest: None,
            unread: false,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is nothing to read.
    pub(super) fn starved(&self, now: Instant) {
        self.state().reading.get_or_insert(now);
    }

    /// So many bytes were read.
    pub(super) fn read(&self, bytes: usize, now: Instant) {
        let mut state = self.state();
        if let Some(since) = state.reading.take() {
            state.waited += now - since;
        }
        match state.phase {
            Phase::Silent | Phase::Idle if bytes > 0 => state.enter(Phase::Head, now),
            Phase::Body => state.came += bytes as u64,
            _ => {}
        }
    }

    /// The client takes nothing.
    pub(super) fn stuck(&self, now: Instant) {
        self.state().writing.get_or_insert(now);
    }

    /// The client took something.
    pub(super) fn wrote(&self, now: Instant) {
        let mut state = self.state();
        if state.writing.take().is_some() && state.phase == Phase::Idle {
            state.since = now;
        }
    }

    /// The head of a request is whole; answers its number.
    pub(super) fn request(&self, with_body: bool, now: Instant) -> u64 {
        let mut state = self.state();
        state.number += 1;
        state.enter(
            if with_body {
                Phase::Body
            } else {
                Phase::Answer
            },
            now,
        );
        state.number
    }

    /// The body of a request was read, or is not wanted any more.
    pub(super) fn body_over(&self, number: u64, whole: bool, now: Instant) {
        let mut state = self.state();
        if state.number == number && state.phase == Phase::Body {
            state.unread |= !whole;
            state.enter(Phase::Answer, now);
        }
    }

    /// The answer to a request was handed to the socket.
    pub(super) fn answered(&self, number: u64, now: Instant) {
        let mut state = self.state();
        if state.number == number {
            state.unread |= state.phase == Phase::Body;
            state.enter(Phase::Idle, now);
        }
    }

    /// We say no more. Answers whether the client may still be sending.
    pub(super) fn closing(&self, now: Instant) -> bool {
        let mut state = self.state();
        let sending = state.unread || state.phase == Phase::Head;
        if sending && state.phase != Phase::Linger {
            state.enter(Phase::Linger, now);
        }
        sending
    }

    /// The server stops: what is half here has until then.
    pub(super) fn hurry(&self, latest: Instant) {
        self.state().latest = Some(latest);
    }

    pub(super) fn is_silent(&self) -> bool {
        self.state().phase == Phase::Silent
    }

    /// Since when the client does nothing, and how little is lost without it (least first).
    pub(super) fn waits_since(&self, now: Instant) -> Option<(u8, Instant)> {
        let state = self.state();
        let patient = |since: Option<Instant>| since.filter(|since| now - *since >= PATIENCE);
        if let Some(since) = state.writing {
            return patient(Some(since)).map(|since| (2, since));
        }
        match state.phase {
            Phase::Idle | Phase::Linger => Some((0, state.since)),
            Phase::Silent | Phase::Head => Some((1, state.since)),
            Phase::Body => patient(state.reading).map(|since| (2, since)),
            Phase::Answer => None,
        }
    }

    /// When to look whether it [is over](Self::is_over).
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        let state = self.state();
        let stalled = state.writing.map(|since| since + limits.stalled);
        [state.phase_ends(limits), stalled]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether its time is up. A body that flows fast enough gets more of it.
    pub(super) fn is_over(&self, limits: &Limits, now: Instant) -> bool {
        self.state().more_for_a_body(limits, now);
        self.deadline(limits)
            .is_some_and(|deadline| deadline <= now)
    }
}

impl State {
    fn enter(&mut self, phase: Phase, now: Instant) {
        self.phase = phase;
        self.since = now;
        self.came = 0;
        self.waited = Duration::ZERO;
        // Only what is waited for from now on counts.
        self.reading = self.reading.map(|_| now);
    }

    fn phase_ends(&self, limits: &Limits) -> Option<Instant> {
        let end = match self.phase {
            Phase::Silent => self.since + limits.first_byte,
            Phase::Head => self.since + limits.head,
            // The end of an answer may still be on its way.
            Phase::Idle if self.writing.is_some() => return None,
            Phase::Idle => self.since + limits.idle,
            // Only the client's part of the time counts: we may be busy ourselves.
            Phase::Body => {
                let left = limits.body.saturating_sub(self.waited);
                self.reading? + left.min(limits.body_pause)
            }
            Phase::Answer => return None,
            Phase::Linger => self.since + limits.linger,
        };
        let hurried = matches!(self.phase, Phase::Silent | Phase::Head | Phase::Body);
        Some(match self.latest {
            Some(latest) if hurried => end.min(latest),
            _ => end,
        })
    }

    /// At the end of its window, a body that came fast enough begins another.
    fn more_for_a_body(&mut self, limits: &Limits, now: Instant) {
        let Some(since) = self.reading.filter(|_| self.phase == Phase::Body) else {
            return;
        };
        if now - since >= limits.body_pause || self.waited + (now - since) < limits.body {
            return;
        }
        // What is being waited for just now may still be as much as it should.
        let expected = u128::from(limits.body_rate) * self.waited.as_millis() / 1_000;
        if self.came > 0 && u128::from(self.came) >= expected {
            self.came = 0;
            // Not a pause that begins anew: only what was waited for is forgotten.
            self.waited = Duration::ZERO;
        }
    }
}

#[cfg(test)]
mod tests;
