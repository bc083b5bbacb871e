//! How records lie in a file: length, checksum, bytes. A torn end is found and left out.

use std::io::{self, Read};

/// The longest record. A longer one is a length that was never written.
pub(crate) const MAX_BYTES: usize = 24 * 1_024 * 1_024;

const HEAD: usize = 8;

/// Appends the frame of `record`.
pub(crate) fn push(frames: &mut Vec<u8>, record: &[u8]) {
    let length = u32::try_from(record.len()).unwrap_or(u32::MAX);
    frames.extend_from_slice(&length.to_le_bytes());
    frames.extend_from_slice(&checksum(length, record).to_le_bytes());
    frames.extend_from_slice(record);
}

/// Bytes that the frame of a record of this length takes.
pub(crate) fn size(record: &[u8]) -> u64 {
    (HEAD + record.len()) as u64
}

/// The next record; `None` at the end, and where the rest is torn or was never written.
pub(crate) fn next(mut file: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut head = [0; HEAD];
    if !fill(&mut file, &mut head)? {
        return Ok(None);
    }
    let number = |part: [u8; 4]| u32::from_le_bytes(part);
    let length = number([head[0], head[1], head[2], head[3]]);
    let sum = number([head[4], head[5], head[6], head[7]]);
    if length as usize > MAX_BYTES {
        return Ok(None);
    }
    let mut record = vec![0; length as usize];
    if !fill(&mut file, &mut record)? || checksum(length, &record) != sum {
        return Ok(None);
    }
    Ok(Some(record))
}

/// Over the length too: a run of zeros is no record.
fn checksum(length: u32, record: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length.to_le_bytes());
    hasher.update(record);
    !hasher.finalize()
}

/// Fills `part`; `false` where the file ends before.
fn fill(file: &mut impl Read, part: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(part) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut records = Vec::new();
        while let Some(record) = next(&mut bytes).expect("memory is read") {
            records.push(record);
        }
        records
    }

    #[test]
    fn a_file_that_was_torn_anywhere_gives_all_whole_records_before() {
        let records: [&[u8]; 4] = [b"one", b"", b"three three three", &[0; 40]];
        let (mut bytes, mut ends) = (Vec::new(), vec![0]);
        for record in records {
            push(&mut bytes, record);
            ends.push(bytes.len());
        }
        for cut in 0..=bytes.len() {
            let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
            assert_eq!(all(&bytes[..cut]), records[..whole], "cut at {cut}");
        }
    }

    #[test]
    fn one_wrong_bit_ends_the_reading() {
        let mut bytes = Vec::new();
        push(&mut bytes, b"first");
        let first = bytes.len();
        push(&mut bytes, b"second");
        for at in first..bytes.len() {
            for bit in 0..8 {
                let mut torn = bytes.clone();
                torn[at] ^= 1 << bit;
                assert_eq!(all(&torn), [b"first".to_vec()], "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn zeros_that_a_crash_left_are_no_records() {
        assert!(all(&[0; 4_096]).is_empty());
    }
}
