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
            *here = Counted { day, reports: 0 };
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

    /// What is not written down yet: the day, and its reports.
    pub(crate) fn counted(&self, key: ApiKeyId) -> (i64, i64) {
        let counted = self.counts();
        let here = counted.get(&key).copied().unwrap_or_default();
        (here.day, here.reports)
    }

    /// So much has been written down.
    pub(crate) fn written(&self, key: ApiKeyId, day: i64, reports: i64) {
        if let Some(here) = self.counts().get_mut(&key)
            && here.day == day
        {
            here.reports -= reports;
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<ApiKeyId, Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
