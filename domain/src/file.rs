//! Files that a run brings along: what a reporter says of one, and what is known of it.
//!
//! The bytes are nowhere here. A file is kept to be downloaded; nothing looks at what type it is
//! said to have, and no name leads anywhere on a disk.

use serde::{Deserialize, Serialize};

use crate::{
    FileId, Key, RunId, Timestamp, WorkspaceId, body::visible, limit, redact::Redactor,
    report::Rejection,
};

/// A file of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct File {
    pub id: FileId,
    pub workspace_id: WorkspaceId,
    pub run_id: RunId,
    /// Unique in the run.
    pub key: Key,
    /// The log entry that carries it, which may not be there yet.
    pub entry: Option<Key>,
    pub name: String,
    /// What the reporter said it is.
    pub content_type: Option<String>,
    /// Bytes as they are kept.
    pub size_bytes: i64,
    /// Bytes as they came: others, where a secret was replaced.
    pub sent_bytes: i64,
    /// Of what is kept, in hex.
    pub sha256: String,
    /// Whether a secret in it was replaced.
    pub redacted: bool,
    pub received_at: Timestamp,
}

/// What comes along with the bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    pub run: Key,
    pub key: Key,
    pub entry: Option<Key>,
    /// As it was told, with its folders, until [`Self::redact`]: a secret may hold slashes.
    pub name: String,
    pub content_type: Option<String>,
}

impl FileReport {
    /// Reads `key`, `name` and `log` of a query (without its `?`). An empty value is none.
    ///
    /// # Errors
    /// What is wrong, with the name of the parameter; one that is not known is refused too, since
    /// it would be lost.
    pub fn from_query(
        run: Key,
        query: &str,
        content_type: Option<&str>,
    ) -> Result<Self, Rejection> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let (mut key, mut name, mut entry) = (None, None, None);
        for (parameter, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            match parameter.as_str() {
                "key" => key = Some(checked("key", value)?),
                "log" => entry = Some(checked("log", value)?),
                "name" => name = Some(value),
                _ => {
                    let rule = "this is not known here; known are key, name, log";
                    return Err(Rejection::new(parameter, "invalid_field", rule));
                }
            }
        }
        let missing = |path: &str, rule: &str| Rejection::new(path, "missing_field", rule);
        let name = name.ok_or_else(|| missing("name", "the name of the file is needed"))?;
        let key = key.ok_or_else(|| missing("key", "a key is needed, unique in its run"))?;
        Self::new((run, key, entry), &name, content_type)
    }

    /// A file with these keys: of its run, its own, and of the log entry that carries it.
    ///
    /// # Errors
    /// What is wrong with its name.
    pub fn new(
        (run, key, entry): (Key, Key, Option<Key>),
        name: &str,
        content_type: Option<&str>,
    ) -> Result<Self, Rejection> {
        let short = |text: &str| text.chars().take(limit::FILE_NAME_CHARS).collect();
        file_name(name)?;
        Ok(Self {
            run,
            key,
            entry,
            name: name.to_owned(),
            content_type: content_type.map(short),
        })
    }

    /// Takes the secrets out of its texts, and the folders off its name; keys are never changed.
    pub fn redact(&mut self, redactor: &Redactor<'_>) {
        self.content_type = self
            .content_type
            .take()
            .map(|text| kept(redactor.text(text)));
        let name = redactor.text(std::mem::take(&mut self.name));
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let last = kept(last.to_owned());
        self.name = file_name(&last).unwrap_or(last);
    }
}

/// A text as it may be kept; a mark may be longer than what it stands for.
fn kept(text: String) -> String {
    text.chars().take(limit::FILE_NAME_CHARS).collect()
}

fn checked(path: &str, text: String) -> Result<Key, Rejection> {
    Key::new(text).map_err(|error| Rejection::new(path, "invalid_field", error.to_string()))
}

/// A name without the folders before it, in either spelling of them, and without characters that
/// make it look like another one.
fn file_name(text: &str) -> Result<String, Rejection> {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let invalid = |rule: String| Err(Rejection::new("name", "invalid_field", rule));
    if matches!(last, "" | "." | "..") {
        return invalid("this is the name of no file".to_owned());
    }
    let length = last.chars().count();
    if length > limit::FILE_NAME_CHARS {
        let most = limit::FILE_NAME_CHARS;
        return invalid(format!("at most {most} characters, this has {length}"));
    }
    let plain = last.chars().map(|c| match visible(c) {
        shown if shown != c || c.is_control() => '_',
        c => c,
    });
    Ok(plain.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{Names, Rules};

    fn read(query: &str) -> Result<FileReport, Rejection> {
        let run = Key::new("r").expect("a key");
        FileReport::from_query(run, query, Some("text/csv"))
    }

    fn name(text: &str) -> Result<String, String> {
        file_name(text).map_err(|rejection| rejection.rule)
    }

    #[test]
    fn a_name_has_no_folders_and_shows_what_it_is() {
        for (told, kept) in [
            ("report.csv", "report.csv"),
            ("/etc/passwd", "passwd"),
            ("..\\..\\C:\\a b.txt", "a b.txt"),
            ("Bericht ü.pdf", "Bericht ü.pdf"),
            ("a\r\n\tb\0.txt", "a___b_.txt"),
            ("invoice\u{202e}fdp.exe", "invoice_fdp.exe"),
        ] {
            assert_eq!(name(told).as_deref(), Ok(kept));
        }
        for none in ["", "/", "a/", ".", "x/..", "  "] {
            assert!(name(none).is_err(), "{none:?}");
        }
        assert!(name(&"é".repeat(255)).is_ok());
        let rule = name(&"é".repeat(256)).expect_err("too long");
        assert_eq!(rule, "at most 255 characters, this has 256");
    }

    #[test]
    fn what_is_wrong_is_told_by_its_parameter() {
        let file = read("key=f1&name=out%2Freport.csv&log=").expect("a file");
        assert_eq!((file.name.as_str(), file.entry), ("out/report.csv", None));
        let entry = read("key=f1&name=a&log=l%2F1").expect("a file").entry;
        assert_eq!(entry, Key::new("l/1").ok());
        for (query, path, code) in [
            ("name=a", "key", "missing_field"),
            ("key=&name=a", "key", "missing_field"),
            ("key=a", "name", "missing_field"),
            ("key=+a&name=a", "key", "invalid_field"),
            ("key=a&name=a&log=%0A", "log", "invalid_field"),
            ("key=a&name=..", "name", "invalid_field"),
            ("key=a&name=a&entry=1", "entry", "invalid_field"),
        ] {
            let rejection = read(query).expect_err(query);
            assert_eq!(
                (rejection.path.as_str(), rejection.code.as_str()),
                (path, code)
            );
        }
    }

    #[test]
    fn a_name_loses_its_secrets() {
        let mut file = read("key=f1&name=export%3Ftoken%3Dhunter2hunter2.csv").expect("a file");
        let rules = Rules::new([7; 32], Names::default());
        file.redact(&Redactor::new(&rules));
        assert!(
            file.name.starts_with("export?token=[redacted:"),
            "{}",
            file.name
        );
        // One with slashes would be half a secret without its beginning.
        let path = "key=f1&name=out%2Fpostgres%3A%2F%2Fann%3Ahunter2hunter2%40db.test%2Fcrm";
        let mut file = read(path).expect("a file");
        file.redact(&Redactor::new(&rules));
        assert_eq!(file.name, "crm");
    }
}
