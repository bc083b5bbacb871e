//! The link from a run to the logs of whatever executed it: a template that each workspace sets.
//!
//! It only makes a text; nobody here fetches what it leads to.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Integration, Run, Timestamp, Workspace, percent::push_encoded};

/// What the link is called unless the workspace says otherwise (IG-65).
pub const LABEL: &str = "View GCP Logs Explorer";
/// Minutes before and after a run, unless the workspace says otherwise.
pub const MARGIN: i64 = 5;

/// The longest margin: a day.
const LONGEST_MARGIN: i64 = 1_440;
const MOST_CHARS: usize = 2_000;
const MOST_LABEL_CHARS: usize = 60;

/// What may stand between braces.
pub const PLACEHOLDERS: [&str; 5] = ["run", "integration", "user_id", "from", "to"];

/// A checked template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogsLink {
    pub url: String,
    pub label: String,
    pub margin: i64,
}

/// What is wrong with a template. `field` is the name of the form's field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{rule}")]
pub struct BadLogsLink {
    pub field: &'static str,
    pub rule: String,
}

impl LogsLink {
    /// Checks what a form says; `None` where the link is to be taken away.
    ///
    /// # Errors
    /// [`BadLogsLink`] with the field and the rule that it breaks.
    pub fn parse(url: &str, label: &str, margin: &str) -> Result<Option<Self>, BadLogsLink> {
        let bad = |field, rule: String| Err(BadLogsLink { field, rule });
        let (url, label, margin) = (url.trim(), label.trim(), margin.trim());
        if url.is_empty() {
            return Ok(None);
        }
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return bad(
                "url",
                "The address begins with https:// or http://.".to_owned(),
            );
        }
        if url.chars().count() > MOST_CHARS || url.chars().any(|c| c.is_control() || c == ' ') {
            return bad(
                "url",
                format!("The address has at most {MOST_CHARS} characters, and no blanks."),
            );
        }
        if let Err(name) = pieces(url) {
            return bad(
                "url",
                format!(
                    "{{{name}}} is unknown. There are {{{}}}.",
                    PLACEHOLDERS.join("}, {")
                ),
            );
        }
        if label.chars().count() > MOST_LABEL_CHARS {
            return bad(
                "label",
                format!("The name has at most {MOST_LABEL_CHARS} characters."),
            );
        }
        let margin = match margin {
            "" => MARGIN,
            text => match text.parse() {
                Ok(minutes) if (0..=LONGEST_MARGIN).contains(&minutes) => minutes,
                _ => {
                    return bad(
                        "margin",
                        format!("The margin is 0 to {LONGEST_MARGIN} minutes."),
                    );
                }
            },
        };
        Ok(Some(Self {
            url: url.to_owned(),
            label: if label.is_empty() { LABEL } else { label }.to_owned(),
            margin,
        }))
    }

    /// What the workspace has set.
    #[must_use]
    pub fn of(workspace: &Workspace) -> Option<Self> {
        Some(Self {
            url: workspace.logs_url.clone()?,
            label: workspace
                .logs_label
                .clone()
                .unwrap_or_else(|| LABEL.to_owned()),
            margin: workspace.logs_margin.unwrap_or(MARGIN),
        })
    }

    /// The address of the logs of a run. Its window ends some minutes after the run did, or after
    /// `now` while it runs. Every value is percent-encoded, so that none can change the address.
    #[must_use]
    pub fn to(&self, of: Owner<'_>, run: RunTimes<'_>, now: Timestamp) -> String {
        let margin = self.margin * 60_000;
        let end = match run.duration_ms {
            Some(ms) => run.started_at.plus_ms(ms.max(0)),
            None => now,
        };
        let mut address = String::new();
        for piece in pieces(&self.url).unwrap_or_default() {
            match piece {
                Piece::Text(text) => address.push_str(text),
                Piece::Value("run") => push_encoded(&mut address, run.key),
                Piece::Value("integration") => push_encoded(&mut address, of.integration),
                Piece::Value("user_id") => {
                    push_encoded(&mut address, of.user_id.unwrap_or_default());
                }
                Piece::Value("from") => {
                    push_encoded(&mut address, &run.started_at.plus_ms(-margin).to_rfc3339());
                }
                Piece::Value(_) => push_encoded(&mut address, &end.plus_ms(margin).to_rfc3339()),
            }
        }
        address
    }
}

/// Whose run it was.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'r> {
    pub integration: &'r str,
    pub user_id: Option<&'r str>,
}

impl<'r> From<&'r Integration> for Owner<'r> {
    fn from(integration: &'r Integration) -> Self {
        Self {
            integration: integration.key.as_str(),
            user_id: integration.user_id.as_deref(),
        }
    }
}

impl<'r> From<&'r crate::RunRow> for Owner<'r> {
    fn from(run: &'r crate::RunRow) -> Self {
        Self {
            integration: run.integration_key.as_str(),
            user_id: run.user_id.as_deref(),
        }
    }
}

/// When a run was.
#[derive(Debug, Clone, Copy)]
pub struct RunTimes<'r> {
    pub key: &'r str,
    pub started_at: Timestamp,
    pub duration_ms: Option<i64>,
}

impl<'r> From<&'r Run> for RunTimes<'r> {
    fn from(run: &'r Run) -> Self {
        Self {
            key: run.key.as_str(),
            started_at: run.started_at,
            duration_ms: run.duration_ms,
        }
    }
}

impl<'r> From<&'r crate::RunRow> for RunTimes<'r> {
    fn from(run: &'r crate::RunRow) -> Self {
        Self {
            key: run.key.as_str(),
            started_at: run.started_at,
            duration_ms: run.duration_ms,
        }
    }
}

enum Piece<'t> {
    Text(&'t str),
    Value(&'t str),
}

/// The parts of a template, or the placeholder that does not exist.
fn pieces(template: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').ok_or_else(|| behind.to_owned())?;
        if !PLACEHOLDERS.contains(&name) {
            return Err(name.to_owned());
        }
        pieces.extend([Piece::Text(text), Piece::Value(name)]);
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FlowId, IntegrationId, Key, WorkspaceId};

    fn integration() -> Integration {
        let key = Key::new("int/1").expect("a key");
        Integration::placeholder(
            IntegrationId(1),
            WorkspaceId(1),
            FlowId(1),
            key,
            Timestamp::default(),
        )
    }

    #[test]
    fn a_template_becomes_an_address_that_no_value_can_change() {
        let link = LogsLink::parse(
            "https://logs.test/q;run={run};int={integration};user={user_id}?from={from}&to={to}#x",
            "",
            "10",
        );
        let link = link.expect("a good template").expect("a link");
        assert_eq!(link.label, "View GCP Logs Explorer");
        let run = |duration_ms| RunTimes {
            key: "r 1&a=b",
            started_at: Timestamp::from_ms(1_794_474_843_250),
            duration_ms,
        };
        assert_eq!(
            link.to(
                (&integration()).into(),
                run(Some(1_000)),
                Timestamp::default()
            ),
            "https://logs.test/q;run=r%201%26a%3Db;int=int%2F1;user=?from=2026-11-12T09%3A04%3A03.250Z&to=2026-11-12T09%3A24%3A04.250Z#x"
        );
        let now = Timestamp::from_ms(1_794_478_443_250);
        let running = link.to((&integration()).into(), run(None), now);
        assert!(
            running.contains("to=2026-11-12T10%3A24%3A03.250Z"),
            "{running}"
        );
    }

    #[test]
    fn a_bad_template_is_told_by_field() {
        fn field(url: &str, label: &str, margin: &str) -> &'static str {
            LogsLink::parse(url, label, margin).expect_err(url).field
        }
        assert_eq!(field("javascript:alert(1)", "", ""), "url");
        assert_eq!(field("https://a.test/{secret}", "", ""), "url");
        assert_eq!(field("https://a.test/{run", "", ""), "url");
        assert_eq!(field("https://a.test/ x", "", ""), "url");
        assert_eq!(field("https://a.test", &"x".repeat(61), ""), "label");
        assert_eq!(field("https://a.test", "", "-1"), "margin");
        assert_eq!(field("https://a.test", "", "1441"), "margin");
        assert_eq!(LogsLink::parse("  ", "x", "y"), Ok(None));
    }
}
