//! From the text of one item to a report, or to what is wrong with it.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Kind, LogReport, Report, RunReport, StepReport, fields::Object};
use crate::{Key, Status, labels::Labels, limit};

/// Why one item was not taken. Nothing of it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Where in the item: `steps[2].started_at`; empty for the item as a whole.
    pub path: String,
    /// A stable word for programs.
    pub code: String,
    /// A sentence for people.
    pub rule: String,
}

impl Rejection {
    /// A rejection of the field at `path`.
    #[must_use]
    pub fn new(path: impl Into<String>, code: &str, rule: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            code: code.to_owned(),
            rule: rule.into(),
        }
    }
}

/// What the address of a `PUT` says about its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub kind: Kind,
    pub key: Key,
    /// The run that a step or log entry belongs to.
    pub run: Option<Key>,
}

impl Report {
    /// Reads one item. `target` is the address of a `PUT`; an item of a batch has none.
    ///
    /// # Errors
    /// What is wrong, with the path of the field.
    pub fn parse(json: &str, target: Option<&Target>) -> Result<Self, Rejection> {
        Self::parse_with(json, target, &Labels::default())
    }

    /// The same for a workspace that has words of its own for statuses.
    ///
    /// # Errors
    /// What is wrong, with the path of the field.
    pub fn parse_with(
        json: &str,
        target: Option<&Target>,
        labels: &Labels,
    ) -> Result<Self, Rejection> {
        if nesting(json.as_bytes()) > limit::JSON_DEPTH {
            let rule = format!(
                "at most {} levels of nesting; send a deeper body as text",
                limit::JSON_DEPTH
            );
            return Err(Rejection::new("", "too_deep", rule));
        }
        let kind = match target {
            Some(target) => target.kind,
            None => kind_of(json)?,
        };
        let mut report = match kind {
            Kind::App => Self::App(read(json)?),
            Kind::Flow => Self::Flow(read(json)?),
            Kind::Integration => Self::Integration(read(json)?),
            Kind::Run => Self::Run(Box::new(read(json)?)),
            Kind::Step => Self::Step(Box::new(read(json)?)),
            Kind::Log => Self::Log(read(json)?),
        };
        report.aim(target)?;
        report.check(labels)?;
        Ok(report)
    }

    /// Makes the address and the body agree.
    fn aim(&mut self, target: Option<&Target>) -> Result<(), Rejection> {
        let (kind, key, run) = match self {
            Self::App(r) => (&r.kind, &mut r.key, None),
            Self::Flow(r) => (&r.kind, &mut r.key, None),
            Self::Integration(r) => (&r.kind, &mut r.key, None),
            Self::Run(r) => (&r.kind, &mut r.key, None),
            Self::Step(r) => (&r.kind, &mut r.key, Some(&mut r.run)),
            Self::Log(r) => (&r.kind, &mut r.key, Some(&mut r.run)),
        };
        let Some(target) = target else { return Ok(()) };
        if kind.is_some_and(|kind| kind != target.kind) {
            let rule = format!("this address takes a report of type {}", target.kind);
            return Err(Rejection::new("type", "other_than_address", rule));
        }
        agree("key", key, &target.key)?;
        match (run, &target.run) {
            (Some(field), Some(run)) => agree("run", field, run),
            _ => Ok(()),
        }
    }

    /// The rules that span several fields.
    fn check(&mut self, labels: &Labels) -> Result<(), Rejection> {
        match self {
            Self::App(r) => require_key(r.key.as_ref()),
            Self::Flow(r) => require_key(r.key.as_ref()),
            Self::Integration(r) => require_key(r.key.as_ref()),
            Self::Run(r) => check_run(r, labels),
            Self::Step(r) => {
                require_run(r.run.as_ref())?;
                check_step(r, "")
            }
            Self::Log(r) => {
                require_run(r.run.as_ref())?;
                check_log(r, "")
            }
        }
    }
}

fn agree(path: &str, field: &mut Option<Key>, address: &Key) -> Result<(), Rejection> {
    match field {
        Some(given) if given != address => Err(Rejection::new(
            path,
            "other_than_address",
            format!("the address says `{address}`; leave it out or say the same"),
        )),
        _ => {
            *field = Some(address.clone());
            Ok(())
        }
    }
}

fn require_key(key: Option<&Key>) -> Result<(), Rejection> {
    key.map(|_| ())
        .ok_or_else(|| Rejection::new("key", "missing_field", "a key is needed"))
}

fn require_run(run: Option<&Key>) -> Result<(), Rejection> {
    run.map(|_| ())
        .ok_or_else(|| Rejection::new("run", "missing_field", "the key of its run is needed"))
}

fn check_run(run: &mut RunReport, labels: &Labels) -> Result<(), Rejection> {
    if run.key.is_none() {
        let integration = match &run.integration {
            Some(super::Reference::Key(key)) => Some(key.clone()),
            Some(super::Reference::Whole(whole)) => whole.key.clone(),
            None => None,
        };
        let (Some(integration), Some(started_at)) = (integration, run.started_at) else {
            let rule = "a key is needed, or integration and started_at, of which one is made";
            return Err(Rejection::new("key", "missing_field", rule));
        };
        run.key = Some(made_key(
            "run",
            &[integration.as_str(), &started_at.to_rfc3339()],
        )?);
    }
    if let Some(word) = &run.word {
        let (label, status) = stands_for(&word.0, labels)?;
        (run.label, run.status) = (label, Some(status));
    }
    if run.steps.len().max(run.log.len()) > limit::RUN_ITEMS {
        let rule = format!(
            "at most {} steps and as many log entries in one report",
            limit::RUN_ITEMS
        );
        return Err(Rejection::new("steps", "too_many", rule));
    }
    let key = run.key.clone();
    for (index, step) in run.steps.iter_mut().enumerate() {
        let path = format!("steps[{index}].");
        belong(&mut step.run, key.as_ref(), &path)?;
        // A step without a place of its own takes the one it has in the list, which is
        // the order in which engines list what they did.
        step.position = step.position.or_else(|| u32::try_from(index + 1).ok());
        check_step(step, &path)?;
    }
    for (index, entry) in run.log.iter_mut().enumerate() {
        let path = format!("log[{index}].");
        belong(&mut entry.run, key.as_ref(), &path)?;
        check_log(entry, &path)?;
    }
    Ok(())
}

/// The status that a word means, and the word where it is the workspace's own.
fn stands_for(word: &str, labels: &Labels) -> Result<(Option<String>, Status), Rejection> {
    let rule = match (word.parse(), labels.find(word)) {
        (Ok(Status::Skipped), _) => {
            "a run is queued, running, ok, warning, failed or interrupted; only steps are skipped"
                .to_owned()
        }
        (Ok(status), _) => return Ok((None, status)),
        (Err(_), Some((label, status))) => return Ok((Some(label.to_owned()), status)),
        (Err(unknown), None) if labels.is_empty() => unknown.to_string(),
        (Err(unknown), None) => {
            let own: Vec<_> = labels.words().collect();
            format!("{unknown}, nor of {}", own.join(", "))
        }
    };
    Err(Rejection::new("status", "invalid_field", rule))
}

fn belong(field: &mut Option<Key>, run: Option<&Key>, path: &str) -> Result<(), Rejection> {
    if field.is_some() && field.as_ref() != run {
        let rule = "inside a run it can only name that run; leave it out";
        return Err(Rejection::new(format!("{path}run"), "invalid_field", rule));
    }
    *field = run.cloned();
    Ok(())
}

fn check_step(step: &mut StepReport, path: &str) -> Result<(), Rejection> {
    if step.key.is_none() {
        let Some(position) = step.position else {
            let rule = "a key is needed, or a position, which then is its key";
            return Err(Rejection::new(format!("{path}key"), "missing_field", rule));
        };
        step.key = Key::new(position.to_string()).ok();
    }
    if let Some(request) = &step.request {
        if request
            .url
            .as_ref()
            .is_some_and(|url| url.0.len() > limit::URL_CHARS)
        {
            let rule = format!("at most {} bytes", limit::URL_CHARS);
            return Err(Rejection::new(
                format!("{path}request.url"),
                "invalid_field",
                rule,
            ));
        }
        check_body(
            request.body.is_some(),
            request.body_base64.as_deref(),
            &format!("{path}request."),
        )?;
    }
    if let Some(response) = &step.response {
        check_body(
            response.body.is_some(),
            response.body_base64.as_deref(),
            &format!("{path}response."),
        )?;
    }
    Ok(())
}

fn check_body(text: bool, base64: Option<&str>, path: &str) -> Result<(), Rejection> {
    let Some(base64) = base64 else { return Ok(()) };
    if text {
        let rule = "give body or body_base64, not both";
        return Err(Rejection::new(
            format!("{path}body_base64"),
            "invalid_field",
            rule,
        ));
    }
    match decode_base64(base64) {
        Some(_) => Ok(()),
        None => {
            let rule = "not base64 (RFC 4648, with or without padding)";
            Err(Rejection::new(
                format!("{path}body_base64"),
                "invalid_field",
                rule,
            ))
        }
    }
}

/// The bytes behind standard or URL-safe base64.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    use base64::{
        Engine as _,
        engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    };
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&base64::alphabet::STANDARD, config)
        .decode(text)
        .or_else(|_| GeneralPurpose::new(&base64::alphabet::URL_SAFE, config).decode(text))
        .ok()
}

fn check_log(entry: &mut LogReport, path: &str) -> Result<(), Rejection> {
    if entry.message.is_none() {
        return Err(Rejection::new(
            format!("{path}message"),
            "missing_field",
            "a message is needed",
        ));
    }
    if entry.key.is_none() {
        if entry.logged_at.is_none() {
            let rule = "a key is needed, or logged_at, of which one is made";
            return Err(Rejection::new(format!("{path}key"), "missing_field", rule));
        }
        entry.make_key()?;
    }
    Ok(())
}

/// A key made of what an entry says.
pub(super) fn log_key(entry: &LogReport) -> Result<Option<Key>, Rejection> {
    let text = |text: &Option<super::Text>| text.clone().unwrap_or_default().0;
    let level = entry.level.map_or("info", crate::LogLevel::as_str);
    let logged_at = entry.logged_at.unwrap_or_default().to_rfc3339();
    let (message, description) = (text(&entry.message), text(&entry.description));
    let mut parts = vec![&*logged_at, level, &message, &description];
    parts.extend((!entry.told_apart_by.is_empty()).then_some(&*entry.told_apart_by));
    let own = [("label", &entry.label), ("reference", &entry.reference)];
    for (name, text) in own {
        parts.extend(text.iter().flat_map(|text| [name, &*text.0]));
    }
    made_key("log", &parts).map(Some)
}

impl LogReport {
    /// Gives the entry a key of what it says.
    pub(crate) fn make_key(&mut self) -> Result<(), Rejection> {
        self.key = log_key(self)?;
        self.key_is_made = true;
        Ok(())
    }
}

/// A key made of content: the same report twice makes the same key, so a repeat changes nothing.
fn made_key(prefix: &str, parts: &[&str]) -> Result<Key, Rejection> {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let text = format!("{prefix}_{}", crate::payload::hex(&hash.finalize()[..12]));
    Key::new(text).map_err(|error| Rejection::new("key", "invalid_field", error.to_string()))
}

fn kind_of(json: &str) -> Result<Kind, Rejection> {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: Option<Kind>,
    }
    read::<Typed>(json)?.kind.ok_or_else(|| {
        let kinds: Vec<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        let rule = format!("each item says what it is: one of {}", kinds.join(", "));
        Rejection::new("type", "missing_field", rule)
    })
}

/// Reads an object, whatever it tells of.
///
/// # Errors
/// What is wrong, with the path of the field.
pub fn read<T: DeserializeOwned>(json: &str) -> Result<T, Rejection> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let read = serde_path_to_error::deserialize::<_, Object<T>>(&mut deserializer);
    let Object(value) = read.map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        reject(path, &error.into_inner())
    })?;
    deserializer
        .end()
        .map_err(|error| reject(String::new(), &error))?;
    Ok(value)
}

fn reject(path: String, error: &serde_json::Error) -> Rejection {
    let text = error.to_string();
    // serde_json adds where in the text; the path says it better.
    let rule = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(rule, _)| rule);
    let rule: String = rule.chars().take(300).collect();
    let code = match error.classify() {
        serde_json::error::Category::Data if rule.starts_with("unknown field") => "unknown_field",
        serde_json::error::Category::Data if rule.starts_with("missing field") => "missing_field",
        serde_json::error::Category::Data => "invalid_field",
        _ => "not_json",
    };
    // Where the text itself is broken, the place in it says more than a path.
    if code == "not_json" {
        Rejection::new("", code, text)
    } else {
        Rejection::new(path, code, rule)
    }
}

/// How deep brackets nest in JSON text, counted without recursion.
#[must_use]
pub fn nesting(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut text, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match (text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => text = !text,
            (false, b'{' | b'[') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
