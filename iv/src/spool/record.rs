//! The three kinds of record.

use serde::{Deserialize, Serialize};

/// One record of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    /// A report as the API takes it, in JSON.
    Report(Vec<u8>),
    /// A file to upload.
    File(FileRecord),
    /// The writer said all that it had to say.
    End,
}

/// A file that lies beside the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    pub(crate) run: String,
    /// Unique in the run.
    pub(crate) key: String,
    /// The log entry that it belongs to.
    pub(crate) log: Option<String>,
    pub(crate) name: String,
}

impl Record {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Report(json) => [b"R", json.as_slice()].concat(),
            Self::File(file) => [
                b"F",
                serde_json::to_vec(file).unwrap_or_default().as_slice(),
            ]
            .concat(),
            Self::End => b"E".to_vec(),
        }
    }

    /// `None` where a later version wrote what this one does not know.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        match kind {
            b'R' => Some(Self::Report(rest.to_vec())),
            b'F' => serde_json::from_slice(rest).ok().map(Self::File),
            b'E' => Some(Self::End),
            _ => None,
        }
    }
}
