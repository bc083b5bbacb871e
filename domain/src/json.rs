//! JSON as people read it: indented lines of coloured pieces.
//!
//! The text is never turned into values and back: numbers of thirty digits,
//! doubled members and odd escapes are shown as they were sent.

use serde::{Deserialize, Serialize};

use crate::lines::{Lines, Outline};

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Token {
    /// A member's name, with its quotes.
    Name,
    /// Text, with its quotes.
    Text,
    /// A number.
    Number,
    /// `true`, `false` or `null`.
    Word,
    /// Brackets, colons, commas.
    Mark,
}

/// One line of an indented text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub depth: usize,
    pub pieces: Vec<(Token, String)>,
}

/// The beginning of an indented text, and how long the whole is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pretty {
    pub lines: Vec<Line>,
    pub total_lines: usize,
}

impl Pretty {
    /// The lines as one text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (index, line) in self.lines.iter().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            text.extend(std::iter::repeat_n("  ", line.depth));
            text.extend(line.pieces.iter().map(|(_, piece)| piece.as_str()));
        }
        text
    }
}

/// Indents JSON text, keeping the first `limit` lines; `None` where it is not JSON (RFC 8259).
///
/// Nesting is followed without recursion, to any depth.
#[must_use]
pub fn pretty(text: &str, limit: usize) -> Option<Pretty> {
    let lines = Lines::json(text.to_owned()).ok()?;
    Some(lines.head(limit))
}

/// Tells `outline` where the lines of JSON text begin and end; `None` where it is not JSON.
pub(crate) fn scan(text: &str, outline: &mut Outline) -> Option<()> {
    let mut rest = Scanner { text, at: 0 };
    let mut open: Vec<u8> = Vec::new();
    loop {
        // A value is due here.
        match rest.peek()? {
            mark @ (b'{' | b'[') => {
                let (start, close) = (rest.at, mark + 2);
                rest.at += 1;
                if rest.peek()? == close {
                    rest.at += 1;
                    outline.put(start, rest.at);
                } else {
                    outline.put(start, start + 1);
                    outline.open();
                    open.push(close);
                    if close == b'}' {
                        rest.name(outline)?;
                    }
                    continue;
                }
            }
            b'"' => rest.put(outline, Scanner::string)?,
            b'-' | b'0'..=b'9' => rest.put(outline, Scanner::number)?,
            _ => rest.put(outline, Scanner::word)?,
        }
        // A value has ended; so do the brackets around it, until another value is due.
        loop {
            let Some(close) = open.last().copied() else {
                outline.end_line();
                return rest.peek().is_none().then_some(());
            };
            match rest.peek()? {
                b',' => {
                    outline.put(rest.at, rest.at + 1);
                    rest.at += 1;
                    outline.end_line();
                    if close == b'}' {
                        rest.name(outline)?;
                    }
                    break;
                }
                mark if mark == close => {
                    open.pop();
                    outline.close();
                    outline.put(rest.at, rest.at + 1);
                    rest.at += 1;
                }
                _ => return None,
            }
        }
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// The next byte that is not blank.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn put(&mut self, outline: &mut Outline, read: fn(&mut Self) -> Option<&'a str>) -> Option<()> {
        let start = self.at;
        read(self)?;
        outline.put(start, self.at);
        Some(())
    }

    fn name(&mut self, outline: &mut Outline) -> Option<()> {
        if self.peek()? != b'"' {
            return None;
        }
        self.put(outline, Self::string)?;
        if self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        Some(())
    }

    fn string(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        self.at += 1;
        loop {
            match bytes.get(self.at)? {
                b'"' => {
                    self.at += 1;
                    return self.text.get(start..self.at);
                }
                b'\\' => match bytes.get(self.at + 1)? {
                    b'u' => {
                        let digits = bytes.get(self.at + 2..self.at + 6)?;
                        if !digits.iter().all(u8::is_ascii_hexdigit) {
                            return None;
                        }
                        self.at += 6;
                    }
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
                    _ => return None,
                },
                0..0x20 => return None,
                _ => self.at += 1,
            }
        }
    }

    fn number(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.skip(|b| b == b'-', 1);
        let whole = self.at;
        if self.skip(|b| b.is_ascii_digit(), usize::MAX) == 0 {
            return None;
        }
        if self.at - whole > 1 && self.text.as_bytes()[whole] == b'0' {
            return None;
        }
        if self.skip(|b| b == b'.', 1) == 1 && self.skip(|b| b.is_ascii_digit(), usize::MAX) == 0 {
            return None;
        }
        if self.skip(|b| matches!(b, b'e' | b'E'), 1) == 1 {
            self.skip(|b| matches!(b, b'+' | b'-'), 1);
            if self.skip(|b| b.is_ascii_digit(), usize::MAX) == 0 {
                return None;
            }
        }
        self.text.get(start..self.at)
    }

    fn skip(&mut self, take: impl Fn(u8) -> bool, most: usize) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest.iter().take(most).take_while(|b| take(**b)).count();
        self.at += count;
        count
    }

    fn word(&mut self) -> Option<&'a str> {
        let word = ["true", "false", "null"]
            .into_iter()
            .find(|word| self.text[self.at..].starts_with(word))?;
        self.at += word.len();
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> Option<String> {
        Some(Lines::json(text.to_owned()).ok()?.text())
    }

    #[test]
    fn values_keep_the_text_that_was_sent() {
        assert_eq!(
            plain(r#" {"a":[1e400, -0.50,123456789012345678901234567890],"a":{},"b":[],"c":"\ud800\u0000"} "#).expect("json"),
            "{\n  \"a\": [\n    1e400,\n    -0.50,\n    123456789012345678901234567890\n  ],\n  \"a\": {},\n  \"b\": [],\n  \"c\": \"\\ud800\\u0000\"\n}"
        );
        assert_eq!(plain("null").as_deref(), Some("null"));
    }

    #[test]
    fn what_is_not_json_is_left_to_the_raw_view() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "01",
            "1.",
            "tru",
            "\"a",
            "\"\\x\"",
            "[1] 2",
            "]",
            "{\"a\":1]",
            "\"\n\"",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    #[test]
    fn depth_and_length_are_bounded_by_the_caller_only() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let shown = pretty(&deep, 5).expect("json");
        assert_eq!((shown.lines.len(), shown.total_lines), (5, 199_999));
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde_json_on_what_json_is(text in r#"[\[\]{}",:0-9a-ftrue.\\ -]{0,24}"#) {
            let reference = serde_json::from_str::<&serde_json::value::RawValue>(&text);
            prop_assert_eq!(pretty(&text, 9).is_some(), reference.is_ok(), "{}", text);
        }

        #[test]
        fn an_indented_text_still_means_the_same(value in any_json(4)) {
            let text = value.to_string();
            let shown = plain(&text).expect("json");
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).expect("json"), value);
        }
    }

    fn any_json(depth: u32) -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(depth, 32, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                proptest::collection::vec((any::<String>(), inner), 0..4)
                    .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
            ]
        })
    }
}
