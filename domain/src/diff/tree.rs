//! JSON text as a tree that keeps the text of every value.
//!
//! Numbers stay the digits that were sent, doubled members stay two, and what is
//! nested deeper than reports may be stays one text. Each node knows a digest of
//! what it means, so that equal branches are passed over at once.

use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::{json, limit::JSON_DEPTH, redact::mark};

/// Values of one body; a tree of more would take too much memory.
const NODES: usize = 200_000;

/// A value.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// Equal for values that mean the same; members may stand in any order.
    pub(super) digest: u64,
    /// How many values without members or items are in it.
    pub(super) leaves: u32,
    /// Whether one of them was redacted.
    pub(super) redacted: bool,
    pub(super) kind: Kind<'a>,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// A text with its quotes, a number, a word, or an empty list or object.
    Leaf(&'a str),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
    Array(Vec<Node<'a>>),
}

/// Why there is no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoTree {
    NotJson,
    TooLarge,
}

/// Reads `text`.
pub(super) fn parse(text: &str) -> Result<Node<'_>, NoTree> {
    // From here on it is known to be JSON, and reading it is simple.
    json::pretty(text, 0).ok_or(NoTree::NotJson)?;
    let mut reader = Reader {
        text,
        at: 0,
        nodes: 0,
    };
    reader.value(0).ok_or(NoTree::TooLarge)
}

/// Writes a value on one line, up to about `most` bytes.
pub(super) fn write(node: &Node<'_>, most: usize) -> String {
    let mut text = String::new();
    put(node, most, &mut text);
    text
}

fn put(node: &Node<'_>, most: usize, text: &mut String) {
    if text.len() > most {
        return;
    }
    match &node.kind {
        Kind::Leaf(raw) => text.push_str(raw),
        Kind::Object(members) => {
            text.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                if text.len() > most {
                    return;
                }
                text.push_str(if index > 0 { ", " } else { "" });
                text.push_str(&serde_json::Value::from(&**name).to_string());
                text.push_str(": ");
                put(value, most, text);
            }
            text.push('}');
        }
        Kind::Array(items) => {
            text.push('[');
            for (index, value) in items.iter().enumerate() {
                if text.len() > most {
                    return;
                }
                text.push_str(if index > 0 { ", " } else { "" });
                put(value, most, text);
            }
            text.push(']');
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Node<'a>> {
        self.nodes += 1;
        if self.nodes > NODES {
            return None;
        }
        match self.peek() {
            b'{' | b'[' if depth >= JSON_DEPTH => {
                let start = self.at;
                self.skip_brackets();
                Some(leaf(&self.text[start..self.at]))
            }
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => {
                let raw = self.string();
                Some(leaf(raw))
            }
            _ => {
                let rest = &self.text.as_bytes()[self.at..];
                let ends = |b: &u8| matches!(b, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
                let length = rest.iter().position(ends).unwrap_or(rest.len());
                let raw = &self.text[self.at..self.at + length];
                self.at += length;
                Some(leaf(raw))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Node<'a>> {
        self.at += 1;
        let mut members = Vec::new();
        while self.peek() != b'}' {
            if self.peek() == b',' {
                self.at += 1;
                self.peek();
            }
            let name = decoded(self.string());
            self.peek();
            self.at += 1;
            members.push((name, self.value(depth + 1)?));
        }
        self.at += 1;
        if members.is_empty() {
            return Some(leaf("{}"));
        }
        let mut digest = 1_u64;
        for (name, value) in &members {
            // A sum, since members may stand in any order.
            digest = digest.wrapping_add(hashed(&(name, value.digest)));
        }
        let values = || members.iter().map(|(_, value)| value);
        Some(Node {
            digest: hashed(&('{', digest)),
            leaves: values().map(|value| value.leaves).sum(),
            redacted: values().any(|value| value.redacted),
            kind: Kind::Object(members),
        })
    }

    fn array(&mut self, depth: usize) -> Option<Node<'a>> {
        self.at += 1;
        let mut items = Vec::new();
        while self.peek() != b']' {
            if self.peek() == b',' {
                self.at += 1;
            }
            items.push(self.value(depth + 1)?);
        }
        self.at += 1;
        if items.is_empty() {
            return Some(leaf("[]"));
        }
        let mut hasher = DefaultHasher::new();
        '['.hash(&mut hasher);
        for value in &items {
            value.digest.hash(&mut hasher);
        }
        Some(Node {
            digest: hasher.finish(),
            leaves: items.iter().map(|value| value.leaves).sum(),
            redacted: items.iter().any(|value| value.redacted),
            kind: Kind::Array(items),
        })
    }

    /// The next byte that is not blank; there is one, as the text is JSON.
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(b'}')
    }

    /// A text with its quotes.
    fn string(&mut self) -> &'a str {
        let bytes = self.text.as_bytes();
        let start = self.at;
        self.at += 1;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        &self.text[start..self.at]
    }

    fn skip_brackets(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                b'"' => {
                    self.string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }
}

fn leaf(raw: &str) -> Node<'_> {
    let digest = if raw.starts_with('"') {
        hashed(&('"', decoded(raw)))
    } else {
        hashed(&raw)
    };
    Node {
        digest,
        leaves: 1,
        redacted: mark::holds(raw),
        kind: Kind::Leaf(raw),
    }
}

/// A text without its quotes and escapes; with them where they stand for no characters.
pub(super) fn decoded(raw: &str) -> Cow<'_, str> {
    let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
    let inner = inner.unwrap_or(raw);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    serde_json::from_str(raw).map_or(Cow::Borrowed(inner), Cow::Owned)
}

fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The digest of a line of text.
pub(super) fn digest(text: &str) -> u64 {
    hashed(&text)
}
