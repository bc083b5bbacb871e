//! What the server hands to the pages, as Leptos contexts.
//!
//! Besides these it provides a `store::Store`. Nothing here reads a clock, the
//! environment or a file; the server does, and says what it found.

use std::sync::{Arc, RwLock};

use domain::{Timestamp, access::Reader, display::Display, filter::Dropped, zone::Zone};
use serde::{Deserialize, Serialize};

/// The moment of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now(pub Timestamp);

/// The addresses of the browser's half.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    /// The module that loads the wasm.
    pub js: String,
    /// The program.
    pub wasm: String,
    /// The styles.
    pub css: String,
}

/// The key that the first-start page shows while the workspace is empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FirstKey(pub Option<String>);

impl std::fmt::Debug for FirstKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("FirstKey")
            .field(&self.0.as_ref().map(|_| "[redacted]"))
            .finish()
    }
}

/// Scheme, host and port of this server, such as `http://127.0.0.1:3000`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin(pub String);

/// How the reader likes the pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// What the reader has chosen.
    pub display: Display,
    /// The zone in which moments are told.
    pub zone: Arc<Zone>,
    /// Who reads.
    pub reader: Reader,
}

/// Reads a filter from its query.
pub type FromQuery<F> = fn(&str) -> (F, Vec<Dropped>);

/// The world's zones, which only the server knows.
#[derive(Debug, Clone, Copy)]
pub struct Zones {
    /// The zone of a name.
    pub find: fn(&str) -> Option<Arc<Zone>>,
    /// The names that may be chosen.
    pub names: fn() -> Vec<String>,
}

impl Zones {
    /// A list's filter, with its moments in UTC whichever zone its `zone` says they were typed in;
    /// and what of the query means nothing.
    #[must_use]
    pub fn filter<F>(self, query: &str, read: FromQuery<F>) -> (F, Vec<Dropped>) {
        let (query, unknown) = self.in_utc(query);
        let (filter, mut dropped) = read(&query);
        dropped.extend(unknown);
        (filter, dropped)
    }

    fn in_utc(self, query: &str) -> (String, Option<Dropped>) {
        let mut pairs = query.trim_start_matches('?').split('&');
        let Some(name) = pairs.find_map(|pair| pair.strip_prefix("zone=")) else {
            return (query.to_owned(), None);
        };
        let name = leptos_router::location::Url::unescape(name);
        match (self.find)(&name) {
            Some(zone) => (zone.query_in_utc(query), None),
            None => {
                let value = name.chars().take(80).collect();
                let name = "zone".to_owned();
                (
                    Zone::utc().query_in_utc(query),
                    Some(Dropped { name, value }),
                )
            }
        }
    }
}

/// How loading the sample workspace stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Demo {
    /// Nobody asked for it.
    #[default]
    Idle,
    /// Reports are being taken in.
    Loading {
        /// Reports committed so far.
        done: u64,
        /// Reports in all.
        total: u64,
    },
    /// All of it is there.
    Done,
    /// It stopped; the sentence says why.
    Failed(String),
}

/// The one [`Demo`] of a server, shared by the task that loads and the pages that look.
#[derive(Debug, Clone, Default)]
pub struct DemoState(Arc<RwLock<Demo>>);

impl DemoState {
    /// How it stands.
    #[must_use]
    pub fn get(&self) -> Demo {
        // A poisoned lock still holds the last complete value.
        self.0
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Says how it stands now.
    pub fn set(&self, demo: Demo) {
        *self
            .0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = demo;
    }

    /// Begins loading, unless somebody else has: of two clicks one wins.
    #[must_use]
    pub fn start(&self, total: u64) -> bool {
        let mut demo = self
            .0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let free = matches!(*demo, Demo::Idle | Demo::Failed(_));
        if free {
            *demo = Demo::Loading { done: 0, total };
        }
        free
    }
}

/// Takes the cause of a failure to the log and answers the request's ID.
#[derive(Clone)]
pub struct ErrorReporter(Arc<Report>);

type Report = dyn Fn(&dyn std::error::Error) -> Option<String> + Send + Sync;

impl ErrorReporter {
    /// `report` is called once for each failure.
    pub fn new(
        report: impl Fn(&dyn std::error::Error) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(report))
    }

    /// Takes `error` to the log.
    #[must_use]
    pub fn report(&self, error: &dyn std::error::Error) -> Option<String> {
        (self.0)(error)
    }
}

impl std::fmt::Debug for ErrorReporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ErrorReporter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_clicks_one_loads_the_sample() {
        let state = DemoState::default();
        assert!(state.start(10) && !state.start(10));
        state.set(Demo::Done);
        assert!(!state.start(10));
        state.set(Demo::Failed("no room".into()));
        assert!(state.start(10));
    }
}
