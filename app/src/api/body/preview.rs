//! How much of a body a page carries: enough for the first look, whatever its size.

use domain::{
    Body,
    body::{self, BodyKind},
    json::{self, Line, Pretty, Token},
    lines::{Form, Lines},
    multipart,
};

use super::{BodyView, Head, PartView, Shown};

/// Lines of a body. With the other things of a page they stay under 2,000 elements.
const LINES: usize = 200;
/// Bytes of all these lines together, and of all parts.
const TEXT_BYTES: usize = 32 * 1024;
/// Bytes of one piece of a line.
const PIECE_BYTES: usize = 8 * 1024;
/// Lines of one value of an object, and of all its values together.
const VALUE_LINES: usize = 100;
const OBJECT_LINES: usize = 300;
/// Fields of a form.
const FIELDS: usize = 200;
/// Lines of sixteen bytes.
const HEX_LINES: usize = 64;
/// The same of one part.
const PART_HEX_LINES: usize = 8;
/// Bytes of one part's text.
const PART_BYTES: usize = 4 * 1024;

impl BodyView {
    /// Prepares `body`, of which `content_type` was declared.
    pub(in crate::api) fn new(body: &Body, content_type: Option<&str>, raw: bool) -> Self {
        let bytes = body.bytes.as_slice();
        let kind = body::kind(bytes, content_type);
        let parsed = match kind {
            BodyKind::Empty => Some(Shown::Nothing),
            BodyKind::Binary => Some(hex(bytes)),
            BodyKind::Form if !raw => form(bytes),
            BodyKind::Multipart if !raw => parts(bytes, content_type),
            _ => None,
        };
        Self {
            kind,
            content_type: content_type.map(|text| head(text, 256).to_owned()),
            size_bytes: bytes.len() as u64,
            original: body
                .cut
                .as_ref()
                .map(|cut| (cut.size_bytes, cut.sha256.clone())),
            redacted: body.redacted,
            unchecked: body.unchecked,
            shown: parsed.unwrap_or_else(|| Shown::Lines(lines(bytes, kind, raw))),
        }
    }
}

/// Headers, an over-long value of which is shown cut.
pub(in crate::api) fn clip_headers(headers: Vec<(String, String)>) -> Vec<(String, String)> {
    let clipped = headers
        .into_iter()
        .map(|(name, value)| match head(&value, PIECE_BYTES) {
            shown if shown.len() < value.len() => {
                (name, format!("{shown}… ({} bytes in all)", value.len()))
            }
            _ => (name, value),
        });
    clipped.collect()
}

/// The pairs of an object, until there are as many lines as a page can hold.
pub(in crate::api) fn object_values(pairs: Vec<(String, String)>) -> Vec<(String, Pretty)> {
    let mut left = OBJECT_LINES;
    let mut shown = Vec::new();
    for (name, value) in pairs {
        if left == 0 {
            break;
        }
        let value = object_value(&value, left.min(VALUE_LINES));
        left -= value.lines.len();
        shown.push((name, value));
    }
    shown
}

/// A value of an object as lines; text without its quotes, as people read it.
fn object_value(value: &str, most: usize) -> Pretty {
    let inner = value
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let one_line = |token, text: &str| Pretty {
        lines: vec![Line {
            depth: 0,
            pieces: vec![(token, head(text, PIECE_BYTES).to_owned())],
        }],
        total_lines: 1,
    };
    match inner {
        // With an escape in it only the JSON text is unambiguous.
        Some(text) if !text.contains('\\') => one_line(Token::Text, text),
        _ => match json::pretty(value, most) {
            Some(pretty) => clip(pretty).0,
            None => one_line(Token::Text, value),
        },
    }
}

fn lines(bytes: &[u8], kind: BodyKind, raw: bool) -> Head {
    let wanted = if raw { Form::Raw } else { Form::of(kind) };
    let (all, lossy) = Lines::read(bytes, wanted);
    let (lines, cut) = clip(all.head(LINES));
    let is_all = !cut && lines.lines.len() == lines.total_lines;
    Head {
        // What had to be made visible is not what was sent.
        whole: is_all && lines.text() == all.text(),
        form: all.form(),
        lossy,
        unparsed: all.form() != wanted
            || (!raw && matches!(kind, BodyKind::Form | BodyKind::Multipart)),
        lines,
    }
}

fn hex(bytes: &[u8]) -> Shown {
    Shown::Hex {
        head: body::hex_head(bytes, HEX_LINES),
        bytes: bytes.len().min(HEX_LINES * 16) as u64,
    }
}

fn form(bytes: &[u8]) -> Option<Shown> {
    let all = body::form(bytes)?;
    let total = all.len() as u64;
    let pairs = clip_headers(all.into_iter().take(FIELDS).collect());
    Some(Shown::Form { pairs, total })
}

fn parts(bytes: &[u8], content_type: Option<&str>) -> Option<Shown> {
    let (found, all) = multipart::parts(bytes, content_type?)?;
    let mut left = TEXT_BYTES;
    let parts = found.iter().map(|part| {
        let view = one_part(part, left.min(PART_BYTES));
        left -= view.text.len().min(left);
        view
    });
    Some(Shown::Parts {
        parts: parts.collect(),
        all,
    })
}

fn one_part(part: &multipart::Part<'_>, most: usize) -> PartView {
    let kind = body::kind(part.bytes, part.content_type());
    let (text, shown) = if kind == BodyKind::Binary {
        let lines = PART_HEX_LINES.min(most / 80);
        (body::hex_head(part.bytes, lines), lines * 16)
    } else {
        let kept = &part.bytes[..floor(part.bytes, most)];
        (body::show(kept).0, kept.len())
    };
    PartView {
        name: part.name.as_deref().map(|name| head(name, 256).to_owned()),
        filename: part
            .filename
            .as_deref()
            .map(|name| head(name, 256).to_owned()),
        headers: clip_headers(part.headers.clone()),
        kind,
        size_bytes: part.bytes.len() as u64,
        text,
        shown_bytes: shown.min(part.bytes.len()) as u64,
    }
}

/// Cuts long pieces, and all lines once they are longer than a page should be.
fn clip(mut pretty: Pretty) -> (Pretty, bool) {
    let (mut left, mut cut) = (TEXT_BYTES, false);
    let mut lines = 0;
    for line in &mut pretty.lines {
        for (_, piece) in &mut line.pieces {
            let shown = head(piece, PIECE_BYTES).len();
            if shown < piece.len() {
                piece.truncate(shown);
                piece.push('…');
                cut = true;
            }
            left = left.saturating_sub(piece.len());
        }
        left = left.saturating_sub(2 * line.depth);
        lines += 1;
        if left == 0 {
            break;
        }
    }
    pretty.lines.truncate(lines);
    (pretty, cut)
}

/// The first `most` bytes of a text, or a little less so that no character is cut.
fn head(text: &str, most: usize) -> &str {
    &text[..floor(text.as_bytes(), most)]
}

fn floor(bytes: &[u8], most: usize) -> usize {
    if bytes.len() <= most {
        return bytes.len();
    }
    // At most three bytes of a character can lie before the cut.
    let begins = |at: &usize| bytes[*at] & 0xc0 != 0x80;
    (most.saturating_sub(3)..=most)
        .rev()
        .find(begins)
        .unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], content_type: Option<&str>, raw: bool) -> Shown {
        BodyView::new(&Body::new(bytes.to_vec(), false), content_type, raw).shown
    }

    fn lines_of(bytes: &[u8], content_type: Option<&str>, raw: bool) -> Head {
        match shown(bytes, content_type, raw) {
            Shown::Lines(head) => head,
            other => panic!("lines, not {other:?}"),
        }
    }

    #[test]
    fn a_body_is_parsed_unless_it_is_asked_for_raw() {
        let about = |bytes: &[u8], of, raw| {
            let head = lines_of(bytes, of, raw);
            (head.form, head.whole, head.unparsed)
        };
        assert_eq!(about(b"{\"a\":1}", None, false), (Form::Json, true, false));
        assert_eq!(
            about(b"<a> <b/></a>", None, false),
            (Form::Xml, true, false)
        );
        assert_eq!(about(b"{\"a\":1}", None, true), (Form::Raw, true, false));
        assert_eq!(about(b"{\"a\":", None, false), (Form::Raw, true, true));
        let form = Some("multipart/form-data; boundary=x");
        assert_eq!(about(b"no parts", form, false), (Form::Raw, true, true));
        assert_eq!(
            about(b"--x\r\n\r\n1\r\n--x--", form, true),
            (Form::Raw, true, false)
        );
        assert_eq!(shown(b"", Some("application/json"), false), Shown::Nothing);
        assert!(matches!(
            shown(b"\x00\x01\x02", None, true),
            Shown::Hex { bytes: 3, .. }
        ));
    }

    #[test]
    fn what_had_to_be_made_visible_is_not_taken_for_what_was_sent() {
        let head = lines_of("[\"\u{202e}abc\"]".as_bytes(), None, false);
        assert_eq!(head.lines.lines[1].pieces[0].1, "\"\u{fffd}abc\"");
        assert!(!head.whole);
        assert!(!lines_of(b"<a\nb='1'/>", None, false).whole);
    }

    #[test]
    fn a_page_never_carries_more_than_a_reader_can_use() {
        let long = format!("[\"{}\"]", "é".repeat(1_000_000));
        let head = lines_of(long.as_bytes(), None, false);
        assert!(!head.whole && head.lines.lines[1].pieces[0].1.len() <= PIECE_BYTES + 3);
        let many = format!("[{}1]", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",".repeat(9_000));
        let head = lines_of(many.as_bytes(), None, false);
        assert!(head.lines.lines.len() < LINES && head.lines.total_lines == 9_003);
        let fields = "a=1&".repeat(999);
        let form = Some("application/x-www-form-urlencoded");
        assert!(matches!(
            shown(fields.as_bytes(), form, false),
            Shown::Form { pairs, total: 999 } if pairs.len() == FIELDS
        ));
    }

    #[test]
    fn parts_are_judged_each_for_itself() {
        let body = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nDana\r\n--x\r\nContent-Disposition: form-data; name=b; filename=c.png\r\n\r\n\x89PNG\0\0\0\0\r\n--x--";
        let Shown::Parts { parts, all } =
            shown(body, Some("multipart/form-data; boundary=x"), false)
        else {
            panic!("parts")
        };
        let about: Vec<_> = parts
            .iter()
            .map(|part| {
                (
                    part.kind,
                    part.size_bytes,
                    part.shown_bytes,
                    &part.text[..4],
                )
            })
            .collect();
        assert_eq!(
            about,
            [
                (BodyKind::Text, 4, 4, "Dana"),
                (BodyKind::Binary, 8, 8, "0000")
            ]
        );
        assert_eq!((parts[1].filename.as_deref(), all), (Some("c.png"), true));
    }

    #[test]
    fn values_of_an_object_read_as_people_say_them() {
        let text = |value| object_value(value, 9).text().replace('\n', "|");
        assert_eq!(text("\"dana@acme.test\""), "dana@acme.test");
        assert_eq!(text("\"a\\nb\""), "\"a\\nb\"");
        assert_eq!(text("{\"a\":[1]}"), "{|  \"a\": [|    1|  ]|}");
        assert_eq!(text("1e400"), "1e400");
    }

    #[test]
    fn an_object_is_shown_until_the_page_is_full() {
        let list = format!("[{}1]", "1,".repeat(198));
        let pair = |name: &str| (name.to_owned(), list.clone());
        let shown = object_values(["a", "b", "c", "d"].map(pair).into());
        let lines: Vec<_> = shown
            .iter()
            .map(|(_, value)| (value.lines.len(), value.total_lines))
            .collect();
        assert_eq!(lines, [(100, 201); 3]);
    }
}
