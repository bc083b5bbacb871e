//! Heartbeat pings: what an address says, and which reports it becomes.
//!
//! A start opens a run, a success or a failure ends it; either alone makes a run that has ended.
//! Whether one is late is not judged here.

use serde_json::{Map, Value, json};

use crate::{Key, Timestamp, access::is_uuid, payload::hex};
use sha2::{Digest as _, Sha256};

/// Bytes of a ping's body that are kept; clients are told, and a longer one is cut.
pub const BODY_BYTES: usize = 65_000;

/// Characters of a body that stand in the list as the run's error.
const ERROR_CHARS: usize = 1_000;

/// How the keys of runs begin that pings make.
const PREFIX: &str = "ping-";

/// What a ping says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Start,
    Success,
    Fail,
    Log,
    /// The exit status of a program.
    Exit(u8),
}

/// Whose ping it is, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address<'a> {
    pub whose: Whose<'a>,
    pub signal: Signal,
}

/// By what an integration is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    /// A key that is for one integration.
    Uuid(&'a str),
    /// A key, and the integration's own key.
    Slug { key: &'a str, slug: &'a str },
}

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("invalid url format")]
    Url,
    #[error("invalid uuid format")]
    RunId,
}

impl<'a> Address<'a> {
    /// Reads what follows `/ping/`.
    ///
    /// # Errors
    /// [`Malformed::Url`] for what is no such address.
    pub fn read(path: &'a str) -> Result<Self, Malformed> {
        let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        let (whose, signal) = match parts.as_slice() {
            [uuid] if is_uuid(uuid) => (Whose::Uuid(uuid), ""),
            [uuid, signal] if is_uuid(uuid) => (Whose::Uuid(uuid), *signal),
            [key, slug] => (Whose::Slug { key, slug }, ""),
            [key, slug, signal] => (Whose::Slug { key, slug }, *signal),
            _ => return Err(Malformed::Url),
        };
        if let Whose::Slug { slug, .. } = whose
            && !is_slug(slug)
        {
            return Err(Malformed::Url);
        }
        let signal = match signal {
            "" => Signal::Success,
            "start" => Signal::Start,
            "fail" => Signal::Fail,
            "log" => Signal::Log,
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                Signal::Exit(number.parse().map_err(|_| Malformed::Url)?)
            }
            _ => return Err(Malformed::Url),
        };
        Ok(Self { whose, signal })
    }
}

fn is_slug(text: &str) -> bool {
    let part =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    !text.is_empty() && text.len() <= 128 && text.bytes().all(part)
}

/// A ping as it came in.
#[derive(Debug, Clone)]
pub struct Ping<'p> {
    pub signal: Signal,
    /// Pairs the pings of one run.
    pub run_id: Option<&'p str>,
    /// What the client sent, as text.
    pub body: &'p str,
    /// Whether it was longer.
    pub cut: bool,
    /// A number that no other ping has.
    pub nonce: [u8; 16],
}

impl Ping<'_> {
    /// Whether it must be known which run is open: it names none.
    #[must_use]
    pub fn ends_what_is_open(&self) -> bool {
        self.run_id.is_none() && self.signal != Signal::Start
    }

    /// The report that it becomes. `open` is the run that it belongs to where it names none.
    #[must_use]
    pub fn report(&self, integration: &Key, open: Option<&Key>, now: Timestamp) -> String {
        let nonce = hex(&self.nonce);
        let run = match (self.run_id, open) {
            (Some(id), _) => format!("{PREFIX}{}-{id}", owner(integration)),
            (None, Some(open)) => open.to_string(),
            (None, None) => format!("{PREFIX}{nonce}"),
        };
        let mut report = json!({"type": "run", "key": run, "integration": integration});
        let at = Value::from(now.to_rfc3339());
        let failed = match self.signal {
            Signal::Start => {
                report["status"] = "running".into();
                report["started_at"] = at.clone();
                report["trigger"] = json!({"type": "ping"});
                None
            }
            Signal::Log => {
                // Only where there is no run at all that it could belong to.
                if open.is_none() && self.run_id.is_none() {
                    report["status"] = "queued".into();
                }
                None
            }
            Signal::Success | Signal::Exit(0) => {
                report["status"] = "ok".into();
                report["finished_at"] = at.clone();
                None
            }
            Signal::Fail => Some("the job reported that it failed".to_owned()),
            Signal::Exit(status) => Some(format!("the job ended with exit status {status}")),
        };
        if let Some(otherwise) = &failed {
            report["status"] = "failed".into();
            report["finished_at"] = at.clone();
            report["error"] = self.error(otherwise).into();
        }
        let level = if failed.is_some() { "error" } else { "info" };
        report["log"] = self.entry(level, at, &nonce).into_iter().collect();
        report.to_string()
    }

    /// What a reader of a list sees: the last line that says something.
    fn error(&self, otherwise: &str) -> String {
        let line = self
            .body
            .lines()
            .rev()
            .map(str::trim)
            .find(|line| !line.is_empty());
        line.unwrap_or(otherwise)
            .chars()
            .take(ERROR_CHARS)
            .collect()
    }

    /// The body as a line of the run's log.
    fn entry(&self, level: &str, at: Value, nonce: &str) -> Option<Value> {
        let text = self.body.trim_end();
        if text.is_empty() && self.signal != Signal::Log {
            return None;
        }
        let key = match (self.run_id, self.signal) {
            // The same ping again, after an answer that was lost.
            (Some(_), Signal::Start) => "ping-start".to_owned(),
            (Some(_), Signal::Success | Signal::Fail | Signal::Exit(_)) => "ping-end".to_owned(),
            _ => format!("{PREFIX}{nonce}"),
        };
        let mut entry = Map::new();
        let mut set = |name: &str, value: Value| entry.insert(name.to_owned(), value);
        set("key", key.into());
        set("logged_at", at);
        set("level", level.into());
        set("stream", "ping".into());
        let (first, more) = match text.split_once('\n') {
            Some((first, _)) => (first.trim_end(), true),
            None => (text, false),
        };
        let first = if text.is_empty() { "(no text)" } else { first };
        set("message", first.into());
        if more || self.cut {
            let end = if self.cut { "\n(cut here)" } else { "" };
            set("description", format!("{text}{end}").into());
        }
        Some(Value::Object(entry))
    }
}

/// A few letters that tell integrations apart whose clients use the same run IDs.
fn owner(integration: &Key) -> String {
    hex(&Sha256::digest(integration.as_str())[..4])
}

/// A run ID as clients send it.
///
/// # Errors
/// [`Malformed::RunId`] where it is no UUID.
pub fn run_id(text: &str) -> Result<String, Malformed> {
    let small = text.to_ascii_lowercase();
    match is_uuid(&small) {
        true => Ok(small),
        false => Err(Malformed::RunId),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Report;

    const UUID: &str = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

    #[test]
    fn addresses_are_read_as_clients_write_them() {
        let signal = |path: &str| Address::read(path).map(|address| address.signal);
        for (end, expected) in [
            ("", Signal::Success),
            ("/", Signal::Success),
            ("/start", Signal::Start),
            ("/fail", Signal::Fail),
            ("/log", Signal::Log),
            ("/0", Signal::Exit(0)),
            ("/255", Signal::Exit(255)),
            ("/007", Signal::Exit(7)),
        ] {
            assert_eq!(signal(&format!("{UUID}{end}")), Ok(expected), "{end}");
            assert_eq!(
                signal(&format!("iv_ping_x/nightly_1{end}")),
                Ok(expected),
                "{end}"
            );
        }
        for wrong in [
            "",
            "/",
            "x",
            "iv_ping_x/Nightly",
            "iv_ping_x/nightly/256",
            "iv_ping_x/nightly/-1",
            "iv_ping_x/nightly/started",
            "iv_ping_x//start",
            "iv_ping_x/nightly/start/x",
            "iv_ping_x/ü",
        ] {
            assert_eq!(signal(wrong), Err(Malformed::Url), "{wrong}");
        }
        assert_eq!(run_id(&UUID.to_uppercase()), Ok(UUID.to_owned()));
        assert_eq!(run_id("1"), Err(Malformed::RunId));
    }

    #[test]
    fn every_ping_becomes_a_report_that_is_taken() {
        let long = "é".repeat(BODY_BYTES / 2);
        for signal in [
            Signal::Start,
            Signal::Success,
            Signal::Fail,
            Signal::Log,
            Signal::Exit(3),
        ] {
            for run_id in [None, Some(UUID)] {
                for body in ["", "one", "one\n\ntwo\n \n", "\u{0}\u{1b}[31m", &long] {
                    let ping = Ping {
                        signal,
                        run_id,
                        body,
                        cut: body.len() > 9,
                        nonce: [7; 16],
                    };
                    let key = Key::new("x".repeat(128)).expect("a key");
                    let text = ping.report(&key, None, Timestamp::from_ms(1_800_000_000_000));
                    let report = Report::parse(&text, None);
                    assert!(report.is_ok(), "{signal:?} {run_id:?}: {report:?}");
                }
            }
        }
    }

    #[test]
    fn a_failure_says_its_last_line() {
        let error = |signal, body| {
            let ping = Ping {
                signal,
                run_id: None,
                body,
                cut: false,
                nonce: [7; 16],
            };
            let told = ping.report(&Key::unassigned(), None, Timestamp::default());
            let told: Value = serde_json::from_str(&told).expect("JSON");
            told["error"].as_str().map(str::to_owned)
        };
        assert_eq!(error(Signal::Fail, "a\nb \n\n").as_deref(), Some("b"));
        assert_eq!(
            error(Signal::Fail, " ").as_deref(),
            Some("the job reported that it failed")
        );
        assert_eq!(
            error(Signal::Exit(3), "").as_deref(),
            Some("the job ended with exit status 3")
        );
        assert_eq!(error(Signal::Exit(0), "x"), None);
    }
}
