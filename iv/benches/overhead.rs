//! What it costs to run a command through `iv`: `cargo bench -p iv`.
//!
//! Each figure is the median of several runs, beside the bare command redirected to a file.
//! All are timed to the very end, with the wait for a server that answers. What is then sent in the
//! background is waited for before the next round begins.
//! `IV_BENCH_URL` and `IV_BENCH_KEY` name a server that is up; without them only "away" is tried.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A program that does a little for each line, as integrations do.
const LINES: &str = "import sys\nfor n in range(100000):\n    print(f'{n:06d} order {n * 7919 % 100003} was read and written', flush=True)\n";

const ROUNDS: usize = 9;
const UP: &str = "server up";

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = ["python3", "-c", LINES];
    let burst = ["seq", "1000000", "1099999"];
    let one = ["true"];
    let up = setting("IV_BENCH_URL").zip(setting("IV_BENCH_KEY"));
    let away = ("http://127.0.0.1:9".to_owned(), "key".to_owned());
    for (name, command) in [
        ("true", &one[..]),
        ("100,000 lines, one write each", &lines[..]),
        ("100,000 lines at once (seq)", &burst[..]),
    ] {
        let bare = median(|| run(Command::new(command[0]).args(&command[1..]), folder.path()));
        report(name, "bare", bare, bare);
        for (state, server) in [("server away", Some(&away)), (UP, up.as_ref())] {
            let Some((url, key)) = server else { continue };
            // What waits for the one server is not for the other.
            let shared = tempfile::tempdir().expect("a folder");
            let took = median(|| {
                // What a round leaves behind is not for the next one to send.
                let fresh = tempfile::tempdir().expect("a folder");
                let home = if command == one { &shared } else { &fresh };
                let mut iv = Command::new(env!("CARGO_BIN_EXE_iv"));
                iv.args(["run", "-i", "bench", "--only-marked-files", "--"]);
                iv.args(command);
                iv.env("IV_URL", url).env("IV_KEY", key);
                iv.env("XDG_STATE_HOME", home.path());
                let took = run(&mut iv, folder.path());
                if state == UP {
                    all_sent(&home.path().join("iv/spool"));
                }
                took
            });
            report(name, state, took, bare);
        }
    }
    let version = median(|| {
        run(
            Command::new(env!("CARGO_BIN_EXE_iv")).arg("--version"),
            folder.path(),
        )
    });
    report("iv --version", "start", version, version);
}

/// Until no stream is left.
fn all_sent(spool: &Path) {
    let waits = || {
        let mut entries = std::fs::read_dir(spool).into_iter().flatten().flatten();
        entries.any(|entry| entry.path().join("meta.json").exists())
    };
    while waits() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is told where a server is"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn run(command: &mut Command, folder: &Path) -> Duration {
    let output = std::fs::File::create(folder.join("output")).expect("a file");
    let start = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(Stdio::null())
        .status();
    let took = start.elapsed();
    assert!(status.expect("it starts").success());
    took
}

fn median(mut measure: impl FnMut() -> Duration) -> Duration {
    let mut all: Vec<_> = (0..ROUNDS).map(|_| measure()).collect();
    all.sort();
    all[ROUNDS / 2]
}

#[expect(clippy::print_stdout, reason = "figures are what a bench is for")]
fn report(name: &str, state: &str, took: Duration, bare: Duration) {
    let ms = took.as_secs_f64() * 1_000.0;
    let more = ms - bare.as_secs_f64() * 1_000.0;
    let ratio = took.as_secs_f64() / bare.as_secs_f64();
    println!("{name:<32} {state:<12} {ms:>8.1} ms  {more:>+8.1} ms  x{ratio:.2}");
}
