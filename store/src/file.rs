//! Files of runs: their bytes in one row, which no list reads.
//!
//! A file belongs to its run as a log entry does: the run is made where there is none, and the
//! bounds of the reporter's key hold. Of two under one key the first stays.

use domain::{
    File, FileId, Key, RunId, Timestamp, WorkspaceId,
    access::Reporter,
    file::FileReport,
    id::IdGenerator,
    limit,
    payload::hex,
    redact::{Redactor, Rules},
    report::Rejection,
};
use sha2::{Digest as _, Sha256};

use crate::{
    Store, StoreError,
    clauses::storable,
    packed,
    pool::Conn,
    unit::{Named, Unit},
};

macro_rules! columns {
    () => {
        "id, workspace_id, run_id, key, entry, name, content_type, size_bytes, sent_bytes, sha256, \
         redacted, received_at"
    };
}

// No more than a run may have.
const OF_RUN: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM file WHERE run_id = $1 AND workspace_id = $2 ORDER BY id LIMIT 100"
);
const BY_KEY: &str = concat!(
    "SELECT ",
    columns!(),
    ", bytes FROM file WHERE run_id = $1 AND key = $2 AND workspace_id = $3"
);
const KNOWN: &str = "SELECT sha256 FROM file WHERE run_id = $1 AND key = $2";
const COUNT: &str = "SELECT COUNT(*) FROM file WHERE run_id = $1";
const INSERT: &str = concat!(
    "INSERT INTO file (",
    columns!(),
    ", bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
);

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[OF_RUN, BY_KEY, KNOWN, COUNT, INSERT];

/// Why a file cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is packed, and what is in it could not be looked into.
    #[error("it could not be checked for secrets")]
    Unchecked,
    /// The compressor found no memory.
    #[error("it could not be compressed")]
    Uncompressed,
}

/// A file without its secrets, compressed, ready for the writer.
#[derive(Debug)]
pub struct PreparedFile {
    report: FileReport,
    size_bytes: i64,
    sent_bytes: i64,
    sha256: String,
    redacted: bool,
    /// zstd.
    bytes: Vec<u8>,
}

impl PreparedFile {
    /// Redacts by `rules`, and compresses. Takes time: call it where blocking is allowed.
    ///
    /// # Errors
    /// [`Unfit`] says why it cannot be kept.
    pub fn new(mut report: FileReport, sent: Vec<u8>, rules: &Rules) -> Result<Self, Unfit> {
        let redactor = Redactor::new(rules);
        report.redact(&redactor);
        let sent_bytes = sent.len() as i64;
        let kept = redactor.file(sent).map_err(|_| Unfit::Unchecked)?;
        let zstd = packed::compressor().and_then(|mut zstd| zstd.compress(&kept.bytes));
        Ok(Self {
            report,
            size_bytes: kept.bytes.len() as i64,
            sent_bytes,
            sha256: hex(&Sha256::digest(&kept.bytes)),
            redacted: kept.redacted,
            bytes: zstd.map_err(|_| Unfit::Uncompressed)?,
        })
    }

    /// The digest of what is kept, in hex.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// How much of a commit it takes, in items.
    pub(crate) fn weight(&self) -> usize {
        1 + self.bytes.len() / 65_536
    }
}

#[derive(sqlx::FromRow)]
struct Stored {
    #[sqlx(flatten)]
    file: File,
    bytes: Vec<u8>,
}

impl Store {
    /// Takes a file in. Answers why it was not taken, or nothing where it is committed.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; then nothing of it was taken.
    pub async fn take_file(
        &self,
        reporter: impl Into<Reporter>,
        file: PreparedFile,
        now: Timestamp,
    ) -> Result<Option<Rejection>, StoreError> {
        self.writer.file(reporter.into(), file, now).await
    }

    /// The files of a run, in the order in which they came.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn list_files(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Vec<File>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, File>(OF_RUN).bind(run);
            Ok(query.bind(workspace).fetch_all(pool).await?)
        })
    }

    /// A file of a run, with its bytes as they are kept.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] where the stored bytes are damaged, [`StoreError::Database`]
    /// where the database fails.
    pub async fn file(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        key: &str,
    ) -> Result<Option<(File, Vec<u8>)>, StoreError> {
        let stored = on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, Stored>(BY_KEY).bind(run);
            let query = query.bind(storable(key)).bind(workspace);
            query.fetch_optional(pool).await?
        });
        let Some(Stored { file, bytes }) = stored else {
            return Ok(None);
        };
        let size = usize::try_from(file.size_bytes).map_err(|_| StoreError::Unreadable)?;
        let bytes = packed::unpacked(&bytes, size)?;
        Ok(Some((file, bytes)))
    }
}

/// Takes a file in, inside the writer's transaction.
pub(crate) async fn take(
    conn: &mut Conn<'_>,
    ids: &mut IdGenerator,
    (reporter, file): (&Reporter, &PreparedFile),
    now: Timestamp,
) -> Result<Option<Rejection>, StoreError> {
    let report = &file.report;
    let bounds = std::slice::from_ref(&reporter.bounds);
    let named = Named::runs([&report.run].into_iter()).within(bounds);
    let id = FileId(ids.next(now));
    let mut unit = Unit::load(conn, reporter.workspace, named, ids, now).await?;
    unit.keep_to(reporter.bounds.clone());
    let run = match unit.run_of_file(&report.run) {
        Ok(run) => run,
        Err(rejection) => return Ok(Some(rejection)),
    };
    match known(conn, run, &report.key).await? {
        Some(sha256) if sha256 == file.sha256 => return Ok(None),
        Some(_) => {
            let rule =
                "the run has another file under this key; send this one under a key of its own";
            return Ok(Some(Rejection::new("key", "file_differs", rule)));
        }
        None => {}
    }
    if count(conn, run).await? >= limit::RUN_FILES {
        let rule = format!("a run has at most {} files", limit::RUN_FILES);
        return Ok(Some(Rejection::new("run", "too_many_files", rule)));
    }
    unit.save(conn).await?;
    on!(conn, Conn, |c: Db| {
        sqlx::query::<Db>(INSERT)
            .bind(id)
            .bind(reporter.workspace)
            .bind(run)
            .bind(&report.key)
            .bind(&report.entry)
            .bind(&report.name)
            .bind(&report.content_type)
            .bind(file.size_bytes)
            .bind(file.sent_bytes)
            .bind(&file.sha256)
            .bind(file.redacted)
            .bind(now)
            .bind(&file.bytes)
            .execute(&mut **c)
            .await?;
    });
    Ok(None)
}

async fn known(conn: &mut Conn<'_>, run: RunId, key: &Key) -> Result<Option<String>, StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query_scalar::<Db, String>(KNOWN).bind(run).bind(key);
        Ok(query.fetch_optional(&mut **c).await?)
    })
}

async fn count(conn: &mut Conn<'_>, run: RunId) -> Result<i64, StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query_scalar::<Db, i64>(COUNT).bind(run);
        Ok(query.fetch_one(&mut **c).await?)
    })
}
