//! Lists page by key, never by offset: a page starts after a row, not after a number of rows.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Some rows of a list, and the way to the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub total: Total,
    /// The number of the first row in the whole list, from 1; 0 where there is none.
    pub first: i64,
    pub previous: Option<Cursor>,
    pub next: Option<Cursor>,
}

/// How many rows a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Total {
    /// Exactly so many.
    Exact(i64),
    /// Counting stopped there.
    MoreThan(i64),
}

impl Total {
    /// From a count that was asked to stop one past `limit`.
    #[must_use]
    pub fn counted(count: i64, limit: i64) -> Self {
        if count > limit {
            Self::MoreThan(limit)
        } else {
            Self::Exact(count)
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self == Self::Exact(0)
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(count) => f.write_str(&grouped(*count)),
            Self::MoreThan(count) => write!(f, "more than {}", grouped(*count)),
        }
    }
}

/// `12,345`.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `18.2 k`, `1.1 M`: for statistics, where the digit matters less than the size.
#[must_use]
pub fn rounded(number: i64) -> String {
    match number {
        i64::MIN..10_000 => grouped(number),
        10_000..1_000_000 => format!("{}.{} k", number / 1_000, number % 1_000 / 100),
        1_000_000.. => format!("{}.{} M", number / 1_000_000, number % 1_000_000 / 100_000),
    }
}

/// Rows per page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSize(u8);

impl PageSize {
    /// What pages offer. The first is the default of the described product.
    pub const ALL: [Self; 4] = [Self(10), Self(25), Self(50), Self(100)];

    /// Of a log, whose rows are lines.
    pub const LOG: Self = Self(100);

    /// The number of rows.
    #[must_use]
    pub fn rows(self) -> i64 {
        i64::from(self.0)
    }

    /// One of [`Self::ALL`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let size: u8 = text.parse().ok()?;
        Self::ALL.into_iter().find(|known| known.0 == size)
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self::ALL[0]
    }
}

/// Where a page of a list begins. Text in the URL: `n.VALUE.ID.FIRST`, `p.VALUE.ID.FIRST` or `last`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cursor {
    /// The page after this row; its first row has the number `first`.
    After { value: i64, id: i64, first: i64 },
    /// The page before this row, whose number is `first`.
    Before { value: i64, id: i64, first: i64 },
    /// The end of the list.
    Last,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After { value, id, first } => write!(f, "n.{value}.{id}.{first}"),
            Self::Before { value, id, first } => write!(f, "p.{value}.{id}.{first}"),
            Self::Last => f.write_str("last"),
        }
    }
}

/// A cursor that no list made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place in this list")]
pub struct BadCursor;

impl FromStr for Cursor {
    type Err = BadCursor;
    fn from_str(text: &str) -> Result<Self, BadCursor> {
        if text == "last" {
            return Ok(Self::Last);
        }
        let mut parts = text.split('.');
        let kind = parts.next().ok_or(BadCursor)?;
        let mut number = || {
            parts
                .next()
                .and_then(|n| n.parse::<i64>().ok())
                .ok_or(BadCursor)
        };
        let (value, id, first) = (number()?, number()?, number()?);
        if parts.next().is_some() || first < 1 {
            return Err(BadCursor);
        }
        match kind {
            "n" => Ok(Self::After { value, id, first }),
            "p" => Ok(Self::Before { value, id, first }),
            _ => Err(BadCursor),
        }
    }
}

/// What a query needs to know of a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seek {
    /// The row to start beside: its sort value and id.
    pub beside: Option<(i64, i64)>,
    /// Whether rows are read from the end towards the beginning.
    pub backwards: bool,
    /// One more than a page, to learn whether there is another.
    pub limit: i64,
}

impl Seek {
    /// How to read the page at `cursor`.
    #[must_use]
    pub fn to(cursor: Option<&Cursor>, size: PageSize, total: Total) -> Self {
        let (beside, backwards) = match cursor {
            None => (None, false),
            Some(Cursor::After { value, id, .. }) => (Some((*value, *id)), false),
            Some(Cursor::Before { value, id, .. }) => (Some((*value, *id)), true),
            Some(Cursor::Last) => (None, true),
        };
        // The last page holds what is left over, so that its rows keep their places.
        let rows = match (cursor, total) {
            (Some(Cursor::Last), Total::Exact(total)) if total > 0 => (total - 1) % size.rows() + 1,
            _ => size.rows(),
        };
        Self {
            beside,
            backwards,
            limit: rows + 1,
        }
    }
}

impl<T> Page<T> {
    /// Puts a page together from the rows that [`Seek`] asked for.
    ///
    /// `place` tells a row's sort value and id.
    #[must_use]
    pub fn new(
        mut rows: Vec<T>,
        seek: Seek,
        cursor: Option<&Cursor>,
        total: Total,
        place: impl Fn(&T) -> (i64, i64),
    ) -> Self {
        let size = seek.limit - 1;
        let more = rows.len() as i64 > size;
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        if seek.backwards {
            rows.reverse();
        }
        let count = rows.len() as i64;
        let first = match (cursor, total) {
            _ if count == 0 => 0,
            (None, _) => 1,
            (Some(Cursor::After { first, .. }), _) => *first,
            (Some(Cursor::Before { first, .. }), _) => (first - count).max(1),
            (Some(Cursor::Last), Total::Exact(total)) => (total - count + 1).max(1),
            // Nobody counted so far: the number is unknown, and 0 says so.
            (Some(Cursor::Last), Total::MoreThan(_)) => 0,
        };
        let (has_previous, has_next) = match (cursor, seek.backwards) {
            (None, _) => (false, more),
            (Some(Cursor::Last), _) => (more, false),
            (Some(_), false) => (true, more),
            (Some(_), true) => (more, true),
        };
        let previous = rows.first().filter(|_| has_previous).map(|row| {
            let (value, id) = place(row);
            Cursor::Before {
                value,
                id,
                first: first.max(1),
            }
        });
        let next = rows.last().filter(|_| has_next).map(|row| {
            let (value, id) = place(row);
            Cursor::After {
                value,
                id,
                first: first.max(1) + count,
            }
        });
        Self {
            rows,
            total,
            first,
            previous,
            next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of `total` rows, newest first, read as the store reads it.
    fn read(total: i64, size: PageSize, cursor: Option<&Cursor>) -> Page<i64> {
        let counted = Total::Exact(total);
        let seek = Seek::to(cursor, size, counted);
        let all: Vec<i64> = (1..=total).rev().collect();
        let mut rows: Vec<i64> = match (seek.beside, seek.backwards) {
            (None, false) => all,
            (None, true) => all.into_iter().rev().collect(),
            (Some((value, _)), false) => all.into_iter().filter(|row| *row < value).collect(),
            (Some((value, _)), true) => all.into_iter().rev().filter(|row| *row > value).collect(),
        };
        rows.truncate(seek.limit as usize);
        Page::new(rows, seek, cursor, counted, |row| (*row, *row))
    }

    #[test]
    fn walking_forwards_and_back_shows_every_row_once() {
        for total in [0, 1, 9, 10, 11, 23, 30] {
            let size = PageSize::default();
            let mut page = read(total, size, None);
            let mut seen = page.rows.clone();
            let mut firsts = vec![page.first];
            while let Some(next) = page.next.clone() {
                page = read(total, size, Some(&next));
                seen.extend(&page.rows);
                firsts.push(page.first);
            }
            assert_eq!(seen, (1..=total).rev().collect::<Vec<_>>());
            assert_eq!(page.rows, read(total, size, Some(&Cursor::Last)).rows);
            let mut back = vec![page.first];
            while let Some(previous) = page.previous.clone() {
                page = read(total, size, Some(&previous));
                back.push(page.first);
            }
            back.reverse();
            assert_eq!(back, firsts, "{total} rows");
        }
    }

    #[test]
    fn cursors_round_trip_and_nonsense_is_refused() {
        for cursor in [
            Cursor::After {
                value: -5,
                id: 9,
                first: 11,
            },
            Cursor::Before {
                value: 0,
                id: i64::MAX,
                first: 1,
            },
            Cursor::Last,
        ] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in [
            "",
            "n",
            "n.1.2",
            "n.1.2.0",
            "x.1.2.3",
            "n.1.2.3.4",
            "n.a.2.3",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(BadCursor), "{text}");
        }
    }

    #[test]
    fn totals_are_true_or_say_where_counting_stopped() {
        assert_eq!(Total::counted(1_204, 100_000).to_string(), "1,204");
        assert_eq!(Total::counted(100_000, 100_000).to_string(), "100,000");
        assert_eq!(
            Total::counted(100_001, 100_000).to_string(),
            "more than 100,000"
        );
        assert_eq!(
            [rounded(9_999), rounded(18_240), rounded(1_100_000)],
            ["9,999", "18.2 k", "1.1 M"]
        );
    }
}
