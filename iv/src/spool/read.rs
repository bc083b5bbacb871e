//! Reading a stream in order, while it is still being written or long after.

use std::{
    fs::{self, File},
    io::{self, BufReader, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use super::{
    FileRecord, frame, meta,
    place::Place,
    record::Record,
    write::{copy_of, first_segment, segment_path},
};

/// Items of one request.
const BATCH_ITEMS: usize = 2_000;
/// Bytes of one request, before it is compressed.
const BATCH_BYTES: u64 = 2 * 1_024 * 1_024;

/// What comes next in a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// Reports, and the place behind them.
    Reports(Vec<Vec<u8>>, Place),
    /// A file, and the place behind it.
    File(FileRecord, Place),
    /// All was said.
    End,
    /// The whole records end here, for now or for ever.
    Nothing,
}

/// Reads a stream and remembers how far it was sent.
#[derive(Debug)]
pub(crate) struct Reader {
    folder: PathBuf,
    place: Place,
}

impl Reader {
    pub(crate) fn open(folder: &Path) -> Self {
        let said = Place::read(folder);
        let place = match segment_path(folder, said.segment).exists() {
            true => said,
            // How far it was sent could not be written down, on a full disk or before a kill:
            // what was sent is gone, what is there was not sent.
            false => first_segment(folder).map_or(said, |segment| Place { segment, offset: 0 }),
        };
        Self {
            folder: folder.to_owned(),
            place,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where sending goes on.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// What is to be sent next. It stays the same until [`Self::sent`].
    pub(crate) fn next(&self) -> io::Result<Next> {
        let mut place = self.place;
        let mut reports = Vec::new();
        loop {
            let other = Place {
                segment: place.segment + 1,
                offset: 0,
            };
            // Looked for before the reading: only of a segment that was left already is it known
            // that what was read is all of it.
            let is_left = segment_path(&self.folder, other.segment).exists();
            let mut file = match File::open(segment_path(&self.folder, place.segment)) {
                Ok(file) => BufReader::new(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            };
            file.seek(SeekFrom::Start(place.offset))?;
            if let Some(next) = collect(&mut file, &mut place, &mut reports)? {
                return Ok(next);
            }
            if full(&reports, self.place, place) || !is_left {
                break;
            }
            place = other;
        }
        Ok(match reports.is_empty() {
            true => Next::Nothing,
            false => Next::Reports(reports, place),
        })
    }

    /// All before `place` was sent: the file gives back its room.
    pub(crate) fn sent(&mut self, place: Place) {
        let before = std::mem::replace(&mut self.place, place);
        // Where it cannot be written, the same is sent again some day, which changes nothing.
        place.write(&self.folder).ok();
        for segment in before.segment..place.segment {
            fs::remove_file(segment_path(&self.folder, segment)).ok();
        }
    }

    /// The content of a file to upload.
    pub(crate) fn content(&self, file: &FileRecord) -> io::Result<Vec<u8>> {
        fs::read(copy_of(&self.folder, file))
    }

    /// A file was sent and its copy may go.
    pub(crate) fn forget(&self, file: &FileRecord) {
        fs::remove_file(copy_of(&self.folder, file)).ok();
    }

    /// Everything was sent: nothing of the stream stays.
    ///
    /// What makes it a stream goes first: where this is cut off, nothing is left that could be
    /// taken for a run without an end.
    pub(crate) fn remove(self) {
        if fs::remove_file(self.folder.join(meta::FILE)).is_ok() {
            fs::remove_dir_all(&self.folder).ok();
        }
    }
}

/// Reads records of one segment into `reports`, up to what fits into one request. Answers with
/// what must go by itself, where that comes first.
fn collect(
    file: &mut BufReader<File>,
    place: &mut Place,
    reports: &mut Vec<Vec<u8>>,
) -> io::Result<Option<Next>> {
    let start = *place;
    while let Some(bytes) = frame::next(&mut *file)? {
        let behind = Place {
            segment: place.segment,
            offset: place.offset + frame::size(&bytes),
        };
        match Record::decode(&bytes) {
            Some(Record::Report(report)) => reports.push(report),
            Some(Record::File(record)) if reports.is_empty() => {
                return Ok(Some(Next::File(record, behind)));
            }
            Some(Record::End) if reports.is_empty() => return Ok(Some(Next::End)),
            Some(_) => return Ok(Some(Next::Reports(std::mem::take(reports), *place))),
            None => {}
        }
        *place = behind;
        if full(reports, start, *place) {
            break;
        }
    }
    Ok(None)
}

fn full(reports: &[Vec<u8>], from: Place, to: Place) -> bool {
    let bytes = match from.segment == to.segment {
        true => to.offset - from.offset,
        false => to.offset,
    };
    reports.len() >= BATCH_ITEMS || bytes >= BATCH_BYTES
}
