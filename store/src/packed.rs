//! How bytes are packed before they reach the writer, and read again: zstd, bounded both ways.

use zstd::bulk::Compressor;

use crate::StoreError;

/// A level at which repetitive JSON shrinks twentyfold in a fraction of a millisecond.
const LEVEL: i32 = 3;

/// A compressor; one serves a whole request.
pub(crate) fn compressor() -> std::io::Result<Compressor<'static>> {
    Compressor::new(LEVEL)
}

/// What was packed, of at most `most` bytes. No more memory is taken than the frame declares.
pub(crate) fn unpacked(bytes: &[u8], most: usize) -> Result<Vec<u8>, StoreError> {
    let declared = match zstd::zstd_safe::get_frame_content_size(bytes) {
        Ok(Some(size)) => usize::try_from(size).unwrap_or(usize::MAX),
        _ => most,
    };
    zstd::bulk::decompress(bytes, most.min(declared)).map_err(|_| StoreError::Unreadable)
}
