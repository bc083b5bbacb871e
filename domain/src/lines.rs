//! A text as numbered lines, some of which fold.
//!
//! It is an index over the text and never a copy of it: two megabytes of JSON may be a million
//! lines, of which a page shows fifty at a time. Numbers, doubled members and odd escapes stay
//! as they were sent. It knows no page: [`view`] holds what a reader has folded, found and chosen.

mod path;
mod pieces;
mod search;
pub mod view;
pub mod window;
mod xml;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::{
    body::{BodyKind, show, visible},
    json::{self, Line, Pretty},
};
pub use pieces::Piece;
pub use search::{Found, find};

/// How a text is cut into lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// Indented JSON.
    Json,
    /// Indented XML.
    Xml,
    /// The lines of the text itself.
    #[default]
    Raw,
}

impl Form {
    /// The form in which a body of this kind reads best.
    #[must_use]
    pub fn of(kind: BodyKind) -> Self {
        match kind {
            BodyKind::Json => Self::Json,
            BodyKind::Xml => Self::Xml,
            _ => Self::Raw,
        }
    }
}

/// Where a line stands in the text. Sixteen bytes, as there may be a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
    /// The line that closes what this one opens, or the other way round; itself otherwise.
    partner: u32,
    depth: u32,
}

/// A text and its lines; there is always at least one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    text: String,
    spans: Vec<Span>,
    form: Form,
}

impl Lines {
    /// Reads a body in the form that was asked for, or raw where it is not of that form; and
    /// whether some bytes were no text.
    #[must_use]
    pub fn read(bytes: &[u8], form: Form) -> (Self, bool) {
        let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        let read = match (form, text) {
            (Form::Json, Ok(text)) => Self::json(text.to_owned()).ok(),
            (Form::Xml, Ok(text)) => Self::xml(text.to_owned()).ok(),
            _ => None,
        };
        read.map_or_else(
            || {
                let (text, lossy) = show(bytes);
                (Self::raw(text), lossy)
            },
            |lines| (lines, false),
        )
    }

    /// The lines of indented JSON.
    ///
    /// # Errors
    /// The text itself where it is not JSON.
    pub fn json(text: String) -> Result<Self, String> {
        Self::outlined(text, Form::Json, json::scan)
    }

    /// The lines of indented XML.
    ///
    /// # Errors
    /// The text itself where it is not well-formed.
    pub fn xml(text: String) -> Result<Self, String> {
        Self::outlined(text, Form::Xml, xml::scan)
    }

    /// The lines of a text.
    #[must_use]
    pub fn raw(text: String) -> Self {
        let mut spans = Vec::new();
        let mut start = 0;
        for line in text.split('\n') {
            let index = place(spans.len());
            let end = start + line.len();
            spans.push(Span {
                start: place(start),
                end: place(end),
                partner: index,
                depth: 0,
            });
            start = end + 1;
        }
        Self {
            text,
            spans,
            form: Form::Raw,
        }
    }

    fn outlined(
        text: String,
        form: Form,
        scan: fn(&str, &mut Outline) -> Option<()>,
    ) -> Result<Self, String> {
        let mut outline = Outline::default();
        match scan(&text, &mut outline) {
            Some(()) => Ok(Self {
                text,
                spans: outline.spans,
                form,
            }),
            None => Err(text),
        }
    }

    /// How it is cut into lines.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// How many lines there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.spans.len()
    }

    /// How deep a line is nested.
    #[must_use]
    pub fn depth(&self, line: usize) -> usize {
        self.span(line).depth as usize
    }

    /// The line that closes what this one opens.
    #[must_use]
    pub fn closing(&self, line: usize) -> Option<usize> {
        let partner = self.span(line).partner as usize;
        (partner > line).then_some(partner)
    }

    /// The line that opens what this one is nested in, or what it closes.
    #[must_use]
    pub fn parent(&self, line: usize) -> Option<usize> {
        let partner = self.span(line).partner as usize;
        if partner < line {
            return Some(partner);
        }
        let depth = self.span(line).depth.checked_sub(1)?;
        // Between the two stand only siblings and what is in them.
        (0..line)
            .rev()
            .find(|above| self.span(*above).depth == depth)
    }

    /// The line that a byte of the text stands in.
    fn line_of(&self, at: u32) -> usize {
        self.spans
            .partition_point(|span| span.start <= at)
            .saturating_sub(1)
    }

    /// The first `limit` lines, as they are shown.
    #[must_use]
    pub fn head(&self, limit: usize) -> Pretty {
        let line = |line| Line {
            depth: self.depth(line).min(INDENTS),
            pieces: self
                .pieces(line)
                .into_iter()
                .map(|piece| (piece.token, self.shown(piece)))
                .collect(),
        };
        Pretty {
            lines: (0..self.count().min(limit)).map(line).collect(),
            total_lines: self.count(),
        }
    }

    /// The whole text in its lines, as it is copied.
    #[must_use]
    pub fn text(&self) -> String {
        if self.form == Form::Raw {
            return self.text.clone();
        }
        let mut text = String::with_capacity(self.text.len() * 2);
        for line in 0..self.count() {
            if line > 0 {
                text.push('\n');
            }
            text.extend(std::iter::repeat_n("  ", self.depth(line).min(INDENTS)));
            for piece in self.pieces(line) {
                text.push_str(self.source(piece));
            }
        }
        text
    }

    /// A piece as it is shown.
    fn shown(&self, piece: Piece) -> String {
        let one_line = |c| match visible(c) {
            // Within a tag they only separate.
            '\n' | '\t' if self.form != Form::Raw => ' ',
            c => c,
        };
        self.source(piece).chars().map(one_line).collect()
    }

    fn span(&self, line: usize) -> Span {
        self.spans.get(line).copied().unwrap_or(Span {
            start: 0,
            end: 0,
            partner: place(line),
            depth: 0,
        })
    }

    fn slice(&self, start: u32, end: u32) -> &str {
        self.text
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}

/// Deeper lines stand no further to the right: a hundred thousand levels would be all blanks.
pub const INDENTS: usize = 128;

/// A place in a text. Texts are the bodies that are kept, far shorter than this can count.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Lines while they are being found.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    spans: Vec<Span>,
    /// The line that is being written.
    line: Option<(usize, usize)>,
    /// Lines whose ends are due.
    open: Vec<usize>,
    /// The line that the one being written closes.
    closes: Option<usize>,
}

impl Outline {
    /// More of the line stands from `start` to `end`.
    pub(crate) fn put(&mut self, start: usize, end: usize) {
        let first = self.line.map_or(start, |(first, _)| first);
        self.line = Some((first, end));
    }

    pub(crate) fn end_line(&mut self) {
        let Some((start, end)) = self.line.take() else {
            return;
        };
        let index = self.spans.len();
        let mut partner = index;
        if let Some(opening) = self.closes.take() {
            partner = opening;
            self.spans[opening].partner = place(index);
        }
        self.spans.push(Span {
            start: place(start),
            end: place(end),
            partner: place(partner),
            depth: place(self.open.len()),
        });
    }

    /// Ends a line that opens something: what follows is nested in it.
    pub(crate) fn open(&mut self) {
        self.end_line();
        self.open.push(self.spans.len().saturating_sub(1));
    }

    /// Begins the line that closes what was opened last.
    pub(crate) fn close(&mut self) {
        self.end_line();
        self.closes = self.open.pop();
    }

    /// Closes what was opened last on the same line, with the text in it: `<a>text</a>`.
    pub(crate) fn close_in_line(&mut self, end: usize) {
        if let Some(opening) = self.open.pop() {
            self.spans.truncate(opening + 1);
            self.spans[opening].end = place(end);
        }
    }
}
