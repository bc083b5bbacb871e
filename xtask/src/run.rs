//! Calling other programs, so that a failure names the program and what it said.

use crate::house;
use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};

/// The cargo that started us, freed from what would make it build everything anew.
///
/// 1. `RUSTFLAGS` in the environment override the flags of every target and empty all caches.
/// 2. `cargo run` describes *this* crate in `CARGO_PKG_*` and the like; build scripts that watch
///    such variables would see a change at every call.
pub(crate) fn cargo() -> Command {
    let mut command =
        Command::new(house::environment("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let flags = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"].contains(&name.as_str());
        let ours = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|prefix| name.starts_with(prefix));
        if flags || ours {
            command.env_remove(name);
        }
    }
    command
}

/// Runs to the end with our own output; anything but success is an error.
pub(crate) fn check(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} does not start", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", line(command));
    }
    Ok(())
}

/// Runs to the end and keeps quiet; what it said comes out only when it fails.
pub(crate) fn check_quietly(command: &mut Command) -> Result<()> {
    output(command).map(drop)
}

/// Runs to the end and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let result = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} does not start", name(command)))?;
    if !result.status.success() {
        bail!(
            "{} failed ({}):\n{}{}",
            line(command),
            result.status,
            String::from_utf8_lossy(&result.stdout),
            String::from_utf8_lossy(&result.stderr),
        );
    }
    String::from_utf8(result.stdout)
        .with_context(|| format!("{} wrote something that is not UTF-8", name(command)))
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// The command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}
