//! `iv runs` and `iv tail`: what a terminal shows, and what a script gets.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::support::{Machine, Server, Stub, answer, eventually, text};

const MORNING: &str = "2026-11-12T09:00";

/// A server with three runs of two flows, and a machine that may read them.
fn reported() -> (Server, Machine, Machine) {
    let server = Server::start();
    let reporter = Machine::of(&server);
    let run = |key: &str, second: u8, status: &str, integration: &str, flow: &str| {
        let began = format!("{MORNING}:{second:02}Z");
        json!({"type": "run", "key": key, "status": status, "started_at": began, "duration_ms": 4_210,
            "integration": {"key": integration, "flow": flow, "user_id": format!("u-{integration}")},
            "steps": [{"key": "s", "name": "Create contact", "status": status, "network_code": 401}]})
    };
    report(
        &reporter,
        &[
            run("r1", 1, "ok", "crm", "contacts"),
            run("r2", 2, "failed", "shop", "contacts"),
            run("r3", 3, "ok", "mail", "letters"),
        ],
    );
    let reader = Machine::knowing(&server.url(), &server.read_key());
    (server, reporter, reader)
}

fn report(machine: &Machine, items: &[Value]) {
    let lines: Vec<_> = items.iter().map(Value::to_string).collect();
    let file = machine.file("reports.ndjson", &lines.join("\n"));
    let output = machine.call(&["report", file.to_str().expect("text")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

fn entry(run: &str, number: u8, level: &str, message: &str) -> Value {
    json!({"type": "log", "run": run, "key": format!("k{number}"), "level": level,
        "logged_at": format!("{MORNING}:{number:02}.000Z"), "message": message})
}

/// The keys in the second column, the newest first.
fn listed(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    let words = told
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().nth(2));
    words
        .map(|word| word.unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn runs_are_listed_newest_first_by_what_is_asked_for() {
    let (_server, _, reader) = reported();
    let all = reader.call(&["runs"]);
    assert_eq!(listed(&all), ["r3", "r2", "r1"]);
    let told = text(&all.stdout);
    let lines: Vec<_> = told.lines().collect();
    assert!(lines[0].starts_with("STATUS"), "{told}");
    for part in ["✕ failed", "12 Nov", "4.21 s", "shop", "u-shop", "s (401)"] {
        assert!(lines[2].contains(part), "{part}: {told}");
    }
    assert!(!told.contains('\u{1b}'), "no colour beyond a terminal");
    // The columns stand one below the other.
    let at = |line: &str, word: &str| line.split(word).next().expect("a part").chars().count();
    assert_eq!(at(lines[1], "r3"), at(lines[2], "r2"));
    for (arguments, keys) in [
        (vec!["-i", "crm"], vec!["r1"]),
        (vec!["--user", "u-shop"], vec!["r2"]),
        (vec!["--status", "ok"], vec!["r3", "r1"]),
        (
            vec!["--status", "ok", "--status", "failed", "-n", "2"],
            vec!["r3", "r2"],
        ),
        (vec!["--flow", "contacts"], vec!["r2", "r1"]),
        (vec!["--flow", "contacts", "-n", "1"], vec!["r2"]),
        (vec!["--flow", "contacts", "--status", "ok"], vec!["r1"]),
    ] {
        let output = reader.call(&[vec!["runs"], arguments.clone()].concat());
        assert_eq!(listed(&output), keys, "{arguments:?}");
    }
    let json = text(&reader.call(&["runs", "--json", "-n", "2"]).stdout);
    let rows: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object a line"))
        .collect();
    let keys: Vec<_> = rows.iter().map(|row| row["run_id"].as_str()).collect();
    assert_eq!(keys, [Some("r3"), Some("r2")]);
    let none = reader.call(&["runs", "--status", "interrupted"]);
    assert_eq!(text(&none.stdout), "no runs\n");
}

#[test]
fn a_long_list_is_walked_as_far_as_was_asked() {
    let (_server, reporter, reader) = reported();
    let many: Vec<_> = (0..230_u64)
        .map(|n| json!({"type": "run", "key": format!("m{n}"), "status": "ok", "integration": "many", "started_at": 1_762_000_000_000 + n}))
        .collect();
    report(&reporter, &many);
    let output = reader.call(&["runs", "-i", "many", "-n", "215"]);
    let keys = listed(&output);
    assert_eq!(
        (keys.len(), keys[0].as_str(), keys[214].as_str()),
        (215, "m229", "m15")
    );
}

#[test]
fn what_is_wrong_with_a_question_is_said() {
    let (_server, reporter, reader) = reported();
    for (machine, arguments, code, said) in [
        (
            &reader,
            vec!["runs", "-i", "nobody"],
            1,
            "no integration nobody",
        ),
        (
            &reader,
            vec!["runs", "--flow", "nobody"],
            1,
            "no flow nobody",
        ),
        (&reader, vec!["runs", "--status", "fine"], 2, "fine"),
        (&reader, vec!["runs", "-n", "0"], 2, "1 to 10000"),
        (&reader, vec!["tail", "nobody"], 1, "no run nobody"),
        (&reporter, vec!["runs"], 1, "--scope read"),
        (&reporter, vec!["tail", "r1"], 1, "--scope read"),
    ] {
        let output = machine.call(&arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let error = text(&output.stderr);
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
    // Nobody is there: most likely it is the wrong address.
    let lost = Machine::knowing("http://127.0.0.1:9", "key").call(&["tail", "r1"]);
    assert_eq!(lost.status.code(), Some(1));
}

#[test]
fn the_log_of_a_run_that_has_ended_is_shown_and_the_exit_code_says_how_it_went() {
    let (_server, reporter, reader) = reported();
    report(
        &reporter,
        &[
            entry("r2", 1, "info", "one\nnot an entry"),
            entry("r2", 2, "debug", "two"),
            entry("r2", 3, "error", "three \u{1b}[2J\u{202e}end"),
            entry("r1", 1, "warning", "fine"),
            json!({"type": "run", "key": "r2", "error": "401 from crm"}),
        ],
    );
    let output = reader.call(&["tail", "r2"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines[0], format!("{MORNING}:01.000Z info    api     one"));
    assert_eq!(lines[1], "  not an entry");
    assert_eq!(
        lines[3],
        format!("{MORNING}:03.000Z error   api     three \u{fffd}[2J\u{fffd}end")
    );
    assert_eq!(lines[4..], ["✕ failed  4.21 s", "  401 from crm"]);
    for (arguments, expected) in [
        (vec!["--lines", "1"], vec!["three"]),
        (vec!["--lines", "0"], vec![]),
        (vec!["--level", "info", "-n", "2"], vec!["one", "three"]),
        (vec!["--no-follow", "--level", "error"], vec!["three"]),
    ] {
        let asked = [vec!["tail", "r2", "--json"], arguments.clone()].concat();
        let output = reader.call(&asked);
        let told = text(&output.stdout);
        let entries = told
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("an object"));
        let first = entries.map(|entry| {
            let message = entry["message"].as_str().expect("a message").to_owned();
            message
                .split([' ', '\n'])
                .next()
                .unwrap_or_default()
                .to_owned()
        });
        assert_eq!(first.collect::<Vec<_>>(), expected, "{arguments:?}");
        let code = i32::from(!arguments.contains(&"--no-follow"));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
    assert_eq!(reader.call(&["tail", "r1"]).status.code(), Some(0));
}

#[test]
fn a_log_of_several_pages_is_shown_whole() {
    let (_server, reporter, reader) = reported();
    let many: Vec<_> = (0..2_100_u64)
        .map(|n| json!({"type": "log", "run": "r1", "key": format!("k{n}"), "logged_at": 1_762_000_000_000 + n, "message": format!("line {n}")}))
        .collect();
    report(&reporter, &many);
    let whole = text(&reader.call(&["tail", "r1"]).stdout);
    assert_eq!(whole.lines().count(), 2_101);
    let last = text(&reader.call(&["tail", "r1", "-n", "2"]).stdout);
    assert!(
        last.contains("line 2098\n") && last.contains("line 2099\n"),
        "{last}"
    );
    assert_eq!(last.lines().count(), 3);
}

#[test]
fn a_running_run_is_followed_to_its_end_also_while_the_server_is_away() {
    let (mut server, reporter, reader) = reported();
    report(
        &reporter,
        &[
            json!({"type": "run", "key": "live", "status": "running", "integration": "crm"}),
            entry("live", 1, "info", "first"),
        ],
    );
    let mut child = reader
        .iv(&["tail", "live"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut line = || out.next().expect("a line").expect("text");
    assert!(line().ends_with("first"));
    report(&reporter, &[entry("live", 2, "warning", "second")]);
    assert!(line().ends_with("second"));
    // Of a machine that was heard of later: its time is before that of what was shown.
    report(&reporter, &[entry("live", 0, "info", "before them")]);
    assert!(line().ends_with("before them"));

    server.down();
    let mut said = BufReader::new(child.stderr.take().expect("its errors")).lines();
    let note = said.next().expect("a note").expect("text");
    assert!(
        note.starts_with("iv: ") && note.ends_with("trying again until it answers"),
        "{note}"
    );
    server.up();
    report(
        &reporter,
        &[
            entry("live", 3, "error", "third"),
            json!({"type": "run", "key": "live", "status": "failed", "error": "no more"}),
        ],
    );
    assert!(line().ends_with("third"));
    assert!(line().starts_with("✕ failed"));
    assert_eq!(line(), "  no more");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}

#[test]
fn it_ends_without_a_word_when_its_reader_goes_and_when_it_is_interrupted() {
    let (_server, reporter, reader) = reported();
    report(
        &reporter,
        &[
            json!({"type": "run", "key": "live", "status": "running", "integration": "crm"}),
            entry("live", 1, "info", "first"),
        ],
    );
    let start = || {
        let plain = reader.iv(&["tail", "live"]);
        // Whoever tests in the background has it ignored, and what is ignored is inherited.
        let mut command = Command::new("/usr/bin/env");
        command
            .arg("--default-signal=INT")
            .arg(plain.get_program())
            .args(plain.get_args());
        command.env_clear().envs(
            plain
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let piped = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = piped.spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        (child, out)
    };
    let (mut child, out) = start();
    drop(out);
    report(&reporter, &[entry("live", 2, "info", "second")]);
    eventually("it ends", || child.try_wait().expect("a child").is_some());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));

    let (child, _out) = start();
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.expect("kill starts").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(text(&output.stderr), "");
    assert!(!output.status.success());
}

#[test]
fn a_busy_server_is_asked_again_and_one_that_refuses_is_not() {
    let busy = Stub::start(|number, request| {
        let log = request.contains("/log");
        match number {
            // Known, its log, then busy, then refused.
            0 => answer(
                "200 OK",
                "",
                r#"{"rows": [{"run_id": "r", "status": "running"}]}"#,
            ),
            1 if log => answer("200 OK", "", r#"{"rows": [], "next": null}"#),
            2 => answer("503 Service Unavailable", "", "{}"),
            3 => answer("401 Unauthorized", "", "{}"),
            _ => answer("500 Internal Server Error", "", "{}"),
        }
    });
    let output = busy.machine().call(&["tail", "r"]);
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), busy.count()), (Some(1), 4), "{said}");
    assert!(
        said.contains("the server answered 503") && said.contains("--scope read"),
        "{said}"
    );
}
