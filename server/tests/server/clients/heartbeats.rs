//! Clients of heartbeat monitors that nobody here wrote: they find what they expect.

use std::process::Command;

use domain::{LogEntry, Run, Status, filter::RunFilter};
use store::{RunsOf, Store};

use super::{installed, json_of, page_of};
use crate::{
    program::{made_key, serve},
    support::log_of,
};

/// The runs of an integration with their logs, the oldest first.
async fn runs(store: &Store, integration: &str) -> Vec<(Run, Vec<LogEntry>)> {
    let workspace = store.workspace("main").await.expect("the store");
    let workspace = workspace.expect("main").id;
    let owner = store.integration(workspace, integration).await;
    let owner = owner.expect("the store").expect("an integration");
    let (of, all) = (RunsOf::Integration(&owner), RunFilter::default());
    let now = domain::Timestamp::default();
    let page = store
        .list_runs(workspace, of, &all, now)
        .await
        .expect("runs");
    let mut found = Vec::new();
    for row in page.rows.iter().rev() {
        let run = store.run(workspace, row.key.as_str()).await;
        let run = run.expect("the store").expect("the run");
        let log = log_of(store, workspace, run.id).await;
        found.push((run, log));
    }
    found
}

/// Everything that an entry says.
fn said(log: &[LogEntry]) -> String {
    let texts = log
        .iter()
        .flat_map(|entry| [Some(&entry.message), entry.description.as_ref()]);
    texts.flatten().cloned().collect::<Vec<_>>().join("\n")
}

#[test]
#[ignore = "it needs the clients: cargo xtask test --only clients"]
fn what_clients_of_heartbeat_monitors_send_are_runs_that_began_and_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut running = serve(folder.path());
    let address = |integration: &str| {
        let key = made_key(
            folder.path(),
            &["--scope", "ping", "--integration", integration],
        );
        format!("http://{}/ping/{key}", running.address)
    };
    let mut client = Command::new(installed("python/venv/bin/python"));
    client.arg(installed("python/ping.py"));
    let output = client
        .args([address("decorated"), address("checked")])
        .output();
    let output = output.expect("cargo xtask test --only clients installs it");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let reader = made_key(folder.path(), &["--scope", "read"]);
    let listed = json_of(running.address, "/api/v1/runs", &reader);
    let listed = listed["rows"].as_array().expect("rows").clone();
    let pages = listed.iter().map(|row| {
        let run = row["run_id"].as_str().expect("a key");
        page_of(running.address, &format!("/main/runs/{run}"))
    });
    let pages = pages.collect::<String>();
    running.child.kill().expect("killed");
    running.child.wait().expect("gone");

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (decorated, checked) = runtime.block_on(async {
        let url = format!(
            "sqlite:{}",
            folder.path().join("integration-view.db").display()
        );
        let store = Store::open(&url, 1).await.expect("the database opens");
        (
            runs(&store, "decorated").await,
            runs(&store, "checked").await,
        )
    });
    let statuses = |runs: &[(Run, Vec<LogEntry>)]| -> Vec<Status> {
        runs.iter().map(|(run, _)| run.status).collect()
    };
    for runs in [&decorated, &checked] {
        assert_eq!(statuses(runs), [Status::Ok, Status::Failed], "{runs:?}");
    }
    for (run, _) in &decorated {
        assert!(run.finished_at.is_some() && run.trigger_type.as_deref() == Some("ping"));
    }
    assert!(said(&decorated[0].1).contains("rows=3"), "{decorated:?}");
    assert!(said(&checked[0].1).contains("3 rows copied"), "{checked:?}");
    assert!(said(&checked[1].1).contains("disk full"), "{checked:?}");
    assert_eq!(listed.len(), 4, "{listed:?}");
    for text in ["rows=3", "3 rows copied", "disk full"] {
        assert!(pages.contains(text), "{text} is on the page of its run");
    }
}
