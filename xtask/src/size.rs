//! What the browser's half weighs: every file that is handed out, and what the wasm is made of.
//!
//! The released wasm holds no names, so it is made a second time with them, by the same steps and
//! from the same input. It differs from the released one by its names alone.

mod wasm;

use crate::{dist, house::House};
use anyhow::{Context, Result};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};
use wasm::Wasm;

/// Functions that are listed.
const LARGEST: usize = 20;
/// Crates that are listed; what is smaller is summed up.
const CRATES: usize = 20;

/// The report as Markdown.
pub(crate) fn size(house: &House) -> Result<String> {
    dist::dist(house, dist::Mode::Release)?;
    let named = dist::named_wasm(house)?;
    let mut report = String::from("\n## What a browser fetches\n\n");
    report.push_str(&files(&house.site())?);
    report.push_str(&contributors(&Wasm::read(&named)?));
    Ok(report)
}

/// Each file of the site with its size, and as it travels.
fn files(site: &Path) -> Result<String> {
    let mut table = String::from("| file | bytes | brotli |\n|---|---:|---:|\n");
    let mut folders = vec![site.to_path_buf()];
    let mut rows = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(site)?.to_string_lossy().into_owned();
            if name.ends_with(".br") || name.ends_with(".gz") || name == "manifest.json" {
                continue;
            }
            let small = fs::metadata(site.join(format!("{name}.br")));
            let small = small.map_or_else(|_| "–".to_owned(), |small| small.len().to_string());
            rows.insert(name, (fs::metadata(&path)?.len(), small));
        }
    }
    for (name, (raw, small)) in rows {
        writeln!(table, "| {name} | {raw} | {small} |")?;
    }
    Ok(table)
}

/// The crates and the functions that weigh most.
fn contributors(wasm: &Wasm) -> String {
    let share = |bytes: usize| bytes as f64 * 100.0 / wasm.total().max(1) as f64;
    let mut crates: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, bytes) in &wasm.functions {
        let sum = crates.entry(crate_of(name)).or_default();
        *sum = (sum.0 + 1, sum.1 + bytes);
    }
    let mut crates: Vec<_> = crates.into_iter().collect();
    crates.sort_by_key(|(name, (_, bytes))| (std::cmp::Reverse(*bytes), *name));
    let rest = crates.split_off(crates.len().min(CRATES));

    let mut text = String::from(
        "\n## What the wasm is made of\n\n| crate | functions | bytes | share |\n|---|---:|---:|---:|\n",
    );
    let mut row = |name: &str, count: String, bytes: usize| {
        let _ = writeln!(
            text,
            "| {name} | {count} | {bytes} | {:.1} % |",
            share(bytes)
        );
    };
    for (name, (count, bytes)) in crates {
        row(name, count.to_string(), bytes);
    }
    if !rest.is_empty() {
        let count: usize = rest.iter().map(|(_, (count, _))| count).sum();
        let bytes = rest.iter().map(|(_, (_, bytes))| bytes).sum();
        row(
            &format!("{} further crates", rest.len()),
            count.to_string(),
            bytes,
        );
    }
    row("data", String::new(), wasm.data);
    row("tables, types and the like", String::new(), wasm.other);

    let mut largest: Vec<_> = wasm.functions.iter().collect();
    largest.sort_by_key(|(name, bytes)| (std::cmp::Reverse(*bytes), name));
    text.push_str("\n## The largest functions\n\n| bytes | function |\n|---:|---|\n");
    for (name, bytes) in largest.into_iter().take(LARGEST) {
        let name = name.replace('|', "\\|");
        let _ = writeln!(text, "| {bytes} | `{name}` |");
    }
    text
}

/// The crate that a function's name begins with: of a trait's method, the one of the type, or of
/// the trait where the type is a parameter or belongs to the language.
fn crate_of(name: &str) -> &str {
    let name = name.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_');
    let words = ["mut ", "dyn ", "impl ", "const "];
    if let Some(rest) = words.iter().find_map(|word| name.strip_prefix(word)) {
        return crate_of(rest);
    }
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let end = name.find(|c| !part(c)).unwrap_or(name.len());
    let (first, mut rest) = name.split_at(end);
    // Some names carry the crate's digest: `core[3a46b9eb53f1da24]::fmt`.
    if let Some((digest, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        && digest.bytes().all(|b| b.is_ascii_hexdigit())
    {
        rest = behind;
    }
    if rest.starts_with("::") && !first.is_empty() {
        return first;
    }
    match name.split_once(" as ") {
        Some((_, of_trait)) => crate_of(of_trait),
        None if rest.starts_with(">::") => "core",
        None => "without a crate",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_crate_that_its_name_begins_with() {
        for (name, expected) in [
            ("app::pages::run::show::h0123456789abcdef", "app"),
            ("<alloc::vec::Vec<T> as core::ops::Drop>::drop", "alloc"),
            (
                "<&mut dyn serde::de::Error as core::fmt::Debug>::fmt",
                "serde",
            ),
            ("<T as tachys::view::IntoAny>::into_any::h0123", "tachys"),
            ("<f64 as core[3a46b9eb53f1da24]::fmt::Display>::fmt", "core"),
            ("core[3a46b9eb53f1da24]::fmt::write", "core"),
            ("<str>::to_lowercase", "core"),
            ("__wbindgen_malloc", "without a crate"),
            ("function 7", "without a crate"),
        ] {
            assert_eq!(crate_of(name), expected, "{name}");
        }
    }

    #[test]
    fn the_report_names_what_weighs_most() {
        let wasm = Wasm {
            functions: vec![
                ("app::small".to_owned(), 10),
                ("app::large".to_owned(), 60),
                ("<core::T as core::U>::f".to_owned(), 30),
            ],
            data: 80,
            other: 20,
        };
        let report = contributors(&wasm);
        assert!(
            report.contains(
                "| app | 2 | 70 | 35.0 % |\n| core | 1 | 30 | 15.0 % |\n| data |  | 80 | 40.0 % |"
            ),
            "{report}"
        );
        assert!(
            report.contains("|---:|---|\n| 60 | `app::large` |\n| 30 |"),
            "{report}"
        );
    }

    #[test]
    fn files_are_listed_as_they_travel() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("pkg")).unwrap();
        for (name, content) in [
            ("pkg/a.js", "aaaa"),
            ("pkg/a.js.br", "a"),
            ("pkg/a.js.gz", "aa"),
            ("robots.txt", "r"),
            ("manifest.json", "{}"),
        ] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let table = files(folder.path()).unwrap();
        assert!(
            table.ends_with("|---:|\n| pkg/a.js | 4 | 1 |\n| robots.txt | 1 | – |\n"),
            "{table}"
        );
    }
}
