//! Program and server are killed again and again: nothing that was written down is lost, nothing
//! is there twice.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader},
    process::Stdio,
    time::Duration,
};

use domain::Status;

use crate::support::{Machine, Server, messages};

const CYCLES: u64 = 20;

#[test]
fn nothing_spooled_is_lost_over_twenty_kills_of_both() {
    let mut server = Server::start();
    let machine = Machine::of(&server);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut pause = |most: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(20 + (random >> 33) % most));
    };
    let mut kept = Vec::new();
    for cycle in 0..CYCLES {
        let run = format!("run-{cycle}");
        // `exec` has the lines written by what is killed with its pipe, and not by a shell.
        let mut child = machine
            .shell(&run, "n=0; while n=$((n+1)); do echo $n; sleep 0.001; done")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        pause(300);
        if cycle % 2 == 0 {
            server.down();
        }
        pause(200);
        child.kill().expect("killed");
        child.wait().expect("gone");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let passed = output.lines().map_while(Result::ok).count();
        kept.push((run, spooled(&machine), passed));
        if cycle % 2 == 0 {
            server.up();
        }
    }
    machine.flush();
    let mut total = 0;
    for (run, spooled, passed) in kept {
        let (found, log) = server.run(&run);
        assert_eq!(
            found.status,
            Status::Interrupted,
            "{run}: nobody said how it ended"
        );
        let lines = messages(&log, "stdout");
        let count = lines.len();
        // In order, without a gap, and each once: so none that was written down is missing.
        let expected: Vec<_> = (1..=count).map(|number| number.to_string()).collect();
        assert_eq!(lines, expected, "{run}");
        assert!(
            count >= spooled.saturating_sub(1),
            "{run}: {count} of {spooled} that were spooled"
        );
        // What was passed on is spooled at once: at most what was under way when it died is missing.
        assert!(
            count + 200 >= passed,
            "{run}: {count} of {passed} that were passed on"
        );
        let keys: BTreeSet<_> = log.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys.len(), log.len());
        total += count;
    }
    assert!(total > 500, "only {total} lines: the test tested nothing");
}

/// The number of the last line in the newest stream that waits.
fn spooled(machine: &Machine) -> usize {
    let mut streams: Vec<_> = std::fs::read_dir(machine.spool())
        .expect("the spool")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("000000.seg").exists())
        .collect();
    streams.sort();
    let Some(stream) = streams.last() else {
        return 0;
    };
    let bytes = std::fs::read(stream.join("000000.seg")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.matches("\"stream\":\"stdout\"").count()
}
