//! What is to be sent lies here first: a folder of streams, one for each call of the program.
//!
//! A stream has one writer, which holds its lock for as long as it lives; whoever finds the lock
//! free may send what is left (docs/decisions/0024-a-spool-before-every-report.md).

pub(crate) mod frame;
pub(crate) mod meta;
pub(crate) mod place;
pub(crate) mod read;
pub(crate) mod record;
pub(crate) mod write;

use std::{
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

use crate::clock;
pub(crate) use meta::Meta;
pub(crate) use place::Place;
pub(crate) use read::Reader;
pub(crate) use record::{FileRecord, Record};
pub(crate) use write::{Refused, Writer, amend};

/// The folder of all streams.
#[derive(Debug, Clone)]
pub(crate) struct Spool {
    folder: PathBuf,
    /// Bytes that all streams together may take.
    pub(crate) limit: u64,
}

/// A stream that nobody writes to any more, locked for whoever sends it.
#[derive(Debug)]
pub(crate) struct Orphan {
    pub(crate) folder: PathBuf,
    pub(crate) meta: Meta,
    _lock: File,
}

impl Spool {
    /// Opens the folder, and makes it where it is missing; for its owner only.
    pub(crate) fn open(folder: &Path, limit: u64) -> io::Result<Self> {
        make_private(folder)?;
        let (owner, us) = (fs::metadata(folder)?.uid(), rustix::process::getuid());
        if owner != us.as_raw() && !us.is_root() {
            return Err(io::Error::other("it belongs to somebody else"));
        }
        Ok(Self {
            folder: folder.to_owned(),
            limit,
        })
    }

    /// Where what the server refused is put aside.
    pub(crate) fn rejected(&self) -> PathBuf {
        self.folder.join("rejected")
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// All streams, the oldest first.
    pub(crate) fn streams(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut streams: Vec<_> = entries
            .map(|entry| entry.path())
            .filter(|path| path.join(meta::FILE).is_file() && !is_new(path))
            .collect();
        streams.sort();
        streams
    }

    /// Clears away what is left of streams whose removal was cut off.
    pub(crate) fn tidy(&self) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name();
            let is_ours = name.to_str().is_some_and(clock::is_key);
            if is_ours && !entry.path().join(meta::FILE).exists() {
                fs::remove_dir_all(entry.path()).ok();
            }
        }
    }

    /// The stream in `folder`, if nobody writes to it.
    pub(crate) fn take(&self, folder: &Path) -> Option<Orphan> {
        let lock = File::open(folder.join(meta::LOCK)).ok()?;
        lock.try_lock().ok()?;
        // Whoever held the lock before may have sent and removed it.
        let meta = Meta::read(folder).ok()?;
        Some(Orphan {
            folder: folder.to_owned(),
            meta,
            _lock: lock,
        })
    }

    /// Bytes that wait.
    pub(crate) fn bytes(&self) -> u64 {
        fn walk(folder: &Path) -> u64 {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            let sizes = entries.map(|entry| match entry.metadata() {
                Ok(found) if found.is_dir() => walk(&entry.path()),
                Ok(found) => found.len(),
                Err(_) => 0,
            });
            sizes.sum()
        }
        self.streams().iter().map(|stream| walk(stream)).sum()
    }
}

/// A stream that is not made yet has a name with a dot.
fn is_new(path: &Path) -> bool {
    path.file_name()
        .is_none_or(|name| name.to_string_lossy().starts_with('.'))
}

/// Makes a folder that only its owner can look into.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
