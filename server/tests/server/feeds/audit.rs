//! Looking afterwards whether everything that was acknowledged is there, whole and once.

use std::path::Path;

use domain::{Run, Status, WorkspaceId};
use store::Store;

use crate::support::log_of;

use super::{BATCH, FILLER, Feed, Reported, STEPS, integration};

/// Everything acknowledged is in the database of `folder`, whole and once; sums are those of the
/// rows. Answers how many runs were acknowledged.
pub(crate) fn audit(folder: &Path, reported: &[Reported]) -> usize {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let audit = Audit::open(folder).await;
        let mut of_flow = 0;
        for one in reported {
            of_flow += audit.client(one).await;
        }
        let flow = audit.store.flow(audit.workspace, "flow").await;
        let flow = flow.expect("the store").expect("the flow");
        assert_eq!((flow.runs, flow.tasks), (of_flow, of_flow * STEPS));
    });
    let least = reported.iter().map(|one| one.acknowledged.len()).min();
    assert!(least > Some(3), "a reporter reported nothing: {least:?}");
    reported.iter().map(|one| one.acknowledged.len()).sum()
}

/// Looks whether a database is sound, as it lies there: in a copy, so that nothing is mended by
/// looking.
pub(crate) fn check_copy(folder: &Path) {
    let copy = tempfile::tempdir().expect("a folder");
    for end in ["", "-wal"] {
        let name = format!("integration-view.db{end}");
        // Without a log there was a checkpoint.
        let _ = std::fs::copy(folder.join(&name), copy.path().join(&name));
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        Audit::open(copy.path()).await.store.close().await;
    });
}

struct Audit {
    store: Store,
    workspace: WorkspaceId,
}

impl Audit {
    async fn open(folder: &Path) -> Self {
        let url = format!("sqlite:{}", folder.join("integration-view.db").display());
        let store = Store::open(&url, 1).await.expect("the database opens");
        assert_eq!(store.check_integrity().await.expect("a check"), "ok");
        let workspace = store.workspace("main").await.expect("the store");
        let workspace = workspace.expect("the workspace").id;
        Self { store, workspace }
    }

    /// What one reporter relies on; answers its runs of the flow that is counted.
    async fn client(&self, reported: &Reported) -> i64 {
        let Reported {
            client,
            feed,
            acknowledged,
            ..
        } = reported;
        for key in acknowledged {
            let run = self
                .store
                .run(self.workspace, key)
                .await
                .expect("the store");
            let run = run.unwrap_or_else(|| panic!("{feed:?}: {key} is lost"));
            match feed {
                Feed::Ping => self.log(&run, &["begun", "done"]).await,
                Feed::Iv => self.log(&run, &["one", "two"]).await,
                _ => self.steps(&run).await,
            }
        }
        let found = self
            .store
            .integration(self.workspace, &integration(*client))
            .await;
        let found = found.expect("the store").expect("an integration");
        // A report may be stored and its answer lost: at most the one under way when all ended.
        let known = acknowledged.len() as i64;
        let under_way = if *feed == Feed::Batch {
            BATCH as i64
        } else {
            1
        };
        assert!(
            (known..=known + under_way).contains(&found.runs),
            "{feed:?}: {} runs for {known} that were acknowledged",
            found.runs
        );
        match feed {
            Feed::Ping | Feed::Iv => 0,
            _ => {
                assert_eq!(found.tasks, found.runs * STEPS);
                found.runs
            }
        }
    }

    async fn steps(&self, run: &Run) {
        let steps = self.store.list_steps(self.workspace, run.id).await;
        let steps = steps.expect("the store");
        let counts = (run.steps, run.tasks, steps.len() as i64);
        assert_eq!(counts, (STEPS, STEPS, STEPS), "{} is half-written", run.key);
        for step in steps {
            let payload = self.store.payload(self.workspace, step.id).await;
            let response = payload.expect("the store").response;
            let body = response.and_then(|response| response.body).expect("a body");
            assert!(body.bytes.len() > FILLER, "{} has half a payload", run.key);
        }
    }

    /// A run that ended well, and said exactly this.
    async fn log(&self, run: &Run, said: &[&str]) {
        assert_eq!(run.status, Status::Ok, "{}", run.key);
        let log = log_of(&self.store, self.workspace, run.id).await;
        let told = log
            .iter()
            .filter(|entry| ["ping", "stdout"].contains(&entry.stream.as_str()));
        let told: Vec<_> = told.map(|entry| entry.message.as_str()).collect();
        assert_eq!(told, said, "{}", run.key);
    }
}
