//! Writing a stream: append-only segments, so that a kill at any moment costs at most the record
//! that was being written.
//!
//! Nothing is dropped to make room. Where there is none, lines are refused, while news of the run
//! itself still finds the place that was kept free for it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::{
    Meta, Spool, frame,
    meta::LOCK,
    record::{FileRecord, Record},
};
use crate::clock;

/// Bytes of a segment; what was sent of a stream is given back in pieces of this size.
const SEGMENT_BYTES: u64 = 4 * 1_024 * 1_024;

/// What news of the run may take beyond the limit.
const RESERVE_BYTES: u64 = 64 * 1_024;

const RESERVE: &str = "reserve";
const FILES: &str = "files";

/// There is no room for more of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) String);

/// The one writer of a stream.
#[derive(Debug)]
pub(crate) struct Writer {
    spool: Spool,
    folder: PathBuf,
    _lock: File,
    segment: u32,
    file: File,
    /// Bytes of this segment that are whole records.
    length: u64,
    /// Bytes of the whole spool, as last seen.
    total: u64,
    unsynced: bool,
    broken: Option<String>,
}

impl Writer {
    /// Begins a stream.
    pub(crate) fn create(spool: &Spool, meta: &Meta) -> io::Result<Self> {
        let name = clock::new_key("");
        // It gets its name once its lock is held, so that nobody takes it for one left behind.
        let new = spool.folder().join(format!(".{name}"));
        let folder = spool.folder().join(&name);
        super::make_private(&new)?;
        let lock = File::create(new.join(LOCK))?;
        lock.lock()?;
        meta.write(&new)?;
        if meta.wraps {
            fs::write(new.join(RESERVE), vec![0xff; RESERVE_BYTES as usize])?;
        }
        fs::rename(&new, &folder)?;
        let file = open_segment(&folder, 0)?;
        Ok(Self {
            total: spool.bytes(),
            spool: spool.clone(),
            folder,
            _lock: lock,
            segment: 0,
            file,
            length: 0,
            unsynced: false,
            broken: None,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends lines of a log, in order; all of them or none.
    pub(crate) fn lines(&mut self, records: &[Record]) -> Result<(), Refused> {
        if let Some(why) = &self.broken {
            return Err(Refused(why.clone()));
        }
        let bytes = frames(records);
        if self.total + bytes.len() as u64 > self.spool.limit {
            let megabytes = self.spool.limit / 1_024 / 1_024;
            return Err(Refused(format!(
                "the {megabytes} MB for what waits are used up"
            )));
        }
        self.append(&bytes).map_err(|error| {
            let why = error.to_string();
            self.broken = Some(why.clone());
            Refused(why)
        })
    }

    /// Appends news of the run itself, which finds room where lines find none.
    pub(crate) fn news(&mut self, records: &[Record]) -> io::Result<()> {
        let bytes = frames(records);
        self.append(&bytes).or_else(|_| {
            fs::remove_file(self.folder.join(RESERVE)).ok();
            self.append(&bytes)
        })
    }

    /// Keeps a copy of a file, as it is now, and appends its record.
    pub(crate) fn file(&mut self, record: FileRecord, bytes: &[u8]) -> Result<(), Refused> {
        if let Some(why) = &self.broken {
            return Err(Refused(why.clone()));
        }
        if self.total + bytes.len() as u64 > self.spool.limit {
            return Err(Refused("there is no room for it".to_owned()));
        }
        let copied = super::make_private(&self.folder.join(FILES))
            .and_then(|()| fs::write(copy_of(&self.folder, &record), bytes));
        if let Err(error) = copied {
            fs::remove_file(copy_of(&self.folder, &record)).ok();
            return Err(Refused(error.to_string()));
        }
        self.total += bytes.len() as u64;
        self.lines(&[Record::File(record)])
    }

    /// Makes sure that what was appended survives a power cut.
    pub(crate) fn sync(&mut self) {
        if std::mem::take(&mut self.unsynced) {
            self.file.sync_data().ok();
        }
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.length >= SEGMENT_BYTES {
            self.sync();
            self.file = open_segment(&self.folder, self.segment + 1)?;
            (self.segment, self.length) = (self.segment + 1, 0);
            // The sender and other calls have changed it meanwhile.
            self.total = self.spool.bytes();
        }
        if let Err(error) = self.file.write_all(bytes) {
            // Half a record would hide all that comes after it.
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += bytes.len() as u64;
        self.total += bytes.len() as u64;
        self.unsynced = true;
        Ok(())
    }
}

/// Adds records to a stream that was left behind, behind its last whole one.
pub(crate) fn amend(folder: &Path, end: super::place::Place, records: &[Record]) -> io::Result<()> {
    let mut file = open_segment(folder, end.segment)?;
    file.set_len(end.offset)?;
    file.write_all(&frames(records))?;
    file.sync_data()
}

/// Where the copy of a file lies.
pub(crate) fn copy_of(folder: &Path, record: &FileRecord) -> PathBuf {
    // Keys are made by this program; nothing of them may lead elsewhere all the same.
    let name: String = record
        .key
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    folder.join(FILES).join(name)
}

/// The file of a segment.
pub(crate) fn segment_path(folder: &Path, segment: u32) -> PathBuf {
    folder.join(format!("{segment:06}.seg"))
}

/// The first segment that is there.
pub(crate) fn first_segment(folder: &Path) -> Option<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name());
    names
        .filter_map(|name| name.to_str()?.strip_suffix(".seg")?.parse().ok())
        .min()
}

fn open_segment(folder: &Path, segment: u32) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(segment_path(folder, segment))
}

fn frames(records: &[Record]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for record in records {
        frame::push(&mut bytes, &record.encode());
    }
    bytes
}

#[cfg(test)]
mod tests;
