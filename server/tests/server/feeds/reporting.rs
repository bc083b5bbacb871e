//! The reporters at work: what is not answered is sent again as it was, as every client does.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use super::{BATCH, Came, Feed, Target, integration, report, run_of, send};
use crate::program;

/// Who reports at once.
const FEEDS: [Feed; 8] = [
    Feed::Put,
    Feed::Put,
    Feed::Batch,
    Feed::Protobuf,
    Feed::Protobuf,
    Feed::Json,
    Feed::Ping,
    Feed::Iv,
];
/// What a reporter knows at the end.
#[derive(Debug)]
pub(crate) struct Reported {
    pub(super) client: usize,
    pub(super) feed: Feed,
    /// The runs that it may rely on.
    pub(super) acknowledged: Vec<String>,
    /// Requests that were taken and not answered, and those of whose answer a part came.
    pub(crate) unanswered: u64,
    pub(crate) cut: u64,
}

/// The reporters at work.
pub(crate) struct Reporting {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Reported>>,
    home: tempfile::TempDir,
    target: Target,
}

impl Reporting {
    /// All of them begin.
    pub(crate) fn begin(target: &Target) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let stop = Arc::new(AtomicBool::new(false));
        let threads = FEEDS.iter().enumerate().map(|(client, feed)| {
            let (stop, target, feed) = (Arc::clone(&stop), target.clone(), *feed);
            let home = home.path().to_owned();
            std::thread::spawn(move || match feed {
                Feed::Iv => run_commands(client, &target, &home, &stop),
                _ => send_reports(feed, client, &target, &stop),
            })
        });
        Self {
            threads: threads.collect(),
            stop,
            home,
            target: target.clone(),
        }
    }

    /// All of them end; the server must be up, for what waits in the spool.
    pub(crate) fn end(self) -> Vec<Reported> {
        self.stop.store(true, Ordering::Relaxed);
        let reported = self
            .threads
            .into_iter()
            .map(|thread| thread.join().expect("a reporter"));
        let reported: Vec<_> = reported.collect();
        let mut said = String::new();
        for _ in 0..100 {
            if !waits(self.home.path()) {
                return reported;
            }
            let mut flush = iv(&self.target, self.home.path(), &["flush"]);
            let flushed = flush.stderr(Stdio::piped()).output().expect("iv starts");
            said = String::from_utf8_lossy(&flushed.stderr).into_owned();
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the spool is not sent: {said}");
    }
}

fn send_reports(feed: Feed, client: usize, target: &Target, stop: &AtomicBool) -> Reported {
    let mut reported = Reported {
        client,
        feed,
        acknowledged: Vec::new(),
        unanswered: 0,
        cut: 0,
    };
    for number in 0.. {
        let (requests, runs) = report(feed, client, number, target);
        for request in requests {
            loop {
                if stop.load(Ordering::Relaxed) {
                    return reported;
                }
                match send(target, &request) {
                    Came::Answer(200 | 201, _, body) => {
                        check_taken(feed, &body);
                        break;
                    }
                    // It has more to do than it can, or stops.
                    Came::Answer(503, ..) => {}
                    Came::Answer(status, _, body) => {
                        panic!("{feed:?}: {status} {}", String::from_utf8_lossy(&body))
                    }
                    Came::Away => {}
                    Came::Nothing => reported.unanswered += 1,
                    Came::Part => reported.cut += 1,
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        reported.acknowledged.extend(runs);
    }
    reported
}

/// An answer may say that a part was not taken.
fn check_taken(feed: Feed, body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    let all = match feed {
        Feed::Batch => text.contains(&format!("\"taken\":{BATCH}")),
        Feed::Protobuf => text.is_empty(),
        Feed::Json => text == "{}",
        Feed::Put | Feed::Ping | Feed::Iv => true,
    };
    assert!(all, "{feed:?}: {text}");
}

/// Commands under `iv`, one after another; what it was handed is as good as acknowledged.
fn run_commands(client: usize, target: &Target, home: &Path, stop: &AtomicBool) -> Reported {
    let mut reported = Reported {
        client,
        feed: Feed::Iv,
        acknowledged: Vec::new(),
        unanswered: 0,
        cut: 0,
    };
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let run = run_of(client, number);
        let owner = integration(client);
        let command = [
            "run",
            "-i",
            &owner,
            "--run",
            &run,
            "--",
            "printf",
            "one\\ntwo\\n",
        ];
        let status = iv(target, home, &command).status().expect("iv starts");
        assert!(status.success(), "{status}");
        reported.acknowledged.push(run);
    }
    reported
}

fn iv(target: &Target, home: &Path, arguments: &[&str]) -> Command {
    let mut iv = Command::new(program::iv());
    iv.args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home)
        .env("IV_URL", format!("http://{}", target.address))
        .env("IV_KEY", &target.ingest)
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    iv
}

/// Whether something waits in the spool.
fn waits(home: &Path) -> bool {
    let streams = std::fs::read_dir(home.join(".local/state/iv/spool"));
    let mut streams = streams.into_iter().flatten().flatten();
    streams.any(|stream| stream.path().join("meta.json").exists())
}
