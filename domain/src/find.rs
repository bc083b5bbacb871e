//! What somebody pastes into the one box: an ID, an e-mail address, a link from a ticket.

use serde::{Deserialize, Serialize};

use crate::{Key, Status, Timestamp};

/// So many steps of one ID are listed.
pub const STEPS_FOUND: usize = 10;

/// A step that has the wanted ID, and the run that it is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct FoundStep {
    pub key: Key,
    pub run_key: Key,
    pub name: Option<String>,
    pub status: Status,
    pub started_at: Option<Timestamp>,
    pub network_code: Option<i64>,
}

/// The text that was meant: what mails, tickets and terminals put around an ID is taken away.
#[must_use]
pub fn pasted(text: &str) -> &str {
    let around = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(
                c,
                '"' | '\'' | '`' | '<' | '>' | '“' | '”' | '„' | '‘' | '’' | '\u{200b}'
                    ..='\u{200f}' | '\u{feff}'
            )
    };
    let text = text.trim_start_matches(around);
    // A comma or a semicolon ends the sentence that it was copied from.
    text.trim_end_matches(|c| around(c) || matches!(c, ',' | ';'))
}

/// The path of a link, without its origin, and its query with the `?`; `None` where it is no link.
#[must_use]
pub fn link(text: &str) -> Option<(&str, &str)> {
    let rest = match text.split_once("://") {
        Some(("http" | "https", rest)) => &rest[rest.find('/').unwrap_or(rest.len())..],
        Some(_) => return None,
        None => text,
    };
    if !rest.starts_with('/') || rest.starts_with("//") {
        return None;
    }
    let rest = rest.split('#').next().unwrap_or_default();
    Some(match rest.find('?') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_an_id_is_taken_away() {
        for text in [
            "u_1",
            " u_1\n",
            "\"u_1\"",
            "<u_1>",
            "“u_1”,",
            "`u_1`",
            "\u{200b}u_1\u{feff}",
            "u_1;",
            "u_1\0, \";",
        ] {
            assert_eq!(pasted(text), "u_1", "{text:?}");
        }
        assert_eq!(pasted("dana@acme.test"), "dana@acme.test");
        assert_eq!(pasted("a b"), "a b");
        assert_eq!(pasted("   "), "");
    }

    #[test]
    fn a_link_is_told_from_an_id() {
        assert_eq!(
            link("https://iv.acme.test:3000/main/runs/r?from=2#x"),
            Some(("/main/runs/r", "?from=2"))
        );
        assert_eq!(link("/main/runs/r"), Some(("/main/runs/r", "")));
        for text in [
            "octo-org/repo#12",
            "//evil.test/a",
            "ftp://a/b",
            "https://acme.test",
            "u_1",
        ] {
            assert_eq!(link(text), None, "{text}");
        }
    }
}
