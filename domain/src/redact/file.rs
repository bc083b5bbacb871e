//! Which files there is something to look for in.

/// How formats begin whose text nobody reads without a program for them: zip and with it most
/// office documents, older office documents, PDF, images. With one byte changed in the middle they
/// do not open.
const CLOSED: &[&[u8]] = &[
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"%PDF-",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",
    b"MM\0*",
];

/// How texts begin that are packed in a way which is not unpacked here: xz, 7z, RAR, LZ4.
const PACKED: &[&[u8]] = &[
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x04\x22\x4d\x18",
];

/// Whether it is kept as it is.
pub(super) fn is_closed(bytes: &[u8]) -> bool {
    CLOSED.iter().any(|magic| bytes.starts_with(magic))
}

/// Whether it cannot be looked into though it should be.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    let bzip2 = bytes.starts_with(b"BZh") && bytes.get(4..10) == Some(b"1AY&SY");
    bzip2 || PACKED.iter().any(|magic| bytes.starts_with(magic))
}
