//! The offline half of `cargo deny check`: licences and wrappers, read from the same `deny.toml`.
//!
//! cargo-deny itself takes minutes to compile and wants an advisory database from the network; it
//! is run before a release. This half runs at every test.

use super::Violation;
use crate::{bootstrap::wasm_target::TARGET, house::House, run};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, process::Command};

/// What we read of `deny.toml`; cargo-deny reads the rest.
#[derive(Debug, Deserialize)]
struct Deny {
    licenses: Licences,
    bans: Bans,
}

#[derive(Debug, Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    package: String,
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Debug, Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    package: String,
    #[serde(default)]
    wrappers: Vec<String>,
}

/// What we read of `cargo metadata`.
#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Debug, Deserialize)]
struct Package {
    id: String,
    name: String,
    license: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Debug, Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

pub(super) fn check(house: &House) -> Result<Vec<Violation>> {
    let text =
        fs::read_to_string(house.root().join("deny.toml")).context("cannot read deny.toml")?;
    let deny: Deny = toml::from_str(&text).context("deny.toml is not what cargo-deny expects")?;
    let host = run::output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let mut cargo = run::cargo();
    cargo.args(["metadata", "--locked", "--format-version", "1"]);
    // Other systems' packages would have to be downloaded first.
    cargo.args([
        "--filter-platform",
        host.trim(),
        "--filter-platform",
        TARGET,
    ]);
    let metadata: Metadata = serde_json::from_str(&run::output(cargo.current_dir(house.root()))?)
        .context("cargo metadata did not answer as expected")?;
    let mut violations = check_licences(&deny, &metadata);
    violations.extend(check_wrappers(&deny, &metadata));
    Ok(violations)
}

fn check_licences(deny: &Deny, metadata: &Metadata) -> Vec<Violation> {
    metadata
        .packages
        .iter()
        .filter_map(|package| {
            let allowed = |licence: &str| {
                deny.licenses.allow.iter().any(|name| name == licence)
                    || deny.licenses.exceptions.iter().any(|exception| {
                        exception.package == package.name
                            && exception.allow.iter().any(|name| name == licence)
                    })
            };
            let problem = match &package.license {
                None => "names no licence".to_owned(),
                Some(text) => match spdx::Expression::parse_mode(text, spdx::ParseMode::LAX) {
                    Err(_) => format!("has the unreadable licence {text:?}"),
                    Ok(expression)
                        if expression.evaluate(|requirement| allowed(&requirement.to_string())) =>
                    {
                        return None;
                    }
                    Ok(_) => format!("has the licence {text}"),
                },
            };
            Some(Violation {
                file: "deny.toml".to_owned(),
                line: 1,
                rule: "licence",
                advice: format!(
                    "`{}` {problem}: drop it, or allow it here with a reason",
                    package.name
                ),
            })
        })
        .collect()
}

fn check_wrappers(deny: &Deny, metadata: &Metadata) -> Vec<Violation> {
    let names: BTreeMap<&str, &str> = metadata
        .packages
        .iter()
        .map(|package| (package.id.as_str(), package.name.as_str()))
        .collect();
    let mut violations = Vec::new();
    for node in &metadata.resolve.nodes {
        for dependency in &node.deps {
            let shipped = dependency
                .dep_kinds
                .iter()
                .any(|kind| kind.kind.as_deref() != Some("dev"));
            let (Some(user), Some(used)) = (
                names.get(node.id.as_str()),
                names.get(dependency.pkg.as_str()),
            ) else {
                continue;
            };
            for ban in deny.bans.deny.iter().filter(|ban| ban.package == *used) {
                if shipped && !ban.wrappers.iter().any(|wrapper| wrapper == user) {
                    violations.push(Violation {
                        file: "deny.toml".to_owned(),
                        line: 1,
                        rule: "wrapper",
                        advice: format!(
                            "`{user}` uses `{used}`, which only {} may",
                            if ban.wrappers.is_empty() {
                                "nobody".to_owned()
                            } else {
                                ban.wrappers.join(", ")
                            }
                        ),
                    });
                }
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deny() -> Deny {
        toml::from_str(
            "[licenses]\nallow = [\"MIT\", \"Apache-2.0\"]\n\
             exceptions = [{ crate = \"tool\", allow = [\"MPL-2.0\"] }]\n\
             [bans]\ndeny = [{ crate = \"sqlx\", wrappers = [\"store\"] }, { crate = \"openssl\" }]\n",
        )
        .unwrap()
    }

    fn metadata(packages: &[(&str, &str)], edges: &[(&str, &str, Option<&str>)]) -> Metadata {
        Metadata {
            packages: packages
                .iter()
                .map(|(name, license)| Package {
                    id: (*name).to_owned(),
                    name: (*name).to_owned(),
                    license: Some((*license).to_owned()).filter(|text| !text.is_empty()),
                })
                .collect(),
            resolve: Resolve {
                nodes: edges
                    .iter()
                    .map(|(user, used, kind)| Node {
                        id: (*user).to_owned(),
                        deps: vec![Dependency {
                            pkg: (*used).to_owned(),
                            dep_kinds: vec![DependencyKind {
                                kind: kind.map(str::to_owned),
                            }],
                        }],
                    })
                    .collect(),
            },
        }
    }

    #[test]
    fn a_licence_outside_the_list_is_refused() {
        let refused =
            |name, licence| check_licences(&deny(), &metadata(&[(name, licence)], &[])).len();
        assert_eq!(refused("a", "MIT OR GPL-3.0"), 0);
        assert_eq!(refused("a", "MIT/Apache-2.0"), 0);
        assert_eq!(refused("a", "MIT AND GPL-3.0"), 1);
        assert_eq!(refused("a", "MPL-2.0"), 1);
        assert_eq!(refused("tool", "MPL-2.0"), 0);
        assert_eq!(refused("a", ""), 1);
        assert_eq!(refused("a", "who knows"), 1);
    }

    #[test]
    fn only_wrappers_use_what_is_wrapped() {
        let packages = [
            ("server", "MIT"),
            ("store", "MIT"),
            ("sqlx", "MIT"),
            ("openssl", "MIT"),
        ];
        let refused = |user, used, kind| {
            check_wrappers(&deny(), &metadata(&packages, &[(user, used, kind)])).len()
        };
        assert_eq!(refused("store", "sqlx", None), 0);
        assert_eq!(refused("server", "sqlx", None), 1);
        assert_eq!(refused("server", "sqlx", Some("build")), 1);
        assert_eq!(refused("server", "sqlx", Some("dev")), 0);
        assert_eq!(refused("store", "openssl", None), 1);
    }
}
