//! Reading and writing query strings, one value at a time.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Columns, Span, Within};
use crate::{Cursor, Key, PageSize, Timestamp};

/// A value of the address that means nothing and was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    pub name: String,
    pub value: String,
}

/// Takes values out of a query string. An empty value, as forms send it, is none.
pub(super) struct Reader {
    pairs: Vec<(String, String)>,
    dropped: Vec<Dropped>,
}

impl Reader {
    pub(super) fn new(query: &str) -> Self {
        let query = query.strip_prefix('?').unwrap_or(query);
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| (name, value.trim().to_owned()));
        Self {
            pairs: pairs.filter(|(_, value)| !value.is_empty()).collect(),
            dropped: Vec::new(),
        }
    }

    pub(super) fn dropped(self) -> Vec<Dropped> {
        self.dropped
    }

    fn values(&self, name: &str) -> Vec<String> {
        self.pairs
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, value)| value.clone())
            .collect()
    }

    fn drop(&mut self, name: &str, value: &str) {
        let value = value.chars().take(80).collect();
        self.dropped.push(Dropped {
            name: name.to_owned(),
            value,
        });
    }

    fn parsed<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        // Of a value given twice the last one holds, as in every form.
        let text = self.values(name).pop()?;
        let value = parse(&text);
        if value.is_none() {
            self.drop(name, &text);
        }
        value
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.values(name)
            .pop()
            .map(|text| text.chars().take(1_024).collect())
    }

    pub(super) fn key(&mut self, name: &str) -> Option<Key> {
        self.parsed(name, |text| Key::new(text).ok())
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.parsed(name, |text| {
            matches!(text, "1" | "true" | "on").then_some(true)
        })
        .unwrap_or(false)
    }

    pub(super) fn one<T: FromStr + Default>(&mut self, name: &str) -> T {
        self.word(name).unwrap_or_default()
    }

    pub(super) fn word<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.parsed(name, |text| text.parse().ok())
    }

    pub(super) fn duration(&mut self, name: &str) -> Option<i64> {
        self.parsed(name, crate::time::parse_duration)
    }

    /// In the order in which they are named.
    pub(super) fn columns<C: FromStr + PartialEq>(&mut self, name: &str) -> Columns<C> {
        let mut columns = Vec::new();
        for text in self.values(name) {
            match text.parse() {
                Ok(column) => columns.push(column),
                Err(_) => self.drop(name, &text),
            }
        }
        Columns::of(columns)
    }

    pub(super) fn many<T: FromStr + Ord>(&mut self, name: &str) -> Vec<T> {
        let texts = self.values(name);
        self.list(name, texts)
    }

    /// As [`Self::many`], for a field in which several are typed between blanks or commas.
    pub(super) fn words<T: FromStr + Ord>(&mut self, name: &str) -> Vec<T> {
        let texts = self.values(name);
        let words = texts
            .iter()
            .flat_map(|text| text.split([' ', ',']))
            .filter(|word| !word.is_empty());
        self.list(name, words.map(str::to_owned).collect())
    }

    fn list<T: FromStr + Ord>(&mut self, name: &str, texts: Vec<String>) -> Vec<T> {
        let mut values = Vec::new();
        for text in texts {
            match text.parse() {
                Ok(value) => values.push(value),
                Err(_) => self.drop(name, &text),
            }
        }
        // One meaning, one text: links and caches rely on it.
        values.sort();
        values.dedup();
        values
    }

    pub(super) fn span(&mut self, from: &str, to: &str, within: &str) -> Span {
        let minute = |moment: Timestamp| Timestamp::from_ms(moment.as_ms() / 60_000 * 60_000);
        Span {
            from: self.parsed(from, Timestamp::parse_field).map(minute),
            to: self.parsed(to, last_minute).map(minute),
            within: self.parsed(within, |text| text.parse::<Within>().ok()),
        }
    }

    pub(super) fn size(&mut self) -> PageSize {
        self.parsed("size", PageSize::parse).unwrap_or_default()
    }

    pub(super) fn cursor(&mut self) -> Option<Cursor> {
        self.parsed("at", |text| text.parse().ok())
    }
}

/// A day without a time means until its end.
fn last_minute(text: &str) -> Option<Timestamp> {
    let moment = Timestamp::parse_field(text)?;
    Some(if text.contains('T') {
        moment
    } else {
        moment.plus_ms(crate::time::DAY_MS - 60_000)
    })
}

/// Writes a query string; what is a default is left out.
#[derive(Default)]
pub(super) struct Writer(Vec<(&'static str, String)>);

impl Writer {
    pub(super) fn finish(self) -> String {
        match serde_urlencoded::to_string(&self.0) {
            Ok(text) if !text.is_empty() => format!("?{text}"),
            _ => String::new(),
        }
    }

    pub(super) fn text(&mut self, name: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.0.push((name, value.to_owned()));
        }
    }

    pub(super) fn flag(&mut self, name: &'static str, value: bool) {
        self.text(name, value.then_some("1"));
    }

    pub(super) fn one<T: Default + PartialEq + ToString>(&mut self, name: &'static str, value: &T) {
        if *value != T::default() {
            self.0.push((name, value.to_string()));
        }
    }

    pub(super) fn many<T: ToString>(&mut self, name: &'static str, values: &[T]) {
        self.0
            .extend(values.iter().map(|value| (name, value.to_string())));
    }

    /// `names` are those of its beginning, its end and its moving window.
    pub(super) fn span(&mut self, names: (&'static str, &'static str, &'static str), span: Span) {
        self.text(names.0, span.from.map(Timestamp::to_field).as_deref());
        self.text(names.1, span.to.map(Timestamp::to_field).as_deref());
        self.text(names.2, span.within.map(|w| w.to_string()).as_deref());
    }

    pub(super) fn duration(&mut self, name: &'static str, ms: Option<i64>) {
        self.text(name, ms.map(crate::time::typed_duration).as_deref());
    }

    pub(super) fn size(&mut self, size: PageSize) {
        if size != PageSize::default() {
            self.0.push(("size", size.rows().to_string()));
        }
    }

    pub(super) fn cursor(&mut self, cursor: Option<&Cursor>) {
        self.text("at", cursor.map(ToString::to_string).as_deref());
    }
}
