//! Being asked to stop: the child first, then what we started ourselves.

use crate::run;
use anyhow::{Context, Result};
use std::{
    io,
    process::{Child, Command, ExitStatus},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

/// The running child, to which a signal is passed on; 0 while there is none.
static CHILD: AtomicU32 = AtomicU32::new(0);
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From here on SIGINT, SIGTERM and SIGHUP end the child and leave us time to clean up.
///
/// A terminal sends Ctrl-C to the child too, so it may hear it twice; a `kill` reaches only us.
pub(crate) fn survive() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let child = CHILD.load(Ordering::SeqCst);
        if child != 0 {
            // Through the program `kill`, as the system call is unsafe code in Rust. When it fails
            // the child is gone already.
            drop(run::check_quietly(
                Command::new("kill").arg(child.to_string()),
            ));
        }
    })
    .context("cannot listen to signals")
}

/// Whether a signal asked us to stop.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs a command to its end, and ends it when a signal comes.
pub(crate) fn wait(command: &mut Command) -> io::Result<ExitStatus> {
    wait_with(command, |_| {})
}

/// The same, with something to do while it runs, such as reading what it prints.
pub(crate) fn wait_with(
    command: &mut Command,
    meanwhile: impl FnOnce(&mut Child),
) -> io::Result<ExitStatus> {
    let mut child = command.spawn()?;
    CHILD.store(child.id(), Ordering::SeqCst);
    meanwhile(&mut child);
    let status = child.wait();
    CHILD.store(0, Ordering::SeqCst);
    status
}
