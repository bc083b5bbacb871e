//! Builds `target/site`, the folder that the server embeds.
//!
//! 1. Compile `frontend` for wasm.
//! 2. Write its JavaScript glue (wasm-bindgen as a library).
//! 3. Shrink the wasm (wasm-opt).
//! 4. Bundle and minify the styles.
//! 5. Publish: names that hold a digest of the content, brotli and gzip beside each file, and
//!    `manifest.json`, which tells the server those names.
//!
//! Each step remembers a digest of what it was made from and is skipped when nothing changed.

mod memory;
mod publish;
mod styles;
mod wasm;

use crate::{house::House, say};
use anyhow::{Context, Result};
use memory::Memory;
use publish::Site;
use std::{fs, path::PathBuf};

/// How much work goes into small files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// What is released.
    Release,
    /// For a quick look.
    Dev,
}

impl Mode {
    pub(crate) fn from_dev(dev: bool) -> Self {
        if dev { Self::Dev } else { Self::Release }
    }

    fn profile(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "wasm-dev",
        }
    }

    fn brotli_quality(self) -> i32 {
        match self {
            Self::Release => 11,
            Self::Dev => 4,
        }
    }
}

pub(crate) fn dist(house: &House, mode: Mode) -> Result<()> {
    let mut memory = Memory::open(house.workshop("memory.json"));
    let frontend = wasm::build(house, mode, &mut memory)?;
    let style = style(house)?;

    let mut site = Site::new(house.site(), mode.brotli_quality());
    let js = site.hashed(
        "pkg/integration-view",
        "js",
        &read(&frontend.glue)?,
        &mut memory,
    )?;
    let wasm = site.hashed(
        "pkg/integration-view",
        "wasm",
        &read(&frontend.wasm)?,
        &mut memory,
    )?;
    let css = site.hashed("pkg/integration-view", "css", style.as_bytes(), &mut memory)?;
    site.folder(&house.root().join("public"), &mut memory)?;
    site.manifest(&[("js", &js), ("wasm", &wasm), ("css", &css)])?;
    site.remove_strangers()?;

    say(format_args!("{} is ready:", house.site().display()));
    for line in site.sizes() {
        say(line);
    }
    Ok(())
}

/// The released wasm once more, with the names of its functions.
pub(crate) fn named_wasm(house: &House) -> Result<Vec<u8>> {
    let mut memory = Memory::open(house.workshop("memory.json"));
    read(&wasm::build_named(house, &mut memory)?)
}

/// Bundles the styles and keeps a copy for `cargo leptos watch`, which cannot bundle.
pub(crate) fn style(house: &House) -> Result<String> {
    let css = styles::bundle(&house.root().join("style/main.css"))?;
    let copy = house.bundled_style();
    write(&copy, css.as_bytes())?;
    Ok(css)
}

fn read(path: &PathBuf) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes a file with its folders, and leaves an equal one untouched: cargo watches times.
fn write(path: &PathBuf, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
