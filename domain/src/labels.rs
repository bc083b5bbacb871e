//! A workspace's own words for how a run stands (LM-58).
//!
//! Each stands for one of the fixed statuses, by which everything is counted, coloured and alerted;
//! the word is only shown, and filtered by. There are none until the workspace sets some.

use thiserror::Error;

use crate::{Status, Workspace};

/// The most words of a workspace.
const MOST: usize = 50;
/// Characters of a word.
const WORD_CHARS: usize = 32;

/// The words of a workspace, in the order in which it wrote them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(Vec<(String, Status)>);

/// What is wrong with a list of words, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadLabels(pub String);

impl Labels {
    /// Reads a list: `word = status`, one a line.
    ///
    /// # Errors
    /// [`BadLabels`] with the line and the rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, BadLabels> {
        let mut labels = Self::default();
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty()) {
            let (word, status) = pair(line).map_err(BadLabels)?;
            if labels.find(word).is_some() {
                return Err(BadLabels(format!("“{word}” stands there twice.")));
            }
            labels.0.push((word.to_owned(), status));
        }
        if labels.0.len() > MOST {
            return Err(BadLabels(format!("At most {MOST} words.")));
        }
        Ok(labels)
    }

    /// What the workspace has set.
    #[must_use]
    pub fn of(workspace: &Workspace) -> Self {
        Self::stored(workspace.status_labels.as_deref())
    }

    /// Reads a list that was checked before it was stored.
    #[must_use]
    pub fn stored(text: Option<&str>) -> Self {
        Self::parse(text.unwrap_or_default()).unwrap_or_default()
    }

    /// The word as the workspace writes it, and what it stands for; case does not matter.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<(&str, Status)> {
        let folded = word.to_lowercase();
        let mut all = self.0.iter();
        let found = all.find(|(known, _)| known.to_lowercase() == folded)?;
        Some((&found.0, found.1))
    }

    /// All words.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(word, _)| word.as_str())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The list as [`Self::parse`] reads it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let lines = self
            .0
            .iter()
            .map(|(word, status)| format!("{word} = {status}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn pair(line: &str) -> Result<(&str, Status), String> {
    let (word, status) = line
        .split_once('=')
        .ok_or_else(|| format!("“{line}” is not WORD = STATUS."))?;
    let (word, status) = (word.trim(), status.trim().to_lowercase());
    if word.is_empty() || word.chars().count() > WORD_CHARS || word.chars().any(char::is_control) {
        return Err(format!(
            "“{word}” is not a word of 1 to {WORD_CHARS} characters."
        ));
    }
    if word.to_lowercase().parse::<Status>().is_ok() {
        return Err(format!("“{word}” is a status already."));
    }
    let known = status
        .parse()
        .ok()
        .filter(|status| *status != Status::Skipped);
    let status = known.ok_or_else(|| {
        format!("“{word}” stands for queued, running, ok, warning, failed or interrupted, not for “{status}”.")
    })?;
    Ok((word, status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_words_stand_for_one_of_the_fixed_statuses() {
        let labels = Labels::parse("Half done = warning\n\n on hold=Queued ").expect("a list");
        assert_eq!(
            labels.find("half DONE"),
            Some(("Half done", Status::Warning))
        );
        assert_eq!(labels.find("On hold"), Some(("on hold", Status::Queued)));
        assert_eq!(labels.find("done"), None);
        let text = labels.to_text();
        assert_eq!(text, "Half done = warning\non hold = queued");
        assert_eq!(Labels::parse(&text), Ok(labels));
    }

    #[test]
    fn a_list_that_breaks_a_rule_is_refused_with_the_line() {
        for (text, part) in [
            ("halfdone", "WORD = STATUS"),
            ("= ok", "1 to 32"),
            ("Failed = ok", "a status already"),
            ("x = skipped", "not for “skipped”"),
            ("x = fine", "not for “fine”"),
            ("x = ok\nX = failed", "twice"),
        ] {
            let bad = Labels::parse(text).expect_err(text).to_string();
            assert!(bad.contains(part), "{text}: {bad}");
        }
        let many: String = (0..51).map(|number| format!("w{number} = ok\n")).collect();
        assert!(Labels::parse(&many).is_err());
    }
}
