//! What a line stands for: the path that leads to it, and its value.

use super::{Form, Lines, Span};
use crate::json::Token;

impl Lines {
    /// `$.error.code[0]` of JSON, `/order/item[2]` of XML; raw text has none, nor has what stands
    /// before or behind the root of XML.
    #[must_use]
    pub fn path(&self, line: usize) -> Option<String> {
        let steps = self.way_to(line);
        match self.form {
            Form::Raw => None,
            Form::Json => {
                let mut path = "$".to_owned();
                for (line, number) in steps {
                    match self.name(line) {
                        Some(name) => push_member(&mut path, name),
                        // The root has neither name nor number.
                        None if self.depth(line) > 0 => path.push_str(&format!("[{number}]")),
                        None => {}
                    }
                }
                Some(path)
            }
            Form::Xml => {
                let elements = steps.into_iter().filter_map(|(line, _)| self.element(line));
                let path: String = elements.map(|name| format!("/{name}")).collect();
                (!path.is_empty()).then_some(path)
            }
        }
    }

    /// The value that begins or ends on this line, as a reader wants it: text without its quotes.
    #[must_use]
    pub fn value(&self, line: usize) -> String {
        let Span {
            start,
            end,
            partner,
            ..
        } = self.span(line);
        let other = self.span(partner as usize);
        let (start, end) = (start.min(other.start), end.max(other.end));
        let first = line.min(partner as usize);
        match self.form {
            Form::Raw | Form::Xml => self.slice(start, end).to_owned(),
            Form::Json => {
                let pieces = self.pieces(first);
                let from = match pieces.first() {
                    Some(name) if name.token == Token::Name => pieces.get(2),
                    first => first,
                };
                let text = self.slice(from.map_or(start, |piece| piece.start), end);
                let text = text.strip_suffix(',').unwrap_or(text).trim_end();
                // Escapes that stand for no character leave it as it was sent.
                match text.starts_with('"') {
                    true => serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()),
                    false => text.to_owned(),
                }
            }
        }
    }

    /// The lines that open what `line` is nested in, from the outermost, and the line itself (or
    /// the one that it closes); with each the number of its place among its equals.
    fn way_to(&self, line: usize) -> Vec<(usize, usize)> {
        let line = line.min(self.span(line).partner as usize);
        let (mut way, mut at, mut number) = (Vec::new(), 0, 0);
        while at < line {
            match self.closing(at) {
                Some(closing) if line < closing => {
                    way.push((at, number));
                    (at, number) = (at + 1, 0);
                }
                closing => {
                    at = closing.unwrap_or(at) + 1;
                    number += 1;
                }
            }
        }
        way.push((line, number));
        way
    }

    /// The name of a member, with its quotes.
    fn name(&self, line: usize) -> Option<&str> {
        let piece = self.pieces(line).into_iter().next()?;
        (piece.token == Token::Name).then(|| self.source(piece))
    }

    /// `item[2]`: the name of an element, and which it is where there are several.
    fn element(&self, line: usize) -> Option<String> {
        let name = self.name_of_element(line)?;
        let depth = self.depth(line);
        let alike = |at: &usize| self.name_of_element(*at) == Some(name);
        let before = self
            .siblings(line)
            .filter(|at| *at < line)
            .filter(alike)
            .count();
        let more = self
            .siblings(line)
            .filter(|at| *at > line)
            .any(|at| alike(&at));
        Some(if depth > 0 && (before > 0 || more) {
            format!("{name}[{}]", before + 1)
        } else {
            name.to_owned()
        })
    }

    fn name_of_element(&self, line: usize) -> Option<&str> {
        let mut pieces = self.pieces(line).into_iter();
        let (mark, name) = (pieces.next()?, pieces.next()?);
        (self.source(mark) == "<" && name.token == Token::Name).then(|| self.source(name))
    }

    /// The lines beside this one under the same parent, this one among them.
    fn siblings(&self, line: usize) -> impl Iterator<Item = usize> {
        let way = self.way_to(line);
        let parent = way.len().checked_sub(2).map(|at| way[at].0);
        let (mut at, end) = match parent {
            Some(parent) => (parent + 1, self.closing(parent).unwrap_or(parent)),
            None => (0, self.count()),
        };
        std::iter::from_fn(move || {
            let here = (at < end).then_some(at)?;
            at = self.closing(at).unwrap_or(at) + 1;
            Some(here)
        })
    }
}

/// `.name` where that is clear, else the name as it was sent: `["two words"]`.
fn push_member(path: &mut String, name: &str) {
    let bare = name.trim_matches('"');
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    let plain = bare.len() + 2 == name.len()
        && bare.starts_with(letter)
        && bare.chars().all(|c| letter(c) || c.is_ascii_digit());
    if plain {
        path.push('.');
        path.push_str(bare);
    } else {
        path.push('[');
        path.push_str(name);
        path.push(']');
    }
}
