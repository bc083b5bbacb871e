//! Elements of XML and parts of forms whose names are secret.

use super::{Redactor, edit::Edit, mark::is_done};

/// How far the end of an element is looked for in a text that is no markup.
const ELEMENT_BYTES: usize = 256;

/// How far the end of a part's head is looked for.
const HEAD_BYTES: usize = 2_048;

pub(super) fn pass(redactor: &Redactor<'_>, text: &[u8]) -> Option<Vec<u8>> {
    let first = text
        .iter()
        .find(|b| !b.is_ascii_whitespace() && b.is_ascii())?;
    let is_markup = *first == b'<';
    let mut edit = Edit::new(text);
    let mut at = 0;
    while at < text.len() {
        at = match text[at] {
            b'<' => element(redactor, &mut edit, text, at, is_markup),
            b'f' if text[at..].starts_with(b"form-data;") => part(redactor, &mut edit, text, at),
            _ => at + 1,
        };
    }
    edit.finish()
}

/// Replaces what is in the element that begins at `at`, if its name is secret. Answers from where to go on.
fn element(
    redactor: &Redactor<'_>,
    edit: &mut Edit<'_>,
    text: &[u8],
    at: usize,
    is_markup: bool,
) -> usize {
    let rest = &text[at + 1..];
    let part = |b: &u8| b.is_ascii_alphanumeric() || b"_.:-".contains(b) || *b >= 0x80;
    let length = rest.iter().take(128).take_while(|b| part(b)).count();
    let Some(kind) = redactor.kind(&rest[..length]) else {
        return at + 1 + length;
    };
    let Some(close) = rest.iter().take(4_096).position(|b| *b == b'>') else {
        return at + 1 + length;
    };
    let start = at + 1 + close + 1;
    if text[start - 2] == b'/' {
        return start;
    }
    let end = if is_markup {
        element_end(text, start)
    } else {
        let near = &text[start..text.len().min(start + ELEMENT_BYTES)];
        let end = near.windows(2).position(|two| two == b"</");
        match end {
            Some(end) => start + end,
            None => return start,
        }
    };
    let content = &text[start..end];
    if content.iter().all(u8::is_ascii_whitespace) || is_done(content) {
        return end;
    }
    edit.replace(
        start..end,
        redactor.mark(kind, content.trim_ascii()).as_bytes(),
    );
    end.max(start)
}

/// Where the element ends whose content begins at `at`; the end of the text where it does not.
fn element_end(text: &[u8], mut at: usize) -> usize {
    let mut depth = 1_usize;
    while at < text.len() {
        if text[at] != b'<' {
            at += 1;
            continue;
        }
        match text.get(at + 1) {
            Some(b'/') => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            Some(b'!') if text[at..].starts_with(b"<![CDATA[") => {
                let rest = &text[at..];
                at += rest
                    .windows(3)
                    .position(|three| three == b"]]>")
                    .unwrap_or(rest.len());
                continue;
            }
            Some(byte) if byte.is_ascii_alphabetic() => {
                let rest = &text[at..];
                let close = rest.iter().position(|b| *b == b'>').unwrap_or(rest.len());
                let is_empty = close > 0 && rest.get(close - 1) == Some(&b'/');
                depth += usize::from(!is_empty);
                at += close;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Replaces the part of a form whose `form-data;` stands at `at`, if its name is secret.
fn part(redactor: &Redactor<'_>, edit: &mut Edit<'_>, text: &[u8], at: usize) -> usize {
    let next = at + b"form-data;".len();
    let near = &text[at..text.len().min(at + HEAD_BYTES)];
    let Some(kind) = part_name(near).and_then(|name| redactor.kind(name)) else {
        return next;
    };
    let blank = |mark: &[u8]| {
        near.windows(mark.len())
            .position(|part| part == mark)
            .map(|at| at + mark.len())
    };
    let Some(head) = blank(b"\r\n\r\n").or_else(|| blank(b"\n\n")) else {
        return next;
    };
    let start = at + head;
    let rest = &text[start..];
    let ends = |at: usize| rest[at..].starts_with(b"\r\n--") || rest[at..].starts_with(b"\n--");
    let end = (0..rest.len()).find(|at| matches!(rest[*at], b'\r' | b'\n') && ends(*at));
    let end = start + end.unwrap_or(rest.len());
    let content = &text[start..end];
    if !content.is_empty() && !is_done(content) {
        edit.replace(start..end, redactor.mark(kind, content).as_bytes());
    }
    end.max(next)
}

/// The name that a part's first line tells.
fn part_name(head: &[u8]) -> Option<&[u8]> {
    let line = head.split(|b| matches!(b, b'\r' | b'\n')).next()?;
    let mut fields = line.split(|b| *b == b';').map(<[u8]>::trim_ascii);
    let name = fields.find_map(|field| field.strip_prefix(b"name="))?;
    let inner = name
        .strip_prefix(b"\"")
        .and_then(|name| name.strip_suffix(b"\""));
    Some(inner.unwrap_or(name))
}
