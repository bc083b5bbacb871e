//! The standard library for `wasm32-unknown-unknown`.
//!
//! 1. The toolchain has it: use it.
//! 2. rustup is there and may download (`RUSTUP_AUTO_INSTALL` is not `0`): ask rustup.
//! 3. Otherwise build it once from Debian's `rust-src` into a private sysroot in the target
//!    folder. The user's toolchain is never touched.

use super::apt::Suite;
use crate::{house, house::House, run, say};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's suite that carries several compiler versions at a time.
const SUITE: &str = "trixie-backports";

/// Where rustc finds the standard library for wasm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WasmTarget {
    /// In the toolchain itself.
    Installed,
    /// In a sysroot of our own.
    Private(PathBuf),
}

impl WasmTarget {
    /// Points a cargo call at the sysroot. Only the wasm half of the build sees it: host crates and
    /// proc macros keep the toolchain's own. (`--config` rather than a variable: paths may hold
    /// spaces.)
    pub(crate) fn apply(&self, cargo: &mut Command) {
        if let Self::Private(sysroot) = self {
            let flags = serde_json::json!(["--sysroot", sysroot]);
            cargo
                .env_remove("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS")
                .arg("--config")
                .arg(format!("target.{TARGET}.rustflags={flags}"));
        }
    }
}

/// Finds the library, or gets it in the order above.
pub(crate) fn ensure(house: &House) -> Result<WasmTarget> {
    if installed()? {
        return Ok(WasmTarget::Installed);
    }
    let may_download = house::environment("RUSTUP_AUTO_INSTALL").is_none_or(|value| value != "0");
    if may_download && house::program_on_path("rustup").is_some() {
        say(format_args!("rustup adds the target {TARGET}"));
        match run::check(Command::new("rustup").args(["target", "add", TARGET])) {
            Ok(()) if installed()? => return Ok(WasmTarget::Installed),
            Ok(()) => say("rustup added it to another toolchain than the one that runs"),
            Err(error) => say(format_args!("{error:#}")),
        }
    }
    private_sysroot(house).map(WasmTarget::Private)
}

fn installed() -> Result<bool> {
    let folder =
        run::output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))
            .context("install Rust from rustup.rs")?;
    Ok(holds_library(Path::new(folder.trim())))
}

fn holds_library(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    })
}

/// The private sysroot of exactly this compiler, built when it is not there.
///
/// Several worktrees may share a target folder: a lock makes the second one wait, and the result
/// is moved into place whole.
fn private_sysroot(house: &House) -> Result<PathBuf> {
    let compiler = Compiler::ask()?;
    let shelf = house.target().join("wasm-sysroot");
    let sysroot = shelf.join(&compiler.name);
    if holds_library(&library_folder(&sysroot)) {
        return Ok(sysroot);
    }
    fs::create_dir_all(&shelf).with_context(|| format!("cannot create {}", shelf.display()))?;
    let lock = fs::File::create(shelf.join("lock"))?;
    lock.lock().context("cannot lock the private sysroot")?;
    if holds_library(&library_folder(&sysroot)) {
        return Ok(sysroot);
    }

    let workbench = tempfile::Builder::new()
        .prefix("build-")
        .tempdir_in(&shelf)
        .context("cannot create a folder for the standard library")?;
    say(format_args!(
        "no standard library for {TARGET} in this toolchain and rustup may not download: \
         building it once from Debian's sources (one to two minutes)"
    ));
    let source = fetch_source(&compiler.release, workbench.path()).with_context(|| {
        format!(
            "{TARGET} is missing: let `rustup target add {TARGET}` run once (RUSTUP_AUTO_INSTALL \
             forbids it now), or run this on Debian with apt's network"
        )
    })?;
    let built = build(&source, workbench.path())?;
    let assembled = workbench.path().join("sysroot");
    copy_libraries(&built, &library_folder(&assembled))?;
    if sysroot.exists() {
        fs::remove_dir_all(&sysroot)?;
    }
    fs::rename(&assembled, &sysroot)
        .with_context(|| format!("cannot move the library to {}", sysroot.display()))?;
    Ok(sysroot)
}

fn library_folder(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

struct Compiler {
    /// `1.95.0`
    release: String,
    /// Release and commit: a library serves only the compiler that built it.
    name: String,
}

impl Compiler {
    fn ask() -> Result<Self> {
        let text = run::output(Command::new("rustc").arg("-vV"))?;
        let line = |key: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(key))
                .map(|value| value.trim().to_owned())
                .with_context(|| format!("rustc -vV does not say its {key}"))
        };
        let release = line("release:")?;
        let commit: String = line("commit-hash:")?.chars().take(9).collect();
        Ok(Self {
            name: format!("{release}-{commit}"),
            release,
        })
    }
}

/// Fetches Debian's `rust-src` of this release. Returns the folder `library`.
fn fetch_source(release: &str, workbench: &Path) -> Result<PathBuf> {
    let suite = Suite::fetch(SUITE, workbench)?;
    let offered = suite.offered("rust-src")?;
    let version = pick_version(&offered, release)
        .with_context(|| format!("Debian's {SUITE} has no rust-src {release}, only:\n{offered}"))?;
    let unpacked = suite.unpack(&[format!("rust-src={version}")])?;
    let library = unpacked.join(format!("usr/src/rustc-{release}/library"));
    if !library.is_dir() {
        bail!("the package rust-src holds no {}", library.display());
    }
    Ok(library)
}

/// The version in `apt-cache madison`'s table that belongs to this release of the compiler.
fn pick_version<'a>(madison: &'a str, release: &str) -> Option<&'a str> {
    madison
        .lines()
        .filter_map(|line| line.split('|').nth(1))
        .map(str::trim)
        .find(|version| {
            version.strip_prefix(release).is_some_and(|rest| {
                !rest.starts_with(|next: char| next.is_ascii_digit() || next == '.')
            })
        })
}

/// Builds the library as the Rust project does for its releases, as far as we need it.
fn build(library: &Path, workbench: &Path) -> Result<PathBuf> {
    let target = workbench.join("target");
    run::check_quietly(
        run::cargo()
            .args(["build", "--release", "--target", TARGET])
            .args(["--features", "panic-unwind,compiler-builtins-mem"])
            .arg("--manifest-path")
            .arg(library.join("sysroot/Cargo.toml"))
            .arg("--target-dir")
            .arg(&target)
            // The library uses unstable features, and its crates must look like rustc's own.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("__CARGO_DEFAULT_LIB_METADATA", "stablestd")
            // Without bitcode a later `lto = true` ends in "Can't find section .llvmbc".
            .env(
                "RUSTFLAGS",
                "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes",
            )
            .current_dir(library),
    )
    .context("the standard library does not build")?;
    Ok(target.join(TARGET).join("release/deps"))
}

fn copy_libraries(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "rlib")
            && let Some(name) = path.file_name()
        {
            fs::copy(&path, to.join(name))?;
        }
    }
    if !holds_library(to) {
        bail!(
            "the standard library was built but is not in {}",
            from.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_the_running_compiler_is_picked() {
        let madison = " rust-src | 1.96.0+dfsg1-1~bpo13+1 | mirror trixie-backports/main\n \
                        rust-src | 1.95.0+dfsg1-2~bpo13+1 | mirror trixie-backports/main\n";
        assert_eq!(
            pick_version(madison, "1.95.0"),
            Some("1.95.0+dfsg1-2~bpo13+1")
        );
        assert_eq!(pick_version(madison, "1.9"), None);
        assert_eq!(pick_version(madison, "1.94.0"), None);
    }
}
