//! The outer levels of a request, cut apart without being read.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer as _,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::super::Unreadable;
use crate::limit;

/// The members of an object.
#[derive(Debug, Default)]
pub(super) struct Members<'j>(Vec<(Cow<'j, str>, &'j RawValue)>);

impl<'j> Members<'j> {
    /// The last one of this name that is not null.
    pub(super) fn get(&self, name: &str) -> Option<&'j RawValue> {
        let named =
            |(other, raw): &&(Cow<'_, str>, &RawValue)| other == name && raw.get() != "null";
        self.0.iter().rev().find(named).map(|(_, raw)| *raw)
    }
}

/// Members of an outer object beyond which nothing is looked for.
const MEMBERS: usize = 64;

pub(super) fn members(raw: &RawValue) -> Result<Members<'_>, Unreadable> {
    struct Object;
    impl<'de> Visitor<'de> for Object {
        type Value = Members<'de>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Members::default())
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Members::default();
            while let Some(Name(name)) = map.next_key()? {
                let raw = map.next_value()?;
                if members.0.len() < MEMBERS {
                    members.0.push((name, raw));
                }
            }
            Ok(members)
        }
    }
    let mut json = serde_json::Deserializer::from_str(raw.get());
    json.deserialize_any(Object).map_err(malformed)
}

/// A name, borrowed where it holds no escape.
#[derive(serde::Deserialize)]
struct Name<'j>(#[serde(borrow)] Cow<'j, str>);

pub(super) fn elements<'j>(
    raw: Option<&'j RawValue>,
    name: &'static str,
) -> Result<Vec<&'j RawValue>, Unreadable> {
    struct List;
    impl<'de> Visitor<'de> for List {
        type Value = Vec<&'de RawValue>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            // One more than there may be shows that there are too many.
            while list.len() <= limit::BATCH_ITEMS
                && let Some(raw) = seq.next_element()?
            {
                list.push(raw);
            }
            while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok(list)
        }
    }
    let Some(raw) = raw else {
        return Ok(Vec::new());
    };
    let mut json = serde_json::Deserializer::from_str(raw.get());
    let list = json.deserialize_any(List).map_err(malformed)?;
    if list.len() > limit::BATCH_ITEMS {
        return Err(Unreadable::too_many(name));
    }
    Ok(list)
}

/// Something else stands where an object or a list belongs.
pub(super) fn no_object() -> Unreadable {
    Unreadable::Malformed("an object or a list is needed".to_owned())
}

/// What serde says is short, but may quote what was sent.
pub(super) fn malformed(error: serde_json::Error) -> Unreadable {
    match error.classify() {
        serde_json::error::Category::Data => no_object(),
        _ => {
            let place = (error.line(), error.column());
            Unreadable::Malformed(format!("no JSON at line {} column {}", place.0, place.1))
        }
    }
}
