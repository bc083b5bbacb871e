//! A copy of a text that is only made once something in it is replaced.

use std::ops::Range;

#[derive(Debug)]
pub(super) struct Edit<'t> {
    text: &'t [u8],
    new: Vec<u8>,
    copied: usize,
    changed: bool,
}

impl<'t> Edit<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            new: Vec::new(),
            copied: 0,
            changed: false,
        }
    }

    /// Puts `with` in the place of a part. Of one that was replaced in part already the rest goes:
    /// in broken text a value may reach further than the brackets around it.
    pub(super) fn replace(&mut self, part: Range<usize>, with: &[u8]) {
        if self.changed && part.start < self.copied {
            self.copied = self.copied.max(part.end);
            return;
        }
        if !self.changed {
            self.new.reserve(self.text.len());
            self.changed = true;
        }
        self.new
            .extend_from_slice(&self.text[self.copied..part.start]);
        self.new.extend_from_slice(with);
        self.copied = part.end;
    }

    /// The new text; `None` where nothing was replaced.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        if !self.changed {
            return None;
        }
        self.new.extend_from_slice(&self.text[self.copied..]);
        Some(self.new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_replaced_already_stays_so_and_the_rest_of_its_part_goes() {
        let mut edit = Edit::new(b"abcdefgh");
        edit.replace(1..5, b"-");
        edit.replace(2..4, b"+");
        edit.replace(3..6, b"+");
        edit.replace(7..8, b"=");
        assert_eq!(edit.finish().as_deref(), Some(b"a-g=".as_slice()));
    }
}
