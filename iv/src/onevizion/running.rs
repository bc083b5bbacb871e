//! Which run of an integration is running on this machine: written down by whoever starts it.
//!
//! The server is not asked: a key that reports may not read, and a server that is away must not
//! stop anybody from logging.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use crate::context::Context;

/// A run that is running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Running {
    pub(crate) run: String,
    pub(crate) integration: String,
    /// Milliseconds since 1970.
    pub(crate) started: i64,
    /// Whether a process runs it, which holds the lock of its note for as long as it lives. The
    /// others run until `iv stop`.
    pub(crate) wrapped: bool,
}

/// The note of a run that was begun; it goes with [`Running::end`], or is worth nothing any more
/// once the process is gone.
#[derive(Debug)]
pub(crate) struct Note {
    running: Running,
    _file: File,
}

impl Running {
    /// The run of this integration, if one is running.
    pub(crate) fn find(context: &Context, integration: &str) -> Option<Self> {
        let path = path(context, integration);
        let running: Self = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
        // Shared, so that two who look do not take each other for the owner.
        let is_dead = running.wrapped && File::open(&path).ok()?.try_lock_shared().is_ok();
        (!is_dead).then_some(running)
    }

    /// Writes down that it runs; `None` where another one does.
    pub(crate) fn begin(self, context: &Context) -> io::Result<Option<Note>> {
        let path = path(context, &self.integration);
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        crate::spool::make_private(folder)?;
        let all = File::create(folder.join("lock"))?;
        all.lock()?;
        if Self::find(context, &self.integration).is_some() {
            return Ok(None);
        }
        // Never into a file that somebody may be reading.
        let new = path.with_extension("new");
        let mut file = File::create(&new)?;
        file.lock()?;
        file.write_all(&serde_json::to_vec(&self)?)?;
        fs::rename(&new, &path)?;
        Ok(Some(Note {
            running: self,
            _file: file,
        }))
    }

    /// It is over.
    pub(crate) fn end(&self, context: &Context) {
        if Self::find(context, &self.integration).is_some_and(|other| other.run == self.run) {
            fs::remove_file(path(context, &self.integration)).ok();
        }
    }
}

impl Note {
    /// It is over.
    pub(crate) fn end(&self, context: &Context) {
        self.running.end(context);
    }
}

/// Names may hold anything; and two servers may know the same one.
fn path(context: &Context, integration: &str) -> PathBuf {
    let url = context
        .client
        .as_ref()
        .map_or("", |client| client.url.as_str());
    let digest = domain::access::digest(&format!("{url}\n{integration}"));
    let folder = context.state.join("running");
    folder.join(format!("{}.json", &digest[..24]))
}
