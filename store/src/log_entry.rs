//! stub
use crate::{Store, StoreError};
use domain::*;
impl Store {
    /// The first `limit` log entries of a run in their order, and how many there are.
    pub async fn list_log(
        &self,
        _workspace: WorkspaceId,
        _run: RunId,
        _limit: i64,
    ) -> Result<(Vec<LogEntry>, i64), StoreError> {
        todo!()
    }
}
