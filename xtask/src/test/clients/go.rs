//! The client in Go.
//!
//! 1. Go is on `PATH` and the module proxy answers: it is built with the modules of its `go.mod`.
//! 2. Otherwise Debian's Go builds it with Debian's packages of the same modules, which apt fetches
//!    into the target folder and which go again once it is built.

use super::{copied, installed};
use crate::{bootstrap::Suite, house, house::House, run, say};
use anyhow::{Context, Result};
use std::{fs, path::Path, process::Command};

/// The suite that packages what `go.mod` names.
const SUITE: &str = "trixie";

pub(super) fn build(house: &House) -> Result<()> {
    // The packages come last, one a line.
    let pins = ["main.go", "go.mod", "debian.txt"];
    let (folder, is_new) = copied(house, "go", &[], &pins)?;
    if !is_new && folder.join("client").is_file() {
        return Ok(());
    }
    // Building with modules completes `go.mod`: a copy's.
    let workbench = tempfile::tempdir_in(&folder)?;
    let workbench = workbench.path();
    for file in pins {
        fs::copy(folder.join(file), workbench.join(file))?;
    }
    let with_modules = house::program_on_path("go").map(|_| with_modules(workbench));
    if let Some(Err(error)) = &with_modules {
        say(format_args!("{error:#}\nDebian's packages do instead"));
    }
    if !matches!(with_modules, Some(Ok(()))) {
        with_packages(workbench).context("install Go, or run this on Debian with apt's network")?;
    }
    fs::rename(workbench.join("client"), folder.join("client"))?;
    installed(&folder, &pins)
}

/// With the modules of the proxy, whose sums the checksum database knows.
fn with_modules(folder: &Path) -> Result<()> {
    let mut go = Command::new("go");
    go.args(["build", "-mod=mod", "-o", "client", "."]);
    run::check_quietly(go.current_dir(folder))
}

/// With Debian's packages, which lie as a `GOPATH` does.
fn with_packages(folder: &Path) -> Result<()> {
    let names = fs::read_to_string(folder.join("debian.txt"))?;
    let names: Vec<_> = names.lines().map(str::to_owned).collect();
    say("fetching Go with OpenTelemetry from Debian and building its client once (about a minute)");
    let unpacked = Suite::fetch(SUITE, folder)?.unpack(&names)?;
    let version = names
        .iter()
        .find_map(|name| name.strip_prefix("golang-")?.strip_suffix("-go"));
    let version = version.context("debian.txt names no golang-VERSION-go")?;
    let root = unpacked.join(format!("usr/lib/go-{version}"));
    let mut go = Command::new(root.join("bin/go"));
    go.args(["build", "-o", "client", "main.go"]);
    go.env("GOROOT", &root)
        .env("GOPATH", unpacked.join("usr/share/gocode"))
        .env("GOCACHE", folder.join("cache"))
        .env("GOENV", "off")
        .env("GOTOOLCHAIN", "local")
        .env("GO111MODULE", "off")
        .env("CGO_ENABLED", "0")
        .env_remove("GOFLAGS");
    run::check_quietly(go.current_dir(folder))
}
