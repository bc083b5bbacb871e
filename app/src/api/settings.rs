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
    /// Names that are secret too, and names that are not; as typed where the form was refused.
    pub secret_names: [String; 2],
    /// Why it was.
    pub bad_names: Option<String>,
    /// Its own words for statuses; as typed where the form was refused.
    pub labels: String,
    /// Why it was.
    pub bad_labels: Option<String>,
    /// The time zones that a reader may choose.
    pub zones: Vec<String>,
    pub now: Timestamp,
}

/// Reads the settings.
#[server(prefix = "/_", endpoint = "settings", input = GetUrl)]
pub async fn show_settings(workspace: String, query: String) -> Result<Wire, AppError> {
    use domain::{labels::Labels, redact::names};
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
    let stored = scope.store.secret_names(scope.workspace.id).await;
    let stored = scope.read(stored)?;
    let secret_names = match (field("extra"), field("safe")) {
        (Some(extra), Some(safe)) => [extra, safe],
        _ => [stored.extra, stored.safe],
    };
    let bad = |form: &str| field("bad").filter(|bad| bad == form);
    // Said again from the rules, not from the address, which anybody can write.
    let bad_names = bad("names").map(|_| {
        let [extra, safe] = &secret_names;
        let bad = names::list(names::EXTRA, extra).and(names::list(names::SAFE, safe));
        bad.err().map_or_else(
            || too_long("At most 200 names, each of at most 100 characters."),
            |bad| bad.rule,
        )
    });
    let labels = field("labels");
    let labels = labels.unwrap_or_else(|| Labels::of(&scope.workspace).to_text());
    let bad_labels = bad("labels").map(|_| {
        let bad = Labels::parse(&labels).err();
        bad.map_or_else(|| too_long("At most 50 words."), |bad| bad.0)
    });
    Wire::pack(&SettingsPage {
        workspace: scope.workspace,
        labels,
        bad_labels,
        typed,
        secret_names,
        bad_names,
        zones,
        now: scope.now,
    })
}

/// A list that has no room in an address.
#[cfg(feature = "ssr")]
fn too_long(rule: &str) -> String {
    format!("A list is too long to be shown here again. {rule}")
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
