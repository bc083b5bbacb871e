//! What was read of a log of late. It is read again now and then, since an entry may arrive after
//! others that it belongs before: from another machine, or out of a spool.

use std::collections::{HashSet, VecDeque};

/// So many entries behind the last one are read again at least.
const ENTRIES: usize = 300;

/// Pages of a log: the place of each, and the keys of what stood there.
pub(super) type Pages = VecDeque<(Option<String>, Vec<String>)>;

/// The end of a log, as it was read.
#[derive(Debug, Default)]
pub(super) struct Recent {
    pages: Pages,
    keys: HashSet<String>,
    /// The place behind the last entry.
    end: Option<String>,
}

impl Recent {
    /// Where reading begins (`None`: at the beginning of the log), and the pages before that
    /// place: behind what was read, or with the last of it `again`.
    pub(super) fn begin(&self, again: bool) -> (Option<String>, Pages) {
        if !again {
            return (self.end.clone(), self.pages.clone());
        }
        let first = self.pages.front().and_then(|(place, _)| place.clone());
        (first, Pages::new())
    }

    /// Whether this entry is met for the first time.
    pub(super) fn meet(&mut self, key: &str) -> bool {
        self.keys.insert(key.to_owned())
    }

    /// All was read up to `end`, as these pages: the older ones may be forgotten.
    pub(super) fn keep(&mut self, mut pages: Pages, end: Option<String>) {
        let mut entries: usize = pages.iter().map(|(_, keys)| keys.len()).sum();
        while let Some((_, keys)) = pages.front()
            && entries - keys.len() >= ENTRIES
        {
            entries -= keys.len();
            pages.pop_front();
        }
        self.keys = pages.iter().flat_map(|(_, keys)| keys).cloned().collect();
        (self.pages, self.end) = (pages, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(place: Option<&str>, keys: std::ops::Range<usize>) -> (Option<String>, Vec<String>) {
        let keys = keys.map(|key| key.to_string()).collect();
        (place.map(str::to_owned), keys)
    }

    #[test]
    fn enough_is_read_again_and_no_more() {
        let mut recent = Recent::default();
        assert_eq!(recent.begin(true), (None, Pages::new()));
        assert!(recent.meet("7") && !recent.meet("7"));
        let pages = [
            page(None, 0..500),
            page(Some("a"), 500..1_000),
            page(Some("b"), 1_000..1_299),
        ];
        recent.keep(pages.clone().into(), Some("c".to_owned()));
        assert_eq!(recent.begin(true), (Some("a".to_owned()), Pages::new()));
        let (end, kept) = recent.begin(false);
        assert_eq!((end.as_deref(), kept.len()), (Some("c"), 2));
        assert!(!recent.meet("500") && recent.meet("499"));
        recent.keep([pages[0].clone()].into(), Some("a".to_owned()));
        assert_eq!(recent.begin(true).0, None);
    }
}
