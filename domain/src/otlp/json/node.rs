//! One span or log record as a tree, with as many values as there is room for.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::super::model::{Any, Room, too_many_values};
use crate::report::Rejection;

/// A JSON value. Of a member that stands twice the last one counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Int(i128),
    Double(f64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads one item.
    pub(super) fn read(json: &str, room: &mut Room) -> Result<Self, Rejection> {
        let mut full = false;
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let seed = Seed {
            room,
            full: &mut full,
        };
        seed.deserialize(&mut deserializer).map_err(|error| {
            if full {
                return too_many_values();
            }
            // Its text begins with what is wrong and may go on with what was sent.
            let text = error.to_string();
            let (code, rule) = match text.starts_with("recursion limit") {
                true => ("too_deep", "its values are too deep inside each other"),
                false => (
                    "not_json",
                    "it holds a text or a number that cannot be read",
                ),
            };
            Rejection::new("", code, rule)
        })
    }

    pub(super) fn object(&self) -> Result<(), Rejection> {
        match self {
            Self::Object(_) => Ok(()),
            _ => Err(Rejection::new("", "invalid_field", "an object is needed")),
        }
    }

    /// A member that is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let named = |(other, value): &&(String, Self)| other == name && *value != Self::Null;
        members.iter().rev().find(named).map(|(_, value)| value)
    }

    /// A whole number, written as a number or as text.
    pub(super) fn integer(&self) -> Option<i128> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            // Below 2^64 and without a fraction, so that it is the number that was meant.
            #[expect(clippy::cast_possible_truncation, reason = "its range is checked")]
            Self::Double(number) if number.fract() == 0.0 && number.abs() < 1.9e19 => {
                Some(*number as i128)
            }
            _ => None,
        }
    }

    pub(super) fn double(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "a double is what was meant")]
            Self::Int(number) => Some(*number as f64),
            Self::Double(number) => Some(*number),
            // Also NaN, Infinity and -Infinity.
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A plain value in place of one that says its kind.
    pub(super) fn as_any(&self) -> Any {
        match self {
            Self::Bool(bool) => Any::Bool(*bool),
            Self::Text(text) => Any::Text(text.clone()),
            Self::Int(number) => {
                i64::try_from(*number).map_or_else(|_| Any::Text(number.to_string()), Any::Int)
            }
            Self::Double(number) => Any::Double(*number),
            Self::Null | Self::List(_) | Self::Object(_) => Any::Empty,
        }
    }
}

struct Seed<'r> {
    room: &'r mut Room,
    /// Whether it was too much, which serde's error cannot say.
    full: &'r mut bool,
}

impl Seed<'_> {
    fn next(&mut self) -> Seed<'_> {
        Seed {
            room: self.room,
            full: self.full,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        if self.room.value().is_err() {
            *self.full = true;
            return Err(D::Error::custom("too many values"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_bool<E>(self, bool: bool) -> Result<Node, E> {
        Ok(Node::Bool(bool))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Int(number.into()))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Int(number.into()))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Double(number))
    }
    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = seq.next_element_seed(self.next())? {
            list.push(node);
        }
        Ok(Node::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            members.push((name, map.next_value_seed(self.next())?));
        }
        Ok(Node::Object(members))
    }
}
