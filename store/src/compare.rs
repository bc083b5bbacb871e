//! Where a step last worked, and where a run last went well.
//!
//! The rule of which step is which is `domain::same`'s; decision 11 gives the reasons.
//! Every walk is bounded: so many runs by an index, and of each the steps by their key.

use domain::{
    FlowId, IntegrationId, Key, Run, RunId, Status, StepId, StepRow, Timestamp, WorkspaceId, same,
};

use crate::{Store, StoreError, clauses::Clauses};

/// Runs before a step's own of which any may be the one in which it worked.
const RUNS: i64 = 100;
/// Further back, runs that went well as a whole: after a long time of failures.
const GOOD_RUNS: i64 = 20;
/// Other integrations of the flow, those that ran last.
const OTHERS: i64 = 100;
/// Runs of which all steps are read, as only app and name tell the step.
const RUNS_BY_NAME: i64 = 30;
/// A run of more steps is passed over there.
const STEPS_BY_NAME: i64 = 1_000;

const LAST_GOOD: &str = "SELECT key FROM run WHERE integration_id = $1 AND status = $2 \
     AND (started_at, id) < ($3, $4) ORDER BY started_at DESC, id DESC LIMIT 1";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[LAST_GOOD];

/// A step that is looked for in other runs.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its key, and those of its other attempts.
    pub keys: Vec<Key>,
    pub app_key: Option<Key>,
    pub name: Option<String>,
    pub position: i64,
    /// Whether its key says no more than its place, see [`same::is_place`].
    pub by_place: bool,
}

/// A run in which the step worked, and the step there.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LastGood {
    pub run_id: RunId,
    pub step_id: StepId,
    pub step_key: Key,
    pub integration_id: IntegrationId,
    pub step_status: Status,
}

/// What tells whether two payloads are the same, byte for byte: of request, response and object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Digests {
    pub step_id: StepId,
    pub request_digest: Option<i64>,
    pub response_digest: Option<i64>,
    pub object_digest: Option<i64>,
}

/// The runs that a walk goes through.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Walk {
    /// Those of the integration before this one.
    Before(IntegrationId, Timestamp, RunId),
    /// The last runs of the flow's other integrations.
    OfFlow(FlowId, IntegrationId),
}

impl Wanted {
    /// The step at `index` of a run's steps.
    #[must_use]
    pub fn of(steps: &[StepRow], index: usize) -> Option<Self> {
        let step = steps.get(index)?;
        let attempts = same::attempts(steps);
        let siblings = attempts.iter().find(|group| group.contains(&index));
        // The step's own key comes first.
        let others = siblings.into_iter().flatten().filter(|at| **at != index);
        let keys = std::iter::once(index).chain(others.copied());
        Some(Self {
            keys: keys.map(|at| steps[at].key.clone()).collect(),
            app_key: step.app_key.clone(),
            name: step.name.clone(),
            position: step.position,
            by_place: same::is_place(&step.key, step.position),
        })
    }
}

impl Store {
    /// Where a step of `run` last worked before: in the same integration, or else in another one
    /// of the same flow.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn last_good_step(
        &self,
        workspace: WorkspaceId,
        run: &Run,
        flow: FlowId,
        wanted: &Wanted,
    ) -> Result<Option<LastGood>, StoreError> {
        if run.workspace_id != workspace {
            return Ok(None);
        }
        let walks = [
            Walk::Before(run.integration_id, run.started_at, run.id),
            Walk::OfFlow(flow, run.integration_id),
        ];
        for walk in walks {
            let found = fetch!(self, LastGood, by_key(workspace, walk, wanted));
            // Where the key comes again, the step is that of the key, whether it worked or not.
            let found = match found.into_iter().next() {
                None if wanted.name.is_some() => {
                    fetch!(self, LastGood, by_name(workspace, walk, wanted))
                        .into_iter()
                        .next()
                }
                found => found,
            };
            if let Some(found) = found.filter(|found| same::went_well(found.step_status)) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The last run of the same integration before `run` that went well.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn last_good_run(
        &self,
        workspace: WorkspaceId,
        run: &Run,
    ) -> Result<Option<Key>, StoreError> {
        if run.workspace_id != workspace {
            return Ok(None);
        }
        for status in [Status::Ok, Status::Warning] {
            let key = on!(&self.pool, Pool, |pool: Db| {
                sqlx::query_scalar::<Db, Key>(LAST_GOOD)
                    .bind(run.integration_id)
                    .bind(status)
                    .bind(run.started_at)
                    .bind(run.id)
                    .fetch_optional(pool)
                    .await?
            });
            if key.is_some() {
                return Ok(key);
            }
        }
        Ok(None)
    }

    /// The digests of these steps' payloads; a step without one has none.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn payload_digests(
        &self,
        workspace: WorkspaceId,
        steps: &[StepId],
    ) -> Result<Vec<Digests>, StoreError> {
        let mut all = Vec::new();
        for part in crate::pool::chunks(steps) {
            let mut sql = Clauses::default();
            sql.sql("SELECT step_id, request_digest, response_digest, object_digest FROM payload WHERE step_id IN ");
            sql.ints(part.iter().map(|id: &StepId| id.0));
            sql.sql(" AND workspace_id = ").int(workspace.0);
            all.extend(fetch!(self, Digests, sql));
        }
        Ok(all)
    }

    /// The run of this id.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn run_by_id(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Option<Run>, StoreError> {
        let mut sql = Clauses::default();
        sql.sql("SELECT * FROM run WHERE id = ").int(run.0);
        sql.sql(" AND workspace_id = ").int(workspace.0);
        Ok(fetch!(self, Run, sql).into_iter().next())
    }
}

/// The step in the last run that has one of its keys; one that worked before one that did not.
pub(crate) fn by_key(workspace: WorkspaceId, walk: Walk, wanted: &Wanted) -> Clauses {
    let mut sql = columns();
    runs(&mut sql, workspace, walk, RUNS);
    sql.sql(") r JOIN step s ON s.run_id = r.id AND s.key IN ");
    sql.words(wanted.keys.iter().map(Key::as_str));
    about(&mut sql, workspace, walk, wanted, wanted.by_place);
    sql.sql(" ORDER BY CASE WHEN s.status IN ('ok', 'warning') THEN 0 ELSE 1 END, r.started_at DESC, r.id DESC, CASE WHEN s.key = ");
    let own = wanted.keys.first().map_or("", |key| key.as_str());
    sql.text(own);
    sql.sql(" THEN 0 ELSE 1 END, s.position DESC LIMIT 1");
    sql
}

/// The step that worked last of those of this app and name; at the same place before another one.
pub(crate) fn by_name(workspace: WorkspaceId, walk: Walk, wanted: &Wanted) -> Clauses {
    let mut sql = columns();
    runs(&mut sql, workspace, walk, RUNS_BY_NAME);
    sql.sql(") r JOIN step s ON s.run_id = r.id");
    about(&mut sql, workspace, walk, wanted, true);
    sql.sql(" AND r.steps <= ").int(STEPS_BY_NAME);
    sql.sql(" AND s.status IN ('ok', 'warning')");
    sql.sql(" ORDER BY r.started_at DESC, r.id DESC, CASE WHEN s.position = ");
    sql.int(wanted.position);
    sql.sql(" THEN 0 ELSE 1 END, s.position DESC LIMIT 1");
    sql
}

fn columns() -> Clauses {
    let mut sql = Clauses::default();
    sql.sql(
        "SELECT r.id AS run_id, s.id AS step_id, s.key AS step_key, \
         r.integration_id AS integration_id, s.status AS step_status FROM (",
    );
    sql
}

fn about(sql: &mut Clauses, workspace: WorkspaceId, walk: Walk, wanted: &Wanted, name: bool) {
    // A step is in its run's workspace. Asked of the steps, the workspace would lead SQLite to the
    // index of all steps of this key.
    let (Walk::Before(integration, ..) | Walk::OfFlow(_, integration)) = walk;
    sql.sql(" WHERE (SELECT 1 FROM integration WHERE id = ")
        .int(integration.0);
    sql.sql(" AND workspace_id = ")
        .int(workspace.0)
        .sql(") = 1");
    sql.sql(" AND COALESCE(s.app_key, '') = ");
    sql.text(wanted.app_key.as_ref().map_or("", |key| key.as_str()));
    if name {
        sql.sql(" AND COALESCE(s.name, '') = ");
        sql.text(wanted.name.as_deref().unwrap_or_default());
    }
}

/// Columns `id`, `started_at`, `integration_id` and `steps` of the runs to look into.
fn runs(sql: &mut Clauses, workspace: WorkspaceId, walk: Walk, most: i64) {
    match walk {
        Walk::Before(integration, at, id) => {
            let before = |sql: &mut Clauses, limit| {
                sql.sql(" AND (started_at, id) < (").int(at.as_ms());
                sql.sql(", ").int(id.0);
                sql.sql(") ORDER BY started_at DESC, id DESC LIMIT ")
                    .int(limit);
            };
            sql.sql("SELECT * FROM (SELECT id, started_at, integration_id, steps FROM run WHERE integration_id = ");
            sql.int(integration.0);
            before(sql, most);
            for status in ["ok", "warning"] {
                // Runs found twice do no harm.
                sql.sql(") near UNION ALL SELECT * FROM (SELECT id, started_at, integration_id, steps FROM run WHERE integration_id = ");
                sql.int(integration.0).sql(" AND status = ").text(status);
                before(sql, GOOD_RUNS);
            }
            sql.sql(") good");
        }
        Walk::OfFlow(flow, integration) => {
            // Of each integration its last run, and its last one that went well.
            let others = |sql: &mut Clauses| {
                sql.sql(
                    "SELECT run.id, run.started_at, run.integration_id, run.steps FROM \
                     (SELECT id, last_run_key FROM integration WHERE flow_id = ",
                );
                sql.int(flow.0);
                sql.sql(" AND id <> ").int(integration.0);
                sql.sql(" AND workspace_id = ").int(workspace.0);
                sql.sql(" ORDER BY COALESCE(last_run_at, 0) DESC, id DESC LIMIT ");
                sql.int(OTHERS.min(most)).sql(") i JOIN run ON ");
            };
            others(sql);
            sql.sql("run.key = i.last_run_key AND run.workspace_id = ");
            sql.int(workspace.0).sql(" UNION ALL ");
            others(sql);
            sql.sql(
                "run.id = (SELECT id FROM run AS good WHERE good.integration_id = i.id \
                 AND good.status = 'ok' ORDER BY started_at DESC, id DESC LIMIT 1)",
            );
        }
    }
}
