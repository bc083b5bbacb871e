//! What a reader has folded, found and chosen in a text.

use super::{Found, INDENTS, Lines, find, place};
use crate::json::Token;

/// More finds than anybody walks through; beyond them it says "more than".
pub const MOST_FOUND: usize = 10_000;
/// Columns of a row where lines are not wrapped: a longer one goes on in the next row all the same,
/// as a browser that lays out a million characters in one row stands still.
pub const UNWRAPPED: usize = 2_000;
/// Columns of a tab.
const TAB: usize = 4;

/// A row of the page: a line, or a part of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    line: u32,
    /// Where in the text the part begins; 0 at the line's beginning.
    at: u32,
}

/// One row, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowView {
    pub line: usize,
    /// Whether it begins a line, and whether it ends it.
    pub begins: bool,
    pub ends: bool,
    /// Whether no row follows.
    pub last: bool,
    pub bits: Vec<Bit>,
    /// `Some(folded)` where it can be folded.
    pub folded: Option<bool>,
}

/// A coloured or marked piece of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bit {
    pub token: Token,
    pub text: String,
    pub mark: Mark,
}

/// Whether a bit was searched for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mark {
    #[default]
    None,
    Found,
    /// The one that the reader is at.
    Here,
}

/// A text as a reader sees it.
#[derive(Debug, Clone, Default)]
pub struct View {
    lines: Lines,
    folded: Vec<bool>,
    rows: Vec<Row>,
    columns: usize,
    asked: bool,
    found: Vec<Found>,
    here: usize,
    chosen: usize,
}

impl View {
    /// Everything unfolded, in rows of so many columns.
    #[must_use]
    pub fn new(lines: Lines, columns: usize) -> Self {
        let mut view = Self {
            folded: vec![false; lines.count()],
            lines,
            columns,
            ..Self::default()
        };
        view.lay();
        view
    }

    #[must_use]
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// How many rows are not folded away.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Lays the rows anew; tells whether anything changed.
    pub fn set_columns(&mut self, columns: usize) -> bool {
        let changed = self.columns != columns;
        if changed {
            self.columns = columns;
            self.lay();
        }
        changed
    }

    /// The line that the reader has chosen, the first one at first.
    #[must_use]
    pub fn chosen(&self) -> usize {
        self.chosen
    }

    /// Chooses the line of a row.
    pub fn choose(&mut self, line: usize) {
        self.chosen = line.min(self.lines.count().saturating_sub(1));
    }

    /// Chooses a line so many lines further down or up among those that are seen.
    pub fn go(&mut self, by: isize) {
        let step = if by < 0 { -1 } else { 1 };
        let mut row = self.row_of(self.chosen, 0);
        for _ in 0..by.unsigned_abs() {
            let line = self.rows[row].line;
            let mut next = row;
            while self.rows.get(next).is_some_and(|row| row.line == line) {
                match next.checked_add_signed(step) {
                    Some(further) => next = further,
                    None => return,
                }
            }
            let Some(found) = self.rows.get(next) else {
                break;
            };
            self.chosen = found.line as usize;
            row = self.row_of(self.chosen, 0);
        }
    }

    /// Whether the line can be folded, and is.
    #[must_use]
    pub fn folded(&self, line: usize) -> Option<bool> {
        self.lines.closing(line)?;
        self.folded.get(line).copied()
    }

    /// Folds or unfolds the line; tells whether anything changed.
    pub fn fold(&mut self, line: usize, fold: bool) -> bool {
        if self.folded(line) != Some(!fold) {
            return false;
        }
        self.folded[line] = fold;
        self.lay();
        self.choose_what_is_seen();
        true
    }

    /// Folds everything that is nested deeper than so many levels; nothing without a level.
    pub fn fold_to(&mut self, level: Option<usize>) {
        for line in 0..self.folded.len() {
            let deep = level.is_some_and(|level| self.lines.depth(line) >= level);
            self.folded[line] = deep && self.lines.closing(line).is_some();
        }
        self.lay();
        self.choose_what_is_seen();
    }

    /// Looks for `needle` everywhere, also in what is folded; goes to the first find.
    pub fn search(&mut self, needle: &str) {
        let text = &self.lines.text;
        self.asked = !needle.is_empty();
        self.found = find(text, needle, MOST_FOUND);
        if self.found.is_empty() && needle.contains(": ") {
            // As it is shown, which need not be as it was sent.
            self.found = find(text, &needle.replace(": ", ":"), MOST_FOUND);
        }
        let lines = &self.lines;
        // Blanks between lines are not shown.
        self.found
            .retain(|found| found.start < lines.span(lines.line_of(found.start)).end);
        self.here = 0;
        self.show_here();
    }

    /// Whether anything was searched for.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.asked
    }

    /// The number of the find that the reader is at, from 1, and how many there are.
    #[must_use]
    pub fn found(&self) -> (usize, usize) {
        ((self.here + 1).min(self.found.len()), self.found.len())
    }

    /// Goes to the next find or the one before, round and round.
    pub fn next_found(&mut self, back: bool) {
        let count = self.found.len();
        if count > 0 {
            let step = if back { count - 1 } else { 1 };
            self.here = (self.here + step) % count;
            self.show_here();
        }
    }

    /// The row of the find that the reader is at.
    #[must_use]
    pub fn row_found(&self) -> Option<usize> {
        let found = self.found.get(self.here)?;
        Some(self.row_of(self.lines.line_of(found.start), found.start))
    }

    /// The row of the chosen line.
    #[must_use]
    pub fn row_chosen(&self) -> usize {
        self.row_of(self.chosen, 0)
    }

    /// Row `index`, as it is shown.
    #[must_use]
    pub fn row(&self, index: usize) -> Option<RowView> {
        let row = *self.rows.get(index)?;
        let next = self
            .rows
            .get(index + 1)
            .filter(|next| next.line == row.line);
        let line = row.line as usize;
        let end = next.map_or(u32::MAX, |next| next.at);
        let (begins, ends) = (row.at == 0, next.is_none());
        let mut bits = Vec::new();
        if begins && self.lines.depth(line) > 0 {
            bits.push(Bit {
                token: Token::Mark,
                text: "  ".repeat(self.lines.depth(line).min(INDENTS)),
                mark: Mark::None,
            });
        }
        self.push_bits(line, row.at, end, &mut bits);
        let folded = self.folded(line).filter(|_| begins);
        if ends && self.folded(line) == Some(true) {
            self.push_folded(line, &mut bits);
        }
        Some(RowView {
            line,
            begins,
            ends,
            last: index + 1 == self.rows.len(),
            bits,
            folded,
        })
    }

    /// What a folded line shows of all that it hides: ` … }`.
    fn push_folded(&self, line: usize, bits: &mut Vec<Bit>) {
        let plain = |text: &str| Bit {
            token: Token::Mark,
            text: text.to_owned(),
            mark: Mark::None,
        };
        bits.push(plain(" … "));
        if let Some(closing) = self.lines.closing(line) {
            self.push_bits(closing, 0, u32::MAX, bits);
        }
    }

    /// The pieces of a line between two places, cut where finds begin and end.
    fn push_bits(&self, line: usize, from: u32, to: u32, bits: &mut Vec<Bit>) {
        for piece in self.lines.pieces(line) {
            let (start, end) = (piece.start.max(from), piece.end.min(to));
            if start >= end {
                continue;
            }
            let mut at = start;
            while at < end {
                let (until, mark) = self.mark_at(at, end);
                let part = super::Piece {
                    start: at,
                    end: until,
                    ..piece
                };
                bits.push(Bit {
                    token: piece.token,
                    text: self.lines.shown(part),
                    mark,
                });
                at = until;
            }
        }
    }

    /// How far from `at` the same mark reaches, at most to `end`.
    fn mark_at(&self, at: u32, end: u32) -> (u32, Mark) {
        let next = self.found.partition_point(|found| found.end <= at);
        match self.found.get(next) {
            Some(found) if found.start <= at => {
                let mark = if next == self.here {
                    Mark::Here
                } else {
                    Mark::Found
                };
                (found.end.min(end), mark)
            }
            Some(found) => (found.start.min(end), Mark::None),
            None => (end, Mark::None),
        }
    }

    /// The row in which a place of a line is shown.
    fn row_of(&self, line: usize, at: u32) -> usize {
        let behind =
            |row: &Row| row.line < place(line) || (row.line == place(line) && row.at <= at);
        self.rows.partition_point(behind).saturating_sub(1)
    }

    /// Opens what hides the find that the reader is at, and chooses its line.
    fn show_here(&mut self) {
        let Some(found) = self.found.get(self.here) else {
            return;
        };
        let line = self.lines.line_of(found.start);
        let mut opened = false;
        for outer in 0..line {
            let hides =
                self.folded[outer] && self.lines.closing(outer).is_some_and(|end| line <= end);
            opened |= hides;
            self.folded[outer] &= !hides;
        }
        if opened {
            self.lay();
        }
        self.chosen = line;
    }

    /// A chosen line that was folded away gives way to the one that it is folded into.
    fn choose_what_is_seen(&mut self) {
        if let Some(row) = self.rows.get(self.row_of(self.chosen, u32::MAX)) {
            self.chosen = row.line as usize;
        }
    }

    /// Makes the rows of all lines that are not folded away.
    fn lay(&mut self) {
        self.rows.clear();
        let mut line = 0;
        while line < self.lines.count() {
            self.rows.push(Row {
                line: place(line),
                at: 0,
            });
            self.lay_rest(line);
            line = match self.lines.closing(line) {
                Some(closing) if self.folded[line] => closing + 1,
                _ => line + 1,
            };
        }
    }

    /// Further rows of a line that is longer than one.
    fn lay_rest(&mut self, line: usize) {
        let columns = self.columns.max(8);
        let span = self.lines.span(line);
        let indent = 2 * self.lines.depth(line).min(INDENTS);
        // No character is wider than its bytes but the tab and the colon, behind which a blank is shown.
        let most = (span.end - span.start) as usize * TAB + indent;
        if most <= columns {
            return;
        }
        let mut used = indent;
        for piece in self.lines.pieces(line) {
            let text = self.lines.source(piece);
            // A name's colon stays in its row.
            if text == ": " {
                used += 2;
                continue;
            }
            for (at, c) in text.char_indices() {
                let width = width(c);
                if used + width > columns && used > 0 {
                    self.rows.push(Row {
                        line: place(line),
                        at: piece.start + place(at),
                    });
                    used = 0;
                }
                used += width;
            }
        }
    }
}

/// How many columns a character takes, at most.
fn width(c: char) -> usize {
    match c {
        '\t' => TAB,
        c if c < '\u{1100}' => 1,
        _ => 2,
    }
}
