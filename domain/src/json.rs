//! JSON as people read it: indented lines of coloured pieces.
//!
//! The text is never turned into values and back: numbers of thirty digits,
//! doubled members and odd escapes are shown as they were sent.

use serde::{Deserialize, Serialize};

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

/// One line of the indented text.
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

/// Indents JSON text, keeping the first `limit` lines; `None` where it is not JSON (RFC 8259).
///
/// Nesting is followed without recursion, to any depth.
#[must_use]
pub fn pretty(text: &str, limit: usize) -> Option<Pretty> {
    let mut writer = Writer {
        lines: Vec::new(),
        line: Vec::new(),
        depth: 0,
        total: 0,
        limit,
    };
    let mut rest = Scanner { text, at: 0 };
    let mut open: Vec<u8> = Vec::new();
    loop {
        // A value is due here.
        match rest.peek()? {
            mark @ (b'{' | b'[') => {
                let close = mark + 2;
                rest.at += 1;
                if rest.peek()? == close {
                    rest.at += 1;
                    writer.put(Token::Mark, if mark == b'{' { "{}" } else { "[]" });
                } else {
                    writer.put(Token::Mark, if mark == b'{' { "{" } else { "[" });
                    writer.open();
                    open.push(close);
                    if close == b'}' {
                        rest.name(&mut writer)?;
                    }
                    continue;
                }
            }
            b'"' => writer.put(Token::Text, rest.string()?),
            b'-' | b'0'..=b'9' => writer.put(Token::Number, rest.number()?),
            _ => writer.put(Token::Word, rest.word()?),
        }
        // A value has ended; so do the brackets around it, until another value is due.
        loop {
            let Some(close) = open.last().copied() else {
                return rest.peek().is_none().then(|| writer.finish());
            };
            match rest.peek()? {
                b',' => {
                    rest.at += 1;
                    writer.put(Token::Mark, ",");
                    writer.end_line();
                    if close == b'}' {
                        rest.name(&mut writer)?;
                    }
                    break;
                }
                mark if mark == close => {
                    rest.at += 1;
                    open.pop();
                    writer.close(if close == b'}' { "}" } else { "]" });
                }
                _ => return None,
            }
        }
    }
}

struct Writer {
    lines: Vec<Line>,
    line: Vec<(Token, String)>,
    depth: usize,
    total: usize,
    limit: usize,
}

impl Writer {
    fn put(&mut self, token: Token, text: &str) {
        if self.total < self.limit {
            self.line.push((token, text.to_owned()));
        }
    }

    fn end_line(&mut self) {
        if self.total < self.limit {
            self.lines.push(Line {
                depth: self.depth,
                pieces: std::mem::take(&mut self.line),
            });
        }
        self.total += 1;
    }

    fn open(&mut self) {
        self.end_line();
        self.depth += 1;
    }

    fn close(&mut self, mark: &str) {
        self.end_line();
        self.depth -= 1;
        self.put(Token::Mark, mark);
    }

    fn finish(mut self) -> Pretty {
        self.end_line();
        Pretty {
            lines: self.lines,
            total_lines: self.total,
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

    fn name(&mut self, writer: &mut Writer) -> Option<()> {
        if self.peek()? != b'"' {
            return None;
        }
        let name = self.string()?;
        writer.put(Token::Name, name);
        if self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        writer.put(Token::Mark, ": ");
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
        let pretty = pretty(text, usize::MAX)?;
        assert_eq!(pretty.lines.len(), pretty.total_lines);
        let lines = pretty.lines.iter().map(|line| {
            let text: String = line
                .pieces
                .iter()
                .map(|(_, piece)| piece.as_str())
                .collect();
            format!("{}{text}", "  ".repeat(line.depth))
        });
        Some(lines.collect::<Vec<_>>().join("\n"))
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
