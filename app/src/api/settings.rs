//! What a workspace has set.

use domain::{Timestamp, Workspace};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::Wire;
use crate::error::AppError;

/// The settings of a workspace, and what a refused form held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsPage {
    pub workspace: Workspace,
    /// `url`, `label` and `margin` as they were typed, where the form was refused.
    pub typed: Option<[String; 3]>,
    /// The time zones that a reader may choose.
    pub zones: Vec<String>,
    pub now: Timestamp,
}

/// Reads the settings.
#[server(prefix = "/_", endpoint = "settings", input = GetUrl)]
pub async fn show_settings(workspace: String, query: String) -> Result<Wire, AppError> {
    let scope = super::scope::Scope::open(&workspace).await?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&query).unwrap_or_default();
    let field = |wanted: &str| {
        let found = pairs.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone())
    };
    let typed = field("url").map(|url| {
        let rest = ["label", "margin"].map(|name| field(name).unwrap_or_default());
        let [label, margin] = rest;
        [url, label, margin]
    });
    let zones = scope.zone_names();
    Wire::pack(&SettingsPage {
        workspace: scope.workspace,
        typed,
        zones,
        now: scope.now,
    })
}

/// The table of a time zone, for a reader who has chosen it.
#[server(prefix = "/_", endpoint = "zone", input = GetUrl)]
pub async fn show_zone(name: String) -> Result<Wire, AppError> {
    let found = use_context::<crate::context::Zones>().and_then(|zones| (zones.find)(&name));
    let zone = found.ok_or(AppError::NotFound {
        what: "time zone".to_owned(),
    })?;
    Wire::pack(&zone.to_string())
}
