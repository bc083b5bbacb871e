//! Which run of an integration is running on this machine: written down by whoever starts it.
//!
//! The server is not asked: a key that reports may not read, and a server that is away must not
//! stop anybody from logging.

use std::{
    fs,
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
    /// The process that ends it; `None` where `iv stop` does.
    pub(crate) process: Option<u32>,
}

impl Running {
    /// The run of this integration, if one is running.
    pub(crate) fn find(context: &Context, integration: &str) -> Option<Self> {
        let bytes = fs::read(path(context, integration)).ok()?;
        let running: Self = serde_json::from_slice(&bytes).ok()?;
        running.is_alive().then_some(running)
    }

    /// Writes down that it runs; `false` where another one does.
    pub(crate) fn begin(&self, context: &Context) -> io::Result<bool> {
        let path = path(context, &self.integration);
        if let Some(folder) = path.parent() {
            crate::spool::make_private(folder)?;
        }
        if Self::find(context, &self.integration).is_none() {
            fs::remove_file(&path).ok();
        }
        // Of two at once, one makes the file.
        match fs::OpenOptions::new()
            .create_new(true)
            .write(true)
            .open(&path)
        {
            Ok(mut file) => file.write_all(&serde_json::to_vec(self)?).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// It is over.
    pub(crate) fn end(&self, context: &Context) {
        if Self::find(context, &self.integration).is_some_and(|other| other.run == self.run) {
            fs::remove_file(path(context, &self.integration)).ok();
        }
    }

    /// One whose wrapper is gone ended with it.
    fn is_alive(&self) -> bool {
        let Some(process) = self.process else {
            return true;
        };
        i32::try_from(process)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .is_some_and(|pid| {
                !matches!(
                    rustix::process::test_kill_process(pid),
                    Err(rustix::io::Errno::SRCH)
                )
            })
    }
}

/// Names may hold anything; and two servers may know the same one.
fn path(context: &Context, integration: &str) -> PathBuf {
    let url = context
        .client
        .as_ref()
        .map_or("", |client| client.url.as_str());
    let digest = domain::access::digest(&format!("{url}\n{integration}"));
    context
        .state
        .join("running")
        .join(format!("{}.json", &digest[..24]))
}
