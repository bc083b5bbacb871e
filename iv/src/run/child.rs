//! The command: started, told what we are told, waited for.

use std::{
    io,
    os::unix::process::ExitStatusExt as _,
    process::{Child, ExitStatus},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpgrp, kill_process, waitid};
use signal_hook::{consts, iterator::Signals};

/// What is passed on.
const SIGNALS: [i32; 6] = [
    consts::SIGHUP,
    consts::SIGINT,
    consts::SIGQUIT,
    consts::SIGTERM,
    consts::SIGUSR1,
    consts::SIGUSR2,
];

/// The exit codes of a shell for a command that is not there or cannot be started.
const NOT_FOUND: u8 = 127;
const NOT_STARTED: u8 = 126;

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Code(u8),
    Signal(i32),
}

impl End {
    pub(crate) fn of(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(u8::try_from(code).unwrap_or(1)),
            (None, Some(signal)) => Self::Signal(signal),
            (None, None) => Self::Code(1),
        }
    }

    /// The exit code of a shell.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => u8::try_from(128 + signal).unwrap_or(255),
        }
    }

    /// In words.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Code(code) => format!("exit code {code}"),
            Self::Signal(signal) => match signal_hook::low_level::signal_name(signal) {
                Some(name) => format!("ended by signal {signal} ({name})"),
                None => format!("ended by signal {signal}"),
            },
        }
    }
}

/// The exit code for a command that did not start.
pub(crate) fn not_started(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::NotFound => NOT_FOUND,
        _ => NOT_STARTED,
    }
}

/// Passes signals on, from before the command starts until it is gone.
#[derive(Debug)]
pub(crate) struct Relay {
    target: Arc<Mutex<Target>>,
    handle: Option<signal_hook::iterator::Handle>,
}

#[derive(Debug, Default)]
struct Target {
    child: Option<Pid>,
    /// Came before there was a command.
    early: Vec<i32>,
}

impl Relay {
    /// Listens. What is ignored stays ignored, as under `nohup`.
    pub(crate) fn start() -> Self {
        let target = Arc::new(Mutex::new(Target::default()));
        let ignored = ignored_signals();
        let wanted = SIGNALS
            .iter()
            .filter(|signal| ignored & (1 << (**signal - 1)) == 0);
        let Ok(mut signals) = Signals::new(wanted) else {
            return Self {
                target,
                handle: None,
            };
        };
        let handle = signals.handle();
        let thread_target = Arc::clone(&target);
        let thread = thread::Builder::new().spawn(move || {
            for signal in signals.forever() {
                let mut target = thread_target.lock().unwrap_or_else(PoisonError::into_inner);
                match target.child {
                    Some(child) => pass_on(child, signal),
                    None => target.early.push(signal),
                }
            }
        });
        Self {
            target,
            handle: thread.is_ok().then_some(handle),
        }
    }

    /// From now on there is somebody to tell.
    pub(crate) fn aim(&self, child: &Child) {
        let mut target = self.target.lock().unwrap_or_else(PoisonError::into_inner);
        let pid = Pid::from_child(child);
        target.child = Some(pid);
        for signal in std::mem::take(&mut target.early) {
            pass_on(pid, signal);
        }
    }

    /// Waits for the end of the command. Its number is free for others only after nobody can be
    /// told anything under it.
    pub(crate) fn wait(&self, child: &mut Child) -> io::Result<End> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(error) = waitid(WaitId::Pid(Pid::from_child(child)), options) {
            if error != rustix::io::Errno::INTR {
                break;
            }
        }
        let mut target = self.target.lock().unwrap_or_else(PoisonError::into_inner);
        target.child = None;
        drop(target);
        child.wait().map(End::of)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(handle) = &self.handle {
            handle.close();
        }
    }
}

fn pass_on(child: Pid, signal: i32) {
    // A key press reaches the whole group by itself; a second one would mean "at once" to many.
    if matches!(signal, consts::SIGINT | consts::SIGQUIT) && is_at_keyboard() {
        return;
    }
    if let Some(signal) = Signal::from_named_raw(signal) {
        kill_process(child, signal).ok();
    }
}

/// Whether our group is the one that a terminal's keys are for.
fn is_at_keyboard() -> bool {
    std::fs::File::open("/dev/tty")
        .ok()
        .and_then(|terminal| rustix::termios::tcgetpgrp(&terminal).ok())
        .is_some_and(|group| group == getpgrp())
}

/// The signals that whoever started us wants ignored, as a mask.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}
