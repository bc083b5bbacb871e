//! What is in gzip (RFC 1952) and in `deflate`, up to a bound.

use flate2::{Decompress, FlushDecompress, Status};

/// How gzip begins.
pub(super) const GZIP: &[u8] = b"\x1f\x8b";

/// Bytes behind each member: a checksum and its length.
const TRAILER: usize = 8;

/// All members of gzip one after another; `None` where it is broken, cut or holds more than `most`.
pub(super) fn gzip(mut packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    loop {
        packed = packed.get(head(packed)?..)?;
        let used = inflate(packed, false, most, &mut plain)?;
        packed = packed.get(used + TRAILER..)?;
        // Behind the last member padding is allowed.
        if packed.iter().all(|b| *b == 0) {
            return Some(plain);
        }
    }
}

/// The content of `deflate`, which some programs send without its frame; `None` too where
/// something stands behind its end, which nobody would look into.
pub(super) fn deflate(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    [true, false].into_iter().find_map(|framed| {
        let mut plain = Vec::new();
        let used = inflate(packed, framed, most, &mut plain)?;
        let behind = packed.get(used..)?;
        behind.iter().all(|b| *b == 0).then_some(plain)
    })
}

/// How long the head of a member is.
fn head(packed: &[u8]) -> Option<usize> {
    let [0x1f, 0x8b, 8, flags, ..] = packed else {
        return None;
    };
    let mut at = 10;
    if flags & 4 != 0 {
        let length = packed.get(at..at + 2)?;
        at += 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
    }
    // A name and a comment, each with its NUL.
    for flag in [8, 16] {
        if flags & flag != 0 {
            at += packed.get(at..)?.iter().position(|b| *b == 0)? + 1;
        }
    }
    Some(at + if flags & 2 != 0 { 2 } else { 0 })
}

/// Adds the content to `plain`, and answers how many bytes it took.
fn inflate(packed: &[u8], framed: bool, most: usize, plain: &mut Vec<u8>) -> Option<usize> {
    let mut state = Decompress::new(framed);
    loop {
        let used = usize::try_from(state.total_in()).ok()?;
        if plain.len() > most {
            return None;
        }
        plain.reserve(plain.len().clamp(4_096, 1 << 20));
        let before = (state.total_in(), state.total_out());
        let status = state
            .decompress_vec(packed.get(used..)?, plain, FlushDecompress::None)
            .ok()?;
        if status == Status::StreamEnd {
            return (plain.len() <= most).then(|| usize::try_from(state.total_in()).ok())?;
        }
        // It neither took nor gave anything: it was cut.
        if (state.total_in(), state.total_out()) == before {
            return None;
        }
    }
}

#[cfg(test)]
pub(super) fn packed(plain: &[u8]) -> Vec<u8> {
    use flate2::{Compress, Compression, FlushCompress};
    let mut bytes = b"\x1f\x8b\x08\x00\0\0\0\0\0\xff".to_vec();
    bytes.reserve(plain.len() + 1_024);
    let mut state = Compress::new(Compression::default(), false);
    let status = state.compress_vec(plain, &mut bytes, FlushCompress::Finish);
    assert_eq!(status.expect("memory"), Status::StreamEnd);
    let mut sum = flate2::Crc::new();
    sum.update(plain);
    bytes.extend(sum.sum().to_le_bytes());
    bytes.extend((plain.len() as u32).to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_with_any_head_come_out_whole() {
        let one = packed(b"one ");
        let mut two = packed(b"two");
        // Extra bytes, a name, a comment and a checksum of the head.
        two[3] = 2 | 4 | 8 | 16;
        two.splice(10..10, *b"\x02\x00xyname\0comment\0cc");
        let both = [one.as_slice(), &two, b"\0\0"].concat();
        assert_eq!(gzip(&both, 7).as_deref(), Some(b"one two".as_slice()));
        assert_eq!(gzip(&both, 6), None);
        for cut in 0..both.len() - 2 {
            let kept = gzip(&both[..cut], 99);
            assert!(kept.is_none() || cut == one.len(), "{cut}");
        }
    }

    #[test]
    fn deflate_comes_with_and_without_a_frame() {
        let raw = packed(b"text");
        // Without the checksum and the length of gzip.
        let raw = &raw[10..raw.len() - 8];
        assert_eq!(deflate(raw, 9).as_deref(), Some(b"text".as_slice()));
        let framed = b"\x78\x9c\x2b\x49\xad\x28\x01\x00\x04\x67\x01\xc6";
        assert_eq!(deflate(framed, 9).as_deref(), Some(b"text".as_slice()));
        assert_eq!(deflate(b"\xff\xff\xff", 9), None);
        assert_eq!(deflate(b"\x03\x00\0\0", 9).as_deref(), Some(b"".as_slice()));
        assert_eq!(deflate(b"\x03\x00token=abcdefgh", 99), None);
    }
}
