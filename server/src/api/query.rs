//! What an address says behind its question mark, beside the filter of a list.

/// A query as it was sent.
pub(super) struct Asked(pub(super) String);

impl Asked {
    pub(super) fn new(query: Option<String>) -> Self {
        Self(query.unwrap_or_default())
    }

    /// The first value under this name that says something; other names mean nothing here.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let pairs = serde_urlencoded::from_str::<Vec<(String, String)>>(&self.0);
        let mut pairs = pairs.unwrap_or_default().into_iter();
        let found = pairs.find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value)
    }
}
