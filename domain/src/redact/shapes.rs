//! Values that are known by their looks: tokens with a prefix, JWTs, private keys, credentials
//! behind `Bearer` and `Basic`, and payment cards.
//!
//! Prefixes that are words of prose too (`sk-`, `bearer`) count only where a word begins and
//! what follows looks like no word.

use std::ops::Range;

use super::{Redactor, card, edit::Edit, encoded, mark};

type Found = (Range<usize>, &'static str);

/// `numbers`: cards are looked for too.
pub(super) fn pass(redactor: &Redactor<'_>, text: &[u8], numbers: bool) -> Option<Vec<u8>> {
    let mut edit = Edit::new(text);
    let mut at = 0;
    while at < text.len() {
        let found = match text[at] {
            b'0'..=b'9' if numbers => match card::look(text, at) {
                card::Look::Card(end) => Some((at..end, "card")),
                card::Look::Digits(end) => {
                    at = end;
                    continue;
                }
            },
            b'[' => {
                at = mark::end(text, at).unwrap_or(at + 1);
                continue;
            }
            first => begins(text, at, first),
        };
        match found {
            Some((place, kind)) => {
                at = place.end;
                edit.replace(place.clone(), redactor.mark(kind, &text[place]).as_bytes());
            }
            None => at += 1,
        }
    }
    edit.finish()
}

/// How tokens begin, what their kind is, how many characters follow at least and at most, and which.
type Token = (&'static str, &'static str, usize, usize, fn(u8) -> bool);

const MANY: usize = usize::MAX;

fn tokens(first: u8) -> &'static [Token] {
    match first {
        b'A' => &[
            ("AKIA", "aws", 16, 16, upper),
            ("ASIA", "aws", 16, 16, upper),
            ("AIza", "google", 35, 35, url_safe),
        ],
        b'G' => &[("GOCSPX-", "google", 20, MANY, url_safe)],
        b'g' => &[
            ("ghp_", "github", 30, MANY, alphanumeric),
            ("gho_", "github", 30, MANY, alphanumeric),
            ("ghu_", "github", 30, MANY, alphanumeric),
            ("ghs_", "github", 30, MANY, url_safe_dot),
            ("ghr_", "github", 30, MANY, alphanumeric),
            ("github_pat_", "github", 22, MANY, url_safe),
            ("glpat-", "gitlab", 20, MANY, url_safe_dot),
            ("gldt-", "gitlab", 20, MANY, url_safe_dot),
            ("glrt-", "gitlab", 20, MANY, url_safe_dot),
            ("glptt-", "gitlab", 20, MANY, url_safe_dot),
            ("glsoat-", "gitlab", 20, MANY, url_safe_dot),
            ("glcbt-", "gitlab", 20, MANY, url_safe_dot),
        ],
        b'i' => &[
            ("iv_ingest_", "key", 40, MANY, alphanumeric),
            ("iv_read_", "key", 40, MANY, alphanumeric),
            ("iv_ping_", "key", 40, MANY, alphanumeric),
            ("iv_webhook_", "key", 40, MANY, alphanumeric),
        ],
        b'n' => &[("npm_", "npm", 36, 36, alphanumeric)],
        b'r' => &[
            ("rk_live_", "stripe", 10, MANY, alphanumeric),
            ("rk_test_", "stripe", 10, MANY, alphanumeric),
        ],
        b's' => &[
            ("sk_live_", "stripe", 10, MANY, alphanumeric),
            ("sk_test_", "stripe", 10, MANY, alphanumeric),
        ],
        b'w' => &[("whsec_", "stripe", 16, MANY, base64)],
        b'x' => &[
            ("xoxb-", "slack", 10, MANY, url_safe),
            ("xoxp-", "slack", 10, MANY, url_safe),
            ("xoxa-", "slack", 10, MANY, url_safe),
            ("xoxr-", "slack", 10, MANY, url_safe),
            ("xoxs-", "slack", 10, MANY, url_safe),
            ("xoxo-", "slack", 10, MANY, url_safe),
            ("xoxc-", "slack", 10, MANY, url_safe),
            ("xoxd-", "slack", 10, MANY, base64_or_percent),
            ("xoxe-", "slack", 10, MANY, url_safe),
            ("xoxe.", "slack", 15, MANY, url_safe_dot),
            ("xapp-", "slack", 20, MANY, url_safe),
        ],
        b'y' => &[("ya29.", "google", 20, MANY, url_safe_dot)],
        _ => &[],
    }
}

fn begins(text: &[u8], at: usize, first: u8) -> Option<Found> {
    let rest = &text[at..];
    for (prefix, kind, least, most, part) in tokens(first) {
        if rest.starts_with(prefix.as_bytes()) {
            let length = run(&rest[prefix.len()..], *part);
            if length >= *least && (length <= *most || *most < MANY && *kind != "aws") {
                return Some((at..at + prefix.len() + length.min(*most), kind));
            }
        }
    }
    match first {
        b'e' if rest.starts_with(b"eyJ") => jwt(text, at),
        b's' if rest.starts_with(b"sk-") => sk(text, at),
        b'S' if rest.starts_with(b"SG.") => sendgrid(text, at),
        b'S' | b'A' => twilio(text, at),
        b'-' if rest.starts_with(b"-----BEGIN ") => pem(text, at),
        b'b' | b'B' => scheme(text, at),
        b'h' | b'd' => webhook(text, at),
        _ => None,
    }
}

/// Bytes from the beginning of `text` that are `part`s.
fn run(text: &[u8], part: fn(u8) -> bool) -> usize {
    text.iter().take_while(|b| part(**b)).count()
}

/// `header.payload`, mostly with a signature; five parts where it is encrypted.
fn jwt(text: &[u8], at: usize) -> Option<Found> {
    let end = at + run(&text[at..], url_safe_dot);
    let mut parts = text[at..end].split(|b| *b == b'.');
    let long = |part: Option<&[u8]>, least| part.is_some_and(|part| part.len() >= least);
    (long(parts.next(), 12) && long(parts.next(), 8)).then_some((at..end, "jwt"))
}

/// `sk-…`, as providers of language models give them.
fn sk(text: &[u8], at: usize) -> Option<Found> {
    let rest = &text[at + 3..];
    let length = run(rest, url_safe);
    let token = &rest[..length];
    let mixed = token.iter().any(u8::is_ascii_digit) && token.iter().any(u8::is_ascii_uppercase);
    (length >= 20 && mixed && word_begins(text, at)).then_some((at..at + 3 + length, "key"))
}

/// `SG.` and two parts.
fn sendgrid(text: &[u8], at: usize) -> Option<Found> {
    let first = run(&text[at + 3..], url_safe);
    let dot = at + 3 + first;
    if first < 16 || text.get(dot) != Some(&b'.') {
        return None;
    }
    let second = run(&text[dot + 1..], url_safe);
    (second >= 16).then_some((at..dot + 1 + second, "sendgrid"))
}

/// A key `SK…`, or the secret behind an account `AC…:`.
fn twilio(text: &[u8], at: usize) -> Option<Found> {
    let hex = |at: usize| {
        text.get(at..at + 32).is_some_and(|part| {
            part.iter()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
        }) && text.get(at + 32).is_none_or(|b| !b.is_ascii_alphanumeric())
    };
    if !word_begins(text, at) || !hex(at + 2) {
        return None;
    }
    match &text[at..at + 2] {
        b"SK" => Some((at..at + 34, "twilio")),
        b"AC" if text.get(at + 34) == Some(&b':') && hex(at + 35) => {
            Some((at + 35..at + 67, "twilio"))
        }
        _ => None,
    }
}

/// A private key with its frame; up to the end of the text where it was cut.
fn pem(text: &[u8], at: usize) -> Option<Found> {
    let head = &text[at..text.len().min(at + 80)];
    let label = b"-----BEGIN ".len();
    let close = head[label..].windows(5).position(|five| five == b"-----")?;
    let name = &head[label..label + close];
    if !name.windows(11).any(|part| part == b"PRIVATE KEY") {
        return None;
    }
    let start = at + label + close + 5;
    let rest = &text[start..];
    let Some(end) = find(rest, b"-----END ") else {
        return Some((at..text.len(), "pem"));
    };
    let behind = start + end + 9;
    let close = text[behind..text.len().min(behind + 80)]
        .windows(5)
        .position(|five| five == b"-----");
    Some((at..close.map_or(behind, |close| behind + close + 5), "pem"))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        from += text[from..].iter().position(|b| *b == wanted[0])?;
        if text[from..].starts_with(wanted) {
            return Some(from);
        }
        from += 1;
    }
}

/// What stands behind `Bearer` or `Basic`; the word itself stays.
fn scheme(text: &[u8], at: usize) -> Option<Found> {
    let rest = &text[at..];
    let is = |word: &[u8]| {
        rest.get(..word.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(word))
    };
    let (length, kind) = if is(b"bearer") {
        (6, "bearer")
    } else if is(b"basic") {
        (5, "basic")
    } else {
        return None;
    };
    let mut start = at + length;
    let blank = |at: usize| match text.get(at) {
        Some(b' ' | b'+' | b'\t') => 1,
        Some(b'%') if text[at..].starts_with(b"%20") => 3,
        _ => 0,
    };
    if blank(start) == 0 || !word_begins(text, at) {
        return None;
    }
    while blank(start) > 0 {
        start += blank(start);
    }
    let end = start + run(&text[start..], base64_or_percent);
    let token = &text[start..end];
    // `Bearer realm="x"` says which credentials are wanted.
    let parameter = token.ends_with(b"=") && text.get(end) == Some(&b'"');
    let is_secret = match kind {
        "basic" => is_pair(token),
        _ => token.len() >= 8 && !parameter && !is_word(token),
    };
    is_secret.then_some((start..end, kind))
}

/// Whether this is `name:password` in base64.
fn is_pair(token: &[u8]) -> bool {
    let plain = encoded::unescape(token);
    encoded::decode(&plain).is_some_and(|pair| pair.contains(&b':') && encoded::is_text(&pair))
}

/// Whether this is a word of prose: letters, of which the first alone or all are capitals.
fn is_word(token: &[u8]) -> bool {
    let word = token.strip_suffix(b".").unwrap_or(token);
    let Some((_, rest)) = word.split_first() else {
        return true;
    };
    word.len() < 20
        && (rest
            .iter()
            .all(|b| b.is_ascii_lowercase() || b"-_/".contains(b))
            || word.iter().all(u8::is_ascii_uppercase))
}

/// The path of a webhook, which is all that it takes to post to it.
fn webhook(text: &[u8], at: usize) -> Option<Found> {
    const HOSTS: [(&str, &str); 5] = [
        ("hooks.slack.com/services/", "slack"),
        ("hooks.slack.com/workflows/", "slack"),
        ("hooks.slack.com/triggers/", "slack"),
        ("discord.com/api/webhooks/", "key"),
        ("discordapp.com/api/webhooks/", "key"),
    ];
    let rest = &text[at..];
    let (host, kind) = HOSTS
        .iter()
        .find(|(host, _)| rest.starts_with(host.as_bytes()))?;
    let start = at + host.len();
    let path = run(&text[start..], |b| url_safe_dot(b) || b == b'/');
    (path >= 8).then_some((start..start + path, kind))
}

/// Whether a word may begin at `at`: behind a sign, or behind an escape that ends in a letter.
pub(super) fn word_begins(text: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| text[before]) else {
        return true;
    };
    if !before.is_ascii_alphanumeric() {
        return !matches!(before, b'-' | b'_');
    }
    let behind = |escape: &[u8], length: usize| {
        at >= length
            && text[at - length..].starts_with(escape)
            && text[at - length + escape.len()..at]
                .iter()
                .all(u8::is_ascii_alphanumeric)
    };
    let letter = matches!(before, b'n' | b'r' | b't') && behind(b"\\", 2);
    letter || behind(b"%", 3) || behind(b"\\u", 6)
}

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn url_safe_dot(byte: u8) -> bool {
    url_safe(byte) || byte == b'.'
}

fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte)
}

fn base64_or_percent(byte: u8) -> bool {
    base64(byte) || matches!(byte, b'%' | b'.' | b'~')
}
