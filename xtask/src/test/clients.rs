//! Programs of others, in their pinned versions: the official OpenTelemetry SDKs for Python, Node, Go
//! and Rust, clients of heartbeat monitors, and Schemathesis.
//!
//! They are installed by their own package managers into the target folder, and again only when
//! what they are pinned to has changed.

mod go;

use super::{cargo, report::Counts, run_counting, run_to_end};
use crate::house::House;
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

pub(super) fn run(house: &House) -> Result<Counts> {
    python(house).context("the SDK for Python cannot be installed")?;
    node(house).context("the SDK for Node cannot be installed")?;
    go::build(house).context("the client with the modules for Go cannot be built")?;
    rust(house).context("the client with the crates for Rust cannot be built")?;
    ignored(house, "clients::")
}

/// Schemathesis, which lives beside the SDK for Python.
pub(super) fn contract(house: &House) -> Result<Counts> {
    python(house).context("Schemathesis cannot be installed")?;
    ignored(house, "schemathesis::")
}

/// The tests of the server that need what was installed here.
fn ignored(house: &House, name: &str) -> Result<Counts> {
    let mut test = cargo(house);
    test.args([
        "test",
        "--locked",
        "--package",
        "server",
        "--test",
        "server",
    ]);
    test.args([name, "--", "--ignored"]);
    let counts = run_counting(&mut test)?;
    if counts.passed == 0 {
        bail!("no test `{name}` ran");
    }
    Ok(counts)
}

fn python(house: &House) -> Result<()> {
    let pins = ["requirements.txt"];
    let (folder, is_new) = copied(house, "python", &["export.py", "ping.py"], &pins)?;
    if is_new {
        let venv = folder.join("venv");
        run_to_end(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&venv),
        )?;
        let mut pip = Command::new(venv.join("bin/python"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
        ]);
        run_to_end(
            pip.arg("--requirement")
                .arg(folder.join("requirements.txt")),
        )?;
        installed(&folder, &pins)?;
    }
    Ok(())
}

fn node(house: &House) -> Result<()> {
    let pins = ["package.json", "package-lock.json"];
    let (folder, is_new) = copied(house, "node", &["export.mjs"], &pins)?;
    if is_new {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        run_to_end(npm.current_dir(&folder))?;
        installed(&folder, &pins)?;
    }
    Ok(())
}

fn rust(house: &House) -> Result<()> {
    let mut build = cargo(house);
    build.args(["build", "--quiet", "--locked", "--manifest-path"]);
    build.arg(house.root().join("server/tests/clients/rust/Cargo.toml"));
    build
        .arg("--target-dir")
        .arg(house.target().join("clients/rust"));
    run_to_end(&mut build)
}

/// Copies a client's files to where it is installed. Answers the folder, and whether something
/// else is installed there than `pins` say.
fn copied(house: &House, client: &str, files: &[&str], pins: &[&str]) -> Result<(PathBuf, bool)> {
    let from = house.root().join("server/tests/clients").join(client);
    let to = house.target().join("clients").join(client);
    fs::create_dir_all(&to)?;
    for file in files.iter().chain(pins) {
        fs::copy(from.join(file), to.join(file)).with_context(|| format!("{file} of {client}"))?;
    }
    let is_new = fs::read(mark(&to)).ok() != Some(all(&to, pins)?);
    Ok((to, is_new))
}

/// Remembers what is installed.
fn installed(folder: &Path, pins: &[&str]) -> Result<()> {
    fs::write(mark(folder), all(folder, pins)?)?;
    Ok(())
}

fn all(folder: &Path, pins: &[&str]) -> Result<Vec<u8>> {
    let texts = pins.iter().map(|file| fs::read(folder.join(file)));
    Ok(texts.collect::<Result<Vec<_>, _>>()?.concat())
}

fn mark(folder: &Path) -> PathBuf {
    folder.join("installed")
}
