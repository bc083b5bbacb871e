//! What an open page hears of: how many new rows there are, and how a run stands.

use serde::{Deserialize, Serialize};

/// New rows are counted up to this many; then "more than" is said.
pub const NEWS: i64 = 1_000;

/// What was found in one look at the runs behind a place in the order of their arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Look {
    /// How many runs were looked at; [`crate::limit::LOOK`] means that there may be more.
    pub looked_at: i64,
    /// The last one of them: the place to go on from.
    pub last: i64,
    /// How many of them concern the list.
    pub found: i64,
}

/// How a run stood when somebody looked: equal texts mean that nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub mark: String,
    /// Whether no further news is expected.
    pub finished: bool,
}

/// How a list's stream tells how many are new: `3`, or `1000+`.
#[must_use]
pub fn count_text(count: i64, more: bool) -> String {
    if more || count > NEWS {
        format!("{}+", count.min(NEWS))
    } else {
        count.to_string()
    }
}

/// What a stream told, in words: "3 new runs".
#[must_use]
pub fn news_text(count: &str, one: &str, many: &str) -> String {
    match count.strip_suffix('+') {
        Some(count) => {
            let count = count
                .parse()
                .map_or_else(|_| count.to_owned(), crate::page::grouped);
            format!("More than {count} {many}")
        }
        None if count == "1" => format!("1 {one}"),
        None => format!("{count} {many}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_counted_up_to_a_thousand() {
        let text = |count, more| news_text(&count_text(count, more), "new run", "new runs");
        assert_eq!(text(1, false), "1 new run");
        assert_eq!(text(1_000, false), "1000 new runs");
        assert_eq!(text(1_001, false), "More than 1,000 new runs");
        assert_eq!(text(5, true), "More than 5 new runs");
    }
}
