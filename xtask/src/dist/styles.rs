//! `style/main.css`, a list of `@import` lines, becomes one minified text.

use anyhow::{Context, Result, anyhow, bail};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Targets},
};
use std::{fs, path::Path};

/// The first versions that know `light-dark()` and nesting: for older ones Lightning CSS would
/// rewrite both. Keep equal to `browserquery` in Cargo.toml.
fn browsers() -> Targets {
    let version = |major: u32, minor: u32| Some(major << 16 | minor << 8);
    Targets::from(Browsers {
        chrome: version(123, 0),
        firefox: version(120, 0),
        safari: version(17, 5),
        ..Browsers::default()
    })
}

pub(super) fn bundle(entry: &Path) -> Result<String> {
    let list =
        fs::read_to_string(entry).with_context(|| format!("cannot read {}", entry.display()))?;
    refuse_rules(&list).with_context(|| entry.display().to_string())?;
    let files = FileProvider::new();
    let targets = browsers();
    // The bundler's errors borrow from the provider and name the file and the line.
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(entry)
        .map_err(|error| anyhow!("the styles do not bundle: {error}"))?;
    sheet
        .minify(MinifyOptions {
            targets,
            ..MinifyOptions::default()
        })
        .map_err(|error| anyhow!("the styles do not minify: {error}"))?;
    let printed = sheet
        .to_css(PrinterOptions {
            minify: true,
            targets,
            ..PrinterOptions::default()
        })
        .map_err(|error| anyhow!("the styles do not print: {error}"))?;
    Ok(printed.code)
}

/// The bundler silently drops an `@layer a, b;` that stands before the imports of the entry file,
/// and with it the order of the layers. From an imported file it keeps it.
fn refuse_rules(list: &str) -> Result<()> {
    let mut rest = list.trim_start();
    while !rest.is_empty() {
        let end = if rest.starts_with("/*") {
            rest.find("*/").map(|end| end + 2)
        } else if rest.starts_with("@import") {
            rest.find(';').map(|end| end + 1)
        } else {
            None
        };
        let Some(end) = end else {
            let line = rest.lines().next().unwrap_or_default();
            bail!(
                "it may hold `@import` lines and comments only: move {line:?} to a file of its own"
            );
        };
        rest = rest[end..].trim_start();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_bundled_in_order_and_modern_css_stays_as_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        file(
            "main.css",
            "/* all */\n@import \"layers.css\";\n@import \"b.css\" layer(components);\n@import \"a.css\" layer(reset);\n",
        );
        file("layers.css", "@layer reset, components;\n");
        file("a.css", "body { margin: 0px }\n");
        file(
            "b.css",
            ".run-table { color: light-dark(#111111, #eeeeee); & a { color: inherit } }\n",
        );
        assert_eq!(
            bundle(&folder.path().join("main.css")).unwrap(),
            "@layer reset,components;@layer components{.run-table{color:light-dark(#111,#eee);\
             & a{color:inherit}}}@layer reset{body{margin:0}}"
        );
    }

    #[test]
    fn a_rule_in_the_list_of_imports_is_refused() {
        let error = refuse_rules("@layer a, b;\n@import \"a.css\";\n")
            .unwrap_err()
            .to_string();
        assert!(error.contains("@layer a, b;"), "{error}");
        assert!(refuse_rules("@import \"a.css\";\nbody {}\n").is_err());
    }

    #[test]
    fn a_missing_import_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.css"), "@import \"gone.css\";\n").unwrap();
        let error = bundle(&folder.path().join("main.css"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("main.css"), "{error}");
    }
}
