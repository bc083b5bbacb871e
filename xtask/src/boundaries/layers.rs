//! Who may use whom inside `app` and inside `store`, and where links come from.

use super::{Source, Violation, is_test_file, rust_text::RustText};
use regex::Regex;
use std::{collections::BTreeSet, sync::LazyLock};

/// A folder or file of `app/src`, and the modules of `app` that it may name.
const APP_LAYERS: [(&str, &[&str]); 4] = [
    ("api", &["api", "context", "error"]),
    ("components", &["components"]),
    ("pages", &["api", "components", "error", "pages", "route"]),
    ("route", &["route"]),
];

/// Modules of `store` that are no nouns: every noun may use them. A new module is a noun until it
/// is named here.
const STORE_PLUMBING: [&str; 9] = [
    "clauses", "error", "lib", "migrate", "packed", "pool", "seal", "unit", "writer",
];

/// Files that the server hands out; their names are no links between pages.
static FILE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\.(css|ico|js|json|png|svg|txt|wasm|webmanifest)$").expect("the pattern is tested")
});
static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^/[A-Za-z0-9{:_-]").expect("the pattern is tested"));

/// The modules directly below `store/src`.
pub(super) fn store_modules(files: &[Source]) -> BTreeSet<String> {
    files
        .iter()
        .filter_map(|file| module_of(&file.path, "store/src/"))
        .map(str::to_owned)
        .collect()
}

pub(super) fn check(
    path: &str,
    rust: &RustText,
    store_modules: &BTreeSet<String>,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    if let Some(module) = module_of(path, "app/src/") {
        violations.extend(check_app(path, module, rust));
    }
    if let Some(module) = module_of(path, "store/src/") {
        violations.extend(check_store(path, module, rust, store_modules));
    }
    violations
}

/// `runs` for both `app/src/runs.rs` and `app/src/runs/table.rs`.
fn module_of<'path>(path: &'path str, source: &str) -> Option<&'path str> {
    let rest = path.strip_prefix(source)?;
    let first = rest.split('/').next()?;
    Some(first.strip_suffix(".rs").unwrap_or(first))
}

fn check_app(path: &str, module: &str, rust: &RustText) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut report = |line, rule, advice: String| {
        violations.push(Violation {
            file: path.to_owned(),
            line,
            rule,
            advice,
        });
    };
    if let Some((layer, allowed)) = APP_LAYERS.iter().find(|(layer, _)| *layer == module) {
        let known = ["api", "components", "error", "pages", "route"];
        for (line, used) in used_modules(rust, "crate::") {
            if !allowed.contains(&used.as_str()) {
                report(line, "app-layers", app_advice(layer, &used));
            }
        }
        for (line, used) in used_modules(rust, "super::") {
            if known.contains(&used.as_str()) && !allowed.contains(&used.as_str()) {
                report(line, "app-layers", app_advice(layer, &used));
            }
        }
        if *layer != "api" {
            for (line, _) in used_modules(rust, "store::") {
                report(
                    line,
                    "app-layers",
                    "only api/ calls `store`: write a server function and call that".to_owned(),
                );
            }
        }
    }
    // Server functions have addresses of their own; they are no links.
    if module != "route" && module != "api" {
        for literal in &rust.literals {
            let link = LINK.is_match(&literal.text) && !FILE.is_match(&literal.text);
            if link && !literal.before.ends_with("path!(") && !rust.is_test(literal.line) {
                report(
                    literal.line,
                    "literal-link",
                    format!(
                        "take {:?} from route.rs, which makes every link",
                        literal.text
                    ),
                );
            }
        }
    }
    violations
}

fn app_advice(layer: &str, used: &str) -> String {
    match layer {
        "components" => format!(
            "a component does not know `{used}`: take what it needs as a plain argument (links too)"
        ),
        "api" => format!("api maps `store` to AppError and does not know `{used}`"),
        _ => format!("{layer} does not use `{used}` (docs/ARCHITECTURE.md, who may use whom)"),
    }
}

fn check_store(
    path: &str,
    module: &str,
    rust: &RustText,
    modules: &BTreeSet<String>,
) -> Vec<Violation> {
    if STORE_PLUMBING.contains(&module) || is_test_file(path) {
        return Vec::new();
    }
    used_modules(rust, "crate::")
        .into_iter()
        .chain(used_modules(rust, "super::"))
        .filter(|(line, used)| {
            used != module
                && modules.contains(used)
                && !STORE_PLUMBING.contains(&used.as_str())
                && !rust.is_test(*line)
        })
        .map(|(line, used)| Violation {
            file: path.to_owned(),
            line,
            rule: "store-nouns",
            advice: format!(
                "`{module}` does not use `{used}`: a join lives with the noun whose page it serves \
                 (if `{used}` is no noun, say so in xtask/src/boundaries/layers.rs)"
            ),
        })
        .collect()
}

/// The names right behind a prefix such as `crate::`, also in groups over several lines.
fn used_modules(rust: &RustText, prefix: &str) -> Vec<(usize, String)> {
    let code = rust.code();
    let mut used = Vec::new();
    for (start, _) in code.match_indices(prefix) {
        let continues_a_word = code[..start]
            .chars()
            .next_back()
            .is_some_and(|last| last.is_alphanumeric() || last == '_' || last == ':');
        if continues_a_word && prefix != "super::" {
            continue;
        }
        let after = start + prefix.len();
        if code[after..].starts_with('{') {
            used.extend(
                group(code, after)
                    .into_iter()
                    .map(|(at, name)| (rust.line_of(at), name)),
            );
        } else {
            let name = word(&code[after..]);
            if !name.is_empty() {
                used.push((rust.line_of(start), name.to_owned()));
            }
        }
    }
    used
}

/// The first word of each part of `{a::B, c::{D, E}}`, with its offset.
fn group(code: &str, open: usize) -> Vec<(usize, String)> {
    let (mut depth, mut part_begins, mut names) = (0_usize, false, Vec::new());
    for (offset, character) in code[open..].char_indices() {
        match character {
            '{' => {
                depth += 1;
                part_begins = depth == 1;
            }
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            ',' => part_begins = depth == 1,
            _ if character.is_whitespace() => {}
            _ => {
                if part_begins {
                    names.push((open + offset, word(&code[open + offset..]).to_owned()));
                }
                part_begins = false;
            }
        }
    }
    names
}

fn word(text: &str) -> &str {
    let end = text
        .find(|character: char| !character.is_alphanumeric() && character != '_')
        .unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use crate::boundaries::testing::{broken, broken_among};

    #[test]
    fn components_know_components_and_domain_alone() {
        for code in [
            "use crate::api::list_runs;",
            "use crate::{components::Time, api};",
            "use crate::{\n    route::{run, step},\n};",
            "use super::super::pages::Runs;",
            "crate::error::AppError",
            "store::Store",
        ] {
            let broken = broken("app/src/components/run_table.rs", code);
            assert_eq!(broken.len(), 1, "{code}: {broken:?}");
            assert!(broken[0].ends_with(" app-layers"), "{code}: {broken:?}");
        }
        let fine = "use crate::components::Time;\nuse domain::{Run, api};\nuse super::time::Time;";
        assert!(broken("app/src/components/run_table.rs", fine).is_empty());
    }

    #[test]
    fn a_group_over_several_lines_names_the_line_of_the_culprit() {
        let code = "use crate::{\n    components::{Time, Status},\n    pages::Runs,\n};";
        assert_eq!(
            broken("app/src/api/run.rs", code),
            ["2 app-layers", "3 app-layers"]
        );
    }

    #[test]
    fn pages_compose_and_never_query() {
        assert_eq!(
            broken("app/src/pages/runs.rs", "store::Store::open()"),
            ["1 app-layers"]
        );
        let fine = "use crate::{api, components::Time, error::AppError, route};";
        assert!(broken("app/src/pages/runs.rs", fine).is_empty());
    }

    #[test]
    fn api_serves_and_does_not_draw() {
        assert_eq!(
            broken("app/src/api/run.rs", "use crate::pages::Runs;"),
            ["1 app-layers"]
        );
        assert!(
            broken(
                "app/src/api/run.rs",
                "use crate::error::AppError; store::Store"
            )
            .is_empty()
        );
    }

    #[test]
    fn routes_know_nobody() {
        assert_eq!(
            broken("app/src/route.rs", "use crate::api;"),
            ["1 app-layers"]
        );
    }

    #[test]
    fn links_come_from_route() {
        for code in [
            "view! { <a href=\"/main/flows\"/> }",
            "format!(\"/{workspace}/flows\")",
        ] {
            for path in [
                "app/src/components/nav.rs",
                "app/src/pages/runs.rs",
                "app/src/lib.rs",
            ] {
                assert_eq!(broken(path, code), ["1 literal-link"], "{path}: {code}");
            }
            assert!(broken("app/src/route.rs", code).is_empty());
        }
        for fine in [
            "\"/\"",
            "\" / \"",
            "\"/favicon.svg\"",
            "path!(\"/:workspace/flows\")",
        ] {
            assert!(broken("app/src/lib.rs", fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn nouns_of_the_store_never_import_each_other() {
        let with_run = |path, code| broken_among(&[("store/src/run.rs", ""), (path, code)]);
        for code in [
            "use crate::run::Run;",
            "use super::run;",
            "use crate::{\nrun::Run,\npool};",
        ] {
            assert_eq!(with_run("store/src/step.rs", code).len(), 1, "{code}");
        }
        assert_eq!(
            with_run("store/src/step/read.rs", "use crate::run::Run;"),
            ["1 store-nouns"]
        );
        // Not a module of the store, itself, plumbing, and tests.
        assert!(
            with_run(
                "store/src/step.rs",
                "use domain::run::Run; use crate::StoreError;"
            )
            .is_empty()
        );
        assert!(with_run("store/src/run/read.rs", "use crate::run::Run;").is_empty());
        assert!(with_run("store/src/writer.rs", "use crate::run::Run;").is_empty());
        let test = "#[cfg(test)]\nmod tests {\nuse crate::run::Run;\n}";
        assert!(with_run("store/src/step.rs", test).is_empty());
    }
}
