//! From Rust to a small wasm file and the JavaScript that loads it.

use super::{Mode, memory::Memory, read};
use crate::{
    bootstrap::{wasm_opt, wasm_target},
    digest::digest,
    house::House,
    run, say,
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What rustc's wasm may use. wasm-opt assumes less and would refuse it; with `--all-features` it
/// could write what our browsers do not know.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What makes it small as it travels. A function that is called once is not copied into its caller:
/// many views are much alike, and brotli sees that only as long as each stands by itself (26 kB of
/// 374; the file itself grows by 4 %).
const SMALLEST: &[&str] = &["-Oz", "--one-caller-inline-max-function-size=0"];

pub(super) struct Frontend {
    pub(super) glue: PathBuf,
    pub(super) wasm: PathBuf,
}

/// Whether functions keep their names, which only the report of sizes reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    Kept,
    Removed,
}

impl Names {
    /// The name of a step or a file that there is once for each.
    fn of(self, name: &str) -> String {
        match self {
            Self::Kept => format!("{name}.named"),
            Self::Removed => name.to_owned(),
        }
    }
}

pub(super) fn build(house: &House, mode: Mode, memory: &mut Memory) -> Result<Frontend> {
    let compiled = compile(house, mode)?;
    let bound = bind(house, mode, Names::Removed, &compiled, memory)?;
    match mode {
        Mode::Dev => Ok(bound),
        Mode::Release => shrink(house, Names::Removed, bound, memory),
    }
}

/// What [`build`] makes for a release, with the names of its functions.
pub(super) fn build_named(house: &House, memory: &mut Memory) -> Result<PathBuf> {
    let compiled = compile(house, Mode::Release)?;
    let bound = bind(house, Mode::Release, Names::Kept, &compiled, memory)?;
    Ok(shrink(house, Names::Kept, bound, memory)?.wasm)
}

fn compile(house: &House, mode: Mode) -> Result<PathBuf> {
    let target = wasm_target::ensure(house)?;
    say(format_args!(
        "compiling the frontend for wasm, profile {} (two to four minutes the first time)",
        mode.profile()
    ));
    let mut cargo = run::cargo();
    cargo.args(["build", "--locked", "--package", "frontend", "--lib"]);
    cargo.args(["--target", wasm_target::TARGET, "--profile", mode.profile()]);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    target.apply(&mut cargo);
    let result = cargo
        .current_dir(house.root())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo does not start")?;
    if !result.status.success() {
        bail!("the frontend does not compile for wasm");
    }
    // The last artifact is the package that was asked for; only a cdylib gives a `.wasm`.
    String::from_utf8_lossy(&result.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .rfind(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .context("cargo built the frontend but names no .wasm: is its crate-type still cdylib?")
}

fn bind(
    house: &House,
    mode: Mode,
    names: Names,
    compiled: &Path,
    memory: &mut Memory,
) -> Result<Frontend> {
    let folder = house.workshop(&names.of("bindgen"));
    let frontend = Frontend {
        glue: folder.join("integration-view.js"),
        wasm: folder.join("integration-view_bg.wasm"),
    };
    // Read once: a neighbour that shares the target folder may replace the file at any time.
    let input = read(&compiled.to_path_buf())?;
    let version = wasm_bindgen_cli_support_version(house)?;
    memory.step(
        &names.of("bindgen"),
        digest([
            input.as_slice(),
            version.as_bytes(),
            mode.profile().as_bytes(),
        ]),
        &[frontend.glue.clone(), frontend.wasm.clone()],
        || {
            say("writing the JavaScript glue (wasm-bindgen)");
            if folder.exists() {
                fs::remove_dir_all(&folder)?;
            }
            wasm_bindgen_cli_support::Bindgen::new()
                .input_bytes("integration-view", input.clone())
                .web(true)?
                .typescript(false)
                .keep_debug(mode == Mode::Dev)
                .remove_name_section(mode == Mode::Release && names == Names::Removed)
                .remove_producers_section(true)
                .generate(&folder)
                .context("wasm-bindgen cannot read the frontend")?;
            if folder.join("snippets").exists() {
                bail!(
                    "a dependency of the frontend brings JavaScript snippets, whose names `dist` \
                     cannot hash: drop it or extend xtask/src/dist/wasm.rs"
                );
            }
            Ok(())
        },
    )?;
    Ok(frontend)
}

/// The lock file is the only place that holds the exact version.
fn wasm_bindgen_cli_support_version(house: &House) -> Result<String> {
    let lock: toml::Value = toml::from_str(&fs::read_to_string(house.root().join("Cargo.lock"))?)?;
    let packages = lock["package"]
        .as_array()
        .context("Cargo.lock holds no packages")?;
    let version_of = |name: &str| {
        packages
            .iter()
            .find(|package| package["name"].as_str() == Some(name))
            .and_then(|package| package["version"].as_str())
            .with_context(|| format!("Cargo.lock holds no {name}"))
    };
    let (glue, linked) = (
        version_of("wasm-bindgen-cli-support")?,
        version_of("wasm-bindgen")?,
    );
    if glue != linked {
        bail!(
            "the frontend links wasm-bindgen {linked}, xtask brings wasm-bindgen-cli-support \
             {glue}: make them equal in Cargo.toml and xtask/Cargo.toml"
        );
    }
    Ok(glue.to_owned())
}

fn shrink(house: &House, names: Names, bound: Frontend, memory: &mut Memory) -> Result<Frontend> {
    let small = house.workshop(&format!("{}.wasm", names.of("integration-view.small")));
    let program = wasm_opt(house)?;
    let lock = fs::read(house.root().join("xtask/package-lock.json"))?;
    let input = read(&bound.wasm)?;
    let how = [FEATURES, SMALLEST].concat();
    memory.step(
        &names.of("wasm-opt"),
        digest([input.as_slice(), &lock, how.join(" ").as_bytes()]),
        std::slice::from_ref(&small),
        || {
            say("shrinking the wasm (wasm-opt -Oz, about a minute)");
            run::check(
                Command::new("node")
                    .arg(&program)
                    .args(&how)
                    .args((names == Names::Kept).then_some("-g"))
                    .arg(&bound.wasm)
                    .arg("-o")
                    .arg(&small),
            )
        },
    )?;
    Ok(Frontend {
        wasm: small,
        ..bound
    })
}
