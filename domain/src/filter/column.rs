//! Which columns a list shows, and in which order.

use serde::{Deserialize, Serialize};

text_enum! {
    /// A column of a list of runs. The one that names the row always stands in it.
    RunColumn {
        RunId = "run_id", "Run ID";
        Integration = "integration", "Integration ID";
        User = "user", "User ID";
        TriggerApp = "trigger_app", "Trigger App";
        TriggerName = "trigger_name", "Trigger Name";
        TriggerType = "trigger_type", "Trigger Type";
        StartTime = "start_time", "Start Time";
        Duration = "duration", "Duration";
        Status = "status", "Status";
        NetworkCode = "network_code", "Network Code";
        FailingApp = "failing_app", "Failing App";
        FailingStep = "failing_step", "Failing Step";
        Handled = "handled", "Handled";
    }
}

impl RunColumn {
    /// What the runs of an integration show, in the order that IG-48 fixes.
    pub const OF_INTEGRATION: &[Self] = &[
        Self::RunId,
        Self::TriggerApp,
        Self::TriggerName,
        Self::TriggerType,
        Self::StartTime,
        Self::Duration,
        Self::Status,
        Self::NetworkCode,
    ];
    /// What the runs of a workspace show.
    pub const OF_WORKSPACE: &[Self] = &[
        Self::RunId,
        Self::Integration,
        Self::User,
        Self::TriggerApp,
        Self::StartTime,
        Self::Duration,
        Self::Status,
        Self::NetworkCode,
        Self::FailingApp,
    ];
}

text_enum! {
    /// A column of a list of integrations. The one that names the row always stands in it.
    IntegrationColumn {
        IntegrationId = "integration_id", "Integration ID";
        Name = "name", "Name";
        UserId = "user_id", "User ID";
        UserAuth = "user_auth", "User Auth";
        App = "app", "App";
        DateCreated = "date_created", "Date Created";
        LastRunStart = "last_run_start", "Last Run Start";
        LastRunStatus = "last_run_status", "Last Run Status";
        IntegrationStatus = "integration_status", "Integration Status";
        Runs = "runs", "Runs";
        Failed = "failed", "Failed";
        Tasks = "tasks", "Tasks";
    }
}

impl IntegrationColumn {
    /// What the integrations of a flow show, in the order that IG-18 fixes.
    pub const OF_FLOW: &[Self] = &[
        Self::IntegrationId,
        Self::UserId,
        Self::UserAuth,
        Self::DateCreated,
        Self::LastRunStart,
        Self::LastRunStatus,
        Self::IntegrationStatus,
    ];
}

/// Columns in the order in which a reader wants them; none chosen means those of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns<C>(Vec<C>);

impl<C> Default for Columns<C> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<C: PartialEq> Columns<C> {
    /// Each of `columns` once, where it is named first.
    #[must_use]
    pub fn of(columns: Vec<C>) -> Self {
        let mut once: Vec<C> = Vec::with_capacity(columns.len());
        for column in columns {
            if !once.contains(&column) {
                once.push(column);
            }
        }
        Self(once)
    }
}

impl<C: Copy + PartialEq> Columns<C> {
    /// What was chosen; nothing where the page decides.
    #[must_use]
    pub fn chosen(&self) -> &[C] {
        &self.0
    }

    /// What is shown. `usual` are the page's own columns, and the first of them names the row: a
    /// choice without it gets it in front.
    #[must_use]
    pub fn shown(&self, usual: &[C]) -> Vec<C> {
        if self.0.is_empty() {
            return usual.to_vec();
        }
        let name = usual.first().filter(|name| !self.0.contains(name));
        name.into_iter().chain(&self.0).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{RunColumn as C, *};

    #[test]
    fn a_row_is_named_whatever_is_chosen() {
        let usual = C::OF_INTEGRATION;
        assert_eq!(Columns::default().shown(usual), usual);
        let some = Columns::of(vec![C::Status, C::Duration, C::Status]);
        assert_eq!(some.shown(usual), [C::RunId, C::Status, C::Duration]);
        let named = Columns::of(vec![C::Status, C::RunId]);
        assert_eq!(named.shown(usual), [C::Status, C::RunId]);
    }

    #[test]
    fn the_columns_stand_in_the_order_of_the_described_product() {
        let labels = |columns: &[C]| columns.iter().map(|c| c.label()).collect::<Vec<_>>();
        assert_eq!(
            labels(C::OF_INTEGRATION),
            [
                "Run ID",
                "Trigger App",
                "Trigger Name",
                "Trigger Type",
                "Start Time",
                "Duration",
                "Status",
                "Network Code"
            ]
        );
    }
}
