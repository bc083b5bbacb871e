//! Values that check themselves while they are read, so that an error knows its path.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::limit;

/// Text of at most `MAX` characters.
///
/// NUL, which no database column takes, becomes its visible picture `␀`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limited<const MAX: usize>(pub String);

/// A name, a user ID, a trigger.
pub type Name = Limited<{ limit::NAME_CHARS }>;
/// A message, an error, a description, an address.
pub type Text = Limited<{ limit::TEXT_CHARS }>;

impl<const MAX: usize> From<String> for Limited<MAX> {
    /// However long it is: it is cut to its limit where it is kept.
    fn from(text: String) -> Self {
        Self(if text.contains('\0') {
            text.replace('\0', "\u{2400}")
        } else {
            text
        })
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Limited<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > MAX {
            let length = text.chars().count();
            if length > MAX {
                return Err(D::Error::custom(format_args!(
                    "at most {MAX} characters, this has {length}"
                )));
            }
        }
        Ok(Self::from(text))
    }
}

/// An address that a page may link to: `http`, `https` or `mailto`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url(pub String);

impl<'de> Deserialize<'de> for Url {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Name::deserialize(deserializer)?.0;
        let scheme = text
            .split_once(':')
            .map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("http" | "https" | "mailto") if !text.chars().any(char::is_control) => {
                Ok(Self(text))
            }
            _ => Err(D::Error::custom(
                "an address begins with https:, http: or mailto:",
            )),
        }
    }
}

/// Another thing: its key alone, or the whole of it.
#[derive(Debug, Clone)]
pub enum Reference<T> {
    Key(crate::Key),
    Whole(Box<T>),
}

impl<T> Reference<T>
where
    T: Default + AsMut<Option<crate::Key>>,
{
    /// The whole of it; empty but for the key where only that was given.
    #[must_use]
    pub fn into_whole(self) -> T {
        match self {
            Self::Whole(whole) => *whole,
            Self::Key(key) => {
                let mut whole = T::default();
                *whole.as_mut() = Some(key);
                whole
            }
        }
    }
}

impl<'de, T: Deserialize<'de> + AsMut<Option<crate::Key>>> Deserialize<'de> for Reference<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReferenceVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + AsMut<Option<crate::Key>>> Visitor<'de> for ReferenceVisitor<T> {
            type Value = Reference<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key, or an object with a key")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                crate::Key::new(text).map(Reference::Key).map_err(E::custom)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let mut whole = T::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                if whole.as_mut().is_none() {
                    return Err(A::Error::missing_field("key"));
                }
                Ok(Reference::Whole(Box::new(whole)))
            }
        }
        deserializer.deserialize_any(ReferenceVisitor(PhantomData))
    }
}

/// What is an object in JSON and nothing else.
///
/// What serde derives takes a list too, its elements for the fields in their order: `[null]` would
/// be a report without a word.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// An object, or null.
pub(super) fn maybe_object<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let object = Option::<Object<T>>::deserialize(deserializer)?;
    Ok(object.map(|object| object.0))
}

/// A list of objects.
pub(super) fn objects<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let objects = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|object| object.0).collect())
}

/// Headers as `{"Name": "value"}`, `{"Name": ["one", "two"]}` or `[["Name", "value"]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportedHeaders(pub Vec<(String, String)>);

impl ReportedHeaders {
    fn push<E: Error>(&mut self, name: &str, value: String) -> Result<(), E> {
        if self.0.len() == limit::HEADERS {
            return Err(E::custom(format_args!(
                "at most {} headers",
                limit::HEADERS
            )));
        }
        if name.len() > limit::NAME_CHARS || value.len() > limit::HEADER_CHARS {
            return Err(E::custom(format_args!(
                "a header has at most {} bytes of name and {} of value",
                limit::NAME_CHARS,
                limit::HEADER_CHARS
            )));
        }
        self.0.push((name.to_owned(), value));
        Ok(())
    }
}

impl<'de> Deserialize<'de> for ReportedHeaders {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Value {
            One(String),
            Many(Vec<String>),
            Number(i64),
        }
        struct HeadersVisitor;
        impl<'de> Visitor<'de> for HeadersVisitor {
            type Value = ReportedHeaders;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of header names and values, or a list of pairs")
            }
            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(ReportedHeaders::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut headers = ReportedHeaders::default();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    match value {
                        Value::One(value) => headers.push(&name, value)?,
                        Value::Number(value) => headers.push(&name, value.to_string())?,
                        Value::Many(values) => {
                            for value in values {
                                headers.push(&name, value)?;
                            }
                        }
                    }
                }
                Ok(headers)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut headers = ReportedHeaders::default();
                while let Some((name, value)) = seq.next_element::<(String, String)>()? {
                    headers.push(&name, value)?;
                }
                Ok(headers)
            }
        }
        deserializer.deserialize_any(HeadersVisitor)
    }
}

/// A body: the content of a JSON string, or the very text of any other JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyText(pub Vec<u8>);

impl<'de> Deserialize<'de> for BodyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('"') {
            let text: String = serde_json::from_str(raw.get()).map_err(|_| {
                D::Error::custom("this text is not Unicode; send the bytes as body_base64")
            })?;
            Ok(Self(text.into_bytes()))
        } else {
            Ok(Self(raw.get().as_bytes().to_vec()))
        }
    }
}

/// Key-value pairs; each value is kept as the JSON text that was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectReport(pub Vec<(String, String)>);

impl<'de> Deserialize<'de> for ObjectReport {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = ObjectReport;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of keys and values")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut pairs, mut bytes) = (Vec::new(), 0);
                while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    bytes += key.len() + value.get().len();
                    if bytes > limit::OBJECT_BYTES {
                        return Err(A::Error::custom(format_args!(
                            "an object has at most {} bytes",
                            limit::OBJECT_BYTES
                        )));
                    }
                    pairs.push((key, value.get().to_owned()));
                }
                Ok(ObjectReport(pairs))
            }
        }
        deserializer.deserialize_any(ObjectVisitor)
    }
}
