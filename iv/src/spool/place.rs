//! How far a stream was sent. It may lag behind what the server has: what is sent again has the
//! same keys, and is stored once.

use std::{fs, io, path::Path};

use super::frame;

const FILE: &str = "sent";

/// A place in a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) segment: u32,
    pub(crate) offset: u64,
}

impl Place {
    /// Where sending goes on; the beginning where that is not known.
    pub(crate) fn read(folder: &Path) -> Self {
        let bytes = fs::read(folder.join(FILE)).unwrap_or_default();
        let record = frame::next(bytes.as_slice()).ok().flatten();
        let text = record.and_then(|record| String::from_utf8(record).ok());
        let parts = text.as_deref().and_then(|text| text.split_once(' '));
        parts
            .and_then(|(segment, offset)| {
                Some(Self {
                    segment: segment.parse().ok()?,
                    offset: offset.parse().ok()?,
                })
            })
            .unwrap_or_default()
    }

    pub(crate) fn write(self, folder: &Path) -> io::Result<()> {
        let mut bytes = Vec::new();
        frame::push(
            &mut bytes,
            format!("{} {}", self.segment, self.offset).as_bytes(),
        );
        fs::write(folder.join(FILE), bytes)
    }
}
