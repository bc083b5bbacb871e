//! What a command does is passed on as it is, and is known afterwards.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
    time::Duration,
};

use domain::{LogLevel, Status};

use crate::support::{Machine, Server, eventually, messages, text, timed};

#[test]
fn ov_21_to_ov_23_both_outputs_are_passed_on_and_logged() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let output = machine.script("run", "echo one; echo two >&2; printf three");
    assert_eq!(
        (text(&output.stdout), text(&output.stderr)),
        ("one\nthree".into(), "two\n".into())
    );
    assert_eq!(output.status.code(), Some(0));
    let (run, log) = server.run("run");
    assert_eq!(run.status, Status::Ok);
    assert!(run.finished_at.is_some());
    assert_eq!(messages(&log, "stdout"), ["one", "three"]);
    assert_eq!(messages(&log, "stderr"), ["two"]);
    let error = log
        .iter()
        .find(|entry| entry.message == "two")
        .expect("the line");
    assert_eq!(error.level, LogLevel::Error);
    assert_eq!(machine.waiting(), 0, "nothing stays on disk");
}

#[test]
fn a_failure_keeps_its_exit_code_and_the_end_of_its_error_output() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let output = machine.script(
        "run",
        "echo begin >&2; echo 'Traceback: no such file' >&2; exit 7",
    );
    assert_eq!(output.status.code(), Some(7));
    let (run, _) = server.run("run");
    assert_eq!(run.status, Status::Failed);
    assert_eq!(run.summary.as_deref(), Some("exit code 7"));
    assert_eq!(run.error.as_deref(), Some("begin\nTraceback: no such file"));
}

#[test]
fn a_command_that_cannot_be_started_ends_as_in_a_shell_and_says_why() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let script = machine.file("no-rights.sh", "#!/bin/sh\n");
    for (program, code) in [("./nowhere", 127), (script.to_str().expect("text"), 126)] {
        let run = format!("run-{code}");
        let output = machine.call(&["run", "-i", "job", "--run", &run, "--", program]);
        assert_eq!(output.status.code(), Some(code));
        let (run, log) = server.run(&run);
        assert_eq!(run.status, Status::Failed);
        assert!(
            run.error
                .expect("a reason")
                .contains("could not be started")
        );
        assert!(log.iter().any(|entry| entry.level == LogLevel::Error));
    }
}

#[test]
fn ov_20_a_line_is_with_the_server_while_the_command_still_runs() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let mut child = machine
        .shell("run", "echo early; read line; echo late")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    eventually("the first line arrives", || {
        server
            .find("run")
            .is_some_and(|(_, log)| messages(&log, "stdout") == ["early"])
    });
    let (run, _) = server.run("run");
    assert_eq!((run.status, run.finished_at), (Status::Running, None));
    child
        .stdin
        .take()
        .expect("its input")
        .write_all(b"go\n")
        .expect("written");
    assert!(child.wait().expect("it ends").success());
    assert_eq!(messages(&server.run("run").1, "stdout"), ["early", "late"]);
}

#[test]
fn output_is_passed_on_before_the_line_ends() {
    let machine = Machine::knowing("http://127.0.0.1:9", "key");
    let mut child = machine
        .iv(&["run", "--", "sh", "-c", "printf 'Name? '; read line"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut prompt = Vec::new();
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    output.read_until(b' ', &mut prompt).expect("read");
    assert_eq!(prompt, b"Name? ");
    child
        .stdin
        .take()
        .expect("its input")
        .write_all(b"me\n")
        .expect("written");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn every_byte_is_passed_on_and_odd_ones_do_no_harm() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let mut odd: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    odd.extend_from_slice(b"\n10%\r20%\r100%\n\x1b[31mred\x1b[0m\n");
    odd.extend(std::iter::repeat_n(b'x', 10_000_000));
    odd.extend_from_slice(b"\nnul \0 here\nno newline at the end");
    std::fs::write(machine.work().join("odd"), &odd).expect("a file");
    let output = machine.script("run", "cat odd");
    assert!(output.stdout == odd, "some bytes differ");
    let lines = messages(&server.run("run").1, "stdout");
    for line in ["100%", "red", "nul \u{2400} here", "no newline at the end"] {
        assert!(lines.iter().any(|found| found == line), "{line} is missing");
    }
    let long = lines
        .iter()
        .find(|line| line.starts_with("xxxx"))
        .expect("the long line");
    assert!(long.ends_with("… (the line has 10000000 bytes)"));
}

#[test]
fn a_hundred_thousand_lines_arrive_in_their_order() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let output = machine.call(&[
        "--wait", "60", "run", "-i", "job", "--run", "run", "--", "seq", "100000",
    ]);
    assert!(output.status.success());
    machine.flush();
    let lines = messages(&server.run("run").1, "stdout");
    assert_eq!(lines.len(), 100_000);
    assert!(
        lines
            .iter()
            .enumerate()
            .all(|(place, line)| *line == (place + 1).to_string())
    );
}

#[test]
fn a_long_log_is_sent_to_its_end_after_the_command_and_iv_have_ended() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let output = machine.call(&["run", "-i", "job", "--run", "run", "--", "seq", "30000"]);
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    // Nobody calls iv again: it started what goes on by itself.
    eventually("nothing waits", || machine.waiting() == 0);
    let (run, log) = server.run("run");
    assert_eq!(run.status, Status::Ok);
    assert_eq!(messages(&log, "stdout").len(), 30_000);
}

#[test]
fn a_command_that_closes_its_output_and_lives_on_is_waited_for() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let (output, took) = timed(|| machine.script("run", "exec >&- 2>&-; sleep 0.5; exit 4"));
    assert_eq!(output.status.code(), Some(4));
    assert!(took >= Duration::from_millis(500));
    assert_eq!(server.run("run").0.status, Status::Failed);
}

#[test]
fn a_command_that_never_reads_its_input_holds_nothing_up() {
    let machine = Machine::knowing("http://127.0.0.1:9", "key");
    let mut child = machine
        .iv(&["run", "--", "sh", "-c", "exit 0"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("its input");
    std::thread::spawn(move || input.write_all(&vec![b'x'; 10_000_000]));
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn what_the_command_leaves_running_does_not_hold_it_up() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let (output, took) = timed(|| {
        machine
            .shell("run", "sleep 20 & echo done")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("it starts")
    });
    assert!(output.success());
    assert!(took < Duration::from_secs(5), "{took:?}");
    let (run, log) = server.run("run");
    assert_eq!(run.status, Status::Ok);
    assert!(
        messages(&log, "wrapper")
            .iter()
            .any(|text| text.contains("still holds its output"))
    );
}

#[test]
fn a_reader_that_goes_away_ends_the_command_as_it_would_without_us() {
    let machine = Machine::knowing("http://127.0.0.1:9", "key");
    let mut child = machine
        .iv(&["run", "--", "yes"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output"))
        .read_line(&mut line)
        .expect("read");
    assert_eq!(line, "y\n");
    assert_eq!(child.wait().expect("it ends").code(), Some(128 + 13));
}

#[test]
fn ov_36_secrets_reach_neither_the_disk_nor_the_server() {
    let mut server = Server::prepare();
    let machine = Machine::of(&server);
    let secret = "hunter2hunter2hunter2";
    let script = format!(
        "echo password={secret}; printf 'pass\\033[1mword={secret}\\n'; echo token={secret} >&2; \
         echo '-----BEGIN RSA PRIVATE KEY-----'; echo TUlJRXBBSUJBQUtDQVFFQXhIaUpJbHhrVGdaY2RvVlhX; \
         echo '-----END RSA PRIVATE KEY-----'"
    );
    machine.file("script.sh", &script);
    let command = [
        "run",
        "-i",
        "job",
        "--run",
        "run",
        "--",
        "sh",
        "script.sh",
        "--password",
        secret,
    ];
    let output = machine.call(&command);
    assert!(
        text(&output.stdout).contains(secret),
        "the output is passed on as it is"
    );
    let hidden = |place: &str, found: &str| {
        for word in [secret, "TUlJRXBBSUJBQUtDQVFFQXhIaUpJbHhrVGdaY2RvVlhX"] {
            assert!(!found.contains(word), "{word} is in {place}");
        }
    };
    let state = machine.home.path().join(".local");
    hidden("the state", &everything_in(&state));
    server.up();
    machine.flush();
    let (run, log) = server.run("run");
    hidden("the run", &format!("{run:?} {log:?}"));
    assert!(
        messages(&log, "stdout")
            .iter()
            .any(|line| line.starts_with("password=[redacted"))
    );
}

/// The text of all files in a folder.
fn everything_in(folder: &std::path::Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        all.push_str(&match entry.path() {
            path if path.is_dir() => everything_in(&path),
            path => text(&std::fs::read(path).expect("a file")),
        });
    }
    all
}

#[test]
fn ov_45_the_command_knows_its_run_and_can_log_to_it() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let iv = env!("CARGO_BIN_EXE_iv");
    let script = format!("echo $IV_RUN $IV_URL; {iv} log -w 1 -m 'from inside' -d 'in full'");
    let output = machine.script("run", &script);
    assert_eq!(text(&output.stdout), format!("run {}\n", server.url()));
    let (_, log) = server.run("run");
    let entry = log
        .iter()
        .find(|entry| entry.message == "from inside")
        .expect("the entry");
    assert_eq!(
        (entry.level, entry.description.as_deref()),
        (LogLevel::Warning, Some("in full"))
    );
}

#[test]
fn ov_11_standard_output_can_be_kept_out_of_the_log() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let output = machine.call(&[
        "run",
        "-i",
        "job",
        "--run",
        "run",
        "--no-stdout",
        "--",
        "sh",
        "-c",
        "echo out; echo err >&2",
    ]);
    assert_eq!(text(&output.stdout), "out\n");
    let (_, log) = server.run("run");
    assert!(messages(&log, "stdout").is_empty());
    assert_eq!(messages(&log, "stderr"), ["err"]);
}
