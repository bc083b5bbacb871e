//! One end-user: the integrations over all flows, the last runs, what they consumed.

use domain::{
    RunRow, Timestamp, Workspace,
    user::{DayUsage, UserIntegration},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::Wire;
use crate::error::AppError;

/// Days of which the consumption is shown.
#[cfg(feature = "ssr")]
pub(super) const USAGE_DAYS: i64 = 30;

/// One end-user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage {
    pub workspace: Workspace,
    /// The User ID or User Auth of the address.
    pub user: String,
    /// Those that ran last first.
    pub integrations: Vec<UserIntegration>,
    /// How many there are in all.
    pub total: i64,
    pub runs: Vec<RunRow>,
    /// The last thirty days, today last.
    pub usage: Vec<DayUsage>,
    pub now: Timestamp,
}

/// Reads an end-user.
#[server(prefix = "/_", endpoint = "user", input = GetUrl)]
pub async fn show_user(workspace: String, user: String) -> Result<Wire, AppError> {
    let scope = super::scope::Scope::open(&workspace).await?;
    let (id, store) = (scope.workspace.id, &scope.store);

    let total = scope.read(store.count_of_user(id, &user).await)?;
    let known = (total > 0).then_some(());
    scope.found(Ok(known), "end-user", &user)?;
    let integrations = scope.read(store.integrations_of_user(id, &user).await)?;
    let rows: Vec<_> = integrations
        .iter()
        .map(|row| row.integration.clone())
        .collect();
    let runs = scope.read(store.runs_of_user(id, &rows).await)?;
    let today = scope.now.day();
    let from = today - USAGE_DAYS + 1;
    let usage = scope.read(store.usage_of_user(id, &user, from).await)?;
    Wire::pack(&UserPage {
        workspace: scope.workspace,
        user,
        integrations,
        total,
        runs,
        usage: domain::user::each_day(&usage, today, USAGE_DAYS),
        now: scope.now,
    })
}
