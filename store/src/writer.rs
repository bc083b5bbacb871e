//! The one writer: takes work from many callers and commits it in groups.
//!
//! While one group is being committed the next one gathers, so that a busy
//! server pays for one commit per group and an idle one waits for nobody.
//! A caller hears of its work only after the commit.

mod changes;
pub(crate) mod commit;
mod prepared;

use std::sync::Arc;

use domain::{
    ApiKeyId, SavedViewId, Timestamp, WorkspaceId,
    access::{Bounds, Reporter},
    audit::Event,
    id::IdGenerator,
    logs::LogsLink,
    report::Rejection,
    view::SavedView,
};
use tokio::sync::{Mutex, mpsc, oneshot, watch};

pub use self::{changes::Changes, prepared::Prepared};
use self::{
    changes::{Commits, tell},
    commit::commit,
};
use crate::{
    Store, StoreError, account,
    api_key::{KeyUsed, NewKey},
    bulk::writing,
    file::PreparedFile,
    original,
    pool::Pool,
    seal::Shut,
    secrets, share,
};

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

#[derive(Debug)]
struct Job {
    work: Work,
    now: Timestamp,
    reply: oneshot::Sender<Result<Reply, StoreError>>,
}

impl Job {
    /// Whose reports these are.
    fn workspace(&self) -> Option<WorkspaceId> {
        match self.work {
            Work::Ingest(ref reporter, _) | Work::File(ref reporter, _) => Some(reporter.workspace),
            _ => None,
        }
    }
}

#[derive(Debug)]
enum Work {
    Ingest(Reporter, Vec<Prepared>),
    File(Reporter, Box<PreparedFile>),
    Workspace(String),
    Logs(WorkspaceId, Option<LogsLink>),
    Labels(WorkspaceId, String),
    Secrets(WorkspaceId, secrets::Change),
    CreateKey(NewKey),
    RevokeKey(WorkspaceId, ApiKeyId),
    RenewWebhook(WorkspaceId, ApiKeyId, Shut),
    UsedKey(KeyUsed),
    SaveView(WorkspaceId, SavedView),
    DeleteView(WorkspaceId, SavedViewId),
    Bulk(writing::Work),
    Account(account::Work),
    Share(share::Work),
    Originals(original::Work),
    Record(Vec<Event>),
    Close,
}

#[derive(Debug)]
enum Reply {
    /// For each item, in order, why it was not taken.
    Ingested(Vec<Option<Rejection>>),
    /// Why it was not taken.
    File(Option<Rejection>),
    Key(ApiKeyId),
    Bulk(writing::Reply),
    Account(account::Reply),
    /// How many rows went.
    Deleted(u64),
    Done,
}

impl Store {
    /// Hears of the reports of a workspace from now on.
    #[must_use]
    pub fn changes(&self, workspace: WorkspaceId) -> Changes {
        Changes::new(workspace, self.writer.commits.clone())
    }

    /// Takes reports in, in one commit with whatever else is waiting. Answers, for each, why it
    /// was not taken; the others are committed when this returns.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails; then nothing of these was taken.
    pub async fn ingest(
        &self,
        reporter: impl Into<Reporter>,
        items: Vec<Prepared>,
        now: Timestamp,
    ) -> Result<Vec<Option<Rejection>>, StoreError> {
        let work = Work::Ingest(reporter.into(), items);
        match self.writer.submit(work, now).await? {
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

    pub(crate) async fn file(
        &self,
        reporter: Reporter,
        file: PreparedFile,
        now: Timestamp,
    ) -> Result<Option<Rejection>, StoreError> {
        match self
            .submit(Work::File(reporter, Box::new(file)), now)
            .await?
        {
            Reply::File(rejection) => Ok(rejection),
            _ => Err(StoreError::Closed),
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

    pub(crate) async fn set_labels(
        &self,
        workspace: WorkspaceId,
        labels: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.submit(Work::Labels(workspace, labels), now)
            .await
            .map(|_| ())
    }

    pub(crate) async fn secrets(
        &self,
        workspace: WorkspaceId,
        change: secrets::Change,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.submit(Work::Secrets(workspace, change), now)
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
        workspace: WorkspaceId,
        id: ApiKeyId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.submit(Work::RevokeKey(workspace, id), now)
            .await
            .map(drop)
    }

    pub(crate) async fn renew_webhook(
        &self,
        workspace: WorkspaceId,
        endpoint: ApiKeyId,
        shut: Shut,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let work = Work::RenewWebhook(workspace, endpoint, shut);
        self.submit(work, now).await.map(drop)
    }

    pub(crate) async fn used_key(&self, used: KeyUsed) -> Result<(), StoreError> {
        self.submit(Work::UsedKey(used), used.at).await.map(drop)
    }

    pub(crate) async fn account(
        &self,
        work: account::Work,
        now: Timestamp,
    ) -> Result<account::Reply, StoreError> {
        match self.submit(Work::Account(work), now).await? {
            Reply::Account(reply) => Ok(reply),
            _ => Err(StoreError::Closed),
        }
    }

    pub(crate) async fn share(&self, work: share::Work, now: Timestamp) -> Result<(), StoreError> {
        self.submit(Work::Share(work), now).await.map(drop)
    }

    pub(crate) async fn originals(
        &self,
        work: original::Work,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        match self.submit(Work::Originals(work), now).await? {
            Reply::Deleted(rows) => Ok(rows),
            _ => Err(StoreError::Closed),
        }
    }

    pub(crate) async fn record(
        &self,
        events: Vec<Event>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.submit(Work::Record(events), now).await.map(drop)
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
        work: writing::Work,
        now: Timestamp,
    ) -> Result<writing::Reply, StoreError> {
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
            // Before the reporters hear that it is done.
            tell(told, group.iter().filter_map(Job::workspace));
            for (job, reply) in group.into_iter().zip(replies) {
                let _ = job.reply.send(Ok(reply));
            }
        }
        Err(_) if group.len() > 1 => {
            for job in group {
                let result = commit(pool, ids, std::slice::from_ref(&job)).await;
                if result.is_ok() {
                    tell(told, job.workspace().into_iter());
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

impl Work {
    fn items(&self) -> &[Prepared] {
        match self {
            Self::Ingest(_, items) => items,
            _ => &[],
        }
    }

    /// Into which part of the workspace its reports may go.
    fn bounds(&self) -> Bounds {
        match self {
            Self::Ingest(reporter, _) => reporter.bounds.clone(),
            _ => Bounds::default(),
        }
    }

    fn weight(&self) -> usize {
        if let Self::File(_, file) = self {
            return file.weight();
        }
        1 + self
            .items()
            .iter()
            .map(|item| 1 + item.payloads.len())
            .sum::<usize>()
    }
}
