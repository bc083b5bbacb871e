//! The targets of `fuzz/`: inputs that nobody thought of, a minute for each, two at a time.
//!
//! Built as cargo-fuzz would, without its nightly toolchain: what instruments the code is in every
//! rustc, and there is no unsafe code of ours for a sanitizer to watch. What was found once lies
//! among the seeds and is tried first.

use super::{report::Counts, run_to_end};
use crate::{
    house::{House, environment},
    say, signals,
};
use anyhow::{Context, Result, bail};
use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

/// Seconds for each target, unless `IV_FUZZ_SECONDS` says otherwise.
const SECONDS: &str = "60";
/// At the same time.
const AT_ONCE: usize = 2;
/// An input that takes a second or a program that takes this many megabytes is a fault.
const LIMITS: [&str; 3] = ["-timeout=1", "-rss_limit_mb=512", "-max_len=16384"];

/// What tells the fuzzer which code an input has reached.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0 \
    -Ccodegen-units=1 --cfg fuzzing";

/// Runs them, and does something else meanwhile: they take a minute however much of the machine they
/// get, and leave most of it to others.
pub(super) fn run(house: &House, meanwhile: impl FnOnce() -> Result<()>) -> Result<Counts> {
    let folder = house.root().join("fuzz");
    let programs = build(house, &folder)?;
    let targets = targets(&folder)?;
    let asked = environment("IV_FUZZ_SECONDS");
    // The short way begins alike each time, so that a change fails for what it changed; whoever
    // asks for a long one looks for news.
    let seed = if asked.is_some() { "0" } else { "1" };
    let seconds = asked.unwrap_or_else(|| SECONDS.to_owned());
    let how = [
        format!("-max_total_time={seconds}"),
        format!("-seed={seed}"),
    ];
    let waiting = Mutex::new(VecDeque::from(targets.clone()));
    let next = || {
        waiting
            .lock()
            .ok()
            .and_then(|mut waiting| waiting.pop_front())
    };
    let (found, done): (Vec<String>, _) = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    let mut found = Vec::new();
                    while let Some(target) = next().filter(|_| !signals::interrupted()) {
                        match one(house, &folder, &programs, &target, &how) {
                            Ok(line) => say(format_args!("{target}: {line}")),
                            Err(error) => found.push(format!("{target}: {error:#}")),
                        }
                    }
                    found
                })
            })
            .collect();
        let done = meanwhile();
        let broke = |_| vec!["a thread that runs targets panicked".to_owned()];
        let ends = workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(broke));
        (ends.collect(), done)
    });
    done?;
    if !found.is_empty() {
        bail!("{}", found.join("\n"));
    }
    Ok(Counts {
        passed: targets.len() as u64,
        ..Counts::default()
    })
}

/// Builds all targets; answers where their programs are.
fn build(house: &House, folder: &Path) -> Result<PathBuf> {
    let target = house.target().join("fuzz");
    let machine = machine()?;
    let mut cargo = crate::run::cargo();
    // With a target named, build scripts and macros are not instrumented.
    cargo
        .args(["build", "--release", "--locked", "--target", &machine])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(folder)
        .env("RUSTFLAGS", INSTRUMENTED);
    run_to_end(&mut cargo)?;
    Ok(target.join(machine).join("release"))
}

/// What rustc calls this machine.
fn machine() -> Result<String> {
    let told = crate::run::output(Command::new("rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .context("rustc does not say its host")
}

fn targets(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.join("fuzz_targets")).context("no fuzz targets")? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// Runs one target; answers its last line.
fn one(
    house: &House,
    folder: &Path,
    programs: &Path,
    target: &str,
    how: &[String],
) -> Result<String> {
    let kept = house.target().join("fuzz");
    let (corpus, faults) = (
        kept.join("corpus").join(target),
        kept.join("faults").join(target),
    );
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&faults)?;
    let mut fuzzer = Command::new("nice");
    fuzzer
        .args(["-n", "5"])
        .arg(programs.join(target))
        .args(LIMITS)
        // Reading its own symbols for one takes longer than an input may.
        .env("RUST_BACKTRACE", "0")
        .args(how)
        .arg(format!("-artifact_prefix={}/", faults.display()))
        .args([corpus, folder.join("seeds").join(target)]);
    let output = fuzzer.output().context("it does not start")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let told = said.lines().rev().take(60).collect::<Vec<_>>();
        let told: Vec<_> = told.into_iter().rev().collect();
        bail!("{}\n{}", output.status, told.join("\n"));
    }
    let last = said.lines().rev().find(|line| line.starts_with("Done "));
    last.map(str::to_owned)
        .context("it says nothing of what it did")
}
