//! What is timed, and how it is printed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{Running, Target, bare, client::Caller, data, pages};

/// Runs in one reported batch.
const BATCH: u64 = 50;

/// Requests of which the median is told.
const ROUNDS: usize = 200;

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn line(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

/// A table's title and head.
pub(crate) fn heading(title: &str, columns: &[&str]) {
    line(&[title.to_owned()]);
    line(&columns.iter().map(ToString::to_string).collect::<Vec<_>>());
    line(&columns.iter().map(|_| "---".to_owned()).collect::<Vec<_>>());
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Reports `runs` runs over HTTP from `clients` clients; answers how long it took.
///
/// The batches are made before the clock starts where `prepared` says so: the client is not what
/// is measured. A million runs would not fit.
async fn report(running: &Running, runs: u64, clients: usize, prepared: bool) -> Duration {
    let caller = Caller::new(running.address);
    let lines: String = (0..data::integrations(runs))
        .map(|n| data::integration_line(n) + "\n")
        .collect();
    for part in lines.lines().collect::<Vec<_>>().chunks(5_000) {
        caller.report(&running.ingest_key, part.join("\n")).await;
    }
    let firsts = (0..runs).step_by(usize::try_from(BATCH).expect("few"));
    let prepared: Vec<String> = if prepared {
        firsts.map(|first| batch(first, runs)).collect()
    } else {
        Vec::new()
    };
    let prepared = Arc::new(prepared);
    let next = Arc::new(AtomicU64::new(0));
    let start = now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..clients {
        let (next, prepared, key, address) = (
            Arc::clone(&next),
            Arc::clone(&prepared),
            running.ingest_key.clone(),
            running.address,
        );
        tasks.spawn(async move {
            let caller = Caller::new(address);
            loop {
                let first = next.fetch_add(BATCH, Ordering::Relaxed);
                if first >= runs {
                    return;
                }
                let index = usize::try_from(first / BATCH).expect("few");
                let lines = match prepared.get(index) {
                    Some(lines) => lines.clone(),
                    None => batch(first, runs),
                };
                caller.report(&key, lines).await;
            }
        });
    }
    while let Some(end) = tasks.join_next().await {
        end.expect("a client");
    }
    start.elapsed()
}

/// The batch of runs that begins with `first`.
fn batch(first: u64, runs: u64) -> String {
    let lines = (first..runs.min(first + BATCH)).map(|run| data::run_line(run, runs) + "\n");
    lines.collect()
}

/// Taking reports in, by one client and by eight, beside plain inserts of the same rows.
pub(crate) async fn ingest(target: &Target, runs: u64) {
    for clients in [1, 8] {
        let from = fresh(target, &format!("from{clients}")).await;
        let running = Running::start(&from).await;
        let reported = report(&running, runs, clients, true).await;
        running.store.close().await;
        let to = fresh(target, &format!("bare{clients}")).await;
        domain_schema(&to).await;
        let bare = bare::insert_again(&from.url, &to.url).await;
        let rate = |time: Duration| runs as f64 / time.as_secs_f64();
        line(&[
            target.name.to_owned(),
            clients.to_string(),
            format!("{:.0}", rate(reported)),
            format!("{:.0}", rate(bare)),
            format!(
                "{:.0} %",
                100.0 * bare.as_secs_f64() / reported.as_secs_f64()
            ),
        ]);
    }
}

/// The tables, empty.
async fn domain_schema(target: &Target) {
    store::Store::open(&target.url, 1)
        .await
        .expect("a store")
        .close()
        .await;
}

async fn fresh(target: &Target, name: &str) -> Target {
    let url = if target.url.starts_with("sqlite:") {
        let url = target.url.replace(".db", &format!("_{name}.db"));
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", url.trim_start_matches("sqlite:")));
        }
        url
    } else {
        bare::create_database(&target.url, &format!("bench_{name}")).await
    };
    Target {
        name: target.name,
        url,
    }
}

/// Every page, beside the statements that it needs.
pub(crate) async fn pages(target: &Target, runs: u64) {
    let running = Running::start(target).await;
    report(&running, runs, 4, false).await;
    bare::analyze(&target.url).await;
    let caller = Caller::new(running.address);
    for page in pages::pages(&running).await {
        let mut size = 0;
        for _ in 0..20 {
            size = caller.get(&page.path).await;
        }
        let mut times = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let start = now();
            caller.get(&page.path).await;
            times.push(start.elapsed());
        }
        times.sort();
        let (http, bare) = (
            ms(times[ROUNDS / 2]),
            ms(bare::time(&target.url, &page, ROUNDS).await),
        );
        line(&[
            target.name.to_owned(),
            domain::page::grouped(i64::try_from(runs).unwrap_or(0)),
            page.name.to_owned(),
            format!("{http:.2}"),
            format!("{bare:.2}"),
            format!("{:.1}", http / bare),
            if http <= 3.0 * bare + 2.0 {
                "no".to_owned()
            } else {
                format!("by {:.2} ms", http - 3.0 * bare - 2.0)
            },
            size.to_string(),
        ]);
    }
    running.store.close().await;
}
