//! The parts of a `multipart/form-data` body (RFC 7578), as they were sent.
//!
//! It takes nothing apart further: a part's bytes are a slice of the body.

/// No form of people or programs has more; what is left over is told.
pub const MOST_PARTS: usize = 100;
/// Headers of one part.
const MOST_HEADERS: usize = 16;

/// One field or file of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    pub name: Option<String>,
    pub filename: Option<String>,
    pub headers: Vec<(String, String)>,
    pub bytes: &'a [u8],
}

impl Part<'_> {
    /// The declared type.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        header(&self.headers, "content-type")
    }
}

/// The parts, and whether they are all; `None` where the body is not what its type says.
#[must_use]
pub fn parts<'a>(body: &'a [u8], content_type: &str) -> Option<(Vec<Part<'a>>, bool)> {
    let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty())?;
    let delimiter = format!("--{boundary}").into_bytes();
    // What stands before the first delimiter is to be ignored.
    let mut rest = match body.strip_prefix(delimiter.as_slice()) {
        Some(rest) => rest,
        None => split(body, &[b"\r\n", delimiter.as_slice()].concat())?.1,
    };
    let next = [b"\r\n", delimiter.as_slice()].concat();
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some((parts, true));
        }
        let (_, begins) = split(rest, b"\r\n")?;
        // A body that was cut ends in the middle of a part.
        let Some((part, behind)) = split(begins, &next) else {
            parts.extend(one(begins));
            return (!parts.is_empty()).then_some((parts, false));
        };
        if parts.len() == MOST_PARTS {
            return Some((parts, false));
        }
        parts.push(one(part)?);
        rest = behind;
    }
}

/// A part from its headers and the blank line behind them.
fn one(part: &[u8]) -> Option<Part<'_>> {
    let (head, bytes) = match part.strip_prefix(b"\r\n") {
        Some(bytes) => (&part[..0], bytes),
        None => split(part, b"\r\n\r\n")?,
    };
    let head = String::from_utf8_lossy(head);
    let headers: Vec<_> = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .take(MOST_HEADERS)
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let disposition = header(&headers, "content-disposition").unwrap_or_default();
    Some(Part {
        name: parameter(disposition, "name"),
        filename: parameter(disposition, "filename"),
        headers,
        bytes,
    })
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(of, _)| of.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// `boundary` of `multipart/form-data; boundary="x"`. In quotes `\` and `%22` stand for a quote, as
/// browsers write it.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value;
    loop {
        rest = rest.split_once(';')?.1.trim_start();
        let (found, after) = rest.split_once('=')?;
        let (text, behind) = word(after);
        if found.trim().eq_ignore_ascii_case(name) {
            return Some(text);
        }
        rest = behind;
    }
}

/// The value that `text` begins with, and what stands behind it.
fn word(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut found = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (found.replace("%22", "\""), &quoted[at + 1..]),
            '\\' => found.extend(chars.next().map(|(_, c)| c)),
            c => found.push(c),
        }
    }
    (found, "")
}

fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let first = *mark.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(mark) {
            return Some((&bytes[..at], &bytes[at + mark.len()..]));
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TYPE: &str = "multipart/form-data; charset=utf-8; boundary=\"x y\"";

    #[test]
    fn fields_and_files_are_told_apart() {
        let body = b"preamble\r\n--x y\r\nContent-Disposition: form-data; name=\"a;b\"\r\n\r\n1\r\n2\r\n--x y\r\ncontent-disposition: form-data; name=file; filename=\"q\\\"%22.png\"\r\nContent-Type: image/png\r\n\r\n\x89\0\r\n--x y--\r\n";
        let (parts, all) = parts(body, TYPE).expect("parts");
        assert!(all);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].name.as_deref(), Some("a;b"));
        assert_eq!(
            (parts[0].filename.as_deref(), parts[0].bytes),
            (None, &b"1\r\n2"[..])
        );
        assert_eq!(parts[1].name.as_deref(), Some("file"));
        assert_eq!(parts[1].filename.as_deref(), Some("q\"\".png"));
        assert_eq!(
            (parts[1].content_type(), parts[1].bytes),
            (Some("image/png"), &b"\x89\0"[..])
        );
    }

    #[test]
    fn a_body_that_was_cut_keeps_the_part_it_ends_in() {
        let body = b"--x y\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x y\r\nX: y\r\n\r\nhalf";
        let (found, all) = parts(body, TYPE).expect("parts");
        assert_eq!((found.len(), found[1].bytes, all), (2, &b"half"[..], false));
        let none = parts(b"--x y--", TYPE).expect("no parts");
        assert_eq!(none, (vec![], true));
    }

    #[test]
    fn what_is_no_form_is_left_to_the_raw_view() {
        for (body, of) in [
            ("--x y\r\n", "multipart/form-data"),
            ("--x y\r\n", "multipart/form-data; boundary="),
            ("hello", TYPE),
            ("--x y", TYPE),
            ("--x y\r\nno end of headers", TYPE),
        ] {
            assert_eq!(parts(body.as_bytes(), of), None, "{body} {of}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in "[-x \\r\\n:a;\"=]{0,60}", of in ".{0,20}[;=\"\\\\a]{0,20}") {
            let _ = parts(body.as_bytes(), TYPE);
            let _ = parts(body.as_bytes(), &of);
        }

        #[test]
        fn parts_come_back_as_they_were_put_together(values in proptest::collection::vec("[a-z\\r\\n]{0,9}", 0..9)) {
            let mut body = String::new();
            for value in &values {
                body.push_str(&format!("--x y\r\nContent-Disposition: form-data; name=n\r\n\r\n{value}\r\n"));
            }
            body.push_str("--x y--\r\n");
            let (found, all) = parts(body.as_bytes(), TYPE).expect("parts");
            prop_assert!(all);
            let found: Vec<_> = found.iter().map(|part| part.bytes).collect();
            prop_assert_eq!(found, values.iter().map(String::as_bytes).collect::<Vec<_>>());
        }
    }
}
