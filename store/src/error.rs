//! What can go wrong between us and the database.

/// A failure of the store. Missing rows are no failure; they are `None`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Stored bytes that this program did not write.
    #[error("a stored payload cannot be read")]
    Unreadable,
    /// The address of the database means nothing to us.
    #[error("{0}")]
    Address(String),
    /// The writer has ended, as it does at shutdown.
    #[error("the server is shutting down")]
    Closed,
}
