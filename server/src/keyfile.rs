//! The file with the keys that originals of secrets are sealed with. Its text is never quoted.

use std::path::Path;

use store::Keys;

/// Reads the keys of a file that nobody else may read.
///
/// # Errors
/// A sentence that says what is wrong with the file.
pub(crate) fn read(path: &Path) -> Result<Keys, String> {
    let of_others = || {
        format!(
            "others than its owner may read or change it; `chmod 600 {}` closes it",
            path.display()
        )
    };
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let about = file.metadata().map_err(|error| error.to_string())?;
    if is_open(&about) {
        return Err(of_others());
    }
    let text = std::io::read_to_string(file).map_err(|error| error.to_string())?;
    Keys::parse(&text)
        .map_err(|bad| format!("{bad}; `integration-view secrets-key` prints a fresh one"))
}

/// A group may read it, as those who start servers for others arrange it.
#[cfg(unix)]
fn is_open(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    about.permissions().mode() & 0o027 != 0
}

#[cfg(not(unix))]
fn is_open(_: &std::fs::Metadata) -> bool {
    false
}
