//! A command line as it may be shown.

use std::ffi::OsString;

use crate::secrets::Secrets;

/// Characters of it that are shown.
const SHOWN: usize = 1_000;

/// The words of a command without their secrets: also a word whose option before it says that it
/// is one, as in `--password hunter2`.
pub(crate) fn shown(command: &[OsString], secrets: &Secrets) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut option: Option<String> = None;
    for word in command {
        let word = word.to_string_lossy().into_owned();
        let name = option.take();
        if let Some(name) = word.strip_prefix('-') {
            option = (!word.contains('=')).then(|| name.trim_start_matches('-').to_owned());
        } else if let Some(name) = name.filter(|name| !name.is_empty()) {
            let pair = format!("{name}={word}");
            let kept = secrets.take_from(pair.clone());
            if kept != pair {
                let value = kept
                    .split_once('=')
                    .map_or(kept.as_str(), |(_, value)| value);
                words.push(value.to_owned());
                continue;
            }
        }
        let word = secrets.take_from(word);
        words.push(
            match word.contains(char::is_whitespace) || word.is_empty() {
                true => format!("'{word}'"),
                false => word,
            },
        );
    }
    // Once more as a whole: what looks harmless word by word may not be.
    let text = secrets.take_from(words.join(" "));
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(words: &[&str]) -> String {
        let secrets = Secrets::fixed();
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        shown(&words, &secrets)
    }

    #[test]
    fn plain_arguments_are_shown_as_they_are() {
        assert_eq!(
            show(&["./import.sh", "fcc daily", "--limit", "10"]),
            "./import.sh 'fcc daily' --limit 10"
        );
    }

    #[test]
    fn ov_36_secrets_in_arguments_are_not_shown() {
        for words in [
            ["curl", "--password", "hunter2hunter"],
            ["curl", "--password=hunter2hunter", ""],
            [
                "curl",
                "-H",
                "Authorization: Bearer hunter2hunter2hunter2hunter",
            ],
            ["psql", "-d", "postgres://me:hunter2hunter@db.example.com/x"],
        ] {
            let text = show(&words);
            assert!(!text.contains("hunter2"), "{text}");
            assert!(text.contains("[redacted"), "{text}");
        }
    }
}
