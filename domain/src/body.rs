//! What a body is, judged by its declared type and its bytes.

text_enum! {
    /// What a body is.
    BodyKind {
        Empty = "empty", "empty";
        Json = "json", "JSON";
        Form = "form", "form";
        Multipart = "multipart", "form with parts";
        Html = "html", "HTML";
        Xml = "xml", "XML";
        Text = "text", "text";
        Binary = "binary", "binary";
    }
}

/// Judges `bytes`, of which `content_type` was declared.
#[must_use]
pub fn kind(bytes: &[u8], content_type: Option<&str>) -> BodyKind {
    if bytes.is_empty() {
        return BodyKind::Empty;
    }
    let declared = content_type
        .unwrap_or("")
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    // Its parts may be binary; each is judged by itself.
    if declared == "multipart/form-data" {
        return BodyKind::Multipart;
    }
    if !is_text(bytes) {
        return BodyKind::Binary;
    }
    let first = bytes.iter().copied().find(|b| !b.is_ascii_whitespace());
    match (declared.as_str(), first) {
        (t, _) if t == "application/json" || t.ends_with("+json") => BodyKind::Json,
        ("application/x-www-form-urlencoded", _) => BodyKind::Form,
        ("text/html", _) => BodyKind::Html,
        (t, _) if t == "application/xml" || t == "text/xml" || t.ends_with("+xml") => BodyKind::Xml,
        (_, Some(b'{' | b'[')) => BodyKind::Json,
        ("", Some(b'<')) => BodyKind::Xml,
        _ => BodyKind::Text,
    }
}

/// The names and values of a form; `None` where it is none.
#[must_use]
pub fn form(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    serde_urlencoded::from_bytes(bytes).ok()
}

/// Bytes as text, and whether some of them were none. Control characters become visible pictures.
#[must_use]
pub fn show(bytes: &[u8]) -> (String, bool) {
    let text = String::from_utf8_lossy(bytes);
    let lossy = matches!(text, std::borrow::Cow::Owned(_));
    (text.chars().map(visible).collect(), lossy)
}

/// A character as it can be seen: control characters become pictures.
#[must_use]
pub fn visible(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\r' => '\u{240d}',
        '\u{7f}' => '\u{2421}',
        c if (c as u32) < 0x20 => char::from_u32(0x2400 + c as u32).unwrap_or(c),
        // Marks that turn the direction of reading could make a body show other than it is.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
        c => c,
    }
}

/// The first bytes as `offset  hex  text`, sixteen a line.
#[must_use]
pub fn hex_head(bytes: &[u8], lines: usize) -> String {
    use std::fmt::Write as _;
    let mut head = String::new();
    for (index, chunk) in bytes.chunks(16).take(lines).enumerate() {
        let _ = write!(head, "{:06x}  ", index * 16);
        for place in 0..16 {
            match chunk.get(place) {
                Some(byte) => {
                    let _ = write!(head, "{byte:02x} ");
                }
                None => head.push_str("   "),
            }
        }
        let text = chunk.iter().map(|b| {
            if b.is_ascii_graphic() || *b == b' ' {
                *b as char
            } else {
                '.'
            }
        });
        let _ = writeln!(head, " {}", text.collect::<String>());
    }
    head
}

fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4_096)];
    let odd = head
        .iter()
        .filter(|b| matches!(**b, 0..=8 | 14..=26 | 28..=31))
        .count();
    let valid = match std::str::from_utf8(head) {
        Ok(_) => head.len(),
        // A character cut in two by the head's end is no fault of the text.
        Err(error) if error.error_len().is_none() => head.len(),
        Err(_) => String::from_utf8_lossy(head)
            .chars()
            .filter(|c| *c != '\u{fffd}')
            .count(),
    };
    odd * 20 <= head.len() && valid * 10 >= head.len() * 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::{Form, Lines};

    #[test]
    fn the_declared_type_and_the_bytes_decide_together() {
        let cases: [(&[u8], Option<&str>, BodyKind); 10] = [
            (b"", Some("application/json"), BodyKind::Empty),
            (b"{\"a\":1}", None, BodyKind::Json),
            (
                b"x",
                Some("application/problem+json; charset=utf-8"),
                BodyKind::Json,
            ),
            (
                b"a=1&b=2",
                Some("application/x-www-form-urlencoded"),
                BodyKind::Form,
            ),
            (
                b"--x\r\n\0",
                Some("multipart/form-data; boundary=x"),
                BodyKind::Multipart,
            ),
            (b"<p>", Some("text/html"), BodyKind::Html),
            (b"<a/>", None, BodyKind::Xml),
            (b"hello", None, BodyKind::Text),
            (
                b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0",
                Some("image/png"),
                BodyKind::Binary,
            ),
            (b"caf\xe9 and more text", Some("text/plain"), BodyKind::Text),
        ];
        for (bytes, declared, expected) in cases {
            assert_eq!(kind(bytes, declared), expected, "{bytes:?}");
        }
    }

    #[test]
    fn json_that_is_none_falls_back_to_its_raw_text() {
        let form = |bytes: &[u8], kind| Lines::read(bytes, Form::of(kind)).0.form();
        assert_eq!(form(b"{\"a\":", BodyKind::Json), Form::Raw);
        assert_eq!(form(b"\xef\xbb\xbf{}", BodyKind::Json), Form::Json);
        assert_eq!(form(b"<a><b></a>", BodyKind::Xml), Form::Raw);
        assert_eq!(form(b"{}", BodyKind::Text), Form::Raw);
    }

    #[test]
    fn a_form_is_its_pairs() {
        let pairs = vec![("a".into(), "1 2".into()), ("b".into(), String::new())];
        assert_eq!(super::form(b"a=1+2&b="), Some(pairs));
    }

    #[test]
    fn what_cannot_be_seen_is_made_visible() {
        assert_eq!(
            show(b"a\0b\r\n"),
            ("a\u{2400}b\u{240d}\n".to_owned(), false)
        );
        assert_eq!(show(b"caf\xe9"), ("caf\u{fffd}".to_owned(), true));
        assert_eq!(show("\u{202e}x".as_bytes()).0, "\u{fffd}x");
        assert_eq!(
            hex_head(b"AB\0", 4),
            format!("000000  41 42 00 {} AB.\n", "   ".repeat(13))
        );
    }
}
