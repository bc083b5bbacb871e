//! The browser tests see the running site, never its source.

use super::Violation;
use regex::Regex;
use std::sync::LazyLock;

static IMPORT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*['"]([^'"]+)['"]"#)
        .expect("the pattern is tested")
});

pub(super) fn check(path: &str, text: &str) -> Vec<Violation> {
    if !path.starts_with("end2end/") {
        return Vec::new();
    }
    text.lines()
        .enumerate()
        .flat_map(|(index, line)| {
            IMPORT
                .captures_iter(line)
                .filter(|import| leaves(path, &import[1]))
                .map(move |import| Violation {
                    file: path.to_owned(),
                    line: index + 1,
                    rule: "end2end-imports-source",
                    advice: format!("tests use the running site: do not import {:?}", &import[1]),
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Whether a relative import climbs out of `end2end/`.
fn leaves(path: &str, import: &str) -> bool {
    if import.starts_with('/') {
        return true;
    }
    if !import.starts_with('.') {
        return false;
    }
    // The file's own folder, seen from `end2end/`.
    let mut depth = path.matches('/').count() as isize - 1;
    for part in import.split('/') {
        match part {
            ".." => depth -= 1,
            "." | "" => {}
            _ => depth += 1,
        }
        if depth < 0 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::boundaries::testing::broken;

    #[test]
    fn an_import_that_leaves_end2end_is_refused() {
        let rule = ["1 end2end-imports-source"];
        for code in [
            "import { x } from '../../server/x.ts';",
            "import '../../style/main.css';",
            "const x = require(\"../../app/x\");",
            "await import('/etc/x');",
        ] {
            assert_eq!(broken("end2end/tests/runs.spec.ts", code), rule, "{code}");
        }
        for fine in [
            "import { test } from '@playwright/test';",
            "import { test } from '../helper/page.ts';",
        ] {
            assert!(
                broken("end2end/tests/runs.spec.ts", fine).is_empty(),
                "{fine}"
            );
        }
    }
}
