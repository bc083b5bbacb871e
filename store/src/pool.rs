//! stub
/// One database.
#[derive(Debug, Clone)]
pub struct Store;
