//! Who reports and who looks: each person has a workspace of their own.

use domain::{
    Key, Timestamp, WorkspaceId,
    file::FileReport,
    labels::Labels,
    redact::{Names, Rules},
    report::{Rejection, Report},
};
use serde_json::Value;

use crate::{Prepared, PreparedFile, Store};

/// When our clock says that reports arrive: years after everything that they tell of, so that
/// a dump knows our moments from reported ones.
pub(super) const NOW: Timestamp = Timestamp::from_ms(1_900_000_000_000);

/// When the told-of things happened: 2026-11-12T09:14:03.250Z.
pub(super) const THEN: Timestamp = Timestamp::from_ms(1_794_474_843_250);

/// A moment as reports write it, some milliseconds after [`THEN`].
pub(super) fn at(ms: i64) -> String {
    THEN.plus_ms(ms).to_rfc3339()
}

pub(super) const MINUTE: i64 = 60_000;
pub(super) const DAY: i64 = 86_400_000;

/// Somebody with a workspace.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) store: Store,
    pub(super) workspace: WorkspaceId,
}

impl Person {
    /// Whose rows the test is about.
    pub(super) async fn owner(store: &Store) -> Self {
        Self::with_workspace(store, "owner").await
    }

    /// Who must see nothing of them.
    pub(super) async fn stranger(store: &Store) -> Self {
        Self::with_workspace(store, "stranger").await
    }

    pub(super) async fn with_workspace(store: &Store, key: &str) -> Self {
        let workspace = store.ensure_workspace(key, NOW).await.expect("a workspace");
        Self {
            store: store.clone(),
            workspace: workspace.id,
        }
    }

    /// Sends reports of which every one must be taken.
    pub(super) async fn report(&self, items: impl IntoIterator<Item = Value>) {
        let items: Vec<_> = items.into_iter().collect();
        let answers = self.try_report(items.clone()).await;
        for (item, answer) in items.iter().zip(answers) {
            assert_eq!(answer, None, "{item}");
        }
    }

    /// Sends reports and answers why each was not taken.
    pub(super) async fn try_report(
        &self,
        items: impl IntoIterator<Item = Value>,
    ) -> Vec<Option<Rejection>> {
        self.report_at(items, NOW).await
    }

    /// Sends a file of a run, which must be taken.
    pub(super) async fn attach(&self, run: &str, key: &str, name: &str, bytes: &[u8]) {
        let file = prepared_file(run, &format!("key={key}&name={name}"), bytes);
        let taken = self.store.take_file(self.workspace, file, NOW).await;
        assert_eq!(taken.expect("a file taken in"), None);
    }

    pub(super) async fn report_at(
        &self,
        items: impl IntoIterator<Item = Value>,
        now: Timestamp,
    ) -> Vec<Option<Rejection>> {
        self.store
            .ingest(self.workspace, prepared(items), now)
            .await
            .expect("reports taken in")
    }
}

/// What the server makes of JSON before it reaches the writer.
pub(super) fn prepared(items: impl IntoIterator<Item = Value>) -> Vec<Prepared> {
    let parsed = items.into_iter().map(|item| {
        let text = item.to_string();
        Report::parse_with(&text, None, &labels())
            .unwrap_or_else(|error| panic!("{error:?}: {text}"))
    });
    Prepared::all(parsed.collect(), &rules()).expect("memory for the compressor")
}

/// Two words of a workspace's own.
pub(super) fn labels() -> Labels {
    Labels::parse("half done = warning\nOn Hold = queued").expect("a list")
}

/// What the server makes of a file before it reaches the writer.
pub(super) fn prepared_file(run: &str, query: &str, bytes: &[u8]) -> PreparedFile {
    let run = Key::new(run).expect("a key");
    let report = FileReport::from_query(run, query, Some("text/csv")).expect("a file");
    PreparedFile::new(report, bytes.to_vec(), &rules()).expect("a file that can be kept")
}

/// The rules of a workspace that has set nothing.
pub(super) fn rules() -> Rules {
    Rules::new([7; 32], Names::default())
}
