//! Texts inside texts: percent-encoded, base64, gzip.
//!
//! A text inside is decoded, looked at as any other, and written back in its coding if a secret
//! was in it. What cannot be decoded within its bound is [`Unchecked`] where it is a body, and
//! goes as a whole where it is a part of a text.

use super::{Redactor, Unchecked, edit::Edit, mark, unpack, unpack::GZIP};
use crate::limit;

/// Characters of base64 that are worth a look: nine bytes.
const LEAST: usize = 12;

/// Characters that are decoded to see whether the rest is worth it.
const PROBE: usize = 24;

/// A short text inside is replaced as a whole, so that its mark can be seen.
const WHOLE: usize = 120;

/// What an unpacking that fails takes of what a request may unpack: it may have got far.
const FAILED: usize = limit::REQUEST_BYTES / 8;

/// A body without its secrets; `None` where it holds none.
pub(super) fn body(
    redactor: &Redactor<'_>,
    bytes: &[u8],
    coding: Option<&str>,
) -> Result<Option<Vec<u8>>, Unchecked> {
    let inside = inside_body(redactor, bytes, coding)?;
    if let Some(inside) = inside
        && let Some(kept) = redactor.look(&inside, 0)?
    {
        return Ok(Some(kept));
    }
    // What says that it is packed or UTF-16 may be neither, and is shown as what it is.
    redactor.look(bytes, 0)
}

/// What is packed in a body, or written in UTF-16; `None` where it is a text as it stands.
fn inside_body(
    redactor: &Redactor<'_>,
    bytes: &[u8],
    coding: Option<&str>,
) -> Result<Option<Vec<u8>>, Unchecked> {
    let coding = coding.unwrap_or("").trim().to_ascii_lowercase();
    let is_read = std::str::from_utf8(bytes).is_ok();
    if bytes.starts_with(GZIP) {
        return unpack(redactor, bytes).ok_or(Unchecked).map(Some);
    }
    match coding.as_str() {
        // Many programs report the unpacked body with the header as it came.
        "" | "identity" | "gzip" | "x-gzip" | "aws-chunked" => {}
        _ if is_read => {}
        "deflate" => {
            let plain = counted(redactor, |most| unpack::deflate(bytes, most));
            return plain.ok_or(Unchecked).map(Some);
        }
        _ => return Err(Unchecked),
    }
    if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        return Err(Unchecked);
    }
    Ok(utf16(bytes).map(String::into_bytes))
}

/// What is in gzip; `None` where it is broken or more than a request may hold.
fn unpack(redactor: &Redactor<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
    counted(redactor, |most| unpack::gzip(bytes, most))
}

/// Unpacks within what is left to this request. What fails counts too.
fn counted(
    redactor: &Redactor<'_>,
    unpack: impl FnOnce(usize) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let left = redactor.unpacked_left.get();
    let most = left.min(limit::REQUEST_BYTES);
    let plain = unpack(most);
    let used = plain.as_ref().map_or(FAILED, Vec::len);
    redactor.unpacked_left.set(left.saturating_sub(used));
    plain
}

/// Text in UTF-16, which says so by its first bytes.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (units, little) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, true),
        [0xfe, 0xff, rest @ ..] => (rest, false),
        _ => return None,
    };
    let units: Vec<u16> = units
        .chunks_exact(2)
        .map(|pair| {
            if little {
                u16::from_le_bytes([pair[0], pair[1]])
            } else {
                u16::from_be_bytes([pair[0], pair[1]])
            }
        })
        .collect();
    Some(String::from_utf16_lossy(&units))
}

/// Looks into what is percent-encoded.
pub(super) fn percent(
    redactor: &Redactor<'_>,
    text: &[u8],
    depth: u8,
) -> Result<Option<Vec<u8>>, Unchecked> {
    let mut edit = Edit::new(text);
    let mut at = 0;
    while let Some(next) = text[at..].iter().position(|b| *b == b'%') {
        let sign = at + next;
        if escape(text, sign).is_none() {
            at = sign + 1;
            continue;
        }
        let part = |b: &u8| !b.is_ascii_whitespace() && !b"\"'<>&=;,#?\\".contains(b);
        let start = text[at..sign]
            .iter()
            .rposition(|b| !part(b))
            .map_or(at, |place| at + place + 1);
        let length = text[sign..].iter().position(|b| !part(b));
        let end = length.map_or(text.len(), |length| sign + length);
        let run = &text[start..end];
        if let Some(kept) = redactor.look(&unescape(run), depth + 1)? {
            edit.replace(start..end, &escaped(&kept));
        }
        at = end;
    }
    Ok(edit.finish())
}

fn escape(text: &[u8], at: usize) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    let byte = digit(at + 1)? * 16 + digit(at + 2)?;
    u8::try_from(byte).ok()
}

/// Without its percent signs; a plus is a blank.
pub(super) fn unescape(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match (byte, escape(text, at)) {
            (b'%', Some(byte)) => {
                plain.push(byte);
                at += 2;
            }
            (b'+', _) => plain.push(b' '),
            _ => plain.push(*byte),
        }
        at += 1;
    }
    plain
}

/// With percent signs, but for the marks.
fn escaped(text: &[u8]) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut code = Vec::with_capacity(text.len() * 2);
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if *byte == b'['
            && let Some(end) = mark::end(text, at)
        {
            code.extend_from_slice(&text[at..end]);
            at = end;
            continue;
        }
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            code.push(*byte);
        } else {
            code.extend([
                b'%',
                HEX[usize::from(byte >> 4)],
                HEX[usize::from(byte & 15)],
            ]);
        }
        at += 1;
    }
    code
}

/// Looks into what is base64 of either alphabet.
pub(super) fn base64(
    redactor: &Redactor<'_>,
    text: &[u8],
    depth: u8,
) -> Result<Option<Vec<u8>>, Unchecked> {
    let mut edit = Edit::new(text);
    let mut at = 0;
    while at < text.len() {
        let length = text[at..]
            .iter()
            .take_while(|b| value(**b).is_some())
            .count();
        let mut end = at + length;
        if length >= LEAST {
            let padding = text[end..]
                .iter()
                .take(2)
                .take_while(|b| **b == b'=')
                .count();
            let whole = at..end + padding;
            match inside(redactor, &text[whole.clone()], depth)? {
                Some(new) => {
                    end = whole.end;
                    edit.replace(whole, &new);
                }
                // A slash may belong to the path around it.
                None => segments(redactor, &mut edit, text, (at..end, depth))?,
            }
        }
        at = end.max(at + 1);
    }
    Ok(edit.finish())
}

fn segments(
    redactor: &Redactor<'_>,
    edit: &mut Edit<'_>,
    text: &[u8],
    (run, depth): (std::ops::Range<usize>, u8),
) -> Result<(), Unchecked> {
    if !text[run.clone()].contains(&b'/') {
        return Ok(());
    }
    let mut start = run.start;
    for segment in text[run.clone()].split(|b| *b == b'/') {
        // Packed bytes have slashes of their own: all that follows goes with them.
        if segment.starts_with(b"H4sI")
            && let Some(new) = inside(redactor, &text[start..run.end], depth)?
        {
            edit.replace(start..run.end, &new);
            return Ok(());
        }
        if segment.len() >= LEAST
            && let Some(new) = inside(redactor, segment, depth)?
        {
            edit.replace(start..start + segment.len(), &new);
        }
        start += segment.len() + 1;
    }
    Ok(())
}

/// What takes the place of this base64, if a secret is in it.
fn inside(redactor: &Redactor<'_>, code: &[u8], depth: u8) -> Result<Option<Vec<u8>>, Unchecked> {
    let probe = &code[..code.len().min(PROBE)];
    let Some(head) = decode(probe) else {
        return Ok(None);
    };
    let packed = head.starts_with(GZIP);
    if !packed && !is_text(&head) {
        return Ok(None);
    }
    let Some(plain) = decode(code) else {
        return Ok(None);
    };
    let mark = || Some(redactor.mark("encoded", code).into_bytes());
    if packed {
        // What cannot be unpacked cannot be checked.
        return Ok(match unpack(redactor, &plain) {
            Some(plain) if redactor.look(&plain, depth + 1)?.is_none() => None,
            _ => mark(),
        });
    }
    if !is_text(&plain) {
        return Ok(None);
    }
    let Some(kept) = redactor.look(&plain, depth + 1)? else {
        return Ok(None);
    };
    Ok(if plain.len() <= WHOLE {
        mark()
    } else {
        Some(encode(&kept, code))
    })
}

fn value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// The bytes behind base64 of either alphabet, with or without padding.
pub(super) fn decode(code: &[u8]) -> Option<Vec<u8>> {
    let unpadded = code.iter().rposition(|b| *b != b'=').map_or(0, |at| at + 1);
    let code = &code[..unpadded];
    if code.len() % 4 == 1 {
        return None;
    }
    let mut plain = Vec::with_capacity(code.len() / 4 * 3 + 2);
    for four in code.chunks(4) {
        let mut bits = 0_u32;
        for byte in four {
            bits = bits << 6 | u32::from(value(*byte)?);
        }
        bits <<= 6 * (4 - four.len());
        let bytes = bits.to_be_bytes();
        plain.extend_from_slice(&bytes[1..four.len()]);
    }
    Some(plain)
}

/// Base64 in the alphabet and with the padding of `like`.
fn encode(plain: &[u8], like: &[u8]) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose as coding};
    let url_safe = like.iter().any(|b| matches!(b, b'-' | b'_'));
    let padded = like.len().is_multiple_of(4);
    let engine = match (url_safe, padded) {
        (false, true) => coding::STANDARD,
        (false, false) => coding::STANDARD_NO_PAD,
        (true, true) => coding::URL_SAFE,
        (true, false) => coding::URL_SAFE_NO_PAD,
    };
    engine.encode(plain).into_bytes()
}

/// Whether these bytes are text; the last character may be cut.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let whole = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    whole
        && bytes
            .iter()
            .all(|b| *b >= 0x20 && *b != 0x7f || matches!(b, b'\t' | b'\r' | b'\n'))
}
