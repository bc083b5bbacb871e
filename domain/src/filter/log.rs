//! The log of a run: what narrows it, and which part of it is shown.

use serde::{Deserialize, Serialize};

use super::{
    Dropped,
    query::{Reader, Writer},
};
use crate::{Cursor, Key, LogLevel};

/// What narrows a log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFilter {
    /// Entries of at least this level.
    pub level: Option<LogLevel>,
    /// Entries with this text in message or description, in any case.
    pub text: Option<String>,
}

/// Which part of it a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogPlace {
    #[default]
    Beginning,
    At(Cursor),
    /// The page that this entry is on.
    Entry(Key),
    /// The newest entries, whatever comes.
    Tail,
}

impl LogFilter {
    /// Reads a query string, with or without its `?`.
    #[must_use]
    pub fn from_query(query: &str) -> (Self, Vec<Dropped>) {
        let mut read = Reader::new(query);
        let filter = Self {
            level: read.word("level"),
            text: read.text("q"),
        };
        (filter, read.dropped())
    }

    /// The query string of a part of it, with `?` unless it is empty.
    #[must_use]
    pub fn to_query(&self, place: &LogPlace) -> String {
        let mut write = Writer::default();
        write.text("level", self.level.map(LogLevel::as_str));
        write.text("q", self.text.as_deref());
        match place {
            LogPlace::Beginning => {}
            LogPlace::At(cursor) => write.cursor(Some(cursor)),
            LogPlace::Entry(key) => write.text("entry", Some(key.as_str())),
            LogPlace::Tail => write.flag("tail", true),
        }
        write.finish()
    }

    /// The levels that pass; none where all do.
    #[must_use]
    pub fn levels(&self) -> &'static [LogLevel] {
        let all = LogLevel::ALL;
        let first = all.iter().position(|level| Some(*level) == self.level);
        match first {
            None | Some(0) => &[],
            Some(first) => &all[first..],
        }
    }

    /// Whether it leaves anything out.
    #[must_use]
    pub fn narrows(&self) -> bool {
        !self.levels().is_empty() || self.text.is_some()
    }
}

impl LogPlace {
    /// Reads a query string, with or without its `?`; of several places the most exact one holds.
    #[must_use]
    pub fn from_query(query: &str) -> (Self, Vec<Dropped>) {
        let mut read = Reader::new(query);
        let (entry, cursor) = (read.key("entry"), read.cursor());
        let place = match (entry, cursor, read.flag("tail")) {
            (Some(key), ..) => Self::Entry(key),
            (None, Some(cursor), _) => Self::At(cursor),
            (None, None, true) => Self::Tail,
            (None, None, false) => Self::Beginning,
        };
        (place, read.dropped())
    }
}
