//! Signals reach the command, and how it ended because of them is known.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    process::{Command, Stdio},
};

use domain::Status;

use crate::support::{Machine, Server, messages};

/// Starts a script that says "ready", sends it a signal through us, and waits.
fn signalled(machine: &Machine, run: &str, signal: &str, script: &str) -> Option<i32> {
    let plain = machine.shell(run, script);
    // Whoever tests in the background has these ignored, and what is ignored is inherited.
    let mut child = Command::new("/usr/bin/env")
        .arg("--default-signal=INT,TERM,HUP,QUIT")
        .arg(plain.get_program())
        .args(plain.get_args())
        .env_clear()
        .envs(
            plain
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(machine.work())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    output.read_line(&mut line).expect("read");
    assert_eq!(line, "ready\n");
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.expect("kill starts").success());
    let status = child.wait().expect("it ends");
    assert_eq!(status.signal(), None, "we live on to tell of it");
    status.code()
}

#[test]
fn every_signal_that_asks_for_an_end_is_passed_on() {
    let server = Server::start();
    let machine = Machine::of(&server);
    for (signal, number) in [("-INT", 2), ("-TERM", 15), ("-HUP", 1), ("-QUIT", 3)] {
        let run = format!("run{signal}");
        // The shell would hold back a signal while it waits for a program.
        let code = signalled(&machine, &run, signal, "echo ready; exec sleep 20");
        assert_eq!(code, Some(128 + number), "{signal}");
        let (run, log) = server.run(&run);
        assert_eq!(run.status, Status::Failed);
        assert!(
            run.summary
                .expect("words")
                .starts_with(&format!("ended by signal {number}"))
        );
        assert!(
            messages(&log, "wrapper")
                .iter()
                .any(|text| text.contains("ended by signal"))
        );
    }
}

#[test]
fn a_command_that_handles_a_signal_ends_as_it_wants() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let script = "trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.05; done";
    assert_eq!(signalled(&machine, "run", "-TERM", script), Some(0));
    let (run, log) = server.run("run");
    assert_eq!(run.status, Status::Ok);
    assert_eq!(messages(&log, "stdout"), ["ready", "cleaned"]);
}

#[test]
fn what_is_ignored_stays_ignored_as_under_nohup() {
    let machine = Machine::knowing("http://127.0.0.1:9", "key");
    let iv = env!("CARGO_BIN_EXE_iv");
    let script =
        format!("trap '' HUP; exec {iv} run -- sh -c 'kill -HUP $PPID; kill -HUP $$; exit 6'");
    let status = machine
        .iv::<&str>(&[])
        .get_envs()
        .fold(Command::new("sh"), |mut command, (name, value)| {
            if let Some(value) = value {
                command.env(name, value);
            }
            command
        })
        .args(["-c", &script])
        .current_dir(machine.work())
        .status();
    assert_eq!(status.expect("it starts").code(), Some(6));
}
