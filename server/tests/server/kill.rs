//! Acknowledged means stored: the real program is killed again and again while four clients report.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use store::Store;

use crate::program::{key, serve};

const CYCLES: u64 = 20;
const CLIENTS: usize = 4;
const STEPS: i64 = 3;

/// Sends one report; answers whether it was acknowledged.
fn put(address: SocketAddr, key: &str, run: &str) -> bool {
    let attempt = || -> std::io::Result<bool> {
        let body = report(run);
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(
            stream,
            "PUT /api/v1/runs/{run} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        assert!(!answer.starts_with("HTTP/1.1 4"), "{answer}");
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    attempt().unwrap_or(false)
}

fn report(run: &str) -> String {
    let step = |position: i64| serde_json::json!({"position": position, "status": "ok", "response": {"status": 200, "body": {"run": run, "filler": "x".repeat(1_500)}}});
    let steps: Vec<_> = (1..=STEPS).map(step).collect();
    let client = run.split('-').next().expect("a name");
    serde_json::json!({
        "integration": {"key": client, "flow": {"key": "flow"}}, "status": "ok",
        "started_at": "2026-11-12T09:14:00Z", "finished_at": "2026-11-12T09:14:01Z", "steps": steps,
    })
    .to_string()
}

#[test]
fn nothing_acknowledged_is_lost_over_twenty_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut running = serve(folder.path());
    let key = key(folder.path());
    let address = Arc::new(Mutex::new(running.address));
    let stop = Arc::new(AtomicBool::new(false));
    let acknowledged: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (address, stop, key) = (Arc::clone(&address), Arc::clone(&stop), key.clone());
            std::thread::spawn(move || {
                let (mut acknowledged, mut attempts) = (Vec::new(), 0_u64);
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    let run = format!("client{client}-{number}");
                    let target = *address.lock().expect("the address");
                    attempts += 1;
                    // Without an answer the same report is sent again, as every client does.
                    if put(target, &key, &run) {
                        acknowledged.push(run);
                        number += 1;
                    } else {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                }
                (client, acknowledged, attempts)
            })
        })
        .collect();

    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..CYCLES {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(50 + (random >> 33) % 450));
        running.child.kill().expect("killed");
        running.child.wait().expect("gone");
        running = serve(folder.path());
        *address.lock().expect("the address") = running.address;
    }
    std::thread::sleep(Duration::from_millis(200));
    stop.store(true, Ordering::Relaxed);
    let acknowledged: BTreeMap<usize, (Vec<String>, u64)> = acknowledged
        .into_iter()
        .map(|client| client.join().expect("a client"))
        .map(|(c, a, n)| (c, (a, n)))
        .collect();
    running.child.kill().expect("killed");
    running.child.wait().expect("gone");

    let total: usize = acknowledged.values().map(|(runs, _)| runs.len()).sum();
    let attempts: u64 = acknowledged.values().map(|(_, attempts)| attempts).sum();
    assert!(
        total > 20 * CLIENTS,
        "only {total} reports were acknowledged: the test tested nothing"
    );
    assert!(
        attempts > total as u64,
        "no report was ever cut off: the test tested nothing"
    );
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(audit(folder.path(), &acknowledged));
}

/// Everything acknowledged is there, whole and once; sums are those of the rows.
async fn audit(folder: &Path, acknowledged: &BTreeMap<usize, (Vec<String>, u64)>) {
    let url = format!("sqlite:{}", folder.join("integration-view.db").display());
    let store = Store::open(&url, 1).await.expect("the database opens");
    assert_eq!(store.check_integrity().await.expect("a check"), "ok");
    let workspace = store
        .workspace("main")
        .await
        .expect("the store")
        .expect("the workspace")
        .id;
    let mut stored = 0;
    for (client, (runs, _)) in acknowledged {
        for run in runs {
            let run = store
                .run(workspace, run)
                .await
                .expect("the store")
                .unwrap_or_else(|| panic!("{run} is lost"));
            let steps = store
                .list_steps(workspace, run.id)
                .await
                .expect("the store");
            assert_eq!(
                (run.steps, run.tasks, steps.len() as i64),
                (STEPS, STEPS, STEPS),
                "{} is half-written",
                run.key
            );
            for step in steps {
                let payload = store.payload(workspace, step.id).await.expect("the store");
                let body = payload
                    .response
                    .and_then(|response| response.body)
                    .expect("a body");
                assert!(body.bytes.len() > 1_500, "{} has half a payload", run.key);
            }
        }
        let integration = store
            .integration(workspace, &format!("client{client}"))
            .await
            .expect("the store")
            .expect("an integration");
        // A report may be stored and its answer lost: at most the one under way when all ended.
        let known = runs.len() as i64;
        assert!(
            (known..=known + 1).contains(&integration.runs),
            "client{client}: {} runs for {known} reports",
            integration.runs
        );
        assert_eq!(integration.tasks, integration.runs * STEPS);
        stored += integration.runs;
    }
    let flow = store
        .flow(workspace, "flow")
        .await
        .expect("the store")
        .expect("the flow");
    assert_eq!((flow.runs, flow.tasks), (stored, stored * STEPS));
}
