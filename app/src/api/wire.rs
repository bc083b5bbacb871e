//! How the data of a page travels.
//!
//! Every read answers this one type, so that the browser's half holds one
//! resource and one decoder instead of one for each page: a fifth of its size
//! (`docs/PERFORMANCE.md`). The JSON is the same either way.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::error::AppError;

/// A page's data as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wire(serde_json::Value);

impl Wire {
    /// What `page` looks like on the way.
    ///
    /// # Errors
    /// [`AppError::Failed`] where it cannot be JSON, which is a fault of ours.
    pub fn pack(page: &impl Serialize) -> Result<Self, AppError> {
        serde_json::to_value(page)
            .map(Self)
            .map_err(|_| AppError::Failed { request_id: None })
    }

    /// The page.
    ///
    /// # Errors
    /// [`AppError::Outdated`] where a server of another version packed it.
    pub fn open<T: DeserializeOwned>(self) -> Result<T, AppError> {
        serde_json::from_value(self.0).map_err(|_| AppError::Outdated)
    }
}
