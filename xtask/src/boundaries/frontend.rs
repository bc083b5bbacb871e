//! `frontend` holds `hydrate()` and nothing else.

use super::{Violation, rust_text::RustText};
use regex::Regex;
use std::sync::LazyLock;

static ITEM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(fn|mod|struct|enum|trait|impl|static|const|macro_rules!)\s+(\w+)")
        .expect("the pattern is tested")
});

pub(super) fn check(path: &str, rust: &RustText) -> Vec<Violation> {
    if !path.starts_with("frontend/") {
        return Vec::new();
    }
    let violation = |line| Violation {
        file: path.to_owned(),
        line,
        rule: "frontend-only-hydrates",
        advice: "move this to `app`; frontend holds hydrate() alone".to_owned(),
    };
    if path != "frontend/src/lib.rs" {
        return vec![violation(1)];
    }
    rust.lines()
        .filter(|(_, code)| {
            ITEM.captures(code)
                .is_some_and(|item| (&item[1], &item[2]) != ("fn", "hydrate"))
        })
        .map(|(line, _)| violation(line))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::boundaries::testing::broken;

    #[test]
    fn anything_but_hydrate_is_refused() {
        let hydrate = "pub fn hydrate() {\n    leptos::mount::hydrate_body(app::App);\n}\n";
        assert!(broken("frontend/src/lib.rs", hydrate).is_empty());
        for code in [
            "fn helper() {}",
            "mod helper;",
            "struct State;",
            "impl State {}",
        ] {
            assert_eq!(
                broken("frontend/src/lib.rs", &format!("{hydrate}{code}")),
                ["4 frontend-only-hydrates"],
                "{code}"
            );
        }
        assert_eq!(
            broken("frontend/src/helper.rs", ""),
            ["1 frontend-only-hydrates"]
        );
    }
}
