//! From bytes as they come to lines as people read them, in bounded memory.
//!
//! A line that was written over with carriage returns is what stood there last. A line that is
//! too long is cut, says how long it was, and ends where no secret is cut in half.

use super::clean::clean;

/// Bytes of a line that are kept; below what the API takes for a message.
const LINE_BYTES: usize = 60_000;
/// How far before the cut a word may begin that is left out as a whole.
const WORD_BYTES: usize = 8_192;

/// Puts lines together.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    line: Vec<u8>,
    /// Bytes of this line that did not fit.
    more: u64,
}

impl Lines {
    /// Takes bytes; hands out each line that ends in them, without what only terminals read.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], mut line: impl FnMut(String)) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.push(&bytes[..end]);
            if let Some(text) = self.take() {
                line(text);
            }
            bytes = &bytes[end + 1..];
        }
        self.push(bytes);
    }

    /// What is left when there are no more bytes.
    pub(crate) fn end(&mut self) -> Option<String> {
        self.take()
    }

    fn push(&mut self, mut bytes: &[u8]) {
        if self.line.len() + bytes.len() <= LINE_BYTES && self.more == 0 {
            self.line.extend_from_slice(bytes);
            return;
        }
        // Only where a line gets too long: what was written over needs no room.
        let written_over = |text: &[u8]| {
            let end = text.len() - usize::from(text.ends_with(b"\r"));
            text[..end].iter().rposition(|byte| *byte == b'\r')
        };
        if let Some(at) = written_over(bytes) {
            self.line.clear();
            self.more = 0;
            bytes = &bytes[at + 1..];
        } else if let Some(at) = written_over(&self.line) {
            self.line.drain(..=at);
        }
        let room = match self.more {
            0 => LINE_BYTES.saturating_sub(self.line.len()).min(bytes.len()),
            _ => 0,
        };
        self.line.extend_from_slice(&bytes[..room]);
        self.more += (bytes.len() - room) as u64;
    }

    /// The line, if there is anything on it.
    fn take(&mut self) -> Option<String> {
        let mut line = self.line.as_slice();
        while let Some(rest) = line.strip_suffix(b"\r") {
            line = rest;
        }
        let shown = line.rsplit(|byte| *byte == b'\r').next().unwrap_or(line);
        let length = shown.len() as u64 + self.more;
        let text = match self.more {
            0 => clean(shown),
            _ => {
                let kept = clean(cut(shown));
                format!("{kept} … (the line has {length} bytes)")
            }
        };
        self.line.clear();
        self.more = 0;
        (!text.trim().is_empty()).then_some(text)
    }
}

/// Without the word that the cut goes through.
fn cut(line: &[u8]) -> &[u8] {
    let tail = line.len().saturating_sub(WORD_BYTES);
    let space = line[tail..]
        .iter()
        .rposition(|byte| matches!(byte, b' ' | b',' | b';' | b'\t'));
    // One word through and through: half of it might be half a secret, which no rule knows.
    space.map_or(&line[..tail], |at| &line[..tail + at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(parts: &[&[u8]]) -> Vec<String> {
        let (mut lines, mut all) = (Lines::default(), Vec::new());
        for part in parts {
            lines.feed(part, |line| all.push(line));
        }
        all.extend(lines.end());
        all
    }

    #[test]
    fn lines_are_the_same_however_the_bytes_come() {
        let text = "one\ntwo\r\n\n\x1b[31mthree\x1b[0m\n10%\r50%\r100%\nfour";
        let whole = lines(&[text.as_bytes()]);
        assert_eq!(whole, ["one", "two", "three", "100%", "four"]);
        for size in 1..7 {
            let parts: Vec<_> = text.as_bytes().chunks(size).collect();
            assert_eq!(lines(&parts), whole, "{size} bytes at a time");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_such() {
        assert_eq!(lines(&[b"a\xff\0b\x07\n"]), ["a\u{fffd}\u{2400}b"]);
    }

    #[test]
    fn a_line_of_ten_megabytes_is_cut_and_says_so() {
        let part = b"word ".repeat(1_000);
        let mut reader = Lines::default();
        let mut all = Vec::new();
        for _ in 0..2_000 {
            reader.feed(&part, |line| all.push(line));
            assert!(reader.line.len() <= LINE_BYTES, "memory is bounded");
        }
        reader.feed(b"\nnext\n", |line| all.push(line));
        assert_eq!(all.len(), 2);
        assert!(
            all[0].ends_with("word … (the line has 10000000 bytes)"),
            "{}",
            &all[0][59_000..]
        );
        assert_eq!(all[1], "next");
    }

    #[test]
    fn no_word_is_cut_in_half() {
        let mut line = b"key ".repeat(14_990);
        line.extend_from_slice(&b"x".repeat(200));
        assert!(!lines(&[&line])[0].contains('x'));
        assert!(lines(&[&b"y".repeat(70_000)])[0].starts_with(&"y".repeat(50_000)));
    }

    #[test]
    fn a_progress_bar_that_runs_for_hours_needs_no_memory() {
        let mut reader = Lines::default();
        let mut all = Vec::new();
        for percent in 0..100_000 {
            reader.feed(format!("\r{percent} of 100000").as_bytes(), |line| {
                all.push(line)
            });
            assert!(reader.line.len() <= LINE_BYTES);
        }
        reader.feed(b"\n", |line| all.push(line));
        assert_eq!(all, ["99999 of 100000"]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_give_lines_that_the_api_takes(parts in proptest::collection::vec(proptest::collection::vec(proptest::arbitrary::any::<u8>(), 0..300), 0..20)) {
            let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
            for line in lines(&parts) {
                proptest::prop_assert!(!line.chars().any(|c| c.is_control() && c != '\t'));
                proptest::prop_assert!(line.chars().count() <= domain::limit::TEXT_CHARS);
            }
        }
    }
}
