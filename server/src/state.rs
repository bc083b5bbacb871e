//! What every handler may use.

use std::sync::Arc;

use app::context::{Assets, DemoState, FirstKey, Origin};
use axum::extract::FromRef;
use domain::WorkspaceId;
use leptos::config::LeptosOptions;
use store::{Keys, Store};
use tokio::sync::Notify;

use crate::{
    assets,
    clock::Clock,
    door::Door,
    entry::Entry,
    live::Live,
    problem::{Problem, found},
};

/// The server's parts. Cheap to clone; holds no state of its own but the demo's progress.
#[derive(Debug, Clone)]
pub struct AppState {
    pub store: Store,
    pub clock: Clock,
    /// The address that pages show in commands.
    pub origin: Origin,
    /// Shown while the workspace is empty.
    pub first_key: FirstKey,
    pub demo: DemoState,
    /// Wakes the loop that does what was begun for many.
    pub bulk: Arc<Notify>,
    pub assets: Assets,
    pub leptos: LeptosOptions,
    /// The streams of open pages.
    pub live: Live,
    /// Whether and how people sign in.
    pub entry: Entry,
    /// How much may come in, and how often.
    pub door: Door,
    /// What originals of secrets are sealed with, where workspaces may keep them.
    pub secrets_keys: Option<Keys>,
}

impl AppState {
    /// The parts around `store`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, origin: String, first_key: Option<String>) -> Self {
        Self {
            store,
            clock,
            origin: Origin(origin),
            first_key: FirstKey(first_key),
            demo: DemoState::default(),
            bulk: Arc::default(),
            assets: assets::addresses(),
            leptos: LeptosOptions::builder()
                .output_name("integration-view")
                .build(),
            live: Live::default(),
            entry: Entry::default(),
            door: Door::default(),
            secrets_keys: None,
        }
    }

    /// The workspace that an address names.
    pub(crate) async fn workspace(&self, key: &str) -> Result<WorkspaceId, Problem> {
        Ok(found(self.store.workspace(key).await?, "workspace")?.id)
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
