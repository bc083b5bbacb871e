//! How much each key has reported today: a day's ration, where it has one.
//!
//! What is written down in the database and what this server has counted since make the sum; it is
//! written once a minute, so that a killed server forgets at most a minute's worth, and several
//! servers hear of each other as late.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{ApiKeyId, Timestamp, access::ApiKey, time::DAY_MS};

use crate::problem::Problem;

/// The counts of this server that are not written down yet. Only living keys are in it.
#[derive(Debug, Default)]
pub struct Quotas(Mutex<HashMap<ApiKeyId, Counted>>);

/// Reports of a day since 1970.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    day: i64,
    reports: i64,
    /// Whether they are being written down: two at once would count them twice.
    writing: bool,
}

impl Quotas {
    /// Counts what a key reports.
    ///
    /// # Errors
    /// 429 with the time to midnight (UTC) where it is more than is left of the day's ration;
    /// nothing is counted then.
    pub fn spend(&self, key: &ApiKey, reports: usize, now: Timestamp) -> Result<(), Problem> {
        let day = now.as_ms().div_euclid(DAY_MS);
        let reports = i64::try_from(reports).unwrap_or(i64::MAX);
        let mut counted = self.counts();
        let here = counted.entry(key.id).or_default();
        if here.day != day {
            (here.day, here.reports) = (day, 0);
        }
        let so_far = key.used_on(now).saturating_add(here.reports);
        if let Some(quota) = key.daily_quota
            && so_far.saturating_add(reports) > quota
        {
            let left = quota.saturating_sub(so_far).max(0);
            let wait = (day + 1) * DAY_MS - now.as_ms();
            return Err(Problem::used_up(
                quota,
                left,
                Duration::from_millis(wait.unsigned_abs()),
            ));
        }
        here.reports = here.reports.saturating_add(reports);
        Ok(())
    }

    /// What is to be written down: the day, and its reports. `None` while somebody else does it.
    pub(crate) fn begin(&self, key: ApiKeyId) -> Option<(i64, i64)> {
        let mut counted = self.counts();
        let here = counted.entry(key).or_default();
        if std::mem::replace(&mut here.writing, true) {
            return None;
        }
        Some((here.day, here.reports))
    }

    /// So many reports of that day have been written down; none where it failed.
    pub(crate) fn end(&self, key: ApiKeyId, (day, reports): (i64, i64)) {
        if let Some(here) = self.counts().get_mut(&key) {
            here.writing = false;
            if here.day == day {
                here.reports -= reports;
            }
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<ApiKeyId, Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::{Key, WorkspaceId, access::Scope};

    use super::*;

    const NOON: Timestamp = Timestamp::from_ms(20_000 * DAY_MS + DAY_MS / 2);

    fn key(used: i64) -> ApiKey {
        ApiKey {
            id: ApiKeyId(1),
            workspace_id: WorkspaceId(1),
            workspace_key: Key::unassigned(),
            scope: Scope::Ingest,
            name: None,
            prefix: String::new(),
            created_at: NOON,
            last_used_at: None,
            revoked_at: None,
            bounds: domain::access::Bounds::default(),
            daily_quota: Some(10),
            used_day: 20_000,
            used,
        }
    }

    #[test]
    fn a_ration_is_a_days_and_what_does_not_fit_counts_nothing() {
        let quotas = Quotas::default();
        assert!(quotas.spend(&key(4), 5, NOON).is_ok());
        assert!(quotas.spend(&key(4), 2, NOON).is_err());
        assert!(quotas.spend(&key(4), 1, NOON).is_ok());
        assert!(quotas.spend(&key(4), 1, NOON).is_err());
        let tomorrow = NOON.plus_ms(DAY_MS);
        assert!(quotas.spend(&key(4), 10, tomorrow).is_ok());
        assert!(quotas.spend(&key(4), 11, tomorrow.plus_ms(DAY_MS)).is_err());
    }

    #[test]
    fn what_is_counted_is_written_down_once_however_many_ask() {
        let quotas = Quotas::default();
        quotas.spend(&key(0), 3, NOON).expect("enough");
        let id = ApiKeyId(1);
        let mine = quotas.begin(id).expect("the first");
        assert_eq!((mine, quotas.begin(id)), ((20_000, 3), None));
        // More comes while it is being written.
        quotas.spend(&key(0), 2, NOON).expect("enough");
        quotas.end(id, mine);
        assert_eq!(quotas.begin(id), Some((20_000, 2)));
        // It failed: nothing is forgotten.
        quotas.end(id, (20_000, 0));
        assert_eq!(quotas.begin(id), Some((20_000, 2)));
    }
}
