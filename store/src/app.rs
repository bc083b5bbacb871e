//! stub
use crate::{Store, StoreError};
use domain::*;
impl Store {
    /// The app of this key.
    pub async fn app(
        &self,
        _workspace: WorkspaceId,
        _key: &Key,
    ) -> Result<Option<App>, StoreError> {
        todo!()
    }
}
