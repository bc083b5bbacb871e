//! stub
use crate::{Store, StoreError};
use domain::{filter::IntegrationFilter, *};
impl Store {
    /// One page of a flow's integrations. `filter.search` matches exactly.
    pub async fn list_integrations(
        &self,
        _workspace: WorkspaceId,
        _flow: &Flow,
        _filter: &IntegrationFilter,
    ) -> Result<Page<Integration>, StoreError> {
        todo!()
    }
    /// Up to ten integrations of the flow of which an ID begins with `text`, in any case.
    pub async fn integrations_beginning(
        &self,
        _workspace: WorkspaceId,
        _flow: FlowId,
        _text: &str,
    ) -> Result<Vec<Integration>, StoreError> {
        todo!()
    }
    /// The integration of this key.
    pub async fn integration(
        &self,
        _workspace: WorkspaceId,
        _key: &str,
    ) -> Result<Option<Integration>, StoreError> {
        todo!()
    }
    /// The integration of this id.
    pub async fn integration_by_id(
        &self,
        _workspace: WorkspaceId,
        _id: IntegrationId,
    ) -> Result<Option<Integration>, StoreError> {
        todo!()
    }
    /// The apps that the flow's integrations connect to.
    pub async fn apps_of_flow(
        &self,
        _workspace: WorkspaceId,
        _flow: FlowId,
    ) -> Result<Vec<Key>, StoreError> {
        todo!()
    }
}
