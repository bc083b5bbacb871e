//! Attributes: looked up by name, and as texts.

use super::model::Any;

/// Names and values, in the order in which they were sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Attributes(pub(super) Vec<(String, Any)>);

impl Attributes {
    /// The value of the first of `names` that has one: the stable name stands first.
    pub(super) fn get(&self, names: &[&str]) -> Option<&Any> {
        names.iter().find_map(|name| {
            let named = |(other, value): &&(String, Any)| other == name && *value != Any::Empty;
            self.0.iter().find(named).map(|(_, value)| value)
        })
    }

    /// The same as text, where it says anything.
    pub(super) fn text(&self, names: &[&str]) -> Option<String> {
        let text = self.get(names)?.to_text();
        (!text.trim().is_empty()).then_some(text)
    }

    /// The same as a number that fits; some send it as text.
    pub(super) fn number<T: TryFrom<i64>>(&self, names: &[&str]) -> Option<T> {
        let number = match self.get(names)? {
            Any::Int(number) => *number,
            Any::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        T::try_from(number).ok()
    }

    /// One line each, for people.
    pub(super) fn to_lines(&self, without: &[&str]) -> String {
        let told = self.0.iter();
        let told = told.filter(|(name, _)| !without.contains(&name.as_str()));
        let lines = told.map(|(name, value)| format!("{name}: {}", value.to_text()));
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Any {
    /// Text as it is; anything else as JSON.
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Empty => String::new(),
            Self::Bytes(bytes) => base64(bytes),
            other => other.to_json().to_string(),
        }
    }

    /// The bytes of a body.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            other => other.to_text().into_bytes(),
        }
    }

    /// As JSON. What JSON has no number for becomes its name.
    pub(super) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Self::Empty => Value::Null,
            Self::Text(text) => Value::String(text.clone()),
            Self::Bool(bool) => Value::Bool(*bool),
            Self::Int(number) => Value::from(*number),
            Self::Double(number) => match serde_json::Number::from_f64(*number) {
                Some(number) => Value::Number(number),
                None => Value::String(number.to_string()),
            },
            Self::Bytes(bytes) => Value::String(base64(bytes)),
            Self::List(values) => values.iter().map(Self::to_json).collect(),
            Self::Map(members) => {
                let members = members.iter();
                let members = members.map(|(name, value)| (name.clone(), value.to_json()));
                Value::Object(members.collect())
            }
        }
    }

    /// A text, or the texts of a list: how headers are written.
    pub(super) fn to_texts(&self) -> Vec<String> {
        match self {
            Self::Empty => Vec::new(),
            Self::List(values) => values.iter().map(Self::to_text).collect(),
            other => vec![other.to_text()],
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
