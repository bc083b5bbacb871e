//! `style/main.css`, a list of `@import` lines, becomes one minified text.

use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Targets},
};
use std::path::Path;

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn layers_keep_their_declared_order_and_modern_css_stays_as_written() {
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
            "@layer reset{body{margin:0}}@layer components{.run-table{\
             color:light-dark(#111,#eee);& a{color:inherit}}}"
        );
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
