//! A server that is away, for a while or for good, holds nothing up and loses nothing.

use std::{net::TcpListener, process::Stdio, time::Duration};

use domain::Status;

use crate::support::{Machine, Server, eventually, messages, text, timed};

#[test]
fn what_happened_while_the_server_was_down_is_sent_by_the_next_call() {
    let mut server = Server::prepare();
    let machine = Machine::of(&server);
    let output = machine.script("run-1", "echo one; exit 5");
    assert_eq!(output.status.code(), Some(5));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    assert_eq!(machine.waiting(), 1);
    server.up();
    machine.script("run-2", "echo two");
    assert_eq!(machine.waiting(), 0);
    for (run, line, status) in [
        ("run-1", "one", Status::Failed),
        ("run-2", "two", Status::Ok),
    ] {
        let (run, log) = server.run(run);
        assert_eq!(
            (run.status, messages(&log, "stdout")),
            (status, vec![line.to_owned()])
        );
    }
}

#[test]
fn a_server_that_comes_back_during_a_run_gets_all_of_it() {
    let mut server = Server::start();
    let machine = Machine::of(&server);
    let script = "for n in 1 2 3 4 5 6 7 8 9; do echo $n; sleep 0.3; done";
    let child = machine.shell("run", script).stdout(Stdio::null()).spawn();
    let mut child = child.expect("it starts");
    eventually("something arrives", || server.find("run").is_some());
    server.down();
    std::thread::sleep(Duration::from_millis(700));
    server.up();
    assert!(child.wait().expect("it ends").success());
    machine.flush();
    let (run, log) = server.run("run");
    assert_eq!(run.status, Status::Ok);
    assert_eq!(messages(&log, "stdout").concat(), "123456789");
}

#[test]
fn a_server_that_is_away_costs_a_command_next_to_nothing() {
    let machine = Machine::knowing("http://127.0.0.1:9", "key");
    let (output, took) = timed(|| machine.script("run", "true"));
    assert!(output.status.success());
    assert!(took < Duration::from_millis(500), "{took:?}");
}

#[test]
fn a_server_that_takes_connections_and_says_nothing_is_left_after_the_wait() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let machine = Machine::knowing(&url, "key");
    let (output, took) = timed(|| machine.call(&["--wait", "1", "run", "-i", "job", "--", "true"]));
    assert!(output.status.success());
    assert!((1..3).contains(&took.as_secs()), "{took:?}");
    assert_eq!(machine.waiting(), 1);
}

#[test]
fn another_key_does_not_send_what_was_meant_for_this_one() {
    let mut server = Server::prepare();
    let machine = Machine::of(&server);
    machine.script("run", "echo mine");
    server.up();
    let output = machine
        .iv(&["flush"])
        .env("IV_KEY", "another")
        .output()
        .expect("it starts");
    assert_eq!(text(&output.stdout), "0 sent\n");
    assert_eq!(machine.waiting(), 1);
    machine.flush();
    assert_eq!(messages(&server.run("run").1, "stdout"), ["mine"]);
}

#[test]
fn a_full_spool_ends_the_log_and_not_the_command() {
    let mut server = Server::prepare();
    let machine = Machine::of(&server);
    let output = machine.call(&[
        "--spool-limit",
        "1",
        "run",
        "-i",
        "job",
        "--run",
        "run",
        "--",
        "seq",
        "100000",
    ]);
    assert!(output.status.success());
    assert_eq!(text(&output.stdout).lines().count(), 100_000);
    server.up();
    machine.flush();
    let (run, log) = server.run("run");
    assert_eq!(run.status, Status::Ok, "the end found room");
    let lines = messages(&log, "stdout");
    assert!((100..100_000).contains(&lines.len()), "{}", lines.len());
    assert!(
        lines
            .iter()
            .enumerate()
            .all(|(place, line)| *line == (place + 1).to_string())
    );
    let told = messages(&log, "wrapper");
    let said = told
        .iter()
        .filter(|text| text.contains("the log ends here"))
        .count();
    assert_eq!(said, 1, "{told:?}");
    let left_out = 100_000 - lines.len();
    assert!(
        told.iter()
            .any(|text| text.contains(&format!("{left_out} lines found no room"))),
        "{told:?}"
    );
}

#[test]
fn without_a_place_on_disk_the_command_runs_all_the_same() {
    let machine = Machine::knowing("http://127.0.0.1:9", "key");
    let output = machine.call(&[
        "--spool",
        "/proc/nowhere",
        "run",
        "--",
        "sh",
        "-c",
        "echo out; exit 9",
    ]);
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(9), "out\n".to_owned())
    );
    assert!(text(&output.stderr).contains("nothing can wait in /proc/nowhere"));
}

#[test]
fn without_a_server_or_a_key_the_run_is_kept_for_later() {
    let mut server = Server::prepare();
    let machine = Machine::of(&server);
    let output = machine
        .iv(&["run", "-i", "job", "--run", "run", "--", "echo", "out"])
        .env_remove("IV_KEY")
        .output()
        .expect("it starts");
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("kept for later"));
    server.up();
    machine.flush();
    assert_eq!(messages(&server.run("run").1, "stdout"), ["out"]);
}

#[test]
fn nothing_that_is_wrong_with_server_or_key_keeps_a_command_from_running() {
    let machine = Machine::knowing("http://127.0.0.1:9", "key");
    let cases = [
        ("IV_URL", "no address"),
        ("IV_URL", ""),
        ("IV_KEY", "two words"),
        ("IV_KEY_FILE", "/nowhere"),
        ("IV_CA_FILE", "/nowhere"),
    ];
    for (name, value) in cases {
        let output = machine
            .iv(&["run", "-i", "job", "--", "sh", "-c", "echo out; exit 6"])
            .env(name, value)
            .output()
            .expect("it starts");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(6), "{name}={value}: {said}");
        assert_eq!(text(&output.stdout), "out\n");
        assert!(said.contains("kept for later"), "{name}={value}: {said}");
        let other = machine
            .iv(&["flush"])
            .env(name, value)
            .output()
            .expect("it starts");
        assert_eq!(other.status.code(), Some(2), "{name}={value}");
    }
    assert_eq!(machine.waiting(), cases.len());
}
