//! Files reach the server and can be read from there.

use serde_json::Value;

use crate::support::{Machine, Server, text};

/// The rows that the server tells of a run's files.
fn files(server: &Server, run: &str) -> Vec<Value> {
    let (status, told) = server.get(&format!("/api/v1/runs/{run}/files"));
    assert_eq!(status, 200, "{}", text(&told));
    let told: Value = serde_json::from_slice(&told).expect("JSON");
    told["rows"].as_array().expect("rows").clone()
}

#[test]
fn ov_24_a_file_named_on_standard_output_is_found_at_the_server_with_its_line() {
    let server = Server::start();
    let machine = Machine::of(&server);
    machine.file("report ü.csv", "a,b\n1,2");
    let large: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(machine.work().join("large.bin"), &large).expect("a file");
    let output = machine.script("run-1", "echo 'report ü.csv'; echo ::file large.bin");
    assert!(output.status.success(), "{}", text(&output.stderr));
    machine.flush();
    let told = files(&server, "run-1");
    let names: Vec<_> = told.iter().map(|file| file["name"].as_str()).collect();
    assert_eq!(names, [Some("report ü.csv"), Some("large.bin")]);
    let (_, log) = server.run("run-1");
    for (file, (line, bytes)) in told.iter().zip([
        ("report ü.csv", b"a,b\n1,2".as_slice()),
        ("::file large.bin", &large),
    ]) {
        let entry = log.iter().find(|entry| entry.message == line).expect(line);
        assert_eq!(file["entry_id"], entry.key.as_str());
        let key = file["file_id"].as_str().expect("a key");
        let (status, kept) = server.get(&format!("/api/v1/runs/run-1/files/{key}"));
        assert!(status == 200 && kept == bytes, "{line}");
    }
    assert_eq!(machine.waiting(), 0);
}

#[test]
fn ov_37_and_ov_40_a_file_of_a_log_entry_is_found_at_the_server() {
    let server = Server::start();
    let machine = Machine::of(&server);
    machine.file("report.csv", "a,b\n1,2");
    let call = |arguments: &[&str]| {
        let output = machine.call(arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).trim().to_owned()
    };
    let run = call(&["start", "-i", "nightly"]);
    call(&["log", "-i", "nightly", "-w", "1", "-m", "without"]);
    call(&[
        "log",
        "-i",
        "nightly",
        "-w",
        "2",
        "-m",
        "with",
        "-f",
        "report.csv",
    ]);
    let told = files(&server, &run);
    let (_, log) = server.run(&run);
    let entry = log.iter().find(|entry| entry.message == "with");
    let entry = entry.expect("the entry").key.as_str();
    assert_eq!((told.len(), &told[0]["entry_id"]), (1, &Value::from(entry)));
    let key = told[0]["file_id"].as_str().expect("a key");
    let (status, kept) = server.get(&format!("/api/v1/runs/{run}/files/{key}"));
    assert_eq!((status, text(&kept).as_str()), (200, "a,b\n1,2"));
}

#[test]
fn a_file_that_waited_for_the_server_arrives_once() {
    let mut server = Server::prepare();
    let machine = Machine::of(&server);
    machine.file("report.csv", "a,b\n1,2");
    machine.script("run-1", "echo report.csv");
    assert_eq!(machine.waiting(), 1);
    server.up();
    machine.flush();
    machine.flush();
    assert_eq!(files(&server, "run-1").len(), 1);
}
