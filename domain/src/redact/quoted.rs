//! Quoted texts, lists and objects, as JSON and its relatives write them, at any depth of escaping.
//!
//! JSON in a text of JSON has a backslash before each quote, and once deeper three. A text that
//! opens behind `n` backslashes ends at the first quote that could end it, so that a body needs
//! not be unescaped to be read, nor be whole.

use std::{borrow::Cow, ops::Range};

use super::{Redactor, edit::Edit, mark::is_done};

/// A text between quotes.
#[derive(Debug, Clone)]
pub(super) struct Quoted {
    /// What is between the quotes.
    pub(super) content: Range<usize>,
    /// One past the closing quote.
    pub(super) end: usize,
    quote: u8,
}

/// The text that opens at `at`, which is its quote or the first backslash before it.
pub(super) fn open(text: &[u8], at: usize) -> Option<Quoted> {
    let escapes = text[at..]
        .iter()
        .take(9)
        .take_while(|b| **b == b'\\')
        .count();
    let quote = *text.get(at + escapes)?;
    if !matches!(quote, b'"' | b'\'') || escapes > 7 {
        return None;
    }
    let start = at + escapes + 1;
    let (content, end) = close(text, start, quote, escapes);
    Some(Quoted {
        content: start..content,
        end,
        quote,
    })
}

/// Where the content ends, and where the closing quote does.
fn close(text: &[u8], start: usize, quote: u8, escapes: usize) -> (usize, usize) {
    // The greatest of 0, 1, 3, 7 that there were.
    let level = match escapes {
        0 => 0,
        1 | 2 => 1,
        3..=6 => 3,
        _ => 7,
    };
    let mut backslashes = 0;
    for (at, byte) in text.iter().enumerate().skip(start) {
        match *byte {
            b'\\' => backslashes += 1,
            byte if byte == quote && backslashes % (2 * level + 2) != 2 * level + 1 => {
                return (at - backslashes.min(escapes), at + 1);
            }
            _ => backslashes = 0,
        }
    }
    (text.len(), text.len())
}

/// Whether this is what stands between two texts of JSON rather than in one: commas and brackets,
/// and at most numbers and words that say nothing.
pub(super) fn is_between(content: &[u8]) -> bool {
    let joint = |b: &u8| b.is_ascii_whitespace() || b",:[]{}".contains(b);
    let first = content.iter().find(|b| !b.is_ascii_whitespace());
    let scalar = |word: &[u8]| {
        let number = |b: &u8| b.is_ascii_digit() || b"+-.eE".contains(b);
        word.iter().all(number) || says_nothing(word)
    };
    first.is_some_and(|b| b",:]}".contains(b)) && content.split(joint).all(scalar)
}

/// One past the bracket that closes the one at `at`; the end of the text where it is cut.
pub(super) fn bracket_end(text: &[u8], at: usize) -> usize {
    let (mut end, mut depth) = (at, 0_usize);
    while let Some(byte) = text.get(end) {
        match byte {
            b'\\' | b'"' => {
                if let Some(quoted) = open(text, end) {
                    end = quoted.end;
                    continue;
                }
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return end + 1;
                }
            }
            _ => {}
        }
        end += 1;
    }
    text.len()
}

/// One past a number or a bare word.
pub(super) fn scalar_end(text: &[u8], at: usize) -> usize {
    let ends = |b: &u8| b.is_ascii_whitespace() || b",}]\"'\\".contains(b);
    let length = text[at..].iter().position(ends);
    length.map_or(text.len(), |length| at + length)
}

/// Whether a bare word says that there is no value.
pub(super) fn says_nothing(word: &[u8]) -> bool {
    const WORDS: [&str; 7] = ["null", "true", "false", "none", "nil", "undefined", "nan"];
    WORDS
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

/// The replacement of a secret that is written as a value of JSON; `None` where it stays.
pub(super) fn value(redactor: &Redactor<'_>, text: &[u8], kind: &'static str) -> Option<Vec<u8>> {
    let mut edit = Edit::new(text);
    replace(redactor, &mut edit, text, 0, (kind, 0));
    edit.finish()
}

/// Replaces the value at `at`, with quotes behind so many backslashes where it has none. Answers where it ends.
pub(super) fn replace(
    redactor: &Redactor<'_>,
    edit: &mut Edit<'_>,
    text: &[u8],
    at: usize,
    (kind, escapes): (&'static str, usize),
) -> usize {
    let marked = |secret: &[u8]| {
        let slashes = "\\".repeat(escapes);
        format!("{slashes}\"{}{slashes}\"", redactor.mark(kind, secret)).into_bytes()
    };
    match text.get(at) {
        None => text.len(),
        Some(b'{') => {
            let end = bracket_end(text, at);
            members(redactor, edit, text, at + 1..end, (kind, escapes));
            end
        }
        Some(b'[') => {
            let end = bracket_end(text, at);
            let empty = text[at..end]
                .iter()
                .all(|b| b.is_ascii_whitespace() || b"[]".contains(b));
            if !empty && !is_done(&text[at..end]) {
                edit.replace(at..end, &marked(&text[at..end]));
            }
            end
        }
        Some(_) => match open(text, at) {
            Some(quoted) => {
                let content = &text[quoted.content.clone()];
                if !content.is_empty() && !is_done(content) {
                    let mut mark = redactor.mark(kind, &plain(content));
                    if quoted.content.end == quoted.end {
                        // A text that was cut ends with its mark.
                        mark.push(char::from(quoted.quote));
                    }
                    edit.replace(quoted.content, mark.as_bytes());
                }
                quoted.end
            }
            None => {
                let end = scalar_end(text, at);
                let word = &text[at..end];
                if !word.is_empty() && !says_nothing(word) && !is_done(word) {
                    edit.replace(at..end, &marked(word));
                }
                end.max(at + 1)
            }
        },
    }
}

/// A text without its escapes where they are JSON's: a name is known in any writing, and a
/// fingerprint is that of the text.
pub(super) fn plain(content: &[u8]) -> Cow<'_, [u8]> {
    if content.contains(&b'\\') {
        let quoted = [b"\"", content, b"\""].concat();
        if let Ok(text) = serde_json::from_slice::<String>(&quoted) {
            return Cow::Owned(text.into_bytes());
        }
    }
    Cow::Borrowed(content)
}

/// Replaces every text and number in an object whose name is secret; its names stay.
fn members(
    redactor: &Redactor<'_>,
    edit: &mut Edit<'_>,
    text: &[u8],
    inside: Range<usize>,
    as_what: (&'static str, usize),
) {
    let (mut at, mut safe) = (inside.start, false);
    while at < inside.end {
        match text[at] {
            b'"' | b'\'' | b'\\' => match open(text, at) {
                Some(quoted) => {
                    let behind = skip_blank(text, quoted.end);
                    if text.get(behind) == Some(&b':') {
                        safe = redactor.rules.names.is_safe(&text[quoted.content]);
                        at = behind + 1;
                    } else if safe {
                        at = quoted.end;
                    } else {
                        at = replace(redactor, edit, text, at, as_what);
                    }
                }
                None => at += 1,
            },
            byte if (byte.is_ascii_digit() || matches!(byte, b'-' | b'[')) && !safe => {
                at = replace(redactor, edit, text, at, as_what);
            }
            _ => at += 1,
        }
    }
}

pub(super) fn skip_blank(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}
