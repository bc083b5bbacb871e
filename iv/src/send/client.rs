//! One server and the key for it; each request blocks until it is answered or too late.
//!
//! It follows no redirect, since the key would go along.

use std::{io::Write as _, time::Duration};

use domain::percent::push_encoded;
use serde::Deserialize;
use ureq::{
    Agent, Body,
    http::Response,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

use crate::spool::FileRecord;

/// A smaller body is sent as it is.
const COMPRESS_BYTES: usize = 8 * 1_024;

/// How long a file may take: it may be large, and the way slow.
const FILE_WITHIN: Duration = Duration::from_secs(300);

/// What the server said, as far as the next step depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is stored, but for these.
    Taken(Vec<ItemError>),
    /// It will never be taken like this.
    Refused { why: String, items: Vec<ItemError> },
    /// The key is not good for it; another one may be.
    Denied(String),
    /// Not now.
    Later(Option<Duration>, String),
    /// Nobody answers.
    Away(String),
}

/// What is wrong with one item of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ItemError {
    pub(crate) index: usize,
    #[serde(default)]
    path: String,
    #[serde(default)]
    rule: String,
}

impl ItemError {
    pub(crate) fn reason(&self) -> String {
        match self.path.as_str() {
            "" => self.rule.clone(),
            path => format!("{path}: {}", self.rule),
        }
    }
}

#[derive(Default, Deserialize)]
struct BatchAnswer {
    #[serde(default)]
    rejected: Vec<ItemError>,
}

#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    detail: String,
    #[serde(default)]
    errors: Vec<ItemError>,
}

/// A server.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    agent: Agent,
    pub(crate) url: String,
    authorization: String,
    /// Tells keys apart without saying what they are.
    pub(crate) fingerprint: String,
}

impl Client {
    /// A server at `url`; `roots` are certificates in PEM that are trusted instead of the usual ones.
    pub(crate) fn new(url: &str, key: &str, roots: Option<&[u8]>) -> Self {
        Self {
            agent: agent(roots, Duration::from_secs(30)),
            url: url.to_owned(),
            authorization: format!("Bearer {key}"),
            fingerprint: fingerprint(key),
        }
    }

    /// Sends reports as one batch.
    pub(crate) fn batch(&self, reports: &[Vec<u8>]) -> Answer {
        let body = reports.join(&b'\n');
        let mut request = self
            .agent
            .post(format!("{}/api/v1/batch", self.url))
            .header("authorization", &self.authorization)
            .content_type("application/x-ndjson");
        let packed = match body.len() >= COMPRESS_BYTES {
            true => pack(&body),
            false => None,
        };
        if packed.is_some() {
            request = request.header("content-encoding", "gzip");
        }
        match request.send(packed.as_ref().unwrap_or(&body).as_slice()) {
            Ok(answer) => understand(answer),
            Err(error) => Answer::Away(self.without_key(&error)),
        }
    }

    /// Uploads a file.
    pub(crate) fn file(&self, file: &FileRecord, content: &[u8]) -> Answer {
        let mut url = format!("{}/api/v1/runs/", self.url);
        push_encoded(&mut url, &file.run);
        url.push_str("/files?key=");
        push_encoded(&mut url, &file.key);
        url.push_str("&name=");
        push_encoded(&mut url, &file.name);
        if let Some(log) = &file.log {
            url.push_str("&log=");
            push_encoded(&mut url, log);
        }
        let request = self
            .agent
            .post(url)
            .header("authorization", &self.authorization)
            .content_type("application/octet-stream")
            .config()
            .timeout_global(Some(FILE_WITHIN))
            .build();
        match request.send(content) {
            Ok(answer) => understand(answer),
            Err(error) => Answer::Away(self.without_key(&error)),
        }
    }

    /// What a GET says: its status and its text.
    pub(crate) fn get(&self, path: &str) -> Result<(u16, String), String> {
        let request = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("authorization", &self.authorization);
        let mut answer = request.call().map_err(|error| self.without_key(&error))?;
        let text = answer
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_to_string();
        Ok((
            answer.status().as_u16(),
            text.map_err(|error| error.to_string())?,
        ))
    }

    fn without_key(&self, error: &ureq::Error) -> String {
        error.to_string().replace(&self.authorization, "Bearer …")
    }
}

/// Eight characters of a key's digest.
fn fingerprint(key: &str) -> String {
    let mut digest = domain::access::digest(key);
    digest.truncate(8);
    digest
}

fn pack(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

fn understand(mut answer: Response<Body>) -> Answer {
    let status = answer.status().as_u16();
    let retry_after = answer
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let text = match answer.body_mut().read_to_string() {
        Ok(text) => text,
        // The answer was cut off: whether it was stored shows when it is sent again.
        Err(error) => return Answer::Away(error.to_string()),
    };
    if status == 200 {
        let answer: BatchAnswer = serde_json::from_str(&text).unwrap_or_default();
        return Answer::Taken(answer.rejected);
    }
    let problem: Problem = serde_json::from_str(&text).unwrap_or_default();
    let why = match problem.detail.as_str() {
        "" => format!("the server answered {status}"),
        detail => format!("the server answered {status}: {detail}"),
    };
    match status {
        401 | 403 => Answer::Denied(why),
        // The first is no answer of our server: something stands between.
        300..=399 => Answer::Denied(format!("{why}; redirects are not followed")),
        408 | 425 | 429 => Answer::Later(retry_after, why),
        400..=499 => Answer::Refused {
            why,
            items: problem.errors,
        },
        _ => Answer::Later(retry_after, why),
    }
}

/// What requests are made with; each is given up after a while.
fn agent(roots: Option<&[u8]>, within: Duration) -> Agent {
    let mut tls = TlsConfig::builder();
    if let Some(pem) = roots {
        let certificates: Vec<Certificate<'static>> = parse_pem(pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        tls = tls.root_certs(RootCerts::new_with_certs(&certificates));
    }
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent(concat!("iv/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(Duration::from_secs(2)))
        .timeout_global(Some(within))
        .tls_config(tls.build());
    config.build().new_agent()
}

/// Sends a ping; the status of the answer.
pub(crate) fn ping(address: &str, text: &str, roots: Option<&[u8]>) -> Result<u16, String> {
    let agent = agent(roots, Duration::from_secs(10));
    let answer = agent.post(address).send(text);
    // The address is a secret: nothing of the error repeats it.
    let answer = answer.map_err(|error| match error {
        ureq::Error::Timeout(_) => "the server did not answer in time".to_owned(),
        ureq::Error::Io(error) => error.to_string(),
        _ => "the server cannot be reached".to_owned(),
    })?;
    Ok(answer.status().as_u16())
}
