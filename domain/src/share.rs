//! A link to one run, for somebody who cannot sign in: for how long it is good, and what it shows.

use crate::{RunId, ShareLinkId, Timestamp, WorkspaceId, time::DAY_MS};

/// The days that a link may be good for; the first is what is offered.
pub const DAYS: [i64; 4] = [7, 1, 30, 90];

/// A link on its way into the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShare {
    pub run_id: RunId,
    /// Whether payloads are shown.
    pub payloads: bool,
    /// Who made it, as they are called.
    pub created_by: String,
    pub expires_at: Timestamp,
}

/// A link as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Share {
    pub id: ShareLinkId,
    pub workspace_id: WorkspaceId,
    pub run_id: RunId,
    pub payloads: bool,
    pub created_by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub uses: i64,
    pub used_at: Option<Timestamp>,
}

impl Share {
    /// Whether it still leads to its run.
    #[must_use]
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// When a link that is good for so many days ends; `None` for a number that is not offered.
#[must_use]
pub fn until(days: i64, now: Timestamp) -> Option<Timestamp> {
    DAYS.contains(&days).then(|| now.plus_ms(days * DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_by_itself_or_when_it_is_revoked() {
        let now = Timestamp::from_ms(1_800_000_000_000);
        let mut share = Share {
            id: ShareLinkId(1),
            workspace_id: WorkspaceId(1),
            run_id: RunId(1),
            payloads: false,
            created_by: String::new(),
            created_at: now,
            expires_at: until(7, now).expect("a week"),
            revoked_at: None,
            uses: 0,
            used_at: None,
        };
        assert!(share.is_good(now.plus_ms(7 * DAY_MS - 1)));
        assert!(!share.is_good(now.plus_ms(7 * DAY_MS)));
        share.revoked_at = Some(now);
        assert!(!share.is_good(now));
    }

    #[test]
    fn no_link_is_good_for_ever_or_for_longer_than_ninety_days() {
        let now = Timestamp::from_ms(0);
        for days in [0, -1, 91, i64::MAX] {
            assert_eq!(until(days, now), None);
        }
        assert_eq!(until(90, now), Some(now.plus_ms(90 * DAY_MS)));
    }
}
