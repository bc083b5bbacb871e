//! The wrapper, the log and the control of OneVizion, by their statements.

use std::path::PathBuf;

use domain::{LogLevel, Status};

use crate::support::{Machine, Server, messages, text};

/// Passwords.json for a server.
fn passwords(machine: &Machine, server: &Server) -> PathBuf {
    let json = format!(
        "{{\"installation\": {{\"UserName\": \"vglebov\", \"Password\": \"{}\", \"URL\": \"{}\"}}}}",
        server.key,
        server.url()
    );
    machine.file("Passwords.json", &json)
}

/// Runs a list as cron does: no terminal, next to no environment, relative names.
fn run_list(machine: &Machine, list: &str) -> std::process::Output {
    machine.file("Integration.json", list);
    machine
        .iv(&["run", "-p", "Passwords.json", "-i", "Integration.json"])
        .env_remove("IV_URL")
        .env_remove("IV_KEY")
        .output()
        .expect("it starts")
}

/// The runs that our own log tells of, in order.
fn runs(machine: &Machine) -> Vec<String> {
    let log = std::fs::read_to_string(machine.work().join("log/iv.log")).expect("the log");
    let lines = log
        .lines()
        .filter_map(|line| line.split_once(" run ")?.1.split_once(" of "));
    lines.map(|(run, _)| run.to_owned()).collect()
}

#[test]
fn ov_25_to_ov_33_and_ov_35_a_list_runs_to_its_end_whatever_fails_in_it() {
    let server = Server::start();
    let machine = Machine::of(&server);
    passwords(&machine, &server);
    std::fs::create_dir(machine.work().join("there")).expect("a folder");
    machine.file(
        "there/script.sh",
        "echo in $(basename $PWD) with \"$1\"; echo slow >&2\n",
    );
    let output = run_list(
        &machine,
        r#"[
            {"IntegrationName": "Broken", "ExecutablePath": "sh -c 'echo bad >&2; exit 3'"},
            {"IntegrationName": "Nowhere", "ExecutablePath": "./nowhere.sh"},
            {"IntegrationName": "No path"},
            {"IntegrationName": "FCC Daily", "ExecutablePath": "sh ./script.sh ******", "ExecutableWorkingDir": "there/"}
        ]"#,
    );
    assert_eq!(output.status.code(), Some(2), "one of them was wrong");
    assert!(text(&output.stderr).contains("Integration.json: [2].ExecutablePath is missing"));
    let runs = runs(&machine);
    assert_eq!(
        runs.len(),
        3,
        "one failed, one could not be started, one was well"
    );
    let found: Vec<_> = runs.iter().map(|run| server.run(run)).collect();
    let statuses: Vec<_> = found.iter().map(|(run, _)| run.status).collect();
    assert_eq!(
        statuses,
        [Status::Warning, Status::Warning, Status::Ok],
        "OneVizion's words"
    );
    assert!(
        messages(&found[1].1, "wrapper")
            .iter()
            .any(|line| line.contains("could not be started"))
    );
    assert_eq!(messages(&found[2].1, "stdout"), ["in there with ******"]);
    assert_eq!(
        messages(&found[2].1, "stderr"),
        ["slow"],
        "which makes no failure"
    );
}

#[test]
fn ov_32_a_relative_program_counts_from_the_working_directory() {
    let server = Server::start();
    let machine = Machine::of(&server);
    passwords(&machine, &server);
    std::fs::create_dir(machine.work().join("there")).expect("a folder");
    let script = machine.file("there/script.sh", "#!/bin/sh\necho here\n");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("set");
    let output = run_list(
        &machine,
        r#"[{"IntegrationName": "A", "ExecutablePath": "./script.sh", "ExecutableWorkingDir": "there"}]"#,
    );
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(0), "here\n".to_owned())
    );
}

#[test]
fn ov_28_our_own_actions_are_written_to_the_log_folder() {
    let server = Server::start();
    let machine = Machine::of(&server);
    passwords(&machine, &server);
    run_list(
        &machine,
        r#"[{"IntegrationName": "A", "ExecutablePath": "true --password=hunter2hunter"}]"#,
    );
    let log = std::fs::read_to_string(machine.work().join("log/iv.log")).expect("the log");
    assert!(log.contains(" of A: true --password=[redacted"), "{log}");
    assert!(log.contains("ended: exit code 0"), "{log}");
    assert!(!log.contains("hunter2") && !log.contains(&server.key));
}

#[test]
fn ov_45_the_program_finds_its_run_in_both_files() {
    let server = Server::start();
    let machine = Machine::of(&server);
    passwords(&machine, &server);
    run_list(
        &machine,
        r#"[{"IntegrationName": "A", "ExecutablePath": "cat ihub_process_id ihub_parameters.json"}]"#,
    );
    let run = runs(&machine).remove(0);
    let lines = messages(&server.run(&run).1, "stdout");
    let (number, parameters) = lines[0].split_once('{').expect("both");
    assert_eq!(number, run);
    for part in [
        "\"integrationName\":\"A\"",
        "\"readFromStdout\":true",
        &format!("\"processId\":{run}"),
        &server.url(),
    ] {
        assert!(parameters.contains(part), "{parameters}");
    }
}

#[test]
fn ov_34_every_fault_of_a_file_is_named_with_file_and_field() {
    let server = Server::prepare();
    let machine = Machine::of(&server);
    let good = r#"[{"IntegrationName": "A", "ExecutablePath": "true"}]"#;
    let secret = "hunter2hunter2";
    let whole = format!(
        "{{\"installation\": {{\"UserName\": \"u\", \"Password\": \"{secret}\", \"URL\": \"http://127.0.0.1:9\"}}}}"
    );
    let cases = [
        (None, Some(good), "Passwords.json: No such file"),
        (
            Some(format!("{{\"installation\": \"{secret}\"")),
            Some(good),
            "Passwords.json: it is no JSON, from line 1",
        ),
        (
            Some("{}".to_owned()),
            Some(good),
            "Passwords.json: installation is missing",
        ),
        (
            Some(whole.replace("URL", "Url")),
            Some(good),
            "Passwords.json: installation.URL is missing",
        ),
        (
            Some(whole.replace("Password", "Pass")),
            Some(good),
            "Passwords.json: installation.Password is missing",
        ),
        (Some(whole.clone()), None, "Integration.json: No such file"),
        (
            Some(whole.clone()),
            Some("[{]"),
            "Integration.json: it is no JSON",
        ),
        (
            Some(whole.clone()),
            Some("{}"),
            "Integration.json: it is a list",
        ),
        (
            Some(whole.clone()),
            Some(r#"[{"ExecutablePath": "true"}]"#),
            "Integration.json: [0].IntegrationName is missing",
        ),
    ];
    for (passwords, list, expected) in cases {
        for (name, content) in [
            ("Passwords.json", passwords.as_deref()),
            ("Integration.json", list),
        ] {
            std::fs::remove_file(machine.work().join(name)).ok();
            if let Some(content) = content {
                machine.file(name, content);
            }
        }
        let output = machine.call(&["run", "-p", "Passwords.json", "-i", "Integration.json"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{expected}: {said}");
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!said.contains(secret), "{said}");
        let log = std::fs::read_to_string(machine.work().join("log/iv.log")).expect("the log");
        assert!(
            log.lines().last().expect("a line").contains(expected),
            "{log}"
        );
    }
}

#[test]
fn ov_06_a_disabled_integration_is_not_run() {
    let server = Server::start();
    let machine = Machine::of(&server);
    passwords(&machine, &server);
    let disabled = machine.file(
        "disabled",
        "{\"type\":\"integration\",\"key\":\"A\",\"status\":\"disabled\"}\n",
    );
    assert!(
        machine
            .call(&["report", disabled.to_str().expect("text")])
            .status
            .success()
    );
    let output = run_list(
        &machine,
        r#"[{"IntegrationName": "A", "ExecutablePath": "touch ran"}]"#,
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("A was not started: "),
        "{}",
        text(&output.stderr)
    );
    assert!(!machine.work().join("ran").exists());
}

#[test]
fn ov_37_to_ov_43_a_run_is_controlled_and_logged_to_from_outside() {
    let server = Server::start();
    let machine = Machine::of(&server);
    passwords(&machine, &server);
    for (error, status) in [("0", Status::Ok), ("1", Status::Warning)] {
        let call = |arguments: &[&str]| {
            let output = machine
                .iv(arguments)
                .env_remove("IV_URL")
                .env_remove("IV_KEY")
                .output();
            let output = output.expect("it starts");
            assert!(
                output.status.success(),
                "{arguments:?}: {}",
                text(&output.stderr)
            );
            text(&output.stdout).trim().to_owned()
        };
        let run = call(&[
            "control",
            "-p",
            "Passwords.json",
            "-i",
            "FCC Daily",
            "-t",
            "start",
        ]);
        assert_eq!(server.run(&run).0.status, Status::Running);
        for (kind, message) in [("0", "fine"), ("1", "slow"), ("2", "broken")] {
            call(&[
                "log",
                "-p",
                "Passwords.json",
                "-i",
                "FCC Daily",
                "-w",
                kind,
                "-m",
                message,
                "-d",
                "in full",
            ]);
        }
        call(&[
            "control",
            "-p",
            "Passwords.json",
            "-i",
            "FCC Daily",
            "-t",
            "stop",
            "-e",
            error,
        ]);
        let (run, log) = server.run(&run);
        assert_eq!(run.status, status);
        assert!(run.finished_at.is_some());
        let levels: Vec<_> = log
            .iter()
            .map(|entry| (entry.level, entry.message.as_str()))
            .collect();
        assert_eq!(
            levels,
            [
                (LogLevel::Info, "fine"),
                (LogLevel::Warning, "slow"),
                (LogLevel::Error, "broken")
            ]
        );
        assert!(
            log.iter()
                .all(|entry| entry.description.as_deref() == Some("in full"))
        );
    }
}

#[test]
fn ov_38_another_message_type_is_refused() {
    let machine = Machine::knowing("http://127.0.0.1:9", "key");
    for kind in ["3", "-1", "x", ""] {
        let output = machine.call(&["log", "--run", "run", "-w", kind, "-m", "text"]);
        assert_eq!(output.status.code(), Some(2), "{kind}");
    }
    assert_eq!(machine.waiting(), 0);
}

#[test]
fn ov_39_and_ov_44_what_does_not_fit_is_said_with_its_own_exit_code() {
    let server = Server::start();
    let machine = Machine::of(&server);
    passwords(&machine, &server);
    let call = |arguments: &[&str]| {
        let output = machine.call(arguments);
        (output.status.code(), text(&output.stderr))
    };
    for arguments in [
        ["log", "-i", "A", "-m", "text"],
        ["stop", "-i", "A", "-e", "0"],
    ] {
        let (code, said) = call(&arguments);
        assert_eq!(code, Some(3));
        assert!(said.contains("A: no run of it is running"), "{said}");
    }
    assert_eq!(call(&["start", "-i", "A"]).0, Some(0));
    let (code, said) = call(&["start", "-i", "A"]);
    assert_eq!(code, Some(3));
    assert!(said.contains("is running already"), "{said}");
    assert_eq!(call(&["start", "-i", "A", "--replace"]).0, Some(0));
    assert_eq!(call(&["stop", "-i", "A", "-e", "0"]).0, Some(0));
    assert_eq!(call(&["stop", "-i", "A", "-e", "0"]).0, Some(3));
}
