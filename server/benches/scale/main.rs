//! How fast pages and reports are, each beside the database alone in the same run.
//!
//! `cargo bench -p server --bench scale -- --runs 10000,100000,1000000`
//! with Postgres too: `cargo xtask postgres -- cargo bench -p server --bench scale -- …`
//!
//! Prints Markdown. Times are medians over loopback HTTP, by one client that
//! waits for each answer. It asserts nothing: machines are noisy, ratios are not.

mod bare;
mod client;
mod data;
mod measure;
mod pages;

use clap::Parser;
use domain::{Timestamp, access::Scope};
use server::{clock::Clock, entry::Entry, router::router, state::AppState};
use store::Store;

/// 12 Nov 2026 09:14:03 UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_ms(1_794_474_843_000);

#[derive(Parser)]
struct Settings {
    /// Numbers of runs to measure with
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000])]
    runs: Vec<u64>,
    /// Runs to measure the taking in with
    #[arg(long, default_value_t = 20_000)]
    ingest: u64,
    /// Where SQLite files go; a temporary folder without it
    #[arg(long)]
    folder: Option<std::path::PathBuf>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// A database to measure.
pub(crate) struct Target {
    name: &'static str,
    url: String,
}

/// A server on loopback around a database.
pub(crate) struct Running {
    pub(crate) store: Store,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) ingest_key: String,
    pub(crate) workspace: domain::WorkspaceId,
}

#[tokio::main]
async fn main() {
    let settings = Settings::parse();
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = settings
        .folder
        .unwrap_or_else(|| temporary.path().to_owned());
    measure::heading(
        "Taking reports in",
        &["database", "clients", "runs/s", "bare runs/s", "share"],
    );
    for target in targets(&folder, "ingest").await {
        measure::ingest(&target, settings.ingest).await;
    }
    measure::heading(
        "Pages",
        &[
            "database",
            "runs",
            "page",
            "HTTP ms",
            "bare ms",
            "ratio",
            "over 3 × bare + 2 ms",
            "bytes",
        ],
    );
    for runs in settings.runs {
        for target in targets(&folder, &format!("pages_{runs}")).await {
            measure::pages(&target, runs).await;
        }
    }
}

/// A fresh SQLite file, and a fresh Postgres database where there is a server for it.
async fn targets(folder: &std::path::Path, name: &str) -> Vec<Target> {
    let file = folder.join(format!("{name}.db"));
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", file.display()));
    }
    let mut targets = vec![Target {
        name: "SQLite",
        url: format!("sqlite:{}", file.display()),
    }];
    if let Some(url) = postgres() {
        targets.push(Target {
            name: "Postgres",
            url: bare::create_database(&url, &format!("bench_{name}")).await,
        });
    }
    targets
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench has no configuration of its own"
)]
fn postgres() -> Option<String> {
    std::env::var("IV_TEST_POSTGRES").ok()
}

impl Running {
    pub(crate) async fn start(target: &Target) -> Self {
        let store = Store::open(&target.url, 1).await.expect("a store");
        let workspace = store
            .ensure_workspace("main", NOW)
            .await
            .expect("a workspace")
            .id;
        let ingest_key = Scope::Ingest.secret([7; 32]);
        store
            .create_api_key(
                workspace,
                Scope::Ingest,
                store::KeyAsked::default(),
                &ingest_key,
                NOW,
            )
            .await
            .expect("a key");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut state = AppState::new(
            store.clone(),
            Clock::Fixed(NOW),
            format!("http://{address}"),
            None,
        );
        state.entry = Entry::open();
        tokio::spawn(async move { axum::serve(listener, router(state)).await });
        Self {
            store,
            address,
            ingest_key,
            workspace,
        }
    }
}
