//! What a list page's address says: search, filter, sort, columns, page size, place.
//!
//! One type per list, read from a query string and written to one, so that
//! every link, every form and every query speak of the same thing. Defaults are
//! absent from the text. A value that cannot be read is dropped and reported,
//! so that the page can say so; it is never an error page.

mod column;
mod log;
mod query;
mod window;

use serde::{Deserialize, Serialize};

use crate::{
    Cursor, Integration, IntegrationStatus, Key, LastRun, PageSize, RunRow, Status, Timestamp,
};

pub use column::{Columns, IntegrationColumn, RunColumn};
pub use log::{LogFilter, LogPlace};
pub use query::Dropped;
use query::{Reader, Writer};
pub use window::{Span, Took, Within};

/// The list of flows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowFilter {
    /// The beginning of a name or of an ID, in any case.
    pub search: Option<String>,
    pub size: PageSize,
    pub cursor: Option<Cursor>,
}

/// The list of a flow's integrations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationFilter {
    /// A complete Integration ID, User ID or User Auth.
    pub search: Option<String>,
    /// Only what needs attention.
    pub faulty: bool,
    pub last_run: Vec<LastRun>,
    pub status: Vec<IntegrationStatus>,
    pub created: Span,
    pub last_run_at: Span,
    pub app: Option<Key>,
    pub columns: Columns<IntegrationColumn>,
    pub sort: IntegrationSort,
    pub size: PageSize,
    pub cursor: Option<Cursor>,
}

/// A list of runs: those of an integration, or of the whole workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFilter {
    /// A complete Run ID, or a Trigger App in any case.
    pub search: Option<String>,
    pub status: Vec<Status>,
    /// The workspace's own word for a status.
    pub label: Option<String>,
    /// What the run is called elsewhere, complete.
    pub reference: Option<String>,
    pub code: Vec<CodeFilter>,
    /// The app of the step that failed.
    pub app: Option<Key>,
    /// In any case, like the two below.
    pub trigger_app: Option<String>,
    pub trigger_name: Option<String>,
    pub trigger_type: Option<String>,
    /// A complete User ID or User Auth.
    pub user: Option<String>,
    pub took: Took,
    pub started: Span,
    /// Only runs that somebody marked as handled, or only those that nobody did.
    pub handled: Option<Handled>,
    pub columns: Columns<RunColumn>,
    pub sort: RunSort,
    pub size: PageSize,
    pub cursor: Option<Cursor>,
}

text_enum! {
    /// The order of integrations.
    #[derive(Default)]
    IntegrationSort {
        #[default]
        CreatedNewest = "created_newest", "Date Created, newest first";
        CreatedOldest = "created_oldest", "Date Created, oldest first";
        LastRunNewest = "last_run_newest", "Last Run Start, newest first";
        LastRunOldest = "last_run_oldest", "Last Run Start, oldest first";
    }
}

impl IntegrationSort {
    /// By what it sorts: a moment in milliseconds, 0 where there is none.
    #[must_use]
    pub fn place(self, row: &Integration) -> i64 {
        match self {
            Self::CreatedNewest | Self::CreatedOldest => row.created_at.as_ms(),
            Self::LastRunNewest | Self::LastRunOldest => {
                row.last_run_at.map_or(0, Timestamp::as_ms)
            }
        }
    }
}

text_enum! {
    /// The order of runs.
    #[derive(Default)]
    RunSort {
        #[default]
        Newest = "newest", "Start Time, newest first";
        Oldest = "oldest", "Start Time, oldest first";
        Longest = "longest", "Duration, longest first";
        Shortest = "shortest", "Duration, shortest first";
    }
}

impl RunSort {
    /// By what it sorts: a moment or a duration in milliseconds; -1 for a run that has not ended.
    #[must_use]
    pub fn place(self, row: &RunRow) -> i64 {
        match self {
            Self::Newest | Self::Oldest => row.started_at.as_ms(),
            Self::Longest | Self::Shortest => row.duration_ms.unwrap_or(-1),
        }
    }
}

text_enum! {
    /// Whether somebody looked after a failed run.
    Handled {
        Yes = "yes", "Handled";
        No = "no", "Not handled";
    }
}

/// One network code, a class of them, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CodeFilter {
    /// `404`.
    Exactly(u16),
    /// `4xx`: the first digit.
    Class(u8),
    /// `none`: no answer, or no HTTP.
    Absent,
}

impl std::fmt::Display for CodeFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(code) => write!(f, "{code:03}"),
            Self::Class(digit) => write!(f, "{digit}xx"),
            Self::Absent => f.write_str("none"),
        }
    }
}

impl std::str::FromStr for CodeFilter {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let lower = text.to_ascii_lowercase();
        if lower == "none" {
            return Ok(Self::Absent);
        }
        match lower.as_bytes() {
            [digit @ b'1'..=b'5', b'x', b'x'] => Ok(Self::Class(digit - b'0')),
            [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] => {
                lower.parse().map(Self::Exactly).map_err(|_| ())
            }
            _ => Err(()),
        }
    }
}

impl FlowFilter {
    /// Reads a query string, with or without its `?`.
    #[must_use]
    pub fn from_query(query: &str) -> (Self, Vec<Dropped>) {
        let mut read = Reader::new(query);
        let filter = Self {
            search: read.text("search"),
            size: read.size(),
            cursor: read.cursor(),
        };
        (filter, read.dropped())
    }

    /// Its query string, with `?` unless it is empty.
    #[must_use]
    pub fn to_query(&self) -> String {
        let mut write = Writer::default();
        write.text("search", self.search.as_deref());
        write.size(self.size);
        write.cursor(self.cursor.as_ref());
        write.finish()
    }

    /// The same list at another place.
    #[must_use]
    pub fn at(&self, cursor: Option<Cursor>) -> Self {
        Self {
            cursor,
            ..self.clone()
        }
    }
}

impl IntegrationFilter {
    /// Reads a query string, with or without its `?`.
    #[must_use]
    pub fn from_query(query: &str) -> (Self, Vec<Dropped>) {
        let mut read = Reader::new(query);
        let filter = Self {
            search: read.text("search"),
            faulty: read.flag("faulty"),
            last_run: read.many("last_run"),
            status: read.many("status"),
            created: read.span("created_from", "created_to", "created_within"),
            last_run_at: read.span("last_run_from", "last_run_to", "last_run_within"),
            app: read.key("app"),
            columns: read.columns("columns"),
            sort: read.one("sort"),
            size: read.size(),
            cursor: read.cursor(),
        };
        (filter, read.dropped())
    }

    /// Its query string, with `?` unless it is empty.
    #[must_use]
    pub fn to_query(&self) -> String {
        let mut write = Writer::default();
        write.text("search", self.search.as_deref());
        write.flag("faulty", self.faulty);
        write.many("last_run", &self.last_run);
        write.many("status", &self.status);
        let names = ("created_from", "created_to", "created_within");
        write.span(names, self.created);
        let names = ("last_run_from", "last_run_to", "last_run_within");
        write.span(names, self.last_run_at);
        write.text("app", self.app.as_ref().map(Key::as_str));
        write.many("columns", self.columns.chosen());
        write.one("sort", &self.sort);
        write.size(self.size);
        write.cursor(self.cursor.as_ref());
        write.finish()
    }

    /// The same list at another place.
    #[must_use]
    pub fn at(&self, cursor: Option<Cursor>) -> Self {
        Self {
            cursor,
            ..self.clone()
        }
    }

    /// Whether it leaves anything out.
    #[must_use]
    pub fn narrows(&self) -> bool {
        let open = Self {
            columns: self.columns.clone(),
            sort: self.sort,
            size: self.size,
            cursor: self.cursor.clone(),
            ..Self::default()
        };
        *self != open
    }
}

impl RunFilter {
    /// Reads a query string, with or without its `?`.
    #[must_use]
    pub fn from_query(query: &str) -> (Self, Vec<Dropped>) {
        let mut read = Reader::new(query);
        let filter = Self {
            search: read.text("search"),
            status: read.many("status"),
            label: read.text("label"),
            reference: read.text("reference"),
            code: read.words("code"),
            app: read.key("app"),
            trigger_app: read.text("trigger_app"),
            trigger_name: read.text("trigger_name"),
            trigger_type: read.text("trigger_type"),
            user: read.text("user"),
            took: Took {
                least_ms: read.duration("took_from"),
                most_ms: read.duration("took_to"),
            },
            started: read.span("started_from", "started_to", "started_within"),
            handled: read.word("handled"),
            columns: read.columns("columns"),
            sort: read.one("sort"),
            size: read.size(),
            cursor: read.cursor(),
        };
        (filter, read.dropped())
    }

    /// Its query string, with `?` unless it is empty.
    #[must_use]
    pub fn to_query(&self) -> String {
        let mut write = Writer::default();
        write.text("search", self.search.as_deref());
        write.many("status", &self.status);
        write.text("label", self.label.as_deref());
        write.text("reference", self.reference.as_deref());
        let codes: Vec<_> = self.code.iter().map(ToString::to_string).collect();
        write.text(
            "code",
            (!codes.is_empty()).then(|| codes.join(" ")).as_deref(),
        );
        write.text("app", self.app.as_ref().map(Key::as_str));
        write.text("trigger_app", self.trigger_app.as_deref());
        write.text("trigger_name", self.trigger_name.as_deref());
        write.text("trigger_type", self.trigger_type.as_deref());
        write.text("user", self.user.as_deref());
        write.duration("took_from", self.took.least_ms);
        write.duration("took_to", self.took.most_ms);
        let names = ("started_from", "started_to", "started_within");
        write.span(names, self.started);
        write.text("handled", self.handled.map(Handled::as_str));
        write.many("columns", self.columns.chosen());
        write.one("sort", &self.sort);
        write.size(self.size);
        write.cursor(self.cursor.as_ref());
        write.finish()
    }

    /// The same list at another place.
    #[must_use]
    pub fn at(&self, cursor: Option<Cursor>) -> Self {
        Self {
            cursor,
            ..self.clone()
        }
    }

    /// Whether it leaves anything out.
    #[must_use]
    pub fn narrows(&self) -> bool {
        let open = Self {
            columns: self.columns.clone(),
            sort: self.sort,
            size: self.size,
            cursor: self.cursor.clone(),
            ..Self::default()
        };
        *self != open
    }
}

#[cfg(test)]
mod tests;
