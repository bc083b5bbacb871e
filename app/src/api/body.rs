//! A body as a page shows it: judged, indented and cut on the server.
//!
//! A page never carries more than a reader can use; the whole body is one
//! download away. What was left out is always told.

use domain::{body::BodyKind, json::Pretty};
use serde::{Deserialize, Serialize};

/// A body, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyView {
    pub kind: BodyKind,
    pub content_type: Option<String>,
    /// Of what is kept.
    pub size_bytes: u64,
    /// Length and SHA-256 of the original, where only its beginning is kept.
    pub original: Option<(u64, String)>,
    /// Whether secrets in it were replaced.
    pub redacted: bool,
    pub shown: Shown,
}

/// What the page shows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// It has no bytes.
    Nothing,
    /// Indented JSON; `cut` where a line was too long to be shown whole.
    Json { pretty: Pretty, cut: bool },
    /// The pairs of a form.
    Form(Vec<(String, String)>),
    /// Its text, or the first `bytes` bytes of it.
    Text {
        text: String,
        bytes: u64,
        /// Whether some bytes were no text.
        lossy: bool,
        /// Whether it should have been parsed and could not be.
        unparsed: bool,
    },
    /// The first bytes as hex.
    Hex { head: String, bytes: u64 },
}

#[cfg(feature = "ssr")]
pub(super) use preview::{clip_headers, object_value};

#[cfg(feature = "ssr")]
mod preview {
    use domain::{
        Body,
        body::{self, BodyKind, Parsed},
        json::{self, Line, Pretty, Token},
    };

    use super::{BodyView, Shown};

    /// Lines of indented JSON.
    const LINES: usize = 2_000;
    /// Bytes of raw text, and of all indented lines together.
    const TEXT_BYTES: usize = 128 * 1024;
    /// Bytes of one piece of a line.
    const PIECE_BYTES: usize = 8 * 1024;
    /// Lines of one value of an object.
    const OBJECT_LINES: usize = 200;
    /// Lines of sixteen bytes.
    const HEX_LINES: usize = 64;

    impl BodyView {
        /// Prepares `body`, of which `content_type` was declared.
        pub(in crate::api) fn new(body: &Body, content_type: Option<&str>, raw: bool) -> Self {
            let bytes = body.bytes.as_slice();
            let kind = body::kind(bytes, content_type);
            let shown = match kind {
                BodyKind::Empty => Shown::Nothing,
                BodyKind::Binary => Shown::Hex {
                    head: body::hex_head(bytes, HEX_LINES),
                    bytes: bytes.len().min(HEX_LINES * 16) as u64,
                },
                _ if raw => text(bytes, false),
                _ => match body::parse(bytes, kind, LINES) {
                    Parsed::Json(pretty) => {
                        let (pretty, cut) = clip(pretty);
                        Shown::Json { pretty, cut }
                    }
                    Parsed::Form(pairs) => Shown::Form(pairs),
                    Parsed::Raw => text(bytes, matches!(kind, BodyKind::Json | BodyKind::Form)),
                },
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
                shown,
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

    /// A value of an object as lines; text without its quotes, as people read it.
    pub(in crate::api) fn object_value(value: &str) -> Pretty {
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
            _ => match json::pretty(value, OBJECT_LINES) {
                Some(pretty) => clip(pretty).0,
                None => one_line(Token::Text, value),
            },
        }
    }

    fn text(bytes: &[u8], unparsed: bool) -> Shown {
        let kept = &bytes[..floor(bytes, TEXT_BYTES)];
        let (text, lossy) = body::show(kept);
        Shown::Text {
            text,
            bytes: kept.len() as u64,
            lossy,
            unparsed,
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

        #[test]
        fn a_body_is_parsed_unless_it_is_asked_for_raw() {
            assert!(matches!(
                shown(b"{\"a\":1}", None, false),
                Shown::Json { cut: false, .. }
            ));
            assert!(matches!(
                shown(b"{\"a\":1}", None, true),
                Shown::Text {
                    unparsed: false,
                    ..
                }
            ));
            assert!(matches!(
                shown(b"{\"a\":", None, false),
                Shown::Text { unparsed: true, .. }
            ));
            assert_eq!(shown(b"", Some("application/json"), false), Shown::Nothing);
            assert!(matches!(
                shown(b"\x00\x01\x02", None, true),
                Shown::Hex { bytes: 3, .. }
            ));
        }

        #[test]
        fn a_page_never_carries_more_than_a_reader_can_use() {
            let long = format!("[\"{}\"]", "é".repeat(1_000_000));
            let Shown::Json { pretty, cut } = shown(long.as_bytes(), None, false) else {
                panic!("JSON")
            };
            assert!(cut && pretty.lines[1].pieces[0].1.len() <= PIECE_BYTES + 3);
            let Shown::Text {
                text, bytes, lossy, ..
            } = shown("é".repeat(99_999).as_bytes(), Some("text/plain"), false)
            else {
                panic!("text")
            };
            assert_eq!(
                (text.len(), bytes, lossy),
                (TEXT_BYTES, TEXT_BYTES as u64, false)
            );
            let many = format!("[{}1]", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",".repeat(9_999));
            let Shown::Json { pretty, .. } = shown(many.as_bytes(), None, false) else {
                panic!("JSON")
            };
            assert!(pretty.lines.len() < LINES && pretty.total_lines == 10_002);
        }

        #[test]
        fn values_of_an_object_read_as_people_say_them() {
            let text = |value| {
                let lines = object_value(value).lines;
                lines
                    .iter()
                    .map(|line| line.pieces.iter().map(|p| p.1.as_str()).collect::<String>())
                    .collect::<Vec<_>>()
                    .join("|")
            };
            assert_eq!(text("\"dana@acme.test\""), "dana@acme.test");
            assert_eq!(text("\"a\\nb\""), "\"a\\nb\"");
            assert_eq!(text("{\"a\":[1]}"), "{|\"a\": [|1|]|}");
            assert_eq!(text("1e400"), "1e400");
        }
    }
}
