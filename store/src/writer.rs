//! The one writer: takes work from many callers and commits it in groups.
//!
//! While one group is being committed the next one gathers, so that a busy
//! server pays for one commit per group and an idle one waits for nobody.
//! A caller hears of its work only after the commit.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    ApiKeyId, SavedViewId, Timestamp, WorkspaceId,
    id::IdGenerator,
    logs::LogsLink,
    report::{Rejection, Report},
    view::SavedView,
};
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use crate::{
    Store, StoreError,
    api_key::{self, NewKey},
    bulk,
    payload::{self, PreparedPayload},
    pool::{Conn, Pool},
    unit::{Named, Unit},
    view, workspace,
};

/// A checked report with its payloads compressed, ready for the writer.
#[derive(Debug)]
pub struct Prepared {
    pub(crate) report: Report,
    /// One for each step of the report.
    pub(crate) payloads: Vec<PreparedPayload>,
}

// Each is one look at the end of a primary key.
const NEWEST_ID: &str = "SELECT COALESCE(MAX(id), 0) FROM ( \
        SELECT MAX(id) AS id FROM workspace \
        UNION ALL SELECT MAX(id) FROM api_key \
        UNION ALL SELECT MAX(id) FROM app \
        UNION ALL SELECT MAX(id) FROM flow \
        UNION ALL SELECT MAX(id) FROM integration \
        UNION ALL SELECT MAX(id) FROM run \
        UNION ALL SELECT MAX(id) FROM step \
        UNION ALL SELECT MAX(id) FROM log_entry \
        UNION ALL SELECT MAX(id) FROM saved_view \
        UNION ALL SELECT MAX(id) FROM bulk \
     ) AS newest";

/// Prepared by a test on both databases.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[NEWEST_ID];

/// How many items are taken into one commit, at least one caller's.
const GROUP_ITEMS: usize = 1_024;

/// How many callers may wait before further ones wait to be let in.
const QUEUE: usize = 1_024;

/// The way to the writer.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
    done: Arc<Mutex<Option<oneshot::Receiver<()>>>>,
    commits: watch::Receiver<Commits>,
}

/// How often reports of each workspace were committed.
type Commits = BTreeMap<WorkspaceId, u64>;

/// Hears when this server has taken in reports of a workspace. What another server on the same
/// database takes in is not heard.
#[derive(Debug, Clone)]
pub struct Changes {
    workspace: WorkspaceId,
    seen: u64,
    commits: watch::Receiver<Commits>,
}

impl Changes {
    /// Waits for the next change since it was last asked; answers at once where there was one.
    ///
    /// # Errors
    /// [`StoreError::Closed`] when the writer has ended.
    pub async fn heard(&mut self) -> Result<(), StoreError> {
        let (workspace, seen) = (self.workspace, self.seen);
        let count = |commits: &Commits| commits.get(&workspace).copied().unwrap_or(0);
        let waiting = self.commits.wait_for(|commits| count(commits) != seen);
        let now = count(&*waiting.await.map_err(|_| StoreError::Closed)?);
        self.seen = now;
        Ok(())
    }
}

#[derive(Debug)]
struct Job {
    work: Work,
    now: Timestamp,
    reply: oneshot::Sender<Result<Reply, StoreError>>,
}

#[derive(Debug)]
enum Work {
    Ingest(WorkspaceId, Vec<Prepared>),
    Workspace(String),
    Logs(WorkspaceId, Option<LogsLink>),
    CreateKey(NewKey),
    RevokeKey(ApiKeyId),
    SaveView(WorkspaceId, SavedView),
    DeleteView(WorkspaceId, SavedViewId),
    Bulk(bulk::Work),
    Close,
}

#[derive(Debug)]
enum Reply {
    /// For each item, in order, why it was not taken.
    Ingested(Vec<Option<Rejection>>),
    Key(ApiKeyId),
    Bulk(bulk::Reply),
    Done,
}

impl Prepared {
    /// Redacts, cuts and compresses what `reports` carry. Takes time: call it where blocking is allowed.
    ///
    /// # Errors
    /// Only where the compressor finds no memory.
    pub fn all(reports: Vec<Report>) -> std::io::Result<Vec<Self>> {
        let mut zstd = payload::compressor()?;
        reports
            .into_iter()
            .map(|mut report| {
                let steps = match &mut report {
                    Report::Run(run) => run.steps.as_mut_slice(),
                    Report::Step(step) => std::slice::from_mut(&mut **step),
                    _ => &mut [],
                };
                let mut payloads = Vec::with_capacity(steps.len());
                for step in steps {
                    payloads.push(PreparedPayload::new(&step.payload(), &mut zstd)?);
                    step.forget_bodies();
                }
                Ok(Self { report, payloads })
            })
            .collect()
    }
}

impl Store {
    /// Hears of the reports of a workspace from now on.
    #[must_use]
    pub fn changes(&self, workspace: WorkspaceId) -> Changes {
        let mut commits = self.writer.commits.clone();
        let seen = commits.borrow_and_update().get(&workspace).copied();
        Changes {
            workspace,
            seen: seen.unwrap_or(0),
            commits,
        }
    }

    /// Takes reports in, in one commit with whatever else is waiting. Answers, for each, why it
    /// was not taken; the others are committed when this returns.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; then nothing of these was taken.
    pub async fn ingest(
        &self,
        workspace: WorkspaceId,
        items: Vec<Prepared>,
        now: Timestamp,
    ) -> Result<Vec<Option<Rejection>>, StoreError> {
        match self
            .writer
            .submit(Work::Ingest(workspace, items), now)
            .await?
        {
            Reply::Ingested(rejections) => Ok(rejections),
            _ => Err(StoreError::Closed),
        }
    }
}

impl Writer {
    /// Starts the writer on its pool.
    pub(crate) fn start(pool: Pool, node: u16) -> Self {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let (ended, done) = oneshot::channel();
        let (told, commits) = watch::channel(Commits::new());
        tokio::spawn(async move {
            run(&pool, IdGenerator::new(node), waiting, &told).await;
            on!(&pool, Pool, |pool: Db| {
                let pool: &sqlx::Pool<Db> = pool;
                pool.close().await;
            });
            let _ = ended.send(());
        });
        Self {
            jobs,
            done: Arc::new(Mutex::new(Some(done))),
            commits,
        }
    }

    pub(crate) async fn ensure_workspace(
        &self,
        key: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.submit(Work::Workspace(key.to_owned()), now)
            .await
            .map(|_| ())
    }

    pub(crate) async fn set_logs(
        &self,
        workspace: WorkspaceId,
        logs: Option<LogsLink>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.submit(Work::Logs(workspace, logs), now)
            .await
            .map(|_| ())
    }

    pub(crate) async fn create_api_key(
        &self,
        key: NewKey,
        now: Timestamp,
    ) -> Result<ApiKeyId, StoreError> {
        match self.submit(Work::CreateKey(key), now).await? {
            Reply::Key(id) => Ok(id),
            _ => Err(StoreError::Closed),
        }
    }

    pub(crate) async fn revoke_api_key(
        &self,
        id: ApiKeyId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.submit(Work::RevokeKey(id), now).await.map(|_| ())
    }

    pub(crate) async fn save_view(
        &self,
        workspace: WorkspaceId,
        view: SavedView,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.submit(Work::SaveView(workspace, view), now)
            .await
            .map(|_| ())
    }

    pub(crate) async fn delete_view(
        &self,
        workspace: WorkspaceId,
        view: SavedViewId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.submit(Work::DeleteView(workspace, view), now)
            .await
            .map(|_| ())
    }

    pub(crate) async fn bulk(
        &self,
        work: bulk::Work,
        now: Timestamp,
    ) -> Result<bulk::Reply, StoreError> {
        match self.submit(Work::Bulk(work), now).await? {
            Reply::Bulk(reply) => Ok(reply),
            _ => Err(StoreError::Closed),
        }
    }

    /// Waits until everything that was submitted is written, and ends.
    pub(crate) async fn close(&self) {
        let _ = self.submit(Work::Close, Timestamp::default()).await;
        if let Some(done) = self.done.lock().await.take() {
            let _ = done.await;
        }
    }

    async fn submit(&self, work: Work, now: Timestamp) -> Result<Reply, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.jobs
            .send(Job { work, now, reply })
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

async fn run(
    pool: &Pool,
    mut ids: IdGenerator,
    mut waiting: mpsc::Receiver<Job>,
    told: &watch::Sender<Commits>,
) {
    while let Some(first) = waiting.recv().await {
        let mut group = vec![first];
        let mut items = group[0].work.weight();
        while items < GROUP_ITEMS {
            let Ok(next) = waiting.try_recv() else { break };
            items += next.work.weight();
            group.push(next);
        }
        let (last, group): (Vec<_>, Vec<_>) = group
            .into_iter()
            .partition(|job| matches!(job.work, Work::Close));
        write(pool, &mut ids, group, told).await;
        if !last.is_empty() {
            waiting.close();
            last.into_iter()
                .for_each(|job| _ = job.reply.send(Ok(Reply::Done)));
        }
    }
}

/// Commits a group; where that fails, each of its jobs alone, so that one cannot spoil the others.
async fn write(pool: &Pool, ids: &mut IdGenerator, group: Vec<Job>, told: &watch::Sender<Commits>) {
    match commit(pool, ids, &group).await {
        Ok(replies) => {
            tell(told, &group);
            for (job, reply) in group.into_iter().zip(replies) {
                let _ = job.reply.send(Ok(reply));
            }
        }
        Err(_) if group.len() > 1 => {
            for job in group {
                let result = commit(pool, ids, std::slice::from_ref(&job)).await;
                if result.is_ok() {
                    tell(told, std::slice::from_ref(&job));
                }
                let _ = job
                    .reply
                    .send(result.map(|mut replies| replies.pop().unwrap_or(Reply::Done)));
            }
        }
        Err(error) => {
            if let Some(job) = group.into_iter().next() {
                let _ = job.reply.send(Err(error));
            }
        }
    }
}

/// Lets open pages look, before the reporters hear that it is done.
fn tell(told: &watch::Sender<Commits>, group: &[Job]) {
    let workspaces = group.iter().filter_map(|job| job.work.workspace());
    let workspaces: BTreeSet<_> = workspaces.collect();
    if !workspaces.is_empty() {
        told.send_modify(|commits| {
            for workspace in workspaces {
                *commits.entry(workspace).or_default() += 1;
            }
        });
    }
}

async fn commit(
    pool: &Pool,
    ids: &mut IdGenerator,
    group: &[Job],
) -> Result<Vec<Reply>, StoreError> {
    match pool {
        Pool::Sqlite(pool) => {
            let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
            let replies = work(&mut Conn::Sqlite(&mut transaction), ids, group).await?;
            transaction.commit().await?;
            Ok(replies)
        }
        Pool::Postgres(pool) => {
            let mut transaction = pool.begin().await?;
            // Several servers may share one Postgres: the lock makes their writers take turns,
            // so that sums are read and written by one at a time, as on SQLite.
            sqlx::query("SELECT pg_advisory_xact_lock(7310429201)")
                .execute(&mut *transaction)
                .await?;
            let replies = work(&mut Conn::Postgres(&mut transaction), ids, group).await?;
            transaction.commit().await?;
            Ok(replies)
        }
    }
}

/// Does a group's work inside its transaction: the reports of each workspace together, in the order in which they came.
async fn work(
    conn: &mut Conn<'_>,
    ids: &mut IdGenerator,
    group: &[Job],
) -> Result<Vec<Reply>, StoreError> {
    // Rows are written over those of the same id. Two servers may have drawn the same node, and
    // a clock may step back over a restart: nobody else writes now, so what is there tells.
    ids.rise_above(newest_id(conn).await?);
    let mut replies: Vec<Reply> = Vec::with_capacity(group.len());
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<usize>> = BTreeMap::new();
    for (index, job) in group.iter().enumerate() {
        replies.push(match &job.work {
            Work::Ingest(workspace, _) => {
                by_workspace.entry(*workspace).or_default().push(index);
                Reply::Done
            }
            Work::Workspace(key) => {
                workspace::insert(conn, WorkspaceId(ids.next(job.now)), key, job.now).await?;
                Reply::Done
            }
            Work::Logs(workspace, logs) => {
                workspace::set_logs(conn, *workspace, logs.as_ref()).await?;
                Reply::Done
            }
            Work::CreateKey(key) => {
                let id = ApiKeyId(ids.next(job.now));
                api_key::insert(conn, id, key, job.now).await?;
                Reply::Key(id)
            }
            Work::RevokeKey(id) => {
                api_key::revoke(conn, *id, job.now).await?;
                Reply::Done
            }
            Work::SaveView(workspace, view) => {
                view::save(conn, *workspace, ids.next(job.now), view, job.now).await?;
                Reply::Done
            }
            Work::DeleteView(workspace, id) => {
                view::delete(conn, *workspace, *id).await?;
                Reply::Done
            }
            Work::Bulk(work) => Reply::Bulk(bulk::work(conn, ids, work, job.now).await?),
            Work::Close => Reply::Done,
        });
    }
    for (workspace, jobs) in by_workspace {
        let items = jobs.iter().flat_map(|index| group[*index].work.items());
        let now = jobs
            .iter()
            .map(|index| group[*index].now)
            .max()
            .unwrap_or_default();
        let mut unit = Unit::load(conn, workspace, Named::of(items), ids, now).await?;
        for index in jobs {
            let items = group[index].work.items().iter();
            replies[index] = Reply::Ingested(items.map(|item| unit.apply(item).err()).collect());
        }
        unit.save(conn).await?;
    }
    Ok(replies)
}

async fn newest_id(conn: &mut Conn<'_>) -> Result<i64, StoreError> {
    on!(conn, Conn, |c: Db| {
        Ok(sqlx::query_scalar::<Db, i64>(NEWEST_ID)
            .fetch_one(&mut **c)
            .await?)
    })
}

impl Work {
    fn items(&self) -> &[Prepared] {
        match self {
            Self::Ingest(_, items) => items,
            _ => &[],
        }
    }

    /// Whose reports these are.
    fn workspace(&self) -> Option<WorkspaceId> {
        match self {
            Self::Ingest(workspace, _) => Some(*workspace),
            _ => None,
        }
    }

    fn weight(&self) -> usize {
        1 + self
            .items()
            .iter()
            .map(|item| 1 + item.payloads.len())
            .sum::<usize>()
    }
}
