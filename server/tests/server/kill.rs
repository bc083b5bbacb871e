//! Acknowledged means stored (R1): the real program is killed again and again while reporters of
//! every kind report, `iv` with its spool among them.
//!
//! `IV_CYCLES` says how often, and is twenty without it.

use std::time::Duration;

use crate::{
    feeds::{self, Reporting, Target, lasting_address},
    program::{Program, serve_with},
    slow::begin,
};

/// How soon it must be ready again.
const READY: Duration = Duration::from_secs(2);

/// How often something is done to the program; `usual` without another word.
#[expect(clippy::disallowed_methods, reason = "a nightly run asks for more")]
pub(crate) fn cycles(usual: u64) -> u64 {
    let asked = std::env::var("IV_CYCLES").ok();
    asked.map_or(usual, |asked| asked.parse().expect("IV_CYCLES is a number"))
}

/// Pauses of 50 to 500 ms, the same ones in every run.
pub(crate) struct Pauses(u64);

impl Pauses {
    pub(crate) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn pause(&mut self) {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(50 + (self.0 >> 33) % 450));
    }
}

/// Starts it where its reporters expect it.
pub(crate) fn serve_at(folder: &std::path::Path, address: std::net::SocketAddr) -> Program {
    let listen = address.to_string();
    serve_with(folder, &["--listen", &listen, "--ingest-rate", "1000000"])
}

#[test]
fn nothing_acknowledged_is_lost_however_often_it_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = lasting_address();
    let mut running = serve_at(folder.path(), address);
    let reporting = Reporting::begin(&Target::new(folder.path(), address));
    let (mut pauses, mut slowest) = (Pauses::new(), Duration::ZERO);
    let cycles = cycles(20);
    for _ in 0..cycles {
        pauses.pause();
        running.child.kill().expect("killed");
        running.child.wait().expect("gone");
        feeds::check_copy(folder.path());
        let started = begin();
        running = serve_at(folder.path(), address);
        slowest = slowest.max(started.elapsed());
    }
    std::thread::sleep(Duration::from_millis(200));
    let reported = reporting.end();
    running.child.kill().expect("killed");
    running.child.wait().expect("gone");
    let acknowledged = feeds::audit(folder.path(), &reported);
    let unanswered: u64 = reported.iter().map(|one| one.unanswered + one.cut).sum();
    println!(
        "{cycles} kills: {acknowledged} runs acknowledged, none lost or doubled; {unanswered} requests \
         went unanswered; ready again after {slowest:?} at most"
    );
    assert!(
        unanswered > 0,
        "no request was ever cut off: the test tested nothing"
    );
    assert!(slowest <= READY, "ready again after {slowest:?}");
}
