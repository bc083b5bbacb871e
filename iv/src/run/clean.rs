//! Text without what only terminals read.
//!
//! It comes before the look for secrets: a colour in the middle of one would hide it.

/// Lossy text without escape sequences and control characters; NUL becomes its picture.
pub(crate) fn clean(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if !text.chars().any(is_odd) {
        return text.into_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_sequence(&mut rest),
            // The same as ESC [ in one character.
            '\u{9b}' => skip_parameters(&mut rest),
            '\0' => kept.push('\u{2400}'),
            c if is_odd(c) => {}
            c => kept.push(c),
        }
    }
    kept
}

fn is_odd(c: char) -> bool {
    c.is_control() && c != '\t'
}

fn skip_sequence(rest: &mut std::str::Chars<'_>) {
    let mut ahead = rest.clone();
    match ahead.next() {
        Some('[') => {
            *rest = ahead;
            skip_parameters(rest);
        }
        // A title, a link: to BEL or ESC \.
        Some(']' | 'P' | '^' | '_' | 'X') => {
            *rest = ahead;
            skip_string(rest);
        }
        // Which characters are meant: one more.
        Some('(' | ')' | '*' | '+' | '#' | '%' | ' ') => {
            *rest = ahead;
            rest.next();
        }
        Some(c) if ('0'..='~').contains(&c) => *rest = ahead,
        _ => {}
    }
}

fn skip_parameters(rest: &mut std::str::Chars<'_>) {
    loop {
        let mut ahead = rest.clone();
        match ahead.next() {
            Some(' '..='?') => *rest = ahead,
            Some('@'..='~') => {
                *rest = ahead;
                return;
            }
            _ => return,
        }
    }
}

fn skip_string(rest: &mut std::str::Chars<'_>) {
    let start = rest.clone();
    while let Some(c) = rest.next() {
        match c {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' => {
                let mut ahead = rest.clone();
                if ahead.next() == Some('\\') {
                    *rest = ahead;
                    return;
                }
            }
            _ => {}
        }
    }
    // It never ended, so that it was none; its text is worth more than nothing.
    *rest = start;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_titles_and_links_leave_their_text() {
        let cases = [
            ("\x1b[1;31mred\x1b[0m", "red"),
            ("\x1b]0;title\x07text", "text"),
            (
                "\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\",
                "link",
            ),
            ("\x1b[2K\x1b[1Gready", "ready"),
            ("\x1b(Bplain", "plain"),
            ("\u{9b}31mred", "red"),
            ("a\x1b", "a"),
            ("a\x1b[", "a"),
            ("a\x1b]never ends", "anever ends"),
            ("tab\tstays", "tab\tstays"),
        ];
        for (text, expected) in cases {
            assert_eq!(clean(text.as_bytes()), expected, "{text:?}");
        }
    }
}
