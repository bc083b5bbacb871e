//! Words that may stand only in certain places.

use super::{Violation, is_test_file, rust_text::RustText};
use regex::Regex;
use std::sync::LazyLock;

/// A word of code and where it is forbidden.
struct Word {
    rule: &'static str,
    pattern: LazyLock<Regex>,
    forbidden_in: fn(&str) -> bool,
    /// Whether `#[cfg(test)]` code may use it.
    tests_may: bool,
    advice: &'static str,
}

macro_rules! pattern {
    ($pattern:literal) => {
        LazyLock::new(|| Regex::new($pattern).expect("the pattern is tested"))
    };
}

static WORDS: [Word; 11] = [
    Word {
        rule: "allow-attribute",
        pattern: pattern!(r"#!?\[\s*(cfg_attr\b.*\b)?allow\s*\("),
        forbidden_in: |_| true,
        tests_may: false,
        advice: "write #[expect(lint, reason = \"…\")], which fails once it is no longer needed",
    },
    Word {
        rule: "inner-html",
        pattern: pattern!(r"\binner_html\b"),
        forbidden_in: |_| true,
        tests_may: false,
        advice: "build the view from elements: reported data must never become markup",
    },
    Word {
        rule: "assert-sql-safe",
        pattern: pattern!(r"\bAssertSqlSafe\b"),
        forbidden_in: |_| true,
        tests_may: false,
        advice: "take a &'static str, or a QueryBuilder that binds its values",
    },
    Word {
        rule: "clock",
        pattern: pattern!(r"\b(Utc|Local|SystemTime|Instant)::now\b"),
        forbidden_in: |path| is_product(path) && !is_clock(path) && !is_test_file(path),
        tests_may: true,
        advice: "take `now` as an argument; only the server's clock.rs reads the time",
    },
    Word {
        rule: "sql-outside-store",
        pattern: pattern!(r"\bsqlx::query|\bQueryBuilder\b|\bquery!\s*\("),
        forbidden_in: knows_no_sql,
        tests_may: false,
        advice: "move the query to `store` and call it from here",
    },
    Word {
        rule: "app-names-database-or-server",
        pattern: pattern!(r"\b(sqlx|axum)::"),
        forbidden_in: |path| path.starts_with("app/"),
        tests_may: false,
        advice: "app knows neither: call `store` in api/, and leave HTTP to `server`",
    },
    Word {
        rule: "environment",
        pattern: pattern!(r"\bstd::env\b|\benv::var"),
        forbidden_in: |path| {
            ["app/", "domain/", "store/src/", "frontend/"]
                .iter()
                .any(|from| path.starts_with(from))
        },
        tests_may: true,
        advice: "take it as an argument; only the server's configuration reads the environment",
    },
    Word {
        rule: "input-output-in-domain",
        pattern: pattern!(r"\bstd::(fs|io|net|process|thread)\b"),
        forbidden_in: |path| path.starts_with("domain/src/"),
        tests_may: true,
        advice: "domain is pure: do this in `server`, `store` or `iv` and hand in the result",
    },
    Word {
        rule: "view-in-server",
        pattern: pattern!(r"\bview!\s*[{(\[]"),
        forbidden_in: |path| path.starts_with("server/"),
        tests_may: false,
        advice: "markup lives in `app`",
    },
    Word {
        rule: "inline-style",
        // Formatted code writes `let style = …` with spaces and attributes without.
        pattern: pattern!(r"\bstyle=|\bstyle:[a-z-]+=|\.style\("),
        forbidden_in: |path| path.starts_with("app/"),
        tests_may: false,
        advice: "the CSP blocks it: use a class, <progress> or an SVG attribute",
    },
    Word {
        rule: "store-knows-pages",
        pattern: pattern!(r"\b(leptos|axum|http)::"),
        forbidden_in: |path| path.starts_with("store/"),
        tests_may: false,
        advice: "store knows no HTTP: return a StoreError or an Option and map it at the caller",
    },
];

/// Upper-case keywords, as the house writes SQL; prose writes them otherwise.
static SQL: LazyLock<Regex> = pattern!(
    r"(?s)\b(SELECT\s.*\bFROM\b|SELECT\s+[\d(\w*]|INSERT\s+INTO\b|DELETE\s+FROM\b|UPDATE\s+\w+\s+SET\b|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|DATABASE)\b|PRAGMA\s+\w)"
);

pub(super) fn check(path: &str, rust: &RustText) -> Vec<Violation> {
    let mut violations = Vec::new();
    for word in WORDS.iter().filter(|word| (word.forbidden_in)(path)) {
        for (line, code) in rust.lines() {
            if word.pattern.is_match(code) && !(word.tests_may && rust.is_test(line)) {
                violations.push(violation(path, line, word.rule, word.advice));
            }
        }
    }
    if knows_no_sql(path) {
        for literal in rust
            .literals
            .iter()
            .filter(|literal| SQL.is_match(&literal.text))
        {
            violations.push(violation(
                path,
                literal.line,
                "sql-outside-store",
                "move the query to `store` and call it from here",
            ));
        }
    }
    violations
}

fn violation(path: &str, line: usize, rule: &'static str, advice: &str) -> Violation {
    Violation {
        file: path.to_owned(),
        line,
        rule,
        advice: advice.to_owned(),
    }
}

fn is_product(path: &str) -> bool {
    !path.starts_with("xtask/")
}

fn is_clock(path: &str) -> bool {
    (path.starts_with("server/") || path.starts_with("iv/")) && path.ends_with("/clock.rs")
}

/// `server/benches` sets our pages beside the bare queries, and is the one exception.
fn knows_no_sql(path: &str) -> bool {
    is_product(path) && !path.starts_with("store/") && !path.starts_with("server/benches/")
}

#[cfg(test)]
mod tests {
    use crate::boundaries::testing::broken;

    #[test]
    fn allow_is_refused_everywhere_and_expect_is_not() {
        for code in [
            "#[allow(dead_code)]",
            "#![allow(dead_code)]",
            "#[cfg_attr(test, allow(dead_code))]",
        ] {
            assert_eq!(
                broken("xtask/src/a.rs", code),
                ["1 allow-attribute"],
                "{code}"
            );
        }
        assert!(
            broken(
                "store/src/lib.rs",
                "#[expect(dead_code, reason = \"allow(x)\")]"
            )
            .is_empty()
        );
    }

    #[test]
    fn markup_from_data_is_refused() {
        let code = "view! { <p inner_html=text/> }";
        assert_eq!(broken("app/src/lib.rs", code), ["1 inner-html"]);
    }

    #[test]
    fn asserting_that_sql_is_safe_is_refused_in_store_too() {
        let code = "query(AssertSqlSafe(text))";
        assert_eq!(broken("store/src/lib.rs", code), ["1 assert-sql-safe"]);
    }

    #[test]
    fn the_clock_is_read_in_one_place() {
        for code in [
            "Utc::now()",
            "SystemTime::now()",
            "std::time::Instant::now()",
            "Local::now()",
        ] {
            assert_eq!(broken("server/src/router.rs", code), ["1 clock"], "{code}");
            assert!(broken("server/src/clock.rs", code).is_empty());
            assert!(broken("server/benches/pages.rs", code).is_empty());
            assert!(broken("store/tests/runs.rs", code).is_empty());
            let tests = format!("#[cfg(test)]\nmod tests {{\n{code}\n}}\n");
            assert!(broken("store/src/run.rs", &tests).is_empty());
        }
        assert_eq!(broken("store/src/clock.rs", "Utc::now()"), ["1 clock"]);
    }

    #[test]
    fn sql_stands_in_store_alone() {
        for code in [
            "sqlx::query(\"\")",
            "QueryBuilder::new()",
            "\"SELECT 1\"",
            "\"SELECT id\\nFROM run\"",
            "\"INSERT INTO run VALUES (1)\"",
            "\"UPDATE run SET a = 1\"",
            "\"DELETE FROM run\"",
            "r#\"PRAGMA integrity_check\"#",
        ] {
            assert_eq!(
                broken("server/src/ingest.rs", code),
                ["1 sql-outside-store"],
                "{code}"
            );
            assert_eq!(
                broken("server/tests/ingest.rs", code),
                ["1 sql-outside-store"],
                "{code}"
            );
            assert!(broken("server/benches/pages.rs", code).is_empty(), "{code}");
            assert!(broken("store/src/run.rs", code).is_empty(), "{code}");
        }
        for prose in [
            "\"Select a run from the list\"",
            "\"<select>\"",
            "// SELECT 1",
        ] {
            assert!(broken("app/src/lib.rs", prose).is_empty(), "{prose}");
        }
    }

    #[test]
    fn app_names_neither_database_nor_server() {
        for code in ["use sqlx::Row;", "use axum::Json;"] {
            assert_eq!(
                broken("app/src/api/run.rs", code),
                ["1 app-names-database-or-server"]
            );
        }
        assert!(broken("app/src/api/run.rs", "leptos_axum::redirect(to)").is_empty());
    }

    #[test]
    fn the_environment_is_read_by_the_server_alone() {
        for path in ["app/src/lib.rs", "domain/src/run.rs", "store/src/pool.rs"] {
            assert_eq!(broken(path, "std::env::var(name)"), ["1 environment"]);
        }
        assert!(broken("server/src/config.rs", "std::env::var(name)").is_empty());
    }

    #[test]
    fn domain_does_no_input_and_output() {
        let code = "std::fs::read(path)";
        assert_eq!(
            broken("domain/src/run.rs", code),
            ["1 input-output-in-domain"]
        );
        assert!(broken("domain/tests/run.rs", code).is_empty());
    }

    #[test]
    fn the_server_holds_no_markup() {
        assert_eq!(
            broken("server/src/router.rs", "view! { <p/> }"),
            ["1 view-in-server"]
        );
        assert!(broken("server/src/router.rs", "// view! lives in app").is_empty());
    }

    #[test]
    fn inline_styles_are_refused() {
        for code in [
            "view! { <p style=\"color: red\"/> }",
            "view! { <p style:width=width/> }",
            "p().style((\"width\", width))",
        ] {
            assert_eq!(
                broken("app/src/components/bar.rs", code),
                ["1 inline-style"],
                "{code}"
            );
        }
        assert!(broken("app/src/components/bar.rs", "let style = class;").is_empty());
    }

    #[test]
    fn store_knows_no_http() {
        assert_eq!(
            broken("store/src/error.rs", "http::StatusCode::OK"),
            ["1 store-knows-pages"]
        );
    }
}
