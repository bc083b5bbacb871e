//! How many bytes of reports are held at the same time.
//!
//! Each request has its limit, but many together could still take all memory of a small machine.
//! What a body takes is counted as it comes, so one that is only announced takes nothing.

use std::sync::Arc;

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// Counted in parts of so many bytes.
const PART: usize = 1_024;

/// The bytes that all requests may hold together.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Semaphore>);

impl Budget {
    /// So many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let parts = (bytes / PART).min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(parts)))
    }

    /// Nothing yet.
    #[must_use]
    pub(crate) fn hold(&self) -> Held {
        Held {
            budget: self.clone(),
            bytes: 0,
            parts: 0,
            permit: None,
        }
    }
}

/// What one request holds, until it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Budget,
    bytes: usize,
    parts: usize,
    permit: Option<OwnedSemaphorePermit>,
}

impl Held {
    /// Holds more.
    ///
    /// # Errors
    /// 503 where the others hold too much: the request is to come again.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        self.bytes += bytes;
        let missing = self.bytes.div_ceil(PART) - self.parts;
        let many = u32::try_from(missing).map_err(|_| full())?;
        let more = Arc::clone(&self.budget.0).try_acquire_many_owned(many);
        let more = more.map_err(|_| full())?;
        self.parts += missing;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}

fn full() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too_much_at_once",
        "as many reports are under way as this server holds; nothing of this was stored, send it again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_holds_another_cannot_and_gets_when_it_is_done() {
        let budget = Budget::new(10 * PART);
        let (mut one, mut other) = (budget.hold(), budget.hold());
        // A byte at a time is counted as what it is, not as a part each.
        for _ in 0..6 * PART {
            assert!(one.grow(1).is_ok());
        }
        assert!(other.grow(4 * PART).is_ok());
        let refused = other.grow(1).expect_err("all is held");
        assert!(refused.detail().contains("send it again"));
        drop(one);
        let mut third = budget.hold();
        assert!(third.grow(6 * PART).is_ok());
        drop((other, third));
        assert!(budget.hold().grow(10 * PART).is_ok(), "all came back");
        assert!(budget.hold().grow(10 * PART + 1).is_err());
    }
}
