//! Everything that must hold before a change lands, in one order, for people and CI alike.
//!
//! Nothing is skipped silently: a missing Postgres or browser is installed by `script/bootstrap
//! test` or fails its step.

mod browser;
mod clients;
mod fuzz;
mod report;

use crate::{
    bootstrap::wasm_target,
    dist,
    house::House,
    postgres::{self, Cluster},
    run, say, signals,
};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use report::{Counts, Report};
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The steps in the order in which they run: cheap ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// rustfmt, nothing else.
    Format,
    /// clippy over all crates and targets for this machine.
    Lints,
    /// clippy over the frontend for wasm.
    LintsWasm,
    /// The import rules of docs/ARCHITECTURE.md.
    Boundaries,
    /// What the server embeds; the tests of the server read it.
    Dist,
    /// Unit, store, server and build tool tests, with a throw-away Postgres.
    Rust,
    /// OpenTelemetry's own SDKs, which export to the program.
    Clients,
    /// Schemathesis, which makes requests of the contract.
    Contract,
    /// Inputs that nobody thought of, for what reads reports, addresses and bodies. The release
    /// server is built meanwhile.
    Fuzz,
    /// The release server that the browser tests drive.
    Release,
    /// Playwright in headless Chromium.
    Browser,
}

pub(crate) fn test(house: &House, only: Option<Step>, closing_line: bool) -> Result<()> {
    signals::survive()?;
    let started = now();
    let mut report = Report::default();
    for step in Step::value_variants() {
        if only.is_some_and(|only| only != *step) {
            continue;
        }
        let name = name(*step);
        say(format_args!("── {name} ──"));
        let step_started = now();
        let outcome = step.run(house, &mut report, only.is_some());
        if signals::interrupted() {
            bail!("interrupted in step `{name}`");
        }
        outcome.with_context(|| {
            format!("step `{name}` failed (run only this step: cargo xtask test --only {name})")
        })?;
        say(format_args!(
            "{name}: ok in {}",
            spoken(step_started.elapsed())
        ));
    }
    println!(
        "script/test: ok — {} in {}",
        report.summary(),
        spoken(started.elapsed())
    );
    if closing_line {
        println!("{} passed, 0 failed", report.passed());
    }
    Ok(())
}

impl Step {
    /// `is_alone`: no other step runs, so that nothing is done beside it.
    fn run(self, house: &House, report: &mut Report, is_alone: bool) -> Result<()> {
        match self {
            Self::Format => {
                run_to_end(cargo(house).args(["fmt", "--all", "--check"]))
                    .context("run `cargo fmt --all`")?;
                report.check("format");
            }
            Self::Lints => {
                for packages in [house.product(), vec!["xtask".to_owned()]] {
                    let mut clippy = cargo(house);
                    clippy.args(["clippy", "--quiet", "--locked", "--all-targets"]);
                    select(&mut clippy, &packages);
                    run_to_end(clippy.args(["--", "--deny", "warnings"]))?;
                }
                report.check("lints");
            }
            Self::LintsWasm => {
                let mut clippy = cargo(house);
                clippy.args(["clippy", "--quiet", "--locked", "--package", "frontend"]);
                clippy.args(["--target", wasm_target::TARGET]);
                wasm_target::ensure(house)?.apply(&mut clippy);
                run_to_end(clippy.args(["--", "--deny", "warnings"]))?;
                report.check("wasm lints");
            }
            Self::Boundaries => {
                crate::boundaries::boundaries(house)?;
                report.check("boundaries");
            }
            Self::Dist => {
                dist::dist(house, dist::Mode::Release)?;
                report.check("dist");
            }
            Self::Rust => rust_tests(house, report)?,
            Self::Clients => report.clients.add(&clients::run(house)?),
            Self::Contract => report.clients.add(&clients::contract(house)?),
            Self::Fuzz => {
                let build = || if is_alone { Ok(()) } else { release(house) };
                report.fuzz = fuzz::run(house, build)?;
            }
            Self::Release => {
                release(house)?;
                report.check("release build");
            }
            Self::Browser => report.browser = Some(browser::run(house)?),
        }
        Ok(())
    }
}

fn release(house: &House) -> Result<()> {
    run_to_end(cargo(house).args(["build", "--release", "--locked", "--package", "server"]))
}

/// The product's crates share one feature set, and the build tool has its own: tested together,
/// cargo would unite their features and compile the shared crates once more. The frontend is left
/// out as it would turn on `hydrate` beside `ssr`.
fn rust_tests(house: &House, report: &mut Report) -> Result<()> {
    let cluster = Cluster::start()?;
    say(format_args!(
        "a throw-away Postgres {} is running",
        cluster.version()?
    ));
    let mut counts = Counts::default();
    for packages in [house.product(), vec!["xtask".to_owned()]] {
        let mut test = cargo(house);
        test.args(["test", "--locked", "--no-fail-fast"]);
        select(&mut test, &packages);
        test.env(postgres::URL_VARIABLE, cluster.url());
        counts.add(&run_counting(&mut test)?);
    }
    report.rust = Some((counts, format!("sqlite + postgres {}", cluster.version()?)));
    Ok(())
}

/// Shows what the tests print and sums what they count.
fn run_counting(command: &mut Command) -> Result<Counts> {
    let mut counts = Counts::default();
    let status = signals::wait_with(command.stdout(Stdio::piped()), |child| {
        let Some(output) = child.stdout.take() else {
            return;
        };
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            counts.read_line(&line);
            println!("{line}");
        }
    })
    .with_context(|| format!("{} does not start", run::line(command)))?;
    if !status.success() {
        bail!("{} of the tests failed ({status})", counts.failed);
    }
    Ok(counts)
}

fn run_to_end(command: &mut Command) -> Result<()> {
    let status =
        signals::wait(command).with_context(|| format!("{} does not start", run::line(command)))?;
    if !status.success() {
        bail!("{} found something ({status})", run::line(command));
    }
    Ok(())
}

fn cargo(house: &House) -> Command {
    let mut cargo = run::cargo();
    cargo.current_dir(house.root());
    cargo
}

fn select(cargo: &mut Command, packages: &[String]) {
    for package in packages {
        cargo.args(["--package", package]);
    }
}

fn name(step: Step) -> String {
    step.to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a step took is told to people and decides nothing"
)]
fn now() -> Instant {
    Instant::now()
}

/// `48 s`, `12 min`
fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 120 {
        format!("{seconds} s")
    } else {
        format!("{} min", (seconds + 30) / 60)
    }
}
