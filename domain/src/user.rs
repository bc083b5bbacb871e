//! What is shown of one end-user over all flows.

use serde::{Deserialize, Serialize};

use crate::{Integration, Key};

/// So many integrations of a user are listed.
pub const USER_INTEGRATIONS: usize = 200;
/// So many of a user's last runs are listed.
pub const USER_RUNS: usize = 10;

/// An integration beside its flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct UserIntegration {
    #[cfg_attr(feature = "sqlx", sqlx(flatten))]
    pub integration: Integration,
    pub flow_key: Key,
    pub flow_name: Option<String>,
}

/// What was consumed on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct DayUsage {
    /// Days since 1970-01-01, UTC.
    pub day: i64,
    pub runs: i64,
    pub failed_runs: i64,
    /// Executed steps.
    pub tasks: i64,
}

/// One entry for each of the `days` that end with `today`, also where nothing was consumed.
#[must_use]
pub fn each_day(usage: &[DayUsage], today: i64, days: i64) -> Vec<DayUsage> {
    (today - days + 1..=today)
        .map(|day| {
            let found = usage.iter().find(|one| one.day == day);
            found.copied().unwrap_or(DayUsage {
                day,
                ..DayUsage::default()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_use_is_a_day() {
        let used = DayUsage {
            day: 9,
            runs: 1,
            failed_runs: 0,
            tasks: 4,
        };
        let days = each_day(&[used], 10, 3);
        assert_eq!(
            days.iter().map(|day| day.tasks).collect::<Vec<_>>(),
            [0, 4, 0]
        );
        assert_eq!(
            days.iter().map(|day| day.day).collect::<Vec<_>>(),
            [8, 9, 10]
        );
    }
}
