//! Raw colours and theme selectors stand in `style/tokens.css` alone; all else reads tokens.

use super::{Violation, rust_text::RustText};
use regex::Regex;
use std::sync::LazyLock;

const TOKENS: &str = "style/tokens.css";

static HEX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"#([0-9A-Fa-f]{8}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3,4})$")
        .expect("the pattern is tested")
});
static FUNCTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^\w-])(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|light-dark)\(")
        .expect("the pattern is tested")
});
static THEME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"prefers-color-scheme|\[data-theme|\[data-color-scheme")
        .expect("the pattern is tested")
});

/// The names that people reach for; `transparent`, `currentcolor` and system colours are no paint
/// of ours.
const NAMED: [&str; 14] = [
    "black", "blue", "brown", "cyan", "gray", "green", "grey", "magenta", "orange", "pink",
    "purple", "red", "white", "yellow",
];

pub(super) fn check_css(path: &str, text: &str) -> Vec<Violation> {
    if !path.starts_with("style/") || path == TOKENS {
        return Vec::new();
    }
    let mut violations = Vec::new();
    for (index, line) in without_comments(text).lines().enumerate() {
        let found = if THEME.is_match(line) {
            Some((
                "theme-outside-tokens",
                "say it once in style/tokens.css with light-dark()",
            ))
        } else if values(line).any(is_raw) || FUNCTION.is_match(line) {
            Some((
                "raw-colour",
                "name its meaning in style/tokens.css and use var(--that-name)",
            ))
        } else {
            None
        };
        if let Some((rule, advice)) = found {
            violations.push(violation(path, index + 1, rule, advice));
        }
    }
    violations
}

/// Colours in views, such as `fill="#c00"`.
pub(super) fn check_rust(path: &str, rust: &RustText) -> Vec<Violation> {
    if !path.starts_with("app/src/") {
        return Vec::new();
    }
    rust.literals
        .iter()
        .filter(|literal| {
            HEX.find(&literal.text)
                .is_some_and(|found| found.start() == 0)
                || FUNCTION.is_match(&literal.text)
        })
        .map(|literal| {
            violation(
                path,
                literal.line,
                "raw-colour",
                "give the element a class and colour it with a token in its CSS file",
            )
        })
        .collect()
}

fn violation(path: &str, line: usize, rule: &'static str, advice: &str) -> Violation {
    Violation {
        file: path.to_owned(),
        line,
        rule,
        advice: advice.to_owned(),
    }
}

/// The words right of each `property:` in a line; selectors such as `#add` have no colon before.
fn values(line: &str) -> impl Iterator<Item = &str> {
    let value = line.split_once(':').map_or("", |(_, value)| value);
    // A nested selector (`&:hover #add {`) is no value.
    let value = if value.contains('{') && !value.contains(';') {
        ""
    } else {
        value
    };
    value.split(|character: char| !(character.is_alphanumeric() || "#-_".contains(character)))
}

fn is_raw(word: &str) -> bool {
    let hex = HEX.find(word).is_some_and(|found| found.start() == 0);
    hex || NAMED.iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// Comments become spaces, lines stay.
fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut code = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        let (comment, behind) = after.split_once("*/").unwrap_or((after, ""));
        code.extend(comment.chars().filter(|character| *character == '\n'));
        rest = behind;
    }
    code.push_str(rest);
    code
}

#[cfg(test)]
mod tests {
    use crate::boundaries::testing::broken;

    #[test]
    fn raw_colours_stand_in_the_tokens_alone() {
        for code in [
            "a { color: #fff; }",
            "a { color: #A1B2C3 }",
            "  border: 1px solid rgb(0 0 0 / 20%);",
            "  fill: oklch(60% 0.1 20);",
            "  color: light-dark(var(--a), var(--b));",
            "  background: white;",
        ] {
            assert_eq!(
                broken("style/run_table.css", code),
                ["1 raw-colour"],
                "{code}"
            );
            assert!(broken("style/tokens.css", code).is_empty(), "{code}");
        }
        for fine in [
            "a { color: var(--status-red); white-space: nowrap; }",
            "#add { color: inherit }",
            "&:hover #add {",
            "/* #fff */ a { color: currentcolor }",
            "  background: color-mix(in oklch, var(--a) 20%, transparent);",
        ] {
            assert!(broken("style/run_table.css", fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn themes_are_chosen_in_the_tokens() {
        let code = "@media (prefers-color-scheme: dark) {";
        assert_eq!(
            broken("style/run_table.css", code),
            ["1 theme-outside-tokens"]
        );
    }

    #[test]
    fn views_hold_no_colours() {
        assert_eq!(
            broken("app/src/components/chart.rs", "<rect fill=\"#c00\"/>"),
            ["1 raw-colour"]
        );
        assert!(broken("app/src/components/nav.rs", "<a href=\"#main\"/>").is_empty());
    }
}
