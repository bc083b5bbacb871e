//! Payloads: read one at a time, by no list.

use domain::{
    Payload, StepId, WorkspaceId, limit,
    payload::{self, Encoded, Object, Request, Response},
};

use crate::{
    Store, StoreError,
    clauses::Clauses,
    packed::unpacked,
    pool::{Conn, chunks},
    seal::{Seal, Sealer},
};

const BY_STEP: &str =
    "SELECT request, response, object FROM payload WHERE step_id = $1 AND workspace_id = $2";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[BY_STEP];

/// More than any stored section can be: the kept body, a full head, and room for JSON's escapes.
const SECTION_BYTES: usize = limit::BODY_BYTES + 64 * 1024 * 1024;

/// The payload of one report, compressed before it reaches the writer.
#[derive(Debug, Clone, Default)]
pub(crate) struct PreparedPayload {
    pub(crate) request: Option<Section>,
    pub(crate) response: Option<Section>,
    pub(crate) object: Option<Section>,
}

/// One compressed section.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    digest: i64,
    bytes: Vec<u8>,
    /// The originals of what it lost, where they are kept.
    seal: Option<Seal>,
}

impl PreparedPayload {
    /// Compresses `payload`.
    pub(crate) fn new(
        payload: &Payload,
        zstd: &mut zstd::bulk::Compressor<'_>,
    ) -> std::io::Result<Self> {
        let mut section = |encoded: Option<Encoded>| -> std::io::Result<Option<Section>> {
            let Some(encoded) = encoded else {
                return Ok(None);
            };
            Ok(Some(Section {
                digest: encoded.digest,
                bytes: zstd.compress(&encoded.bytes)?,
                seal: None,
            }))
        };
        Ok(Self {
            request: section(payload.request.as_ref().map(Request::encode))?,
            response: section(payload.response.as_ref().map(Response::encode))?,
            object: section(payload.object.as_ref().map(Object::encode))?,
        })
    }

    /// Shuts the originals in beside the sections that lost something. Where that fails the section
    /// stays as it is, without them.
    pub(crate) fn seal(
        &mut self,
        originals: &Payload,
        sealer: &Sealer,
        keys: (&str, &str),
        zstd: &mut zstd::bulk::Compressor<'_>,
    ) {
        use payload::Section::{Object, Request, Response};
        let Payload {
            request,
            response,
            object,
        } = originals;
        let sections = [
            (
                Request,
                &mut self.request,
                request.as_ref().map(payload::Request::encode),
            ),
            (
                Response,
                &mut self.response,
                response.as_ref().map(payload::Response::encode),
            ),
            (
                Object,
                &mut self.object,
                object.as_ref().map(payload::Object::encode),
            ),
        ];
        for (section, kept, lost) in sections {
            let (Some(kept), Some(lost)) = (kept, lost) else {
                continue;
            };
            let place = sealer.place(keys, section, kept.digest);
            let packed = zstd.compress(&lost.bytes).ok();
            kept.seal = packed.and_then(|packed| sealer.seal(&place, &packed));
            if kept.seal.is_none() {
                tracing::warn!(
                    section = section.as_str(),
                    "originals could not be sealed; they are not kept"
                );
            }
        }
    }

    /// Whether nothing was reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.request.is_none() && self.response.is_none() && self.object.is_none()
    }
}

/// What the writer needs to know of a stored payload, and what it changes in it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct PayloadRow {
    pub(crate) step_id: StepId,
    pub(crate) workspace_id: WorkspaceId,
    request_digest: Option<i64>,
    request_settled: bool,
    response_digest: Option<i64>,
    response_settled: bool,
    object_digest: Option<i64>,
    object_settled: bool,
    #[sqlx(skip)]
    request: Option<Vec<u8>>,
    #[sqlx(skip)]
    response: Option<Vec<u8>>,
    #[sqlx(skip)]
    object: Option<Vec<u8>>,
    #[sqlx(skip)]
    changed: bool,
    /// In the order of [`payload::Section::ALL`].
    #[sqlx(skip)]
    originals: [Originals; 3],
}

/// What becomes of the originals beside a section.
#[derive(Debug, Clone, Default)]
struct Originals {
    /// Whether the section says something else than the one that was stored.
    replaced: bool,
    seal: Option<Seal>,
}

impl PayloadRow {
    /// The payload of a step of which none was reported yet.
    pub(crate) fn new(step_id: StepId, workspace_id: WorkspaceId) -> Self {
        Self {
            step_id,
            workspace_id,
            request_digest: None,
            request_settled: false,
            response_digest: None,
            response_settled: false,
            object_digest: None,
            object_settled: false,
            request: None,
            response: None,
            object: None,
            changed: false,
            originals: Default::default(),
        }
    }

    /// Whether it has to be written.
    pub(crate) fn is_changed(&self) -> bool {
        self.changed
    }

    /// What becomes of the originals: the section, whether it was replaced, and new ones.
    pub(crate) fn originals(
        &self,
    ) -> impl Iterator<Item = (payload::Section, bool, Option<&Seal>)> {
        let all = payload::Section::ALL.iter().zip(&self.originals);
        let all = all.map(|(section, one)| (*section, one.replaced, one.seal.as_ref()));
        all.filter(|(_, replaced, seal)| *replaced || seal.is_some())
    }

    /// Joins a report, by the rule of `domain::merge`: what came with an end beats what did
    /// not, and between equals the greater digest stays.
    pub(crate) fn merge(&mut self, news: &PreparedPayload, finished: bool) {
        let [response_originals, request_originals, object_originals] = &mut self.originals;
        let sections = [
            (
                &news.request,
                &mut self.request_digest,
                &mut self.request_settled,
                &mut self.request,
                request_originals,
            ),
            (
                &news.response,
                &mut self.response_digest,
                &mut self.response_settled,
                &mut self.response,
                response_originals,
            ),
            (
                &news.object,
                &mut self.object_digest,
                &mut self.object_settled,
                &mut self.object,
                object_originals,
            ),
        ];
        for (news, digest, settled, bytes, originals) in sections {
            let Some(news) = news else { continue };
            if *digest == Some(news.digest) {
                // The same section again: what stands beside it stays, and may come late.
                originals.seal = originals.seal.take().or_else(|| news.seal.clone());
            }
            if (finished, Some(news.digest)) > (*settled, *digest) {
                if *digest != Some(news.digest) {
                    originals.replaced |= digest.is_some();
                    originals.seal.clone_from(&news.seal);
                }
                *bytes = Some(news.bytes.clone());
                *digest = Some(news.digest);
                *settled = finished;
                self.changed = true;
            }
        }
    }
}

/// What is known of the payloads of these steps.
pub(crate) async fn load(
    conn: &mut Conn<'_>,
    steps: &[StepId],
) -> Result<Vec<PayloadRow>, StoreError> {
    Ok(load!(conn, PayloadRow, steps, |part| {
        let mut sql = Clauses::default();
        sql.sql(
            "SELECT step_id, workspace_id, request_digest, request_settled, response_digest, \
             response_settled, object_digest, object_settled FROM payload WHERE step_id IN ",
        );
        sql.ints(part.iter().map(|id: &StepId| id.0));
        sql
    }))
}

/// Writes the sections that changed and leaves the others as they are.
pub(crate) async fn save(conn: &mut Conn<'_>, rows: &[&PayloadRow]) -> Result<(), StoreError> {
    for chunk in chunks(rows) {
        on!(conn, Conn, |c: Db| {
            let mut sql = sqlx::QueryBuilder::<Db>::new(
                "INSERT INTO payload (step_id, workspace_id, request, request_digest, request_settled, \
                 response, response_digest, response_settled, object, object_digest, object_settled) ",
            );
            sql.push_values(chunk, |mut tuple, row| {
                tuple.push_bind(row.step_id).push_bind(row.workspace_id);
                tuple
                    .push_bind(&row.request)
                    .push_bind(row.request_digest)
                    .push_bind(row.request_settled);
                tuple
                    .push_bind(&row.response)
                    .push_bind(row.response_digest)
                    .push_bind(row.response_settled);
                tuple
                    .push_bind(&row.object)
                    .push_bind(row.object_digest)
                    .push_bind(row.object_settled);
            });
            sql.push(
                " ON CONFLICT (step_id) DO UPDATE SET \
                 request = COALESCE(excluded.request, payload.request), \
                 request_digest = excluded.request_digest, request_settled = excluded.request_settled, \
                 response = COALESCE(excluded.response, payload.response), \
                 response_digest = excluded.response_digest, response_settled = excluded.response_settled, \
                 object = COALESCE(excluded.object, payload.object), \
                 object_digest = excluded.object_digest, object_settled = excluded.object_settled",
            );
            sql.build().execute(&mut **c).await?;
        });
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Stored {
    request: Option<Vec<u8>>,
    response: Option<Vec<u8>>,
    object: Option<Vec<u8>>,
}

impl Store {
    /// The payload of a step; empty where none was reported.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] where the stored bytes are damaged, [`StoreError::Database`]
    /// where the database fails.
    pub async fn payload(
        &self,
        workspace: WorkspaceId,
        step: StepId,
    ) -> Result<Payload, StoreError> {
        let stored: Option<Stored> = on!(&self.pool, Pool, |pool: Db| {
            sqlx::query_as::<Db, Stored>(BY_STEP)
                .bind(step)
                .bind(workspace)
                .fetch_optional(pool)
                .await?
        });
        let Some(stored) = stored else {
            return Ok(Payload::default());
        };
        Ok(Payload {
            request: read(stored.request, Request::decode)?,
            response: read(stored.response, Response::decode)?,
            object: read(stored.object, Object::decode)?,
        })
    }
}

fn read<T, E>(
    bytes: Option<Vec<u8>>,
    decode: impl Fn(&[u8]) -> Result<T, E>,
) -> Result<Option<T>, StoreError> {
    let Some(bytes) = bytes else { return Ok(None) };
    let plain = unpacked(&bytes, SECTION_BYTES)?;
    decode(&plain).map(Some).map_err(|_| StoreError::Unreadable)
}
