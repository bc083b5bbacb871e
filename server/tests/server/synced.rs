//! Before every answer lies a sync (R2): `strace` watches the real program store a hundred reports.
//!
//! What survives a power cut is what was synced: between the last write to the database's log and
//! each 2xx there is an `fdatasync` of it. Whether the disk keeps its word is beyond any test here.

use std::{collections::BTreeSet, process::Command};

use crate::{
    feeds::{self, Came, Feed, Target},
    program::{command, key, started},
};

/// Requests of each feed.
const EACH: u64 = 20;
const FEEDS: [Feed; 5] = [
    Feed::Put,
    Feed::Batch,
    Feed::Protobuf,
    Feed::Json,
    Feed::Ping,
];

#[test]
fn every_answer_comes_after_a_sync_of_what_it_promises() {
    let folder = tempfile::tempdir().expect("a folder");
    let trace = folder.path().join("trace");
    // Made before, so that nothing else writes.
    key(folder.path());
    let plain = command(
        &["serve", "--no-auth", "--listen", "127.0.0.1:0"],
        folder.path(),
    );
    let mut strace = Command::new("strace");
    // With -D the program is our child, and strace ends when it does.
    strace
        .args(["-D", "-f", "-y", "-s", "12", "-e", "signal=none", "-o"])
        .arg(&trace);
    strace.args([
        "-e",
        "trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg",
    ]);
    strace.arg(plain.get_program()).args(plain.get_args());
    for (name, value) in plain.get_envs() {
        assert!(value.is_none(), "it only unsets");
        strace.env_remove(name);
    }
    let mut program = started(strace);
    let target = Target::new(folder.path(), program.address);
    let mut sent = 0;
    for (client, feed) in FEEDS.into_iter().enumerate() {
        // That a key was used is written down beside its first report.
        for number in 0..=EACH {
            for request in feeds::report(feed, client, number, &target).0 {
                let came = feeds::send(&target, &request);
                assert!(
                    matches!(came, Came::Answer(200 | 201, ..)),
                    "{feed:?}: {came:?}"
                );
                sent += 1;
            }
        }
    }
    program.child.kill().expect("killed");
    program.child.wait().expect("gone");
    let text =
        std::fs::read_to_string(&trace).expect("a trace: script/bootstrap test installs strace");
    let answers = check(&text).expect("a sync before each answer");
    println!("{answers} answers, a sync of the log before each");
    assert!(
        (EACH as usize * FEEDS.len()..=sent).contains(&answers),
        "{answers} of {sent}"
    );
}

/// Reads what the program did, call by call; answers how many answers it gave, or what is wrong
/// with one.
fn check(trace: &str) -> Result<usize, String> {
    let (mut answers, mut writes, mut unsynced) = (0, 0, 0);
    let mut syncing = BTreeSet::new();
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').unwrap_or((line, ""));
        let call = call.trim_start();
        let is_log = call.contains("-wal>");
        if call.starts_with("pwrite64(") && is_log {
            writes += 1;
            unsynced += 1;
        } else if call.starts_with("fdatasync(") || call.starts_with("fsync(") {
            match call.ends_with("<unfinished ...>") {
                true if is_log => _ = syncing.insert(thread),
                false if is_log && call.ends_with("= 0") => unsynced = 0,
                _ => {}
            }
        } else if call.contains("sync resumed>") && syncing.remove(thread) {
            if !call.ends_with("= 0") {
                return Err(format!("a sync failed: {line}"));
            }
            unsynced = 0;
        } else if call.contains("\"HTTP/1.1 20") {
            answers += 1;
            if writes == 0 {
                return Err(format!("answer {answers} came before anything was written"));
            }
            if unsynced > 0 {
                return Err(format!(
                    "answer {answers} promises what was not synced: {line}"
                ));
            }
            writes = 0;
        }
    }
    Ok(answers)
}

#[test]
fn an_answer_before_its_sync_is_found() {
    let write = "7 pwrite64(9</x/integration-view.db-wal>, \"..\"..., 24, 0) = 24\n";
    let sync = "7 fdatasync(9</x/integration-view.db-wal>) = 0\n";
    let answer = "8 writev(12<socket:[1]>, [{iov_base=\"HTTP/1.1 200\"..., iov_len=90}], 1) = 90\n";
    assert_eq!(
        check(&[write, sync, answer, write, sync, answer].concat()),
        Ok(2)
    );
    let begun = "7 fdatasync(9</x/integration-view.db-wal> <unfinished ...>\n";
    let done = "7 <... fdatasync resumed>) = 0\n";
    assert_eq!(check(&[write, begun, done, answer].concat()), Ok(1));
    for wrong in [
        [write, answer, sync].concat(),
        [write, begun, answer, done].concat(),
        [sync, answer].concat(),
        [write, sync, write, answer].concat(),
        [write, sync, answer, answer].concat(),
    ] {
        assert!(check(&wrong).is_err(), "{wrong}");
    }
}
