//! When a run was heard of, against when its reporter says that it began.
//!
//! No clock is corrected and nothing that was told is changed. A clock far ahead of ours is not
//! believed where runs are put in order: else its runs would stand above all others for days.

use crate::{Run, Timestamp};

/// How far apart both may be before it is worth a word, and the future before it is not believed.
const FAR_MS: i64 = 3_600_000;

impl Run {
    /// When it began by its reporter's clock: as that said, or else with the first of `steps`.
    #[must_use]
    pub fn told_start(&self, steps: impl Iterator<Item = Timestamp>) -> Option<Timestamp> {
        self.reported_started_at.or_else(|| steps.min())
    }

    /// The moment that a run counts as begun, of the one that was told.
    #[must_use]
    pub(crate) fn believed(&self, told: Timestamp) -> Timestamp {
        let ahead = told.as_ms().saturating_sub(self.received_at.as_ms());
        if ahead > FAR_MS {
            self.received_at
        } else {
            told
        }
    }

    /// How far ahead of our clock, in milliseconds, the reporter's said that the run began, where
    /// that was not believed.
    #[must_use]
    pub fn clock_ahead_ms(&self) -> Option<i64> {
        let told = self.reported_started_at?;
        (told != self.believed(told)).then(|| told.as_ms() - self.received_at.as_ms())
    }

    /// Whether it was heard of long after it began: sent late, or by a clock that is behind.
    #[must_use]
    pub fn is_late(&self) -> bool {
        let after = self
            .received_at
            .as_ms()
            .saturating_sub(self.started_at.as_ms());
        after >= FAR_MS
    }
}
