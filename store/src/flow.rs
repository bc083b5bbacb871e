//! stub
use crate::{Store, StoreError};
use domain::{filter::FlowFilter, *};
impl Store {
    /// One page of flows, by name.
    pub async fn list_flows(
        &self,
        _workspace: WorkspaceId,
        _filter: &FlowFilter,
    ) -> Result<Page<Flow>, StoreError> {
        todo!()
    }
    /// The flow of this key.
    pub async fn flow(
        &self,
        _workspace: WorkspaceId,
        _key: &str,
    ) -> Result<Option<Flow>, StoreError> {
        todo!()
    }
    /// The flow of this id.
    pub async fn flow_by_id(
        &self,
        _workspace: WorkspaceId,
        _id: FlowId,
    ) -> Result<Option<Flow>, StoreError> {
        todo!()
    }
}
