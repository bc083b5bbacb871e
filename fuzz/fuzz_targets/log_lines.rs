//! `iv`: what a command prints, and what a torn spool holds.
//!
//! `iv` is a program and no library: its files are compiled as they are.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../iv/src/run"]
mod run {
    pub(crate) mod clean;
    pub(crate) mod lines;
}
#[expect(dead_code, reason = "only what reads is tried")]
#[path = "../../iv/src/spool/frame.rs"]
mod frame;

/// Longer lines are cut, and where depends on how the bytes came.
const SHORT: usize = 50_000;

fn lines(parts: &[u8], size: usize) -> Vec<String> {
    let (mut lines, mut all) = (run::lines::Lines::default(), Vec::new());
    for part in parts.chunks(size.max(1)) {
        lines.feed(part, |line| all.push(line));
    }
    all.extend(lines.end());
    all
}

fuzz_target!(|data: &[u8]| {
    let (size, bytes) = fuzz::choice(data);
    let whole = lines(bytes, bytes.len());
    for line in &whole {
        assert!(!line.chars().any(|c| c.is_control() && c != '\t'), "{line:?}");
        assert!(line.chars().count() <= domain::limit::TEXT_CHARS);
    }
    if bytes.len() < SHORT {
        assert_eq!(lines(bytes, usize::from(size)), whole);
    }
    let (mut rest, mut left) = (bytes, bytes.len());
    while let Ok(Some(record)) = frame::next(&mut rest) {
        assert!(record.len() < left);
        left = rest.len();
    }
});
