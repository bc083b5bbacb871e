//! What clients of OneVizion's log API send, and the log entry that it becomes.
//!
//! A level is a name. Its numbers meant other things in older versions of that API, so that they
//! are refused instead of guessed; they live on only in the flags of OneVizion's wrapper.

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    Key, LogLevel, Timestamp,
    payload::hex,
    report::{LogReport, Rejection, Report, Text, read},
    status::Stream,
};

/// The levels as that API calls them, the gravest first.
const NAMES: [(&str, LogLevel); 4] = [
    ("Error", LogLevel::Error),
    ("Warning", LogLevel::Warning),
    ("Info", LogLevel::Info),
    ("Debug", LogLevel::Debug),
];

/// What that API calls a level.
#[must_use]
pub fn level_name(level: LogLevel) -> &'static str {
    let mut names = NAMES.iter();
    names
        .find(|(_, known)| *known == level)
        .map_or("Info", |(name, _)| name)
}

/// The level of this name, in any case.
///
/// # Errors
/// A sentence with those that there are.
pub fn level(name: &str) -> Result<LogLevel, String> {
    let mut names = NAMES.iter();
    let known = names.find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
    let known = known.map(|(_, level)| *level);
    known.ok_or_else(|| {
        format!(
            "a level is one of {}",
            NAMES.map(|(name, _)| name).join(", ")
        )
    })
}

/// Where an entry goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub run: Key,
    pub entry: Key,
    /// Whether the client named its attempt, so that another entry is no second one.
    pub once: bool,
    pub at: Timestamp,
}

/// The key of an entry: of what the client calls this attempt where it does, so that its second
/// attempt is the same entry; else of a number that nothing else has, since two equal messages
/// are two entries.
///
/// # Errors
/// None that a caller can cause: both are keys.
pub fn entry_key(attempt: Option<&[u8]>, nonce: [u8; 16]) -> Result<Key, crate::key::KeyError> {
    Key::new(match attempt {
        Some(attempt) => format!("once-{}", &hex(&Sha256::digest(attempt))[..32]),
        None => format!("entry-{}", hex(&nonce)),
    })
}

/// The body of a request. Fields that are not known are left alone: its clients cannot be changed.
#[derive(Deserialize)]
struct Body {
    message: Text,
    #[serde(default)]
    description: Option<Text>,
    log_level_name: Level,
}

struct Level(LogLevel);

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        level(&name).map(Self).map_err(D::Error::custom)
    }
}

impl Place {
    /// Reads a body as the entry at this place.
    ///
    /// # Errors
    /// What is wrong, with the field.
    pub fn read(&self, json: &str) -> Result<Report, Rejection> {
        let body: Body = read(json)?;
        Ok(Report::Log(LogReport {
            run: Some(self.run.clone()),
            key: Some(self.entry.clone()),
            logged_at: Some(self.at),
            level: Some(body.log_level_name.0),
            stream: Some(Stream::Api),
            message: Some(body.message),
            // Its clients send an empty one where there is none.
            description: body.description.filter(|text| !text.0.is_empty()),
            once: self.once,
            ..LogReport::default()
        }))
    }

    /// The report of an entry that only carries a file of this name.
    #[must_use]
    pub fn of_file(&self, level: LogLevel, name: &str) -> String {
        json!({
            "type": "log", "run": self.run, "key": self.entry, "logged_at": self.at,
            "level": level, "stream": Stream::Api, "message": name,
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            run: Key::new("4711").expect("a key"),
            entry: entry_key(None, [7; 16]).expect("a key"),
            once: false,
            at: Timestamp::from_ms(1),
        }
    }

    fn taken(json: &str) -> LogReport {
        match place().read(json) {
            Ok(Report::Log(entry)) => entry,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn levels_are_names_in_any_case_and_never_numbers() {
        for (name, level) in NAMES {
            for name in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
                let json = format!(r#"{{"message": "m", "log_level_name": "{name}"}}"#);
                assert_eq!(taken(&json).level, Some(level));
            }
            assert_eq!(level_name(level), name);
        }
        for level in ["0", "2", "\"0\"", "\"Fatal\"", "null", "\"\""] {
            let json = format!(r#"{{"message": "m", "log_level_name": {level}}}"#);
            let refused = place().read(&json).expect_err(level);
            assert_eq!(refused.path, "log_level_name", "{level}: {}", refused.rule);
        }
        let refused = place().read(r#"{"message": "m", "log_level_id": 0}"#);
        let refused = refused.expect_err("no level");
        assert_eq!(refused.code, "missing_field");
        assert!(refused.rule.contains("log_level_name"), "{}", refused.rule);
    }

    #[test]
    fn an_attempt_that_is_named_is_one_entry_and_others_are_as_many_as_come() {
        let key = |attempt, nonce| entry_key(attempt, [nonce; 16]).expect("a key");
        assert_eq!(key(Some(b"a"), 1), key(Some(b"a"), 2));
        assert_ne!(key(Some(b"a"), 1), key(Some(b"b"), 1));
        assert_ne!(key(None, 1), key(None, 2));
        let entry =
            taken(r#"{"message": "m", "description": "", "log_level_name": "Info", "x": 1}"#);
        assert_eq!((entry.key, entry.description), (Some(key(None, 7)), None));
    }
}
