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

    /// Puts `with` in the place of a part behind all parts that were replaced before.
    pub(super) fn replace(&mut self, part: Range<usize>, with: &[u8]) {
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
