//! How the data of a page travels.
//!
//! Every read answers this one type, so that the browser's half holds one
//! resource and one decoder instead of one for each page; and the form is
//! postcard's, whose decoder names no fields and is smaller than JSON's (the
//! series is in `docs/PERFORMANCE.md`). It is private to the two halves of one build: other
//! programs read `/api/v1`.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::error::AppError;

/// A page's data: what wrote it, and base64 of postcard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wire(String, String);

/// Postcard names no fields, so only the same version may read what one wrote.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Wire {
    /// What `page` looks like on the way.
    ///
    /// # Errors
    /// [`AppError::Failed`] where it has no such form, which is a fault of ours.
    pub fn pack(page: &impl Serialize) -> Result<Self, AppError> {
        let bytes =
            postcard::to_allocvec(page).map_err(|_| AppError::Failed { request_id: None })?;
        Ok(Self(VERSION.to_owned(), STANDARD_NO_PAD.encode(bytes)))
    }

    /// The page.
    ///
    /// # Errors
    /// [`AppError::Outdated`] where a server of another version packed it.
    pub fn open<T: DeserializeOwned>(&self) -> Result<T, AppError> {
        if self.0 != VERSION {
            return Err(AppError::Outdated);
        }
        let bytes = STANDARD_NO_PAD
            .decode(&self.1)
            .map_err(|_| AppError::Outdated)?;
        postcard::from_bytes(&bytes).map_err(|_| AppError::Outdated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_opened_again_and_by_no_other_version() {
        let moment = domain::Timestamp::from_ms(1_794_474_843_250);
        let page = (moment, Some("é".to_owned()), vec![domain::Status::Failed]);
        let mut wire = Wire::pack(&page).expect("a form");
        assert_eq!(wire.open().as_ref(), Ok(&page));
        wire.0 = "0.0.0".to_owned();
        assert_eq!(wire.open::<(domain::Timestamp,)>(), Err(AppError::Outdated));
    }
}
