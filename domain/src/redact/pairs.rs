//! Names and their values, wherever they stand: members of JSON, fields of forms and queries,
//! attributes, header lines, and `password=…` in the midst of a sentence.
//!
//! Each `:` and `=` is looked at once. What stands before it may be a name; if that is secret,
//! what stands behind it goes. A name that another member tells (`{"name": "token", "value": …}`)
//! counts too. In prose a colon proves little, so that a plain word behind one stays.

use std::{borrow::Cow, ops::Range};

use super::{
    Redactor,
    edit::Edit,
    encoded,
    mark::{self, is_done},
    quoted::{self, says_nothing, skip_blank},
};

/// Bytes of a name that are looked at.
const NAME_BYTES: usize = 128;

/// Bytes of the user part of a URL.
const USER_BYTES: usize = 256;

/// Characters of a value that may be the name of another.
const TOLD_BYTES: usize = 60;

/// What stands before a sign.
pub(super) struct Name {
    pub(super) place: Range<usize>,
    /// Backslashes before its quotes, where it has some.
    pub(super) quoted: Option<usize>,
}

pub(super) fn pass(redactor: &Redactor<'_>, text: &[u8]) -> Option<Vec<u8>> {
    let mut edit = Edit::new(text);
    // Up to `floor` all is settled. `told`: another member said what the value is.
    let (mut at, mut floor, mut told) = (0, 0, None);
    while let Some((sign, behind)) = next_sign(text, at) {
        floor = floor.max(behind);
        if text[sign] == b':' && text[sign..].starts_with(b"://") {
            at = user_part(redactor, &mut edit, text, sign + 3);
            floor = at;
            continue;
        }
        at = sign + 1;
        let Some(name) = name_before(text, floor, sign) else {
            floor = at;
            continue;
        };
        if text[floor..name.place.start]
            .iter()
            .any(|b| b"}<>".contains(b))
        {
            told = None;
        }
        let word = unescaped(text, &name);
        let kind = redactor.kind(&word).or_else(|| {
            let said = told.filter(|_| is_value(&word));
            said.filter(|_| !redactor.rules.names.is_safe(&word))
        });
        if let Some(kind) = kind {
            at = value(redactor, &mut edit, text, (sign, &name, kind)).max(at);
        } else if is_name(&word) {
            told = told_by(redactor, text, sign).or(told);
        }
        floor = at;
    }
    edit.finish()
}

/// The next sign that is not in a mark, and where the last mark before it ended.
fn next_sign(text: &[u8], from: usize) -> Option<(usize, usize)> {
    let (mut at, mut behind) = (from, 0);
    loop {
        at += text
            .get(at..)?
            .iter()
            .position(|b| matches!(b, b':' | b'=' | b'['))?;
        if text[at] != b'[' {
            return Some((at, behind));
        }
        match mark::end(text, at) {
            Some(end) => (at, behind) = (end, end),
            None => at += 1,
        }
    }
}

/// The name that ends right before `sign`, blanks aside.
pub(super) fn name_before(text: &[u8], floor: usize, sign: usize) -> Option<Name> {
    let blank = |b: &u8| b.is_ascii_whitespace();
    let lowest = floor.max(sign.saturating_sub(NAME_BYTES));
    let before = &text[lowest..sign];
    let end = lowest + before.iter().rposition(|b| !blank(b))? + 1;
    let quote = text[end - 1];
    if matches!(quote, b'"' | b'\'') {
        return quoted_name(text, lowest, end - 1);
    }
    if text[end..sign].contains(&b'\n') {
        return None;
    }
    let part = |b: &u8| b.is_ascii_alphanumeric() || b"_.-%[]$@".contains(b) || *b >= 0x80;
    let length = text[lowest..end]
        .iter()
        .rev()
        .take_while(|b| part(b))
        .count();
    let mut start = end - length;
    // `\npassword: x` in a text of JSON: the letter belongs to the escape.
    if start > lowest && text[start - 1] == b'\\' && matches!(text[start], b'n' | b'r' | b't') {
        start += 1;
    }
    (start < end).then_some(Name {
        place: start..end,
        quoted: None,
    })
}

fn quoted_name(text: &[u8], lowest: usize, close: usize) -> Option<Name> {
    let slashes = |at: usize| {
        let before = text[lowest..at].iter().rev();
        before.take_while(|b| **b == b'\\').count()
    };
    let (quote, escapes) = (text[close], slashes(close));
    let end = close - escapes;
    let mut at = end;
    while at > lowest {
        at -= 1;
        if text[at] == quote && slashes(at) == escapes {
            return Some(Name {
                place: at + 1..end,
                quoted: Some(escapes),
            });
        }
    }
    None
}

/// A name without the escapes of JSON or of a query.
fn unescaped<'t>(text: &'t [u8], name: &Name) -> Cow<'t, [u8]> {
    let word = &text[name.place.clone()];
    if name.quoted.is_some() && word.contains(&b'\\') {
        return quoted::plain(word);
    }
    if word.contains(&b'%') {
        return Cow::Owned(encoded::unescape(word));
    }
    Cow::Borrowed(word)
}

fn is_name(word: &[u8]) -> bool {
    let known: [&[u8]; 7] = [
        b"name",
        b"key",
        b"header",
        b"field",
        b"param",
        b"headername",
        b"parameter",
    ];
    known.iter().any(|known| word.eq_ignore_ascii_case(known))
}

fn is_value(word: &[u8]) -> bool {
    let known: [&[u8]; 4] = [b"value", b"val", b"content", b"values"];
    known.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// What kind of secret the quoted value behind `sign` names.
fn told_by(redactor: &Redactor<'_>, text: &[u8], sign: usize) -> Option<&'static str> {
    let quoted = quoted::open(text, skip_blank(text, sign + 1))?;
    let name = &text[quoted.content];
    let one_word = name.len() <= TOLD_BYTES && !name.contains(&b' ');
    redactor.kind(name).filter(|_| one_word)
}

/// Replaces the value behind a sign. Answers up to where it looked.
fn value(
    redactor: &Redactor<'_>,
    edit: &mut Edit<'_>,
    text: &[u8],
    (sign, name, kind): (usize, &Name, &'static str),
) -> usize {
    let mut at = sign + 1;
    if text[sign] == b'=' && matches!(text.get(at), Some(b'>' | b'=')) {
        at += 1;
    }
    let lines = name.quoted.is_some() || text[sign] == b':' && text[..sign].ends_with(b"}");
    while text
        .get(at)
        .is_some_and(|b| b.is_ascii_whitespace() && (lines || !b"\r\n".contains(b)))
    {
        at += 1;
    }
    if at >= text.len() || mark::end(text, at).is_some_and(|end| ends(text, end)) {
        return at;
    }
    let opens = matches!(text[at], b'"' | b'\'' | b'\\');
    if let Some(quoted) = opens.then(|| quoted::open(text, at)).flatten() {
        // `{"url": "…?token=", "password": "…"}`: the quote ends the text that the name stands in.
        if quoted::is_between(&text[quoted.content]) {
            return at;
        }
        return quoted::replace(redactor, edit, text, at, (kind, name.quoted.unwrap_or(0)));
    }
    if let Some(escapes) = name.quoted {
        return quoted::replace(redactor, edit, text, at, (kind, escapes));
    }
    if text[at] == b'{' && text[sign] == b':' {
        return quoted::replace(redactor, edit, text, at, (kind, 0));
    }
    let bare = match text[sign] {
        b'=' => word(text, at),
        _ => behind_colon(text, at, (name, kind)),
    };
    let secret = &text[bare.clone()];
    let scheme = super::header::scheme(secret).filter(|_| text[sign] == b':');
    let secret = &secret[scheme.unwrap_or(0)..];
    if !secret.is_empty() && !says_nothing(secret) && !is_done(secret) {
        let plain = if secret.contains(&b'%') {
            Cow::Owned(encoded::unescape(secret))
        } else {
            Cow::Borrowed(secret)
        };
        let kind = super::header::kind(&text[bare.clone()], kind);
        let mark = redactor.mark(kind, &plain);
        edit.replace(bare.end - secret.len()..bare.end, mark.as_bytes());
    }
    bare.end.max(sign + 1)
}

fn ends(text: &[u8], at: usize) -> bool {
    text.get(at)
        .is_none_or(|b| b.is_ascii_whitespace() || b"&,;\"'<>)}]\\#".contains(b))
}

/// A value without quotes, up to a blank, a quote or the next field.
pub(super) fn word(text: &[u8], at: usize) -> Range<usize> {
    let stops = |b: &u8| b.is_ascii_whitespace() || b"&\"'<>".contains(b);
    let mut end = at;
    while let Some(byte) = text.get(end) {
        let escape = *byte == b'\\' && text.get(end + 1).is_some_and(|b| b"nrt\"'u".contains(b));
        if stops(byte) || escape {
            break;
        }
        end += 1;
    }
    let trailing = |b: &u8| b",;.)]}".contains(b);
    let kept = text[at..end].iter().rposition(|b| !trailing(b));
    at..kept.map_or(at, |kept| at + kept + 1)
}

/// What goes behind a colon: the line where it is a header or of YAML, a word that looks like no word otherwise.
fn behind_colon(text: &[u8], at: usize, (name, kind): (&Name, &'static str)) -> Range<usize> {
    let line = line(text, at);
    let first = word(text, at);
    let start = name.place.start;
    let begins = text[..start]
        .iter()
        .rev()
        .find(|b| !matches!(b, b' ' | b'\t' | b'-'));
    let escaped = start >= 2 && text[start - 2] == b'\\' && b"nr".contains(&text[start - 1]);
    if begins.is_none_or(|b| matches!(b, b'\n' | b'\r')) || escaped {
        let words = text[line.clone()].iter().filter(|b| **b == b' ').count();
        let whole =
            name_is_header(text, name) || super::header::scheme(&text[line.clone()]).is_some();
        if whole || words == 0 {
            return line;
        }
    }
    if name_is_header(text, name) {
        return line;
    }
    let looks = looks_secret(&text[first.clone()], kind);
    if looks { first } else { at..at }
}

fn line(text: &[u8], at: usize) -> Range<usize> {
    let mut end = at;
    while let Some(byte) = text.get(end) {
        let escape = *byte == b'\\' && text.get(end + 1).is_some_and(|b| b"nr\"'".contains(b));
        if matches!(byte, b'\r' | b'\n' | b'"' | b'\'' | b'<') || escape {
            break;
        }
        end += 1;
    }
    let kept = text[at..end].iter().rposition(|b| !b.is_ascii_whitespace());
    at..kept.map_or(at, |kept| at + kept + 1)
}

/// `Cookie`, `Set-Cookie` and `Authorization` are followed by blanks that belong to the value.
fn name_is_header(text: &[u8], name: &Name) -> bool {
    let name = &text[name.place.clone()];
    [b"cookie".as_slice(), b"authorization"]
        .iter()
        .any(|known| {
            name.len() >= known.len()
                && name[name.len() - known.len()..].eq_ignore_ascii_case(known)
        })
}

/// Whether what stands behind a colon in prose is no word of prose.
pub(super) fn looks_secret(word: &[u8], kind: &str) -> bool {
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    if kind == "pin" || kind == "card" {
        return digits >= 3;
    }
    let upper = word.iter().skip(1).any(u8::is_ascii_uppercase);
    let lower = word.iter().any(u8::is_ascii_lowercase);
    let signs = word
        .iter()
        .any(|b| b.is_ascii_punctuation() && !b"-_./:".contains(b));
    word.len() >= 20 || word.len() >= 6 && (digits > 0 || signs || upper && lower)
}

/// Replaces the user part of the URL whose authority begins at `at`. Answers where the authority ends.
fn user_part(redactor: &Redactor<'_>, edit: &mut Edit<'_>, text: &[u8], at: usize) -> usize {
    let stops = |b: &u8| b.is_ascii_whitespace() || b"\"'<>\\`".contains(b);
    let part = |b: &u8| stops(b) || b"/?#".contains(b);
    let rest = &text[at..text.len().min(at + USER_BYTES)];
    // Most addresses name nobody, and text that is full of them must not be read over and over.
    if !rest.contains(&b'@') {
        return at;
    }
    let length = |stop: &dyn Fn(&u8) -> bool| rest.iter().position(stop).unwrap_or(rest.len());
    let mut end = at + length(&part);
    if !text[at..end].contains(&b'@') && odd_port(&text[at..end]) {
        // A password may hold what ends an authority elsewhere.
        end = at + length(&stops);
    }
    let Some(sign) = text[at..end].iter().rposition(|b| *b == b'@') else {
        return at;
    };
    let user = &text[at..at + sign];
    if !user.is_empty() && user != b"git" && !is_done(user) {
        edit.replace(at..at + sign, redactor.mark("user", user).as_bytes());
    }
    at + sign + 1
}

/// Whether what should be a port is none.
fn odd_port(authority: &[u8]) -> bool {
    let port = authority.iter().position(|b| *b == b':');
    port.is_some_and(|at| authority[at + 1..].iter().any(|b| !b.is_ascii_digit()))
}
