//! A request as a command that a person can run again.
//!
//! It only makes a text; nothing here sends anything. Secrets are not in it, as they were never
//! stored: each is a variable that whoever runs it fills in.

use crate::{payload::Request, redact::mark};

/// A longer body is taken from a file: terminals refuse long lines.
const BODY_BYTES: usize = 16_384;

/// The file that the command reads a long body from; the page offers it as a download.
pub const BODY_FILE: &str = "request-body";

/// `request` as a POSIX shell command; `None` without a URL.
#[must_use]
pub fn command(request: &Request) -> Option<String> {
    let url = request.url.as_deref()?;
    let mut secrets = Secrets::default();
    let mut lines = Vec::new();
    let method = request.method.as_deref().unwrap_or("GET");
    lines.push(format!(
        "curl -sS -i -X {} {}",
        secrets.quoted(method, "METHOD"),
        secrets.quoted(url, "SECRET")
    ));
    for (name, value) in &request.headers.0 {
        // curl counts and names these itself.
        if ["content-length", "host"].contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        let header = format!("{name}: {value}");
        lines.push(format!("  -H {}", secrets.quoted(&header, &variable(name))));
    }
    if let Some(body) = &request.body
        && (!body.bytes.is_empty() || body.unchecked)
    {
        let text = std::str::from_utf8(&body.bytes).ok();
        let short = text.filter(|text| {
            text.len() <= BODY_BYTES
                && body.cut.is_none()
                && !body.unchecked
                && !text.contains('\0')
        });
        lines.push(match short {
            Some(text) => format!("  --data-raw {}", secrets.quoted(text, "SECRET")),
            None => format!("  --data-binary @{BODY_FILE}"),
        });
    }
    let command = lines.join(" \\\n");
    Some(match secrets.0.as_slice() {
        [] => command,
        names => format!(
            "# Set {} first: secrets are not kept.\n{command}",
            names.join(", ")
        ),
    })
}

/// The variables of a command, each once.
#[derive(Default)]
struct Secrets(Vec<String>);

impl Secrets {
    /// `text` as one word of a shell; what was redacted in it becomes `"$name"`.
    fn quoted(&mut self, text: &str, name: &str) -> String {
        let mut word = String::new();
        for (index, part) in mark::apart(text).enumerate() {
            if index > 0 {
                word.push_str(&format!("\"${name}\""));
                if !self.0.iter().any(|known| known == name) {
                    self.0.push(name.to_owned());
                }
            }
            if !part.is_empty() || text.is_empty() {
                word.push('\'');
                word.push_str(&part.replace('\'', r"'\''"));
                word.push('\'');
            }
        }
        word
    }
}

/// `X-Api-Key` as the name of a variable.
fn variable(header: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    let name: String = header.chars().map(letter).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{Body, Headers};

    fn request(body: &[u8]) -> Request {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Request {
            method: Some("POST".into()),
            url: Some("https://api.test/it's?token=[redacted]&a=1".into()),
            headers: Headers(vec![
                header("Authorization", "Bearer [redacted:bearer:~32:3fa91c20]"),
                header("Content-Length", "7"),
                header("X-Trace", "t1"),
            ]),
            body: Some(Body::new(body.to_vec(), false)),
        }
    }

    #[test]
    fn secrets_are_variables_and_everything_else_is_quoted() {
        assert_eq!(
            command(&request(b"{\"a\":\"b'c\"}")).unwrap_or_default(),
            r#"# Set SECRET, AUTHORIZATION first: secrets are not kept.
curl -sS -i -X 'POST' 'https://api.test/it'\''s?token='"$SECRET"'&a=1' \
  -H 'Authorization: Bearer '"$AUTHORIZATION" \
  -H 'X-Trace: t1' \
  --data-raw '{"a":"b'\''c"}'"#
        );
    }

    #[test]
    fn what_no_command_line_takes_comes_from_a_file() {
        for body in [
            vec![b'x'; BODY_BYTES + 1],
            vec![0xff, 0xfe],
            b"a\0b".to_vec(),
        ] {
            let command = command(&request(&body)).unwrap_or_default();
            assert!(
                command.ends_with("--data-binary @request-body"),
                "{command}"
            );
        }
        let bare = Request {
            url: Some("https://a.test".into()),
            ..Request::default()
        };
        assert_eq!(
            command(&bare).as_deref(),
            Some("curl -sS -i -X 'GET' 'https://a.test'")
        );
        assert_eq!(command(&Request::default()), None);
    }
}
