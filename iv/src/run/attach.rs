//! Files that the command names on its standard output: `::file PATH`, or a line that is nothing
//! but the path of a file inside the working directory.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Bytes of a file that the server takes.
pub(crate) const FILE_BYTES: u64 = domain::limit::REQUEST_BYTES as u64;

const MARK: &str = "::file ";

/// Files of one run that were not asked for by name: a list of files is no wish to upload all.
const UNMARKED: usize = 20;

/// A longer line is no path.
const PATH_BYTES: usize = 4_096;

/// Looks for files.
#[derive(Debug)]
pub(crate) struct Attach {
    folder: Option<PathBuf>,
    /// Whether a bare path is enough.
    bare: bool,
    seen: BTreeSet<PathBuf>,
}

/// A file that is to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
}

impl Attach {
    /// Files named by a command that runs in `folder`.
    pub(crate) fn new(folder: &Path, bare: bool) -> Self {
        Self {
            folder: folder.canonicalize().ok(),
            bare,
            seen: BTreeSet::new(),
        }
    }

    /// The file that a line of standard output names.
    pub(crate) fn named_by(&mut self, line: &str) -> Option<Found> {
        let folder = self.folder.as_deref()?;
        if let Some(path) = line.strip_prefix(MARK) {
            return found(folder.join(path.trim()));
        }
        if !self.bare || !looks_like_path(line) {
            return None;
        }
        let path = folder.join(line).canonicalize().ok()?;
        let inside = path.strip_prefix(folder).ok()?;
        // What is hidden is hidden for a reason: `.env`, `.git`.
        let hidden = inside
            .iter()
            .any(|part| part.to_string_lossy().starts_with('.'));
        if hidden || !path.is_file() || self.seen.len() >= UNMARKED {
            return None;
        }
        self.seen
            .insert(path.clone())
            .then(|| found(path))
            .flatten()
    }
}

fn found(path: PathBuf) -> Option<Found> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    Some(Found { path, name })
}

/// Most lines are none, and need no look at the disk.
fn looks_like_path(line: &str) -> bool {
    line.len() <= PATH_BYTES && line.trim() == line && (line.contains('/') || line.contains('.'))
}

/// The bytes of a file, if the server takes as many.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let found = fs::metadata(path).map_err(|error| error.to_string())?;
    if !found.is_file() {
        return Err("it is no file".to_owned());
    }
    if found.len() > FILE_BYTES {
        return Err(format!(
            "it has {} bytes, at most {FILE_BYTES} are taken",
            found.len()
        ));
    }
    fs::read(path).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(lines: &[&str]) -> Vec<Option<String>> {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = folder.path().join("work");
        fs::create_dir_all(inside.join("out")).expect("a folder");
        for name in [
            "work/out/report.csv",
            "work/.env",
            "outside.csv",
            "work/my file.txt",
        ] {
            fs::write(folder.path().join(name), "x").expect("a file");
        }
        let mut attach = Attach::new(&inside, true);
        let named = lines
            .iter()
            .map(|line| attach.named_by(line).map(|found| found.name));
        named.collect()
    }

    #[test]
    fn a_line_that_is_only_a_path_inside_the_folder_names_a_file() {
        let named = names(&[
            "out/report.csv",
            "wrote out/report.csv",
            "my file.txt",
            "out",
            "none.csv",
        ]);
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(
            named,
            [some("report.csv"), None, some("my file.txt"), None, None]
        );
    }

    #[test]
    fn hidden_files_and_those_outside_need_the_mark() {
        let named = names(&[
            ".env",
            "../outside.csv",
            "::file ../outside.csv",
            "::file .env",
        ]);
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(named, [None, None, some("outside.csv"), some(".env")]);
    }

    #[test]
    fn the_same_path_again_uploads_nothing_again() {
        assert_eq!(names(&["out/report.csv", "./out/report.csv"])[1], None);
    }
}
