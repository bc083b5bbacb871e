//! Queries whose text depends on a filter.
//!
//! Text is `&'static str` and values are bound: nothing that a user typed can
//! become SQL, and no other place of the store builds a query from pieces.

use domain::{Timestamp, page::Seek};

/// A query in the making.
#[derive(Debug, Default)]
pub(crate) struct Clauses(pub(crate) Vec<Clause>);

/// A piece of SQL, or a value.
#[derive(Debug)]
pub(crate) enum Clause {
    Sql(&'static str),
    Int(i64),
    Text(String),
}

impl Clauses {
    pub(crate) fn sql(&mut self, text: &'static str) -> &mut Self {
        self.0.push(Clause::Sql(text));
        self
    }

    pub(crate) fn int(&mut self, value: i64) -> &mut Self {
        self.0.push(Clause::Int(value));
        self
    }

    pub(crate) fn text(&mut self, value: impl Into<String> + AsRef<str>) -> &mut Self {
        self.0.push(Clause::Text(storable(value)));
        self
    }

    /// `(?, ?, …)` of words; one that can never match where there are none.
    pub(crate) fn words<'w>(&mut self, words: impl Iterator<Item = &'w str>) -> &mut Self {
        self.list(words.map(|word| Clause::Text(word.to_owned())))
    }

    /// `(?, ?, …)` of numbers.
    pub(crate) fn ints(&mut self, numbers: impl Iterator<Item = i64>) -> &mut Self {
        self.list(numbers.map(Clause::Int))
    }

    fn list(&mut self, values: impl Iterator<Item = Clause>) -> &mut Self {
        self.sql("(");
        for (index, value) in values.enumerate() {
            if index > 0 {
                self.sql(", ");
            }
            self.0.push(value);
        }
        self.sql(")")
    }

    /// ` AND column >= from AND column < end`, where they are given.
    pub(crate) fn span(
        &mut self,
        from_sql: &'static str,
        end_sql: &'static str,
        (from, end): (Option<Timestamp>, Option<Timestamp>),
    ) {
        if let Some(from) = from {
            self.sql(from_sql).int(from.as_ms());
        }
        if let Some(end) = end {
            self.sql(end_sql).int(end.as_ms());
        }
    }

    /// The part behind `WHERE …` that reads one page: place, order, limit.
    pub(crate) fn page(&mut self, order: &Order, seek: Seek) {
        let descending = order.newest_first != seek.backwards;
        if let Some((value, id)) = seek.beside {
            self.sql(order.place)
                .sql(if descending { " < (" } else { " > (" });
            self.int(value).sql(", ").int(id).sql(")");
        }
        self.sql(if descending { order.down } else { order.up });
        self.sql(" LIMIT ").int(seek.limit);
    }
}

/// The texts of one sort order.
#[derive(Debug)]
pub(crate) struct Order {
    /// ` AND (value, id)`
    pub(crate) place: &'static str,
    pub(crate) down: &'static str,
    pub(crate) up: &'static str,
    pub(crate) newest_first: bool,
}

/// The columns of a [`domain::RunRow`]. Looked up row by row, the integration cannot mislead the planners.
/// Several nouns show runs, and all of them the same.
macro_rules! run_columns {
    () => {
        "id, key, status, label, trigger_app, trigger_name, trigger_type, started_at, duration_ms, \
         network_code, failing_step, failing_code, failing_app, handled_at, handled_note, \
         (SELECT i.key FROM integration i WHERE i.id = run.integration_id) AS integration_key, \
         (SELECT i.user_id FROM integration i WHERE i.id = run.integration_id) AS user_id"
    };
}

/// The sqlx query of some [`Clauses`].
macro_rules! build {
    ($db:ty, $clauses:expr) => {{
        let mut sql = sqlx::QueryBuilder::<$db>::default();
        for clause in $clauses.0 {
            match clause {
                $crate::clauses::Clause::Sql(text) => sql.push(text),
                $crate::clauses::Clause::Int(value) => sql.push_bind(value),
                $crate::clauses::Clause::Text(value) => sql.push_bind(value),
            };
        }
        sql
    }};
}

/// Reads rows with some [`Clauses`].
macro_rules! fetch {
    ($store:expr, $row:ty, $clauses:expr) => {{
        let clauses = $clauses;
        on!(&$store.pool, Pool, |pool: Db| {
            build!(Db, clauses)
                .build_query_as::<$row>()
                .fetch_all(pool)
                .await?
        })
    }};
}

/// Reads the one row that there always is.
macro_rules! fetch_one {
    ($store:expr, $row:ty, $clauses:expr) => {{
        let clauses = $clauses;
        on!(&$store.pool, Pool, |pool: Db| {
            build!(Db, clauses)
                .build_query_as::<$row>()
                .fetch_one(pool)
                .await?
        })
    }};
}

/// Counts with some [`Clauses`].
macro_rules! count {
    ($store:expr, $clauses:expr) => {{
        let clauses = $clauses;
        on!(&$store.pool, Pool, |pool: Db| {
            build!(Db, clauses)
                .build_query_scalar::<i64>()
                .fetch_one(pool)
                .await?
        })
    }};
}

/// Reads rows inside the writer's transaction, a bounded number of keys at a time.
///
/// `load!(conn, Row, keys, |part| clauses)`
macro_rules! load {
    ($conn:expr, $row:ty, $keys:expr, |$part:ident| $clauses:expr) => {{
        let mut rows: Vec<$row> = Vec::new();
        for $part in $crate::pool::chunks($keys) {
            let clauses = $clauses;
            let found: Vec<$row> = on!($conn, Conn, |c: Db| {
                build!(Db, clauses)
                    .build_query_as::<$row>()
                    .fetch_all(&mut **c)
                    .await?
            });
            rows.extend(found);
        }
        rows
    }};
}

/// A text as it may be bound: Postgres refuses NUL, and SQLite's LIKE ends there. Reports keep it
/// as its picture (`domain::report`), so that one who searches for it finds it.
pub(crate) fn storable(text: impl Into<String> + AsRef<str>) -> String {
    if text.as_ref().contains('\0') {
        return text.as_ref().replace('\0', "\u{2400}");
    }
    text.into()
}

/// So much of a text that may be long stands in an index: an entry of a Postgres index has room
/// for 2,700 bytes.
const INDEXED_CHARS: usize = 200;

/// What an index holds of `text`: `substr(lower(…), 1, 200)`. The whole must be compared beside it.
pub(crate) fn indexed(text: &str) -> String {
    let folded = storable(text.to_ascii_lowercase());
    folded.chars().take(INDEXED_CHARS).collect()
}

/// A text inside a pattern of `LIKE … ESCAPE '!'`, where it stands for itself.
pub(crate) fn escape_like(text: &str) -> String {
    text.replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_")
}

/// The end of the range of texts that begin with `prefix`, compared by bytes.
pub(crate) fn after_prefix(prefix: &str) -> String {
    // No text holds a character beyond this one.
    format!("{prefix}\u{10ffff}")
}
