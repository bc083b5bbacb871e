//! Installs what is missing and says so; finds out quickly when nothing is.
//!
//! It never changes the user's Rust toolchain behind their back, and it installs system packages
//! only where the system is Debian-like and we may.

mod apt;
mod packages;
mod system;
pub(crate) mod wasm_target;

pub(crate) use apt::Suite;
pub(crate) use packages::wasm_opt;
pub(crate) use system::{chromium, is_root, postgres_programs};

use crate::house::House;
use anyhow::Result;

/// What the machine is made ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Purpose {
    /// Building and running the server.
    Build,
    /// `script/test`: Postgres and a browser too.
    Test,
}

pub(crate) fn bootstrap(house: &House, purpose: Purpose) -> Result<()> {
    packages::require_node()?;
    packages::install(&house.root().join("xtask"), "wasm-opt (npm binaryen)")?;
    wasm_target::ensure(house)?;
    if purpose == Purpose::Test {
        system::ensure_postgres()?;
        system::ensure_chromium()?;
        system::ensure_python()?;
        system::ensure_strace()?;
        system::ensure_curl()?;
        packages::install(&house.root().join("end2end"), "Playwright (npm)")?;
    }
    Ok(())
}
