//! stub
use crate::{Store, StoreError};
use domain::*;
impl Store {
    /// The workspace of this key.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn workspace(&self, _key: &str) -> Result<Option<Workspace>, StoreError> {
        todo!()
    }
}
