//! The npm packages, pinned by their lock files.

use crate::{digest::digest, house, house::House, run, say};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Playwright 1.65 refuses older ones.
const OLDEST_NODE: u32 = 20;

pub(crate) fn require_node() -> Result<()> {
    let advice = format!(
        "install Node.js {OLDEST_NODE} or newer together with npm (Debian: apt-get install nodejs npm; \
         others: nodejs.org), then run this again"
    );
    if house::program_on_path("npm").is_none() {
        bail!("npm is not on PATH: {advice}");
    }
    let version =
        run::output(Command::new("node").arg("--version")).with_context(|| advice.clone())?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    match major.and_then(|text| text.parse::<u32>().ok()) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!("node is {}: {advice}", version.trim()),
    }
}

/// `npm ci`, unless these very packages are there already.
///
/// npm itself would empty and refill the folder each time; a stamp with the digest of the lock
/// file, written last, says that a former run got to its end.
pub(crate) fn install(folder: &Path, what: &str) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let text = fs::read(&lock).with_context(|| format!("{} is missing", lock.display()))?;
    let wanted = digest([text]);
    let stamp = folder.join("node_modules/.installed-from");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    say(format_args!("installing {what} into {}", folder.display()));
    run::check_quietly(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            // Browsers come from the system or from CHROMIUM, see `system::ensure_chromium`.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(folder),
    )
    .context("the npm registry must be reachable once; check the network and run this again")?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// The optimiser of the pinned binaryen; Debian's is years older and does not know our features.
pub(crate) fn wasm_opt(house: &House) -> Result<PathBuf> {
    let folder = house.root().join("xtask");
    install(&folder, "wasm-opt (npm binaryen)")?;
    Ok(folder.join("node_modules/binaryen/bin/wasm-opt"))
}
