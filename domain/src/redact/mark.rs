//! What stands in a secret's place, and what two of them tell of each other.
//!
//! `[redacted:token:~32:3fa91c20]`: what it was, its length class (32 to 63 characters), and the
//! beginning of a keyed digest. What is short or easily guessed has no digest. `[redacted]` is
//! how earlier versions wrote all of them.

use std::ops::Range;

/// The mark of a secret of which nothing is told.
pub const MARK: &str = "[redacted]";

/// How every mark begins.
const OPENING: &[u8] = b"[redacted";

/// Hexadecimal digits of a fingerprint.
pub(super) const FINGERPRINT: usize = 8;

/// What a mark may say that it was.
const KINDS: [&str; 22] = [
    "aws", "basic", "bearer", "card", "cookie", "encoded", "github", "gitlab", "google", "jwt",
    "key", "npm", "password", "pem", "pin", "secret", "sendgrid", "slack", "stripe", "token",
    "twilio", "user",
];

/// A mark in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark<'t> {
    place: Range<usize>,
    fingerprint: Option<&'t [u8]>,
}

/// What marks tell of two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No mark is in them, or they differ in more than their marks.
    Plain,
    /// The same secrets.
    Same,
    /// Other secrets.
    Other,
    /// Nobody knows whether the secrets are the same.
    Unknown,
}

/// Compares two texts by their marks.
#[must_use]
pub fn compare(then: &str, now: &str) -> Verdict {
    let (was, is) = (all(then.as_bytes()), all(now.as_bytes()));
    if is.is_empty() || was.len() != is.len() || between(then, &was).ne(between(now, &is)) {
        return Verdict::Plain;
    }
    let mut verdict = Verdict::Same;
    for (was, is) in was.iter().zip(&is) {
        match (was.fingerprint, is.fingerprint) {
            (Some(was), Some(is)) if was == is => {}
            (Some(_), Some(_)) => return Verdict::Other,
            _ => verdict = Verdict::Unknown,
        }
    }
    verdict
}

/// The texts before, between and behind the marks of `text`, at least one.
pub fn apart(text: &str) -> impl Iterator<Item = &str> {
    let marks = all(text.as_bytes());
    between(text, &marks).collect::<Vec<_>>().into_iter()
}

/// Whether a mark is in `text`.
#[must_use]
pub fn holds(text: &str) -> bool {
    next(text.as_bytes(), 0).is_some()
}

/// Whether nothing but marks, blanks and the ends of sentences is in `text`.
pub(super) fn is_done(text: &[u8]) -> bool {
    let marks = all(text);
    let mut from = 0;
    let mut rest = true;
    for mark in &marks {
        rest &= is_nothing(&text[from..mark.place.start]);
        from = mark.place.end;
    }
    !marks.is_empty() && rest && is_nothing(&text[from..])
}

fn is_nothing(text: &[u8]) -> bool {
    text.iter()
        .all(|b| b.is_ascii_whitespace() || b",;.)]}".contains(b))
}

/// Where the mark that begins at `at` ends.
pub(super) fn end(text: &[u8], at: usize) -> Option<usize> {
    read(text, at).map(|mark| mark.place.end)
}

fn between<'t>(text: &'t str, marks: &[Mark<'_>]) -> impl Iterator<Item = &'t str> {
    let starts = std::iter::once(0).chain(marks.iter().map(|mark| mark.place.end));
    let ends = marks.iter().map(|mark| mark.place.start);
    let ends = ends.chain(std::iter::once(text.len()));
    // Marks are ASCII, so their places are boundaries.
    let pieces = starts.zip(ends).map(|(start, end)| &text[start..end]);
    pieces.collect::<Vec<_>>().into_iter()
}

fn all(text: &[u8]) -> Vec<Mark<'_>> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(mark) = next(text, from) {
        from = mark.place.end;
        found.push(mark);
    }
    found
}

fn next(text: &[u8], mut from: usize) -> Option<Mark<'_>> {
    loop {
        from += text.get(from..)?.iter().position(|b| *b == b'[')?;
        if let Some(mark) = read(text, from) {
            return Some(mark);
        }
        from += 1;
    }
}

fn read(text: &[u8], at: usize) -> Option<Mark<'_>> {
    let mut rest = text.get(at..)?.strip_prefix(OPENING)?;
    let mut fingerprint = None;
    if let Some(kind) = rest.strip_prefix(b":") {
        let kind_end = kind.iter().position(|b| !b.is_ascii_lowercase())?;
        let known = KINDS
            .iter()
            .any(|known| known.as_bytes() == &kind[..kind_end]);
        rest = known.then(|| &kind[kind_end..])?;
        if let Some(length) = rest.strip_prefix(b":~") {
            let digits = length.iter().position(|b| !b.is_ascii_digit())?;
            rest = (1..=8).contains(&digits).then(|| &length[digits..])?;
            if let Some(digest) = rest.strip_prefix(b":") {
                let (digest, behind) = digest.split_at_checked(FINGERPRINT)?;
                fingerprint = digest.iter().all(u8::is_ascii_hexdigit).then_some(digest);
                fingerprint?;
                rest = behind;
            }
        }
    }
    let behind = rest.strip_prefix(b"]")?;
    Some(Mark {
        place: at..text.len() - behind.len(),
        fingerprint,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_fingerprints_are_equal_secrets() {
        let token = |digest: &str| format!("Bearer [redacted:bearer:~32:{digest}]");
        let (one, other) = (token("3fa91c20"), token("00000000"));
        assert_eq!(compare(&one, &one), Verdict::Same);
        assert_eq!(compare(&one, &other), Verdict::Other);
        assert_eq!(compare(&one, "Bearer [redacted]"), Verdict::Unknown);
        assert_eq!(
            compare("[redacted:pin]", "[redacted:pin]"),
            Verdict::Unknown
        );
        assert_eq!(compare(&one, "Basic [redacted]"), Verdict::Plain);
        assert_eq!(compare("a", "a"), Verdict::Plain);
        assert_eq!(
            compare(&format!("{one} {one}"), &format!("{one} Bearer [redacted]")),
            Verdict::Unknown
        );
    }

    #[test]
    fn what_only_looks_like_a_mark_is_none() {
        for text in [
            "[redacted",
            "[redacted:hunter]",
            "[redacted:token:~]",
            "[redacted:token:~32:3fa9]",
            "[redacted:token:~32:3fa91c2z]",
            "[redacted:token:~123456789]",
            "[redacted:token:3fa91c20]",
        ] {
            assert!(!holds(text), "{text}");
        }
        assert!(is_done(b" [redacted] [redacted:card], "));
        assert!(!is_done(b"[redacted]hunter2") && !is_done(b") "));
        assert_eq!(apart("a[redacted]b").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(apart("").collect::<Vec<_>>(), [""]);
    }
}
