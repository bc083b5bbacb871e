//! The record of who did what: lines that are only ever added, each chained to the one before.
//!
//! A line holds the hash of its own words and of the line before, so that one that was changed,
//! taken out or put in between is found. What is cut off the end is not: keep the newest hash
//! elsewhere where that matters.

use sha2::{Digest, Sha256};

use crate::{AuditId, Timestamp, WorkspaceId, payload::hex};

/// Characters of a text in a line; a longer one is cut. Two keys and a reason fit.
const TEXT_CHARS: usize = 1_000;

/// Somebody switched on or off whether originals of secrets are kept.
pub const ORIGINALS_KEEP: &str = "originals.keep";
/// Somebody deleted all originals that were kept.
pub const ORIGINALS_DELETE: &str = "originals.delete";
/// Somebody was shown the originals of a step; the line says why they asked.
pub const ORIGINALS_REVEAL: &str = "originals.reveal";

/// Characters of the reason that somebody gives: at least, at most.
pub const REASON_CHARS: std::ops::RangeInclusive<usize> = 10..=500;

/// The reason that somebody gives for what the record shall tell of, on one line.
///
/// # Errors
/// What is wrong with it, as a sentence that names the field.
pub fn checked_reason(text: &str) -> Result<String, &'static str> {
    let reason = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match reason.chars().count() {
        0 => Err("Reason: say why you need to see them"),
        count if count < *REASON_CHARS.start() => Err("Reason: it has at least 10 characters"),
        count if count > *REASON_CHARS.end() => Err("Reason: it has at most 500 characters"),
        _ => Ok(reason),
    }
}

text_enum! {
    /// What came of it.
    Outcome {
        Allowed = "allowed", "Allowed";
        Refused = "refused", "Refused";
    }
}

/// What somebody did, on its way into the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `None` where it happened outside of any, such as a sign-in of somebody unknown.
    pub workspace: Option<WorkspaceId>,
    /// Who: an e-mail address, a key's beginning, or a word such as `command line`.
    pub actor: String,
    /// What, as a stable word: `integration.status`.
    pub action: String,
    /// To what, and how: a path, or a sentence without secrets.
    pub target: String,
    pub outcome: Outcome,
    pub address: String,
    pub request_id: String,
}

/// A line of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Line {
    pub id: AuditId,
    /// From 1, without gaps.
    pub position: i64,
    pub workspace_id: Option<WorkspaceId>,
    pub logged_at: Timestamp,
    pub actor: String,
    pub action: String,
    pub target: String,
    pub outcome: Outcome,
    pub address: String,
    pub request_id: String,
    /// The hash of the line before; empty for the first.
    pub previous: String,
    pub hash: String,
}

impl Line {
    /// The line behind one of this position and hash.
    #[must_use]
    pub fn new(
        id: AuditId,
        event: &Event,
        now: Timestamp,
        (position, previous): (i64, String),
    ) -> Self {
        let mut line = Self {
            id,
            position: position + 1,
            workspace_id: event.workspace,
            logged_at: now,
            actor: printable(&event.actor),
            action: printable(&event.action),
            target: printable(&event.target),
            outcome: event.outcome,
            address: printable(&event.address),
            request_id: printable(&event.request_id),
            previous,
            hash: String::new(),
        };
        line.hash = line.true_hash();
        line
    }

    /// The hash that its words ask for.
    #[must_use]
    pub fn true_hash(&self) -> String {
        let workspace = self
            .workspace_id
            .map_or(String::new(), |id| id.0.to_string());
        let words = [
            &self.previous,
            &self.id.0.to_string(),
            &self.position.to_string(),
            &workspace,
            &self.logged_at.as_ms().to_string(),
            &self.actor,
            &self.action,
            &self.target,
            &self.outcome.to_string(),
            &self.address,
            &self.request_id,
        ];
        let mut hash = Sha256::new();
        for word in words {
            // With its length, so that no word can borrow from its neighbour.
            hash.update((word.len() as u64).to_be_bytes());
            hash.update(word.as_bytes());
        }
        hex(&hash.finalize())
    }

    /// What is wrong with it behind `before`; `None` where nothing is.
    #[must_use]
    pub fn fault(&self, before: Option<&Self>) -> Option<&'static str> {
        let (position, previous) = before.map_or((0, ""), |line| (line.position, &line.hash));
        if self.position != position + 1 {
            Some("a line before it is missing")
        } else if self.previous != previous {
            Some("the line before it was changed")
        } else if self.hash != self.true_hash() {
            Some("it was changed")
        } else {
            None
        }
    }
}

/// Control characters as their pictures or escapes, so that a line is a line wherever it is read.
fn printable(text: &str) -> String {
    let mut kept = String::new();
    for c in text.chars().take(TEXT_CHARS) {
        if c.is_control() {
            kept.extend(c.escape_default());
        } else {
            kept.push(c);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for number in 0..4 {
            let event = Event {
                workspace: (number % 2 == 0).then_some(WorkspaceId(1)),
                actor: "dana@acme.test".into(),
                action: "integration.status".into(),
                target: format!("/main/integrations/{number}"),
                outcome: Outcome::Allowed,
                address: "127.0.0.1".into(),
                request_id: "1".into(),
            };
            let before = lines.last().map(|line| (line.position, line.hash.clone()));
            let now = Timestamp::from_ms(number);
            lines.push(Line::new(
                AuditId(number + 7),
                &event,
                now,
                before.unwrap_or_default(),
            ));
        }
        lines
    }

    fn fault(lines: &[Line]) -> Option<(usize, &'static str)> {
        (0..lines.len()).find_map(|at| {
            let before = at.checked_sub(1).map(|before| &lines[before]);
            lines[at].fault(before).map(|fault| (at, fault))
        })
    }

    #[test]
    fn a_record_that_nobody_touched_is_sound() {
        assert_eq!(fault(&lines()), None);
    }

    #[test]
    fn whatever_is_changed_is_found() {
        type Change = fn(&mut Vec<Line>);
        let changes: [Change; 8] = [
            |lines| lines[1].actor = "bob@acme.test".into(),
            |lines| lines[1].outcome = Outcome::Refused,
            |lines| lines[1].logged_at = Timestamp::from_ms(99),
            |lines| lines[1].workspace_id = None.or(Some(WorkspaceId(2))),
            |lines| drop(lines.remove(1)),
            |lines| drop(lines.remove(0)),
            |lines| lines.swap(1, 2),
            |lines| {
                // Also where the liar mends the hash of the line itself.
                lines[1].target = "/main/settings".into();
                lines[1].hash = lines[1].true_hash();
            },
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut lines = lines();
            change(&mut lines);
            assert!(fault(&lines).is_some(), "change {number}");
        }
    }

    #[test]
    fn a_reason_is_one_line_of_ten_to_five_hundred_characters() {
        assert_eq!(
            checked_reason("  the customer\r\n\tasks which token \n"),
            Ok("the customer asks which token".to_owned())
        );
        assert_eq!(checked_reason(&"é".repeat(500)).map(|r| r.len()), Ok(1_000));
        assert_eq!(checked_reason("1234567890"), Ok("1234567890".to_owned()));
        for bad in ["", " \n ", "too short", "a       b", &"x".repeat(501)] {
            let rule = checked_reason(bad).expect_err(bad);
            assert!(rule.starts_with("Reason: "), "{rule}");
        }
    }

    #[test]
    fn a_line_is_a_line_whatever_is_written_into_it() {
        assert_eq!(printable("a\r\nb\u{1b}[2Jc"), "a\\r\\nb\\u{1b}[2Jc");
        assert_eq!(printable(&"é".repeat(1_900)).chars().count(), TEXT_CHARS);
    }
}
