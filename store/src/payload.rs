//! stub
use crate::{Store, StoreError};
use domain::*;
impl Store {
    /// The payload of a step; empty where none was reported.
    pub async fn payload(
        &self,
        _workspace: WorkspaceId,
        _step: StepId,
    ) -> Result<Payload, StoreError> {
        todo!()
    }
}
