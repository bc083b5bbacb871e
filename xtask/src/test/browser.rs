//! The browser tests: Playwright against the release binary.

use super::report::Counts;
use crate::{
    bootstrap::{self, Purpose},
    house::House,
    signals,
};
use anyhow::{Context, Result, bail};
use std::{fs, process::Command};

/// Where `end2end/playwright.config.ts` writes its numbers.
const RESULTS: &str = "test-results/results.json";

pub(super) fn run(house: &House) -> Result<Counts> {
    bootstrap::bootstrap(house, Purpose::Test)?;
    let binary = house.target().join("release/integration-view");
    if !binary.is_file() {
        bail!(
            "{} is missing: run `cargo xtask test --only release` first",
            binary.display()
        );
    }
    let chromium = bootstrap::chromium().context("no Chromium: run `script/bootstrap test`")?;
    let folder = house.root().join("end2end");
    let results = folder.join(RESULTS);
    // Old numbers must not be taken for new ones.
    if results.exists() {
        fs::remove_file(&results)?;
    }
    let status = signals::wait(
        Command::new("npx")
            .args(["--no-install", "playwright", "test"])
            .env("IV_BINARY", &binary)
            .env("CHROMIUM", &chromium)
            .current_dir(&folder),
    )
    .context("npx does not start")?;
    let counts = fs::read_to_string(&results)
        .context("Playwright wrote no results")
        .and_then(|text| read(&text))?;
    if !status.success() || counts.failed > 0 {
        bail!(
            "{} of the browser tests failed ({status}); traces are in end2end/test-results",
            counts.failed
        );
    }
    if counts.passed == 0 {
        bail!("Playwright ran no test");
    }
    Ok(counts)
}

/// Playwright's JSON report; a flaky test passed only on a second try and counts as failed.
fn read(text: &str) -> Result<Counts> {
    let report: serde_json::Value = serde_json::from_str(text)?;
    let number = |key: &str| {
        report["stats"][key]
            .as_u64()
            .with_context(|| format!("Playwright's results hold no stats.{key}"))
    };
    Ok(Counts {
        passed: number("expected")?,
        failed: number("unexpected")? + number("flaky")?,
        ignored: number("skipped")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flaky_test_is_a_failed_one() {
        let report = r#"{"stats":{"expected":5,"unexpected":1,"flaky":2,"skipped":3}}"#;
        assert_eq!(
            read(report).unwrap(),
            Counts {
                passed: 5,
                failed: 3,
                ignored: 3
            }
        );
        assert!(read("{}").is_err());
    }
}
