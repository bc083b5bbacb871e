//! stub
use crate::{Store, StoreError};
use domain::{filter::RunFilter, *};
impl Store {
    /// One page of an integration's runs. `filter.search` matches a Run ID exactly or a Trigger App in any case.
    pub async fn list_runs(
        &self,
        _workspace: WorkspaceId,
        _integration: &Integration,
        _filter: &RunFilter,
    ) -> Result<Page<RunRow>, StoreError> {
        todo!()
    }
    /// Up to ten runs of the integration of which the ID begins with `text`, in any case.
    pub async fn runs_beginning(
        &self,
        _workspace: WorkspaceId,
        _integration: IntegrationId,
        _text: &str,
    ) -> Result<Vec<RunRow>, StoreError> {
        todo!()
    }
    /// The run of this key.
    pub async fn run(
        &self,
        _workspace: WorkspaceId,
        _key: &str,
    ) -> Result<Option<Run>, StoreError> {
        todo!()
    }
}
