//! Packages of another suite of Debian than the machine's own.
//!
//! apt fetches them and checks their signatures. They are unpacked and never installed: neither the
//! machine's package lists nor its packages change.

use super::system;
use crate::{house, run};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// A suite with its package lists.
pub(crate) struct Suite<'f> {
    /// What apt keeps is here, and nowhere else.
    folder: &'f Path,
}

impl<'f> Suite<'f> {
    /// Fetches the lists of this suite into an empty folder.
    pub(crate) fn fetch(name: &str, folder: &'f Path) -> Result<Self> {
        if house::program_on_path("apt-get").is_none() || !Path::new(KEYRING).exists() {
            bail!("this system has no apt with Debian's keys");
        }
        let suite = Self { folder };
        fs::create_dir_all(suite.lists().join("partial"))?;
        let source = format!("deb [signed-by={KEYRING}] {} {name} main\n", mirror()?);
        fs::write(suite.sources(), source)?;
        run::check_quietly(suite.apt("apt-get").args(["--quiet", "update"]))?;
        Ok(suite)
    }

    /// The table of `apt-cache madison`.
    pub(crate) fn offered(&self, package: &str) -> Result<String> {
        run::output(self.apt("apt-cache").args(["madison", package]))
    }

    /// Fetches packages without what they depend on; answers the folder that they are unpacked in.
    pub(crate) fn unpack(&self, packages: &[String]) -> Result<PathBuf> {
        let mut download = self.apt("apt-get");
        run::check_quietly(download.args(["--quiet", "download"]).args(packages))?;
        let unpacked = self.folder.join("unpacked");
        let mut count = 0;
        for entry in fs::read_dir(self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "deb") {
                run::check_quietly(Command::new("dpkg").arg("-x").args([&path, &unpacked]))?;
                fs::remove_file(path)?;
                count += 1;
            }
        }
        if count != packages.len() {
            bail!(
                "apt-get download left {count} packages of {}",
                packages.len()
            );
        }
        Ok(unpacked)
    }

    fn apt(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (key, value) in [
            ("Dir::Etc::sourcelist", self.sources().as_path()),
            ("Dir::Etc::sourceparts", Path::new("/dev/null")),
            ("Dir::State::Lists", self.lists().as_path()),
            ("Dir::Cache", self.folder),
        ] {
            command.arg("-o").arg(format!("{key}={}", value.display()));
        }
        if system::is_root() {
            // apt's own user cannot enter every folder that ours is in.
            command.args(["-o", "APT::Sandbox::User=root"]);
        }
        command.current_dir(self.folder);
        command
    }

    fn sources(&self) -> PathBuf {
        self.folder.join("debian.list")
    }

    fn lists(&self) -> PathBuf {
        self.folder.join("lists")
    }
}

/// The mirror that apt already uses, whether or not it has fetched lists from there.
fn mirror() -> Result<String> {
    let text = run::output(Command::new("apt-get").args([
        "indextargets",
        "--no-release-info",
        "--format",
        "$(REPO_URI)",
        "Created-By: Packages",
    ]))?;
    pick_mirror(&text)
        .map(str::to_owned)
        .context("apt names no mirror: look at /etc/apt")
}

fn pick_mirror(uris: &str) -> Option<&str> {
    let candidates = || {
        uris.lines()
            .map(str::trim)
            .filter(|uri| !uri.is_empty() && !uri.contains("security"))
    };
    candidates()
        .find(|uri| uri.contains("debian"))
        .or_else(|| candidates().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_neither_the_security_archive_nor_a_stranger() {
        let uris = "https://packages.example.org/apt/\nhttp://mirror.example.org/debian-security/\n\
                    http://mirror.example.org/debian/\n";
        assert_eq!(pick_mirror(uris), Some("http://mirror.example.org/debian/"));
        assert_eq!(
            pick_mirror("http://mirror.example.org/d/\n"),
            Some("http://mirror.example.org/d/")
        );
        assert_eq!(pick_mirror(""), None);
    }
}
