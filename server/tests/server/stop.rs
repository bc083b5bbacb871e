//! A server that is asked to stop ends in time and in order (R7), whatever its clients hold open.
//!
//! `IV_CYCLES` says how often twice over, and is twenty without it.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::ExitStatus,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    feeds::{self, Reporting, Target, lasting_address},
    kill::{Pauses, cycles, serve_at},
    program::Program,
    slow::begin,
};

/// How long it may take, and how long once it was asked twice.
const ENDS: Duration = Duration::from_secs(10);
const ENDS_NOW: Duration = Duration::from_secs(1);

fn ask_to_stop(program: &Program) {
    kill_process(Pid::from_child(&program.child), Signal::TERM).expect("it runs");
}

/// How it ended, and after what time.
fn ended(program: &mut Program, within: Duration) -> (ExitStatus, Duration) {
    let asked = begin();
    loop {
        if let Some(status) = program.child.try_wait().expect("a child") {
            return (status, asked.elapsed());
        }
        if asked.elapsed() > within {
            let _ = program.child.kill();
            panic!("it still runs after {within:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Connections that a server cannot wait for: half a head, half a body, a page that listens.
fn hold(target: &Target) -> Vec<TcpStream> {
    let Target {
        address, ingest, ..
    } = target;
    let begun = [
        format!("GET /main/flows HTTP/1.1\r\nHost: {address}\r\nX-Half"),
        format!(
            "PUT /api/v1/apps/half HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {ingest}\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{\"name\":"
        ),
        format!(
            "GET /main/events HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n"
        ),
    ];
    let mut held: Vec<_> = begun
        .iter()
        .map(|begun| {
            let mut stream = TcpStream::connect(address).expect("a way in");
            stream.write_all(begun.as_bytes()).expect("sent");
            stream
        })
        .collect();
    let listening = held.last_mut().expect("three");
    let mut answer = [0; 15];
    listening.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    held
}

#[test]
fn a_server_that_is_asked_to_stop_ends_in_time_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = lasting_address();
    let mut running = serve_at(folder.path(), address);
    let target = Target::new(folder.path(), address);
    let reporting = Reporting::begin(&target);
    let (mut pauses, mut slowest) = (Pauses::new(), Duration::ZERO);
    let cycles = cycles(20) / 2;
    for _ in 0..cycles {
        let held = hold(&target);
        pauses.pause();
        ask_to_stop(&running);
        let (status, took) = ended(&mut running, ENDS);
        assert_eq!(status.code(), Some(0), "{status}");
        slowest = slowest.max(took);
        drop(held);
        let log = folder.path().join("integration-view.db-wal");
        assert!(!log.exists(), "the log is in the database");
        running = serve_at(folder.path(), address);
    }
    std::thread::sleep(Duration::from_millis(200));
    let reported = reporting.end();
    ask_to_stop(&running);
    ended(&mut running, ENDS);
    let acknowledged = feeds::audit(folder.path(), &reported);
    let cut: u64 = reported.iter().map(|one| one.cut).sum();
    println!(
        "{cycles} stops: {acknowledged} runs acknowledged, none lost; {cut} answers cut; ended after {slowest:?} at most"
    );
    assert_eq!(cut, 0, "an answer that was begun is sent");
}

#[test]
fn a_server_that_is_asked_twice_ends_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut running = serve_at(folder.path(), lasting_address());
    let _held = hold(&Target::new(folder.path(), running.address));
    ask_to_stop(&running);
    std::thread::sleep(Duration::from_millis(300));
    let is_busy = running.child.try_wait().expect("a child").is_none();
    assert!(is_busy, "it waits for half a request");
    ask_to_stop(&running);
    let (status, took) = ended(&mut running, ENDS_NOW);
    assert_eq!(status.code(), Some(0), "{status} after {took:?}");
}
