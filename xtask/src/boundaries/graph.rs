//! Which packages may stand in which crate's tree.

use super::Violation;
use crate::{bootstrap::wasm_target::TARGET, house::House, run};
use anyhow::{Context, Result};
use std::{collections::BTreeSet, fs};

/// A crate of ours and the packages that its tree must not hold. A name stands for itself and for
/// its family: `axum` also for `axum-core`, `sqlx` also for `sqlx-postgres`.
struct Tree {
    package: &'static str,
    target: Option<&'static str>,
    forbidden: &'static [&'static str],
    advice: &'static str,
}

const TREES: [Tree; 4] = [
    Tree {
        package: "frontend",
        target: Some(TARGET),
        forbidden: &[
            "axum",
            "hyper",
            "libsqlite3-sys",
            "leptos_axum",
            "server",
            "sqlx",
            "store",
            "tokio",
        ],
        advice: "keep it out of the browser: make the dependency optional under app's feature `ssr`",
    },
    Tree {
        package: "domain",
        target: None,
        forbidden: &["axum", "http", "hyper", "leptos", "sqlx", "store", "tokio"],
        advice: "domain is pure: only serde, chrono, thiserror, uuid and the like; sqlx under its feature",
    },
    Tree {
        package: "store",
        target: None,
        forbidden: &["app", "axum", "http", "hyper", "leptos", "server", "tower"],
        advice: "store knows no HTTP and no pages",
    },
    Tree {
        package: "iv",
        target: None,
        forbidden: &["app", "axum", "leptos", "server", "sqlx", "store"],
        advice: "it speaks HTTP to a server and links neither pages nor a database",
    },
];

/// A crate of ours and what its own Cargo.toml must not name (deeper is allowed: `app` brings axum
/// through `leptos_axum`). `deny.toml` says the same for sqlx and axum over all packages.
const DIRECT: [(&str, &[&str], &str); 3] = [
    (
        "app",
        &["axum", "sqlx", "tokio"],
        "app reaches data through `store` alone",
    ),
    (
        "server",
        &["sqlx"],
        "server reaches data through `store` alone (benches may, as dev-dependency)",
    ),
    (
        "frontend",
        &["domain", "store", "server"],
        "frontend uses `app` alone",
    ),
];

pub(super) fn check(house: &House) -> Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for tree in TREES.iter().filter(|tree| house.has(tree.package)) {
        let manifest = manifest(house, tree.package)?;
        for name in offenders(&packages(house, tree)?, tree) {
            violations.push(Violation {
                file: format!("{}/Cargo.toml", tree.package),
                line: line_naming(&manifest, &name),
                rule: "dependency-tree",
                advice: format!(
                    "`{name}` is in the tree of {}: {} (cargo tree -p {} -i {name})",
                    tree.package, tree.advice, tree.package
                ),
            });
        }
    }
    for (package, forbidden, advice) in DIRECT.iter().filter(|(package, ..)| house.has(package)) {
        violations.extend(check_direct(
            package,
            &manifest(house, package)?,
            forbidden,
            advice,
        )?);
    }
    Ok(violations)
}

fn manifest(house: &House, package: &str) -> Result<String> {
    let path = house.root().join(package).join("Cargo.toml");
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

fn packages(house: &House, tree: &Tree) -> Result<BTreeSet<String>> {
    let mut cargo = run::cargo();
    cargo.args([
        "tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}",
    ]);
    cargo.args(["--package", tree.package]);
    if let Some(target) = tree.target {
        cargo.args(["--target", target]);
    }
    let text = run::output(cargo.current_dir(house.root()))?;
    // The first line is the crate itself.
    Ok(text
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect())
}

fn offenders(packages: &BTreeSet<String>, tree: &Tree) -> Vec<String> {
    packages
        .iter()
        .filter(|package| {
            tree.forbidden.iter().any(|forbidden| {
                package
                    .strip_prefix(forbidden)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            })
        })
        .cloned()
        .collect()
}

fn check_direct(
    package: &str,
    manifest: &str,
    forbidden: &[&str],
    advice: &str,
) -> Result<Vec<Violation>> {
    let parsed: toml::Value =
        toml::from_str(manifest).with_context(|| format!("{package}/Cargo.toml is not TOML"))?;
    let dependencies = parsed.get("dependencies").and_then(toml::Value::as_table);
    Ok(forbidden
        .iter()
        .filter(|name| dependencies.is_some_and(|table| table.contains_key(**name)))
        .map(|name| Violation {
            file: format!("{package}/Cargo.toml"),
            line: line_naming(manifest, name),
            rule: "dependency",
            advice: format!("remove `{name}`: {advice}"),
        })
        .collect())
}

/// The line of the manifest that names the package, or the first.
fn line_naming(manifest: &str, name: &str) -> usize {
    manifest
        .lines()
        .position(|line| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
        })
        .map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_and_its_family_are_found_in_a_tree() {
        let packages = ["axum-core", "axumish", "leptos", "sqlx-postgres", "tokio"]
            .map(str::to_owned)
            .into();
        for tree in &TREES {
            let offenders = offenders(&packages, tree);
            assert!(
                offenders.contains(&"axum-core".to_owned()),
                "{}",
                tree.package
            );
            assert!(
                !offenders.contains(&"axumish".to_owned()),
                "{}",
                tree.package
            );
        }
        assert!(offenders(&packages, &TREES[0]).contains(&"tokio".to_owned()));
    }

    #[test]
    fn a_forbidden_dependency_is_named_with_its_line() {
        let manifest = "[package]\nname = \"app\"\n\n[dependencies]\naxum.workspace = true\n\
                        [dev-dependencies]\nsqlx.workspace = true\n";
        let found = check_direct("app", manifest, &["axum", "sqlx"], "no").unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].to_string(),
            "app/Cargo.toml:5: dependency: remove `axum`: no"
        );
    }
}
