//! The differences of one part as they are found: shortened, counted, and only the first ones kept.

use super::{Change, Difference, Group};
use crate::redact::mark::{self, Verdict};

/// So many differences of a part are kept; more than anybody reads.
const KEPT: usize = 100;
/// So many of the usual ones.
const USUAL_KEPT: usize = 50;
/// So many places of redacted values.
const REDACTED_KEPT: usize = 20;
/// Bytes of a value that are shown.
const VALUE_BYTES: usize = 400;
/// Bytes that both values share before the place where they part, as far as they are shown.
const SHARED_BYTES: usize = 60;
/// Bytes of a path that are shown.
const PATH_BYTES: usize = 300;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    group: Group,
    /// Work that aligning lists has done, see [`super::align`].
    pub(super) aligned: usize,
}

impl Found {
    pub(super) fn group(self, name: &str) -> Group {
        Group {
            name: name.to_owned(),
            ..self.group
        }
    }

    pub(super) fn note(&mut self, text: String) {
        self.group.notes.push(text);
    }

    pub(super) fn equal(&mut self, values: u32) {
        self.group.equal = self.group.equal.saturating_add(values);
    }

    /// Notes what the marks of two texts tell. `true` where they are no difference.
    pub(super) fn marked(&mut self, path: &str, then: &str, now: &str) -> bool {
        let (list, settled) = match mark::compare(then, now) {
            Verdict::Plain => return false,
            Verdict::Same => (&mut self.group.same_secret, true),
            Verdict::Other => (&mut self.group.other_secret, false),
            Verdict::Unknown => (&mut self.group.redacted, true),
        };
        if list.len() < REDACTED_KEPT {
            list.push(head(path, PATH_BYTES));
        }
        settled
    }

    /// Whether another place of equal marks would be dropped.
    pub(super) fn marks_are_full(&self) -> bool {
        let kept = |list: &Vec<String>| list.len() >= REDACTED_KEPT;
        kept(&self.group.redacted) && kept(&self.group.same_secret)
    }

    pub(super) fn added(&mut self, path: &str, now: &str) {
        self.put(path, Change::Added, "", now, false);
    }

    pub(super) fn removed(&mut self, path: &str, then: &str) {
        self.put(path, Change::Removed, then, "", false);
    }

    /// Two values that differ; `usual` where they do so in every run.
    pub(super) fn changed(&mut self, path: &str, then: &str, now: &str, usual: bool) {
        self.put(path, Change::Changed, then, now, usual);
    }

    /// Two texts of the same meaning, equal or not.
    pub(super) fn pair(&mut self, path: &str, then: &str, now: &str, usual: bool) {
        if self.marked(path, then, now) || then == now {
            self.equal(1);
        } else {
            self.changed(path, then, now, usual);
        }
    }

    /// Two texts that may not have been reported.
    pub(super) fn optional(&mut self, path: &str, then: Option<String>, now: Option<String>) {
        match (then, now) {
            (None, None) => {}
            (Some(then), None) => self.removed(path, &then),
            (None, Some(now)) => self.added(path, &now),
            (Some(then), Some(now)) => self.pair(path, &then, &now, false),
        }
    }

    /// Says so where texts that differ show no difference.
    pub(super) fn unseen(&mut self) {
        if self.group.count() + self.group.usual_count() == 0 {
            self.note("They differ only in the ends of their lines.".to_owned());
        }
    }

    fn put(&mut self, path: &str, change: Change, then: &str, now: &str, usual: bool) {
        let group = &mut self.group;
        let (list, more, most) = if usual {
            (&mut group.usual, &mut group.usual_more, USUAL_KEPT)
        } else {
            (&mut group.differences, &mut group.more, KEPT)
        };
        if list.len() >= most {
            *more = more.saturating_add(1);
            return;
        }
        let (then, now) = shorten(then, now);
        list.push(Difference {
            path: head(path, PATH_BYTES),
            change,
            then,
            now,
        });
    }
}

/// Two values so that the place where they part is seen.
fn shorten(then: &str, now: &str) -> (String, String) {
    let long = then.len().max(now.len()) > VALUE_BYTES;
    let shared = then
        .bytes()
        .zip(now.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let from = match long && !then.is_empty() && !now.is_empty() {
        true => then.floor_char_boundary(shared.saturating_sub(SHARED_BYTES)),
        false => 0,
    };
    let mark = if from > 0 { "…" } else { "" };
    // Up to `from` both are the same, so it is a boundary in either.
    let cut = |text: &str| format!("{mark}{}", head(&text[from..], VALUE_BYTES));
    (cut(then), cut(now))
}

/// The beginning of a text, and that it is one. What cannot be seen is made visible.
fn head(text: &str, most: usize) -> String {
    let kept = &text[..text.floor_char_boundary(most)];
    let (mut shown, _) = crate::body::show(kept.as_bytes());
    if kept.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_long_values_the_place_where_they_part_is_seen() {
        let (then, now) = (
            format!("{}é1{}", "a".repeat(5_000), "b".repeat(5_000)),
            format!("{}é2{}", "a".repeat(5_000), "c".repeat(5_000)),
        );
        let (then, now) = shorten(&then, &now);
        assert!(then.contains("aé1b") && now.contains("aé2c"));
        assert!(then.starts_with('…') && then.ends_with('…') && then.len() < 500);
        assert_eq!(shorten("", "x"), (String::new(), "x".to_owned()));
    }

    #[test]
    fn what_is_not_kept_is_counted() {
        let mut found = Found::default();
        for number in 0..1_000 {
            found.changed(&number.to_string(), "a", "b", number % 2 == 0);
        }
        let group = found.group("x");
        assert_eq!((group.count(), group.usual_count()), (500, 500));
        assert_eq!((group.more, group.usual_more), (400, 450));
    }
}
