//! The other commands.

use std::process::Stdio;

use crate::support::{Machine, Server, Stub, answer, messages, text};

#[test]
fn a_step_brings_its_request_and_response_without_their_secrets() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let body = machine.file("answer.json", "{\"password\":\"hunter2hunter\",\"id\":7}");
    let output = machine.call(&[
        "step",
        "--run",
        "run",
        "--name",
        "Fetch orders",
        "--status",
        "failed",
        "--position",
        "1",
        "--code",
        "500",
        "--request-url",
        "https://me:hunter2@example.com/orders",
        "--method",
        "GET",
        "--response",
        body.to_str().expect("text"),
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = machine
        .iv(&["show", "run"])
        .env("IV_KEY", server.read_key())
        .output()
        .expect("it starts");
    assert!(
        text(&shown.stdout).contains("1  failed  500  Fetch orders"),
        "{}",
        text(&shown.stdout)
    );
    let json = machine
        .iv(&["show", "run", "--json"])
        .env("IV_KEY", server.read_key())
        .output()
        .expect("it starts");
    assert!(text(&json.stdout).starts_with('{'));
}

#[test]
fn reading_with_a_key_that_only_reports_is_explained() {
    let server = Server::start();
    let output = Machine::of(&server).call(&["show", "run"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--scope read"));
}

#[test]
fn reports_are_taken_from_a_file_and_bad_lines_are_named() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let mut lines =
        String::from("{\"type\":\"flow\",\"key\":\"f\",\"name\":\"F\"}\n\nnot json\n[]\n");
    for number in 0..3_000 {
        lines.push_str(&format!("{{\"type\":\"log\",\"run\":\"r\",\"key\":\"{number}\",\"logged_at\":{number},\"message\":\"m\"}}\n"));
    }
    let file = machine.file("reports.ndjson", &lines);
    let output = machine.call(&["report", file.to_str().expect("text")]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("line 3: it is no JSON object") && said.contains("line 4"),
        "{said}"
    );
    assert_eq!(text(&output.stdout), "3001 sent\n");
    assert_eq!(server.run("r").1.len(), 3_000);
}

#[test]
fn pings_go_where_every_other_client_sends_them() {
    let stub = Stub::start(|_, _| answer("200 OK", "", "OK"));
    let machine = stub.machine();
    let url = format!("http://{}/ping/uuid/", stub.address);
    for arguments in [
        vec!["ping", &url],
        vec!["ping", &url, "start", "--rid", "r"],
        vec!["ping", "pk/nightly", "3"],
        vec!["ping", "pk/nightly", "--create"],
    ] {
        assert!(machine.call(&arguments).status.success());
    }
    let sent = stub.requests.lock().expect("the list").clone();
    let lines: Vec<_> = sent
        .iter()
        .filter_map(|request| request.lines().next())
        .collect();
    let expected = [
        "/ping/uuid",
        "/ping/uuid/start?rid=r",
        "/ping/pk/nightly/3",
        "/ping/pk/nightly?create=1",
    ];
    assert_eq!(lines, expected.map(|path| format!("POST {path} HTTP/1.1")));
    let refused = machine.call(&["ping", &url, "256"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_ping_reaches_the_real_server_and_needs_no_other_key() {
    let server = Server::start();
    let machine = Machine::of(&server);
    let to = format!("{}/nightly", server.ping_key());
    let rid = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
    for (arguments, code) in [
        (vec!["ping", &to], 1),
        (vec!["ping", &to, "start", "--create", "--rid", rid], 0),
        (vec!["ping", &to, "3", "--rid", rid, "-m", "disk full"], 0),
        (vec!["ping", "iv_ping_x/nightly"], 1),
    ] {
        let output = machine.iv(&arguments).env_remove("IV_KEY").output();
        let output = output.expect("it starts");
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(!told.contains("iv_ping_"), "{told}");
    }
    let owner = domain::access::digest("nightly");
    let (run, log) = server.run(&format!("ping-{}-{rid}", &owner[..8]));
    assert_eq!(run.status, domain::Status::Failed);
    assert_eq!(run.error.as_deref(), Some("disk full"));
    assert_eq!(messages(&log, "ping"), ["disk full"]);
}

#[test]
fn what_waits_is_listed() {
    let machine = Machine::knowing("http://127.0.0.1:9", "key");
    assert_eq!(text(&machine.call(&["spool"]).stdout), "nothing waits\n");
    machine.script("run", "true");
    let listed = text(&machine.call(&["spool"]).stdout);
    assert!(listed.starts_with("RUN  BYTES  SERVER"), "{listed}");
    assert!(
        listed.contains("\nrun ") && listed.contains("http://127.0.0.1:9"),
        "{listed}"
    );
    let json = text(&machine.call(&["spool", "--json"]).stdout);
    assert!(json.contains("\"run\":\"run\""), "{json}");
}

#[test]
fn help_has_examples_and_no_key_is_ever_a_flag() {
    let machine = Machine::knowing("http://127.0.0.1:9", "key");
    let help = machine
        .iv(&["run", "--help"])
        .stderr(Stdio::null())
        .output()
        .expect("it starts");
    let help = text(&help.stdout);
    assert!(
        help.contains("Examples:") && help.contains("iv run -i nightly-import"),
        "{help}"
    );
    assert!(!help.contains("--key "), "{help}");
}
