//! The originals of what was redacted, each shut in beside its payload: kept where a workspace
//! asks for it, read one step at a time, by no list.
//!
//! A row goes with its payload, by the database's own rule.

use domain::{
    Payload, StepId, Timestamp, WorkspaceId,
    payload::{Object, Request, Response, Section, Unreadable},
};

use crate::{
    Store, StoreError,
    clauses::Clauses,
    pool::{Conn, chunks},
    seal::{Keys, Place, Seal, Unopened},
};

/// Rows that are deleted in one transaction.
const PART: i64 = 500;

const SINCE: &str = "SELECT originals_since FROM workspace WHERE id = $1";
const KEEP: &str =
    "UPDATE workspace SET originals_since = COALESCE(originals_since, $1) WHERE id = $2";
const STOP: &str = "UPDATE workspace SET originals_since = NULL WHERE id = $1";
const COUNT: &str = "SELECT COUNT(DISTINCT step_id) FROM sealed WHERE workspace_id = $1";
const DELETE: &str = "DELETE FROM sealed WHERE workspace_id = $1 AND step_id IN ( \
        SELECT step_id FROM sealed WHERE workspace_id = $1 ORDER BY step_id LIMIT $2)";
const OF_STEP: &str = "SELECT s.section, s.digest, s.key_id, s.bytes \
     FROM sealed s JOIN payload p ON p.step_id = s.step_id \
     WHERE s.step_id = $1 AND s.workspace_id = $2 AND s.digest = CASE s.section \
        WHEN 'request' THEN p.request_digest WHEN 'response' THEN p.response_digest \
        ELSE p.object_digest END \
     ORDER BY s.section";
const SECTIONS: &str = "SELECT s.section FROM sealed s JOIN payload p ON p.step_id = s.step_id \
     WHERE s.step_id = $1 AND s.workspace_id = $2 AND s.digest = CASE s.section \
        WHEN 'request' THEN p.request_digest WHEN 'response' THEN p.response_digest \
        ELSE p.object_digest END \
     ORDER BY s.section";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[SINCE, KEEP, STOP, COUNT, DELETE, OF_STEP, SECTIONS];

/// A change on its way to the writer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    Keep(WorkspaceId),
    Stop(WorkspaceId),
    /// One part of all.
    Delete(WorkspaceId),
}

/// The originals of one section, as they are stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SealedSection {
    section: Section,
    digest: i64,
    key_id: String,
    bytes: Vec<u8>,
}

/// What came out of a step's boxes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// The parts that lost a secret, as they were; of the others nothing.
    pub payload: Payload,
    /// The sections that stay shut.
    pub shut: Vec<(Section, Unopened)>,
}

impl Opened {
    /// Opens what a step of these keys has.
    #[must_use]
    pub fn new(
        keys: &Keys,
        workspace: WorkspaceId,
        (run, step): (&str, &str),
        sections: Vec<SealedSection>,
    ) -> Self {
        let mut opened = Self::default();
        for one in sections {
            let section = one.section;
            let place = Place {
                workspace,
                run,
                step,
                section,
                digest: one.digest,
            };
            let seal = Seal {
                digest: one.digest,
                key_id: one.key_id,
                bytes: one.bytes,
            };
            let taken = keys.open(&place, &seal).and_then(|bytes| {
                let taken = opened.take(section, &bytes);
                taken.map_err(|Unreadable| Unopened::Damaged)
            });
            if let Err(why) = taken {
                opened.shut.push((section, why));
            }
        }
        opened
    }

    /// All of them shut, on a server that has no keys.
    #[must_use]
    pub fn without_keys(sections: &[SealedSection]) -> Self {
        let shut = sections.iter().map(|one| (one.section, Unopened::NoKey));
        Self {
            payload: Payload::default(),
            shut: shut.collect(),
        }
    }

    fn take(&mut self, section: Section, bytes: &[u8]) -> Result<(), Unreadable> {
        match section {
            Section::Request => self.payload.request = Some(Request::decode(bytes)?),
            Section::Response => self.payload.response = Some(Response::decode(bytes)?),
            Section::Object => self.payload.object = Some(Object::decode(bytes)?),
        }
        Ok(())
    }
}

impl Store {
    /// Since when originals of this workspace are kept; `None` where they are not.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn originals_since(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Option<Timestamp>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, Option<Timestamp>>(SINCE).bind(workspace);
            Ok(query.fetch_optional(pool).await?.flatten())
        })
    }

    /// Keeps originals of what is reported from now on, or keeps none any more.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn keep_originals(
        &self,
        workspace: WorkspaceId,
        keep: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let work = match keep {
            true => Work::Keep(workspace),
            false => Work::Stop(workspace),
        };
        self.writer.originals(work, now).await.map(drop)
    }

    /// Of how many steps originals are kept.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn count_originals(&self, workspace: WorkspaceId) -> Result<i64, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, i64>(COUNT).bind(workspace);
            Ok(query.fetch_one(pool).await?)
        })
    }

    /// Deletes all originals of a workspace, in parts that let reports through between them.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; what was deleted before stays so.
    pub async fn delete_originals(
        &self,
        workspace: WorkspaceId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        while self.writer.originals(Work::Delete(workspace), now).await? > 0 {}
        Ok(())
    }

    /// The sections of a step of which originals are kept.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn sealed_sections(
        &self,
        workspace: WorkspaceId,
        step: StepId,
    ) -> Result<Vec<Section>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_scalar::<Db, Section>(SECTIONS).bind(step);
            Ok(query.bind(workspace).fetch_all(pool).await?)
        })
    }

    /// The originals of a step, shut; [`Opened::new`] opens them.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn sealed(
        &self,
        workspace: WorkspaceId,
        step: StepId,
    ) -> Result<Vec<SealedSection>, StoreError> {
        on!(&self.pool, Pool, |pool: Db| {
            let query = sqlx::query_as::<Db, SealedSection>(OF_STEP).bind(step);
            Ok(query.bind(workspace).fetch_all(pool).await?)
        })
    }
}

/// Does one change; answers how many rows it deleted.
pub(crate) async fn write(
    conn: &mut Conn<'_>,
    work: Work,
    now: Timestamp,
) -> Result<u64, StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = match work {
            Work::Keep(workspace) => sqlx::query::<Db>(KEEP).bind(now).bind(workspace),
            Work::Stop(workspace) => sqlx::query::<Db>(STOP).bind(workspace),
            Work::Delete(workspace) => sqlx::query::<Db>(DELETE).bind(workspace).bind(PART),
        };
        Ok(query.execute(&mut **c).await?.rows_affected())
    })
}

/// What a unit of work does to the originals of one section of a step.
#[derive(Debug, Clone)]
pub(crate) struct Change<'c> {
    pub(crate) step: StepId,
    pub(crate) section: Section,
    /// Whether the section is another one now, so that what stood beside it goes.
    pub(crate) replaced: bool,
    pub(crate) seal: Option<&'c Seal>,
}

/// Writes the changes, behind the payloads that they stand beside. Of two originals of one and
/// the same section the first stays.
pub(crate) async fn save(
    conn: &mut Conn<'_>,
    workspace: WorkspaceId,
    changes: &[Change<'_>],
) -> Result<(), StoreError> {
    for section in Section::ALL {
        let gone = changes
            .iter()
            .filter(|c| c.replaced && c.section == *section);
        let gone: Vec<_> = gone.map(|change| change.step).collect();
        for part in chunks(&gone) {
            let mut sql = Clauses::default();
            sql.sql("DELETE FROM sealed WHERE step_id IN ");
            sql.ints(part.iter().map(|id| id.0));
            sql.sql(" AND section = ").text(section.as_str());
            on!(&mut *conn, Conn, |c: Db| {
                build!(Db, sql).build().execute(&mut **c).await?;
            });
        }
    }
    let new: Vec<_> = changes
        .iter()
        .filter(|change| change.seal.is_some())
        .collect();
    // Read here, so that what was under way when it was switched off is not kept.
    if new.is_empty() || !is_kept(conn, workspace).await? {
        return Ok(());
    }
    for part in chunks(&new) {
        on!(&mut *conn, Conn, |c: Db| {
            let mut sql = sqlx::QueryBuilder::<Db>::new(
                "INSERT INTO sealed (step_id, section, workspace_id, digest, key_id, bytes) ",
            );
            let rows = part
                .iter()
                .filter_map(|change| Some((change, change.seal?)));
            sql.push_values(rows, |mut tuple, (change, seal)| {
                tuple
                    .push_bind(change.step)
                    .push_bind(change.section)
                    .push_bind(workspace)
                    .push_bind(seal.digest)
                    .push_bind(&seal.key_id)
                    .push_bind(&seal.bytes);
            });
            sql.push(" ON CONFLICT (step_id, section) DO NOTHING");
            sql.build().execute(&mut **c).await?;
        });
    }
    Ok(())
}

async fn is_kept(conn: &mut Conn<'_>, workspace: WorkspaceId) -> Result<bool, StoreError> {
    on!(conn, Conn, |c: Db| {
        let query = sqlx::query_scalar::<Db, Option<Timestamp>>(SINCE).bind(workspace);
        let since = query.fetch_optional(&mut **c).await?.flatten();
        Ok(since.is_some())
    })
}
