//! The build steps of Integration View, called as `cargo xtask STEP`.
//!
//! It holds everything that the scripts would otherwise do in shell, so that it can be tested and
//! works the same on every system. It is never part of the product.
#![expect(clippy::print_stdout, reason = "a build tool talks on standard output")]

mod bootstrap;
mod boundaries;
mod digest;
mod dist;
mod house;
mod postgres;
mod run;
mod signals;
mod size;
mod test;

use anyhow::Result;
use clap::{Parser, Subcommand};
use house::House;
use std::process::{ExitCode, ExitStatus};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build steps of Integration View")]
struct Arguments {
    #[command(subcommand)]
    step: Step,
}

#[derive(Subcommand)]
enum Step {
    /// Install what building needs; with `test`, also what testing needs.
    Bootstrap {
        #[arg(value_enum, default_value_t = bootstrap::Purpose::Build)]
        purpose: bootstrap::Purpose,
    },
    /// Build what the server embeds into `target/site`: wasm, glue, styles, public files.
    Dist {
        /// Quick and large: less optimisation, no wasm-opt, light compression.
        #[arg(long)]
        dev: bool,
    },
    /// Print as Markdown what the browser's half weighs, and which code it is made of.
    Size,
    /// Bundle the styles into `target/style/main.css`, the style-file of `cargo leptos watch`.
    Style,
    /// Check who uses whom, and the other rules that a compiler does not know.
    Boundaries,
    /// Run a command with a throw-away Postgres, named by `IV_TEST_POSTGRES`.
    Postgres {
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
    /// Run all checks and tests, as `script/test` does.
    Test {
        /// Run only this step.
        #[arg(long, value_enum)]
        only: Option<test::Step>,
        /// End with the plain line `N passed, 0 failed`, which CI reads.
        #[arg(long)]
        closing_line: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            // On standard output too: CI logs keep the order of what was said.
            println!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    let house = House::find()?;
    match arguments.step {
        Step::Bootstrap { purpose } => bootstrap::bootstrap(&house, purpose)?,
        Step::Dist { dev } => dist::dist(&house, dist::Mode::from_dev(dev))?,
        Step::Size => print!("{}", size::size(&house)?),
        Step::Style => drop(dist::style(&house)?),
        Step::Boundaries => boundaries::boundaries(&house)?,
        Step::Postgres { command } => return Ok(exit_code(postgres::around(&command)?)),
        Step::Test { only, closing_line } => test::test(&house, only, closing_line)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The child's code, or failure when a signal ended it.
fn exit_code(status: ExitStatus) -> ExitCode {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from)
}

/// One line of progress.
fn say(line: impl std::fmt::Display) {
    println!("xtask: {line}");
}
