//! What ran and how many passed, summed from what the runners printed.

/// The numbers of one runner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// Told in the summary: a test that did not run must not look like one that passed.
    pub(super) ignored: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }

    /// Adds a line like `test result: ok. 12 passed; 0 failed; 1 ignored; …`; others count nothing.
    pub(super) fn read_line(&mut self, line: &str) {
        let Some((_, numbers)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in numbers.split("; ") {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<u64>().ok());
            match (number, words.next()) {
                (Some(number), Some("passed")) => self.passed += number,
                (Some(number), Some("failed")) => self.failed += number,
                (Some(number), Some("ignored")) => self.ignored += number,
                _ => {}
            }
        }
    }

    fn told(&self, what: &str) -> String {
        let ignored = match self.ignored {
            0 => String::new(),
            ignored => format!(" and {ignored} ignored"),
        };
        format!("{} {what}{ignored}", self.passed)
    }
}

/// Filled by the steps as they end well.
#[derive(Debug, Default)]
pub(super) struct Report {
    checks: Vec<&'static str>,
    /// With the databases that the store was tested on.
    pub(super) rust: Option<(Counts, String)>,
    /// Programs of others.
    pub(super) clients: Counts,
    /// Fuzz targets.
    pub(super) fuzz: Counts,
    pub(super) browser: Option<Counts>,
}

impl Report {
    pub(super) fn check(&mut self, name: &'static str) {
        self.checks.push(name);
    }

    pub(super) fn passed(&self) -> u64 {
        let rust = self.rust.as_ref().map_or(0, |(counts, _)| counts.passed);
        let browser = self.browser.as_ref().map_or(0, |counts| counts.passed);
        rust + self.clients.passed + self.fuzz.passed + browser
    }

    /// `format, lints, 131 Rust tests (sqlite + postgres 15.14), 42 browser tests passed`
    pub(super) fn summary(&self) -> String {
        let checks = self.checks.iter().map(|name| (*name).to_owned());
        let rust = self
            .rust
            .iter()
            .map(|(counts, databases)| format!("{} ({databases})", counts.told("Rust tests")));
        let others = [
            (&self.clients, "client tests"),
            (&self.fuzz, "fuzz targets"),
        ];
        let ran = others
            .into_iter()
            .filter(|(counts, _)| **counts != Counts::default());
        let others = ran.map(|(counts, what)| counts.told(what));
        let browser = self
            .browser
            .iter()
            .map(|counts| counts.told("browser tests"));
        let parts: Vec<String> = checks.chain(rust).chain(others).chain(browser).collect();
        format!("{} passed", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_test_programs_are_summed() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test a ... ok",
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s",
            "test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 7 filtered out",
            "a log line: test result: ok. 99 passed",
        ] {
            counts.read_line(line);
        }
        assert_eq!(
            counts,
            Counts {
                passed: 6,
                failed: 1,
                ignored: 1
            }
        );
    }

    #[test]
    fn the_summary_names_what_ran_and_what_was_ignored() {
        let mut report = Report::default();
        report.check("format");
        report.check("lints");
        let counts = |passed, ignored| Counts {
            passed,
            failed: 0,
            ignored,
        };
        report.rust = Some((counts(131, 2), "sqlite + postgres 15.14".to_owned()));
        report.clients = counts(2, 0);
        report.fuzz = counts(8, 0);
        report.browser = Some(counts(42, 0));
        assert_eq!(
            report.summary(),
            "format, lints, 131 Rust tests and 2 ignored (sqlite + postgres 15.14), \
             2 client tests, 8 fuzz targets, 42 browser tests passed"
        );
        assert_eq!(report.passed(), 183);
    }
}
