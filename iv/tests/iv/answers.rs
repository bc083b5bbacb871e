//! What the server says decides what happens next.

use std::time::Duration;

use crate::support::{Stub, answer, text, timed};

const TAKEN: &str = "{\"taken\":1,\"rejected\":[]}";

fn taken() -> String {
    answer("200 OK", "Content-Type: application/json\r\n", TAKEN)
}

#[test]
fn retry_after_is_waited_for() {
    let stub = Stub::start(|number, _| match number {
        0 => answer("429 Too Many Requests", "Retry-After: 1\r\n", ""),
        1 => answer("503 Service Unavailable", "Retry-After: 1\r\n", ""),
        _ => taken(),
    });
    let machine = stub.machine();
    machine.script("run", "true");
    assert_eq!(machine.waiting(), 1);
    let (output, took) = timed(|| machine.call(&["flush"]));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(took >= Duration::from_secs(1), "{took:?}");
    assert_eq!((stub.count(), machine.waiting()), (3, 0));
}

#[test]
fn what_is_refused_is_put_aside_and_said_once() {
    let stub = Stub::start(|_, request| {
        let lines = request.lines().filter(|line| line.starts_with('{'));
        let bad = lines.enumerate().filter(|(_, line)| line.contains("bad"));
        let rejected: Vec<_> = bad
            .map(|(index, _)| {
                format!(
                    "{{\"index\":{index},\"path\":\"message\",\"code\":\"c\",\"rule\":\"too bad\"}}"
                )
            })
            .collect();
        answer(
            "200 OK",
            "",
            &format!("{{\"taken\":0,\"rejected\":[{}]}}", rejected.join(",")),
        )
    });
    let machine = stub.machine();
    let output = machine.script("run", "echo good; echo bad 1; echo bad 2");
    assert!(output.status.success(), "the command's own");
    let said = text(&output.stderr);
    assert_eq!(said.matches("message: too bad").count(), 1, "{said}");
    assert_eq!(machine.waiting(), 0, "nothing holds up what comes after it");
    let aside: String = std::fs::read_dir(machine.spool().join("rejected"))
        .expect("the folder")
        .flatten()
        .map(|entry| std::fs::read_to_string(entry.path()).expect("text"))
        .collect();
    // The line that shows the command holds the word as well.
    assert!(aside.contains("\"message\":\"bad 1\"") && aside.contains("\"message\":\"bad 2\""));
    assert!(!aside.contains("\"message\":\"good\""));
    assert!(aside.contains("\"reason\":\"message: too bad\""));
}

#[test]
fn a_request_that_is_refused_as_a_whole_is_tried_item_by_item() {
    let stub = Stub::start(|_, request| {
        let lines: Vec<_> = request
            .lines()
            .filter(|line| line.starts_with('{'))
            .collect();
        match lines.as_slice() {
            [one] if !one.contains("poison") => taken(),
            _ => answer("400 Bad Request", "", "{\"detail\":\"not this\"}"),
        }
    });
    let machine = stub.machine();
    let file = machine.file("reports", "{\"n\":1}\n{\"n\":\"poison\"}\n{\"n\":3}\n");
    let output = machine.call(&["report", file.to_str().expect("text")]);
    assert_eq!(output.status.code(), Some(1), "something was refused");
    assert!(text(&output.stderr).contains("not this"));
    let sent = stub.requests.lock().expect("the list").clone();
    assert!(
        sent.iter().any(|request| request.ends_with("\n{\"n\":3}")),
        "{sent:?}"
    );
    assert_eq!(machine.waiting(), 0);
}

#[test]
fn a_key_that_is_not_taken_loses_nothing() {
    for status in ["401 Unauthorized", "403 Forbidden", "302 Found"] {
        let status_line = status.to_owned();
        let stub =
            Stub::start(move |_, _| answer(&status_line, "Location: http://127.0.0.1:9/\r\n", ""));
        let machine = stub.machine();
        let output = machine.call(&["log", "--run", "run", "-m", "text"]);
        assert!(output.status.success(), "it is kept");
        assert!(
            text(&output.stderr).contains("kept, and sent by a later call"),
            "{status}"
        );
        assert_eq!(machine.waiting(), 1, "{status}");
    }
}

#[test]
fn an_answer_that_is_cut_off_is_no_answer() {
    let stub = Stub::start(|number, _| match number {
        0 => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"taken\":".to_owned(),
        _ => taken(),
    });
    let machine = stub.machine();
    machine.call(&["log", "--run", "run", "-m", "text"]);
    assert_eq!(machine.waiting(), 1);
    machine.call(&["flush"]);
    let sent = stub.requests.lock().expect("the list").clone();
    let body = |request: &str| request.rsplit("\n\n").next().map(str::to_owned);
    assert_eq!(
        body(&sent[0]),
        body(&sent[1]),
        "the same again, under the same keys"
    );
    assert_eq!(machine.waiting(), 0);
}

#[test]
fn ov_24_a_file_that_is_named_on_standard_output_is_uploaded_with_its_line() {
    let stub = Stub::start(|_, _| taken());
    let machine = stub.machine();
    machine.file("report.csv", "a,b\n1,2");
    machine.file("other.txt", "by its mark");
    machine.script(
        "a run",
        "echo report.csv; echo ::file other.txt; echo wrote report.csv",
    );
    let sent = stub.requests.lock().expect("the list").clone();
    let uploads: Vec<_> = sent
        .iter()
        .filter(|request| request.contains("/files?"))
        .collect();
    assert_eq!(uploads.len(), 2, "{sent:?}");
    assert!(
        uploads[0].starts_with(
            "POST /api/v1/runs/a%20run/files?key=iv0000000001f&name=report.csv&log=iv0000000001 "
        ),
        "{}",
        uploads[0]
    );
    assert!(uploads[0].ends_with("\na,b\n1,2"));
    assert!(uploads[1].ends_with("by its mark"));
    assert_eq!(machine.waiting(), 0);
}

#[test]
fn the_key_is_never_in_what_is_said_or_kept() {
    let stub =
        Stub::start(|_, _| answer("500 Internal Server Error", "", "key was a-long-secret-key"));
    let machine = stub.machine();
    let output = machine
        .iv(&["-v", "run", "--", "env"])
        .env("IV_KEY", "a-long-secret-key")
        .output()
        .expect("it starts");
    assert!(!text(&output.stderr).contains("a-long-secret-key"));
    assert!(!everything(&machine.spool()).contains("a-long-secret-key"));
}

fn everything(folder: &std::path::Path) -> String {
    let entries = std::fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path());
    entries
        .map(|path| match path.is_dir() {
            true => everything(&path),
            false => text(&std::fs::read(path).expect("a file")),
        })
        .collect()
}

#[test]
fn ov_40_a_log_entry_may_bring_a_file() {
    let stub = Stub::start(|_, _| taken());
    let machine = stub.machine();
    machine.file("report.csv", "a,b\n1,2");
    let output = machine.call(&[
        "log",
        "--run",
        "run",
        "-w",
        "2",
        "-m",
        "text",
        "-f",
        "report.csv",
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let sent = stub.requests.lock().expect("the list").clone();
    let entry: Vec<_> = sent[0].split("\"key\":\"").collect();
    let key = entry[1].split('"').next().expect("a key");
    let address = format!("POST /api/v1/runs/run/files?key={key}f&name=report.csv&log={key} ");
    assert!(sent[1].starts_with(&address), "{}", sent[1]);
    assert!(sent[1].ends_with("\na,b\n1,2"));
    let missing = machine.call(&["log", "--run", "run", "-m", "text", "-f", "nowhere"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("nowhere: No such file"));
}

#[test]
fn a_file_that_the_server_does_not_take_is_put_aside_whole() {
    let stub = Stub::start(|_, request| match request.contains("/files?") {
        true => answer("404 Not Found", "", ""),
        false => taken(),
    });
    let machine = stub.machine();
    machine.file("report.csv", "a,b\n1,2");
    let output = machine.script("run", "echo report.csv");
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("report.csv: the server answered 404; its copy is "));
    assert_eq!(machine.waiting(), 0);
    assert!(everything(&machine.spool().join("rejected")).contains("a,b\n1,2"));
}
