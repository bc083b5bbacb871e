//! System packages: Postgres' server programs and a Chromium.

use crate::{
    house::{environment, program_on_path},
    run, say,
};
use anyhow::{Context, Result, bail};
use std::{
    cmp::Reverse,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Whether we act as the superuser.
pub(crate) fn is_root() -> bool {
    run::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

pub(crate) fn ensure_postgres() -> Result<()> {
    if postgres_programs().is_none() {
        apt_install(
            &["postgresql"],
            "PostgreSQL's server programs (for the store's tests)",
        )?;
        postgres_programs().context(
            "the package postgresql was installed, but initdb, pg_ctl, postgres and createdb are neither on \
             PATH nor in /usr/lib/postgresql/*/bin",
        )?;
    }
    Ok(())
}

/// The folder of `initdb`, `pg_ctl` and `postgres`: on `PATH`, or the newest of Debian's.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    let complete = |folder: &Path| {
        ["initdb", "pg_ctl", "postgres", "createdb"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    let on_path = program_on_path("initdb")
        .and_then(|program| fs::canonicalize(program).ok())
        .and_then(|program| program.parent().map(Path::to_path_buf));
    let mut installed: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    installed.sort_by_key(|(version, _)| Reverse(*version));
    on_path
        .into_iter()
        .chain(installed.into_iter().map(|(_, folder)| folder))
        .find(|folder| complete(folder))
}

pub(crate) fn ensure_chromium() -> Result<()> {
    if let Some(path) = environment("CHROMIUM")
        && !Path::new(&path).is_file()
    {
        bail!("CHROMIUM names {path}, which is not a file: correct it or unset it");
    }
    if chromium().is_none() {
        apt_install(
            &["chromium", "fonts-liberation"],
            "Chromium (for the browser tests)",
        )?;
        chromium().context("the package chromium was installed, but no chromium is on PATH")?;
    }
    Ok(())
}

/// What watches which writes the server has synced; only Linux has it.
pub(crate) fn ensure_strace() -> Result<()> {
    if cfg!(target_os = "linux") && program_on_path("strace").is_none() {
        apt_install(&["strace"], "strace (it sees what the server syncs)")?;
    }
    Ok(())
}

/// What the documentation's commands call, which the tests run as they are written.
pub(crate) fn ensure_curl() -> Result<()> {
    if program_on_path("curl").is_none() {
        apt_install(&["curl"], "curl (the documentation's commands call it)")?;
    }
    Ok(())
}

/// Python with what makes virtual environments: one of the clients of others is written in it.
pub(crate) fn ensure_python() -> Result<()> {
    let makes_them = || {
        let mut python = Command::new("python3");
        run::check_quietly(python.args(["-c", "import venv, ensurepip"])).is_ok()
    };
    if !makes_them() {
        apt_install(
            &["python3", "python3-venv"],
            "Python (for its OpenTelemetry)",
        )?;
    }
    match makes_them() {
        true => Ok(()),
        false => bail!("python3 cannot make virtual environments: install its venv module"),
    }
}

/// The browser that the tests drive. Keep in step with `end2end/playwright.config.ts`, which gets
/// it as `CHROMIUM`.
pub(crate) fn chromium() -> Option<PathBuf> {
    environment("CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| {
            [
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
            ]
            .iter()
            .find_map(|name| program_on_path(name))
        })
        .or_else(|| {
            Some(PathBuf::from(
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            ))
            .filter(|path| path.is_file())
        })
}

/// `apt-get install`, as root or through a sudo that asks nothing.
fn apt_install(packages: &[&str], what: &str) -> Result<()> {
    let list = packages.join(" ");
    if program_on_path("apt-get").is_none() {
        bail!(
            "{what} is missing: install it with your system's package manager (Debian calls it {list})"
        );
    }
    let prefix: &[&str] = if is_root() {
        &[]
    } else if run::check_quietly(Command::new("sudo").args(["-n", "true"])).is_ok() {
        &["sudo", "-n"]
    } else {
        bail!("{what} is missing: run `sudo apt-get install {list}` and then this again");
    };
    let apt = |arguments: &[&str]| {
        let mut words = prefix
            .iter()
            .copied()
            .chain([
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "--quiet",
            ])
            .chain(arguments.iter().copied());
        let mut command = Command::new(words.next().unwrap_or("env"));
        command.args(words);
        command
    };
    say(format_args!(
        "installing {what} with apt (about half a minute)"
    ));
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend_from_slice(packages);
    // A bare machine has no package lists, or old ones that name versions the mirror has dropped.
    if run::check_quietly(&mut apt(&install)).is_err() {
        run::check_quietly(&mut apt(&["update"]))
            .context("apt-get update failed: check the network and /etc/apt/sources.list")?;
        run::check_quietly(&mut apt(&install))
            .with_context(|| format!("apt cannot install {list}"))?;
    }
    Ok(())
}
