//! Lets open pages hear of commits.

use std::collections::{BTreeMap, BTreeSet};

use domain::WorkspaceId;
use tokio::sync::watch;

use crate::StoreError;

/// How often reports of each workspace were committed.
pub(super) type Commits = BTreeMap<WorkspaceId, u64>;

/// Hears when this server has taken in reports of a workspace. What another server on the same
/// database takes in is not heard.
#[derive(Debug, Clone)]
pub struct Changes {
    workspace: WorkspaceId,
    seen: u64,
    commits: watch::Receiver<Commits>,
}

impl Changes {
    /// Of this workspace, from now on.
    pub(super) fn new(workspace: WorkspaceId, mut commits: watch::Receiver<Commits>) -> Self {
        let seen = commits.borrow_and_update().get(&workspace).copied();
        Self {
            workspace,
            seen: seen.unwrap_or(0),
            commits,
        }
    }

    /// Waits for the next change since it was last asked; answers at once where there was one.
    ///
    /// # Errors
    /// [`StoreError::Closed`] when the writer has ended.
    pub async fn heard(&mut self) -> Result<(), StoreError> {
        let (workspace, seen) = (self.workspace, self.seen);
        let count = |commits: &Commits| commits.get(&workspace).copied().unwrap_or(0);
        let waiting = self.commits.wait_for(|commits| count(commits) != seen);
        let now = count(&*waiting.await.map_err(|_| StoreError::Closed)?);
        self.seen = now;
        Ok(())
    }
}

/// Tells those who listen that reports of these workspaces were committed.
pub(super) fn tell(told: &watch::Sender<Commits>, workspaces: impl Iterator<Item = WorkspaceId>) {
    let workspaces: BTreeSet<_> = workspaces.collect();
    if !workspaces.is_empty() {
        told.send_modify(|commits| {
            for workspace in workspaces {
                *commits.entry(workspace).or_default() += 1;
            }
        });
    }
}
