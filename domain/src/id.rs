//! Internal keys: 64 bits, ordered by time, made in Rust.
//!
//! They are never shown; people see and share a [`crate::Key`].

use crate::Timestamp;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
        #[cfg_attr(feature = "sqlx", sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub i64);
    )+};
}

ids! {
    /// A workspace.
    WorkspaceId
    /// An app.
    AppId
    /// A flow.
    FlowId
    /// An integration.
    IntegrationId
    /// A run.
    RunId
    /// A step; its payload has the same id.
    StepId
    /// A log entry.
    LogEntryId
    /// A file of a run.
    FileId
    /// An API key.
    ApiKeyId
    /// The stored form of a body.
    PayloadId
    /// Something done to many at once.
    BulkId
    /// A saved view.
    SavedViewId
    /// Somebody who can sign in.
    AccountId
    /// A browser in which somebody is signed in.
    SessionId
    /// A link to a run for people outside.
    ShareLinkId
    /// A line of the audit log.
    AuditId
}

/// Makes ids: 41 bits of milliseconds since 2020, 10 bits of node, 12 of sequence.
///
/// Ids of one generator rise strictly, also when the clock steps back. Two
/// servers on one database differ by their node bits, which the caller draws at random;
/// where those are equal, or a full sequence ran over, [`Self::rise_above`] keeps them apart.
#[derive(Debug)]
pub struct IdGenerator {
    node: i64,
    last: i64,
}

/// 2020-01-01T00:00:00Z: ids need no room for the years before the product.
const EPOCH_MS: i64 = 1_577_836_800_000;

impl IdGenerator {
    /// A generator whose ids carry `node` (its lowest ten bits).
    #[must_use]
    pub fn new(node: u16) -> Self {
        Self {
            node: i64::from(node & 0x3ff),
            last: 0,
        }
    }

    /// Continues behind `id`: what another server, or we before a restart, made last.
    pub fn rise_above(&mut self, id: i64) {
        self.last = self.last.max(id);
    }

    /// The next id at `now`.
    pub fn next(&mut self, now: Timestamp) -> i64 {
        let milliseconds = (now.as_ms() - EPOCH_MS).max(0);
        let first = (milliseconds << 22) | (self.node << 12);
        // A full sequence runs over into the node bits of a later millisecond:
        // still rising, and back in step at the next tick.
        self.last = first.max(self.last + 1);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_also_when_the_clock_steps_back() {
        let mut ids = IdGenerator::new(7);
        let now = Timestamp::from_ms(1_800_000_000_000);
        let mut last = 0;
        for step in [0, 0, 5, -3_600_000, 6] {
            let id = ids.next(now.plus_ms(step));
            assert!(id > last);
            last = id;
        }
    }

    #[test]
    fn ids_continue_behind_those_of_others() {
        let now = Timestamp::from_ms(1_800_000_000_000);
        let (mut mine, mut theirs) = (IdGenerator::new(1), IdGenerator::new(1));
        let made = theirs.next(now.plus_ms(2));
        mine.rise_above(made);
        assert_eq!(mine.next(now), made + 1);
        mine.rise_above(0);
        assert_eq!(mine.next(now), made + 2);
    }

    #[test]
    fn two_nodes_differ_in_the_same_millisecond() {
        let now = Timestamp::from_ms(1_800_000_000_000);
        assert_ne!(IdGenerator::new(1).next(now), IdGenerator::new(2).next(now));
    }
}
