//! stub
use crate::{Store, StoreError};
use domain::*;
impl Store {
    /// All steps of a run in their order.
    pub async fn list_steps(
        &self,
        _workspace: WorkspaceId,
        _run: RunId,
    ) -> Result<Vec<StepRow>, StoreError> {
        todo!()
    }
    /// The step of this key.
    pub async fn step(
        &self,
        _workspace: WorkspaceId,
        _run: RunId,
        _key: &str,
    ) -> Result<Option<Step>, StoreError> {
        todo!()
    }
}
