//! Checks the rules of docs/ARCHITECTURE.md that the compiler does not know: who uses whom, where
//! SQL, clocks, colours and links may stand.
//!
//! It reads text, not types: it can be fooled by someone who wants to. It is there for the honest
//! slip, and says in one line what to do instead.

mod colours;
mod frontend;
mod graph;
mod imports;
mod layers;
mod licences;
mod rust_text;
mod words;

use crate::{house::House, say};
use anyhow::{Context, Result, bail};
use rust_text::RustText;
use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    file: String,
    line: usize,
    rule: &'static str,
    advice: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            rule,
            advice,
        } = self;
        write!(formatter, "{file}:{line}: {rule}: {advice}")
    }
}

/// Folders that hold no source of ours.
const NOT_OURS: [&str; 5] = [
    "target",
    "node_modules",
    ".git",
    "test-results",
    "playwright-report",
];

pub(crate) fn boundaries(house: &House) -> Result<()> {
    let files = sources(house.root())?;
    let mut violations = check_sources(&files);
    violations.extend(graph::check(house)?);
    violations.extend(licences::check(house)?);
    violations.sort();
    violations.dedup();
    for violation in &violations {
        println!("{violation}");
    }
    if !violations.is_empty() {
        bail!("{} broken rules, one a line above", violations.len());
    }
    say(format_args!("boundaries hold in {} files", files.len()));
    Ok(())
}

/// A file of the repository: its path with `/`, and its text.
#[derive(Clone, Debug)]
struct Source {
    path: String,
    text: String,
}

fn check_sources(files: &[Source]) -> Vec<Violation> {
    let store_modules = layers::store_modules(files);
    let mut violations = Vec::new();
    for file in files {
        match file.path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("rs") => {
                let rust = RustText::read(&file.text);
                violations.extend(words::check(&file.path, &rust));
                violations.extend(layers::check(&file.path, &rust, &store_modules));
                violations.extend(frontend::check(&file.path, &rust));
                violations.extend(colours::check_rust(&file.path, &rust));
            }
            Some("css") => violations.extend(colours::check_css(&file.path, &file.text)),
            Some("ts" | "js" | "mjs") => violations.extend(imports::check(&file.path, &file.text)),
            _ => {}
        }
    }
    violations
}

fn sources(root: &Path) -> Result<Vec<Source>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                if !NOT_OURS.iter().any(|name| path.ends_with(name)) {
                    folders.push(path);
                }
            } else if let Some(source) = source(root, path)? {
                files.push(source);
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn source(root: &Path, path: PathBuf) -> Result<Option<Source>> {
    let wanted = path.extension().is_some_and(|extension| {
        ["rs", "css", "ts", "js", "mjs"]
            .iter()
            .any(|known| extension == *known)
    });
    if !wanted {
        return Ok(None);
    }
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let path = path
        .strip_prefix(root)?
        .to_string_lossy()
        .replace('\\', "/");
    Ok(Some(Source { path, text }))
}

/// Whether the file holds tests or benches as a whole.
fn is_test_file(path: &str) -> bool {
    path.split('/')
        .any(|part| ["tests", "benches", "tests.rs"].contains(&part))
}

#[cfg(test)]
mod testing {
    use super::*;

    /// The rules that a file with this text breaks, as `line rule`.
    pub(super) fn broken(path: &str, text: &str) -> Vec<String> {
        broken_among(&[(path, text)])
    }

    pub(super) fn broken_among(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect();
        check_sources(&files)
            .iter()
            .map(|violation| format!("{} {}", violation.line, violation.rule))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_is_one_line_that_says_what_to_do() {
        let violation = Violation {
            file: "app/src/pages/runs.rs".to_owned(),
            line: 7,
            rule: "sql-outside-store",
            advice: "move the query to store".to_owned(),
        };
        assert_eq!(
            violation.to_string(),
            "app/src/pages/runs.rs:7: sql-outside-store: move the query to store"
        );
    }
}
