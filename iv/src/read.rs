//! Reading from the server, and telling it in a terminal: what `iv show`, `iv runs` and `iv tail`
//! share. They need a key that may read.
//!
//! What was reported must not command the terminal that it is shown in, and no colour says
//! anything that a word does not.

use std::io::IsTerminal as _;

use domain::{LogLevel, Status, percent::push_encoded};
use serde::de::DeserializeOwned;

use crate::{config, context::Context, failure::Failure};

/// Why nothing was read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// Nobody answers, or not now: it may be tried again.
    Away(String),
    /// It will be answered like this every time.
    Refused(Failure),
}

impl Unread {
    /// For those who do not try again.
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Away(why) => Failure::other(why),
            Self::Refused(failure) => failure,
        }
    }
}

/// The text of an answer; `what` is what a path that does not exist would have named.
pub(crate) fn get(context: &Context, path: &str, what: &str) -> Result<String, Unread> {
    let refused = |text: String| Err(Unread::Refused(Failure::other(text)));
    let Some(client) = context.client.as_ref() else {
        return Err(Unread::Refused(Failure::usage(
            "no server or no key is known: set IV_URL and IV_KEY, or say -p",
        )));
    };
    match client.get(path).map_err(Unread::Away)? {
        (200, text) => Ok(text),
        (404, _) => refused(format!("there is no {what}")),
        (401 | 403, _) => refused("this key may not read; make one with --scope read".to_owned()),
        (status @ (429 | 500..), _) => Err(Unread::Away(format!("the server answered {status}"))),
        (status, _) => refused(format!("the server answered {status}")),
    }
}

/// What an answer says.
pub(crate) fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::other(format!("the answer is not understood: {error}")))
}

/// `/api/v1/runs/KEY`, and what follows.
pub(crate) fn run_path(run: &str, rest: &str) -> String {
    let mut path = "/api/v1/runs/".to_owned();
    push_encoded(&mut path, run);
    path.push_str(rest);
    path
}

/// Adds a parameter to a path.
pub(crate) fn ask(path: &mut String, name: &str, value: &str) {
    path.push(if path.contains('?') { '&' } else { '?' });
    path.push_str(name);
    path.push('=');
    push_encoded(path, value);
}

/// Text that a terminal only shows: no control character but the end of a line, none that turns
/// the direction of what is around it.
pub(crate) fn plain(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' => c,
        '\t' => ' ',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.replace("\r\n", "\n").chars().map(shown).collect()
}

/// The same in one line, for a cell.
pub(crate) fn cell(text: &str) -> String {
    plain(text).replace('\n', " ")
}

/// A status as a word and a mark, as the pages draw it.
pub(crate) fn marked(status: &str) -> String {
    let mark = match status.parse() {
        Ok(Status::Ok) => '●',
        Ok(Status::Failed) => '✕',
        Ok(Status::Warning) => '▲',
        Ok(Status::Running) => '◔',
        Ok(Status::Queued) => '○',
        Ok(Status::Interrupted) => '■',
        Ok(Status::Skipped) => '–',
        Err(_) => '?',
    };
    format!("{mark} {}", cell(status))
}

/// Whether and how standard output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colours(bool);

impl Colours {
    /// As its reader wants it: on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn usual() -> Self {
        Self(std::io::stdout().is_terminal() && config::variable("NO_COLOR").is_none())
    }

    /// `text` in the colour of a status.
    pub(crate) fn status(self, status: &str, text: &str) -> String {
        match status.parse() {
            Ok(Status::Ok) => self.paint("32", text),
            Ok(Status::Failed) => self.paint("31", text),
            Ok(Status::Warning | Status::Interrupted) => self.paint("33", text),
            Ok(Status::Running) => self.paint("36", text),
            _ => text.to_owned(),
        }
    }

    /// `text` in the colour of a level.
    pub(crate) fn level(self, level: Option<LogLevel>, text: &str) -> String {
        match level {
            Some(LogLevel::Error) => self.paint("31", text),
            Some(LogLevel::Warning) => self.paint("33", text),
            Some(LogLevel::Debug) => self.paint("2", text),
            _ => text.to_owned(),
        }
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self.0 {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reported_commands_no_terminal() {
        for (text, shown) in [
            ("\u{1b}[31mred\u{1b}]0;title\u{7}", "�[31mred�]0;title�"),
            ("\u{9b}2J\rover\u{8}\u{7f}\0", "�2J�over���"),
            ("user\u{202e}gpj.exe \u{2066}x\u{200f}", "user�gpj.exe �x�"),
            ("a\r\nb\tc\n", "a\nb c\n"),
            ("Zürich ✕ 日本", "Zürich ✕ 日本"),
        ] {
            assert_eq!(plain(text), shown);
        }
        assert_eq!(cell("a\nb"), "a b");
    }

    #[test]
    fn a_colour_never_says_more_than_the_word_under_it() {
        for status in Status::ALL {
            let word = marked(status.as_str());
            assert!(word.ends_with(status.as_str()) && word.chars().count() > 2);
            assert_eq!(Colours(false).status(status.as_str(), &word), word);
            assert!(Colours(true).status(status.as_str(), &word).contains(&word));
        }
        assert_eq!(marked("\u{1b}[2J"), "? �[2J");
    }
}
