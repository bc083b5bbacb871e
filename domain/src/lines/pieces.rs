//! The coloured pieces of one line.

use super::{Form, Lines, Span, place};
use crate::json::Token;

/// A piece of a line: a place in the text and what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    pub token: Token,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Lines {
    /// What a line is made of, without its indent.
    #[must_use]
    pub fn pieces(&self, line: usize) -> Vec<Piece> {
        let Span { start, end, .. } = self.span(line);
        let text = self.slice(start, end);
        let mut pieces = Pieces {
            from: start,
            found: Vec::new(),
        };
        match self.form {
            Form::Raw => pieces.put(Token::Mark, 0, text.len()),
            Form::Json => json(text, &mut pieces),
            Form::Xml => xml(text, &mut pieces),
        }
        pieces.found
    }

    /// The text of a piece.
    #[must_use]
    pub fn source(&self, piece: Piece) -> &str {
        match (self.form, self.slice(piece.start, piece.end)) {
            // However it was written.
            (Form::Json, ":") if piece.token == Token::Mark => ": ",
            (_, text) => text,
        }
    }
}

struct Pieces {
    from: u32,
    found: Vec<Piece>,
}

impl Pieces {
    fn put(&mut self, token: Token, start: usize, end: usize) {
        if start < end {
            self.found.push(Piece {
                token,
                start: self.from + place(start),
                end: self.from + place(end),
            });
        }
    }
}

/// The text is known to be JSON, so the first byte of a token tells what it is.
fn json(text: &str, pieces: &mut Pieces) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        let rest = &bytes[at..];
        match first {
            b'"' => {
                let length = string(rest);
                let behind = bytes.get(at + length..).unwrap_or_default();
                let is_name = behind.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':');
                let token = if is_name { Token::Name } else { Token::Text };
                pieces.put(token, at, at + length);
                at += length;
            }
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'{' | b'[' => {
                // Brackets without content may have blanks between them.
                pieces.put(Token::Mark, at, at + 1);
                at += 1;
            }
            b'}' | b']' | b',' | b':' => {
                pieces.put(Token::Mark, at, at + 1);
                at += 1;
            }
            first => {
                let ends = |b: &u8| matches!(b, b',' | b' ' | b'\t' | b'\r' | b'\n' | b'}' | b']');
                let length = rest.iter().position(ends).unwrap_or(rest.len());
                let word = first.is_ascii_alphabetic();
                let token = if word { Token::Word } else { Token::Number };
                pieces.put(token, at, at + length);
                at += length;
            }
        }
    }
}

/// The length of the string that `bytes` begin with.
fn string(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Tags with their names and values; everything else is plain.
fn xml(text: &str, pieces: &mut Pieces) {
    let mut at = 0;
    while let Some(found) = text[at..].find('<') {
        pieces.put(Token::Mark, at, at + found);
        at += found;
        let is_tag =
            text[at + 1..].starts_with(|c: char| c == '/' || c.is_alphabetic() || c == '_');
        if !is_tag {
            // A comment or a declaration, which ends with its line.
            break;
        }
        at = tag(text, at, pieces);
    }
    pieces.put(Token::Mark, at, text.len());
}

/// The pieces of the tag that begins at `at`; returns where it ends.
fn tag(text: &str, mut at: usize, pieces: &mut Pieces) -> usize {
    let bytes = text.as_bytes();
    let mark = if bytes.get(at + 1) == Some(&b'/') {
        2
    } else {
        1
    };
    pieces.put(Token::Mark, at, at + mark);
    at += mark;
    let mut token = Token::Name;
    while let Some(byte) = bytes.get(at) {
        let from = at;
        match byte {
            b'>' => {
                pieces.put(Token::Mark, at, at + 1);
                return at + 1;
            }
            quote @ (b'"' | b'\'') => {
                let end = bytes[at + 1..].iter().position(|b| b == quote);
                at = end.map_or(bytes.len(), |end| at + end + 2);
                pieces.put(Token::Text, from, at);
            }
            b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'/' => {
                at += 1;
                pieces.put(Token::Mark, from, at);
            }
            _ => {
                let ends = |b: &u8| {
                    matches!(
                        b,
                        b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'/' | b'>' | b'"' | b'\''
                    )
                };
                let length = bytes[at..].iter().position(ends);
                at = length.map_or(bytes.len(), |length| at + length);
                pieces.put(token, from, at);
                token = Token::Word;
            }
        }
    }
    at
}
