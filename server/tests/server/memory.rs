//! What is packed to burst takes neither memory nor time, and the largest reports at once fit into
//! a small machine (I1), measured on the real program.

use std::{io::Write as _, time::Duration};

use crate::{
    feeds::{Came, Request, Target, send},
    program::{Program, serve_with},
    slow::begin,
};

/// How soon a bomb is refused, and how much it may take beyond what the program has anyway.
const REFUSED: Duration = Duration::from_secs(2);
const GROWTH_KB: u64 = 192 * 1_024;
/// At the same time.
const BOMBS: usize = 4;
/// All memory that a small machine has for it.
const SMALL_BYTES: u64 = 512 * 1_024 * 1_024;
/// The largest report that is taken, and what stays free of it for its frame.
const REPORT_BYTES: usize = domain::limit::REQUEST_BYTES;
const FRAME_BYTES: usize = 4_096;

/// A gigabyte of blanks in a megabyte of gzip: a member of one mebibyte, again and again.
fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&[b' '; 1 << 20]).expect("memory");
    encoder.finish().expect("memory").repeat(1_024)
}

/// A line of the program's status, in kB.
fn status_kb(program: &Program, name: &str) -> u64 {
    let path = format!("/proc/{}/status", program.child.id());
    let status = std::fs::read_to_string(path).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number
        .and_then(|number| number.parse().ok())
        .expect("a size")
}

#[test]
fn bombs_of_a_gigabyte_are_refused_at_once_and_take_little_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = serve_with(folder.path(), &[]);
    let target = Target::new(folder.path(), program.address);
    let first = Request::put("/api/v1/apps/a".to_owned(), "{}".to_owned());
    assert!(matches!(send(&target, &first), Came::Answer(200, ..)));
    let before = status_kb(&program, "VmRSS:");
    let bomb = bomb();
    assert!(bomb.len() < 2 << 20);
    let sending: Vec<_> = (0..BOMBS)
        .map(|_| {
            let (target, bomb) = (target.clone(), bomb.clone());
            std::thread::spawn(move || {
                let sent = begin();
                let came = send(&target, &Request::packed("/api/v1/batch".to_owned(), bomb));
                (came, sent.elapsed())
            })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for sent in sending {
        let (came, took) = sent.join().expect("a client");
        assert!(matches!(came, Came::Answer(413, ..)), "{came:?}");
        slowest = slowest.max(took);
    }
    let growth = status_kb(&program, "VmHWM:").saturating_sub(before);
    program.child.kill().expect("killed");
    program.child.wait().expect("gone");
    println!("{BOMBS} bombs refused after {slowest:?} at most, {growth} kB more in memory");
    assert!(slowest < REFUSED, "refused after {slowest:?}");
    assert!(growth < GROWTH_KB, "{growth} kB more in memory");
}

/// A trace of as many spans as one request may have, and as many attributes as fit.
fn largest_trace(number: usize) -> Request {
    let spans = 10_000;
    let room = (REPORT_BYTES - FRAME_BYTES) / spans;
    let attribute =
        |n: usize| format!(r#"{{"key":"attribute.{n:03}","value":{{"intValue":"7"}}}}"#);
    let trace = format!("{:032x}", number + 1);
    let span = |place: usize| {
        let start = format!(
            r#"{{"traceId":"{trace}","spanId":"{:016x}","name":"span","startTimeUnixNano":"1794474843250000000","attributes":["#,
            place + 1
        );
        let mut span = start;
        for n in 0.. {
            let next = attribute(n);
            if span.len() + next.len() + 4 > room {
                break;
            }
            span += if n == 0 { "" } else { "," };
            span += &next;
        }
        span + "]}"
    };
    let spans: Vec<_> = (0..spans).map(span).collect();
    let body = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{}]}}]}}]}}"#,
        spans.join(",")
    );
    Request::post("/v1/traces".to_owned(), "application/json", body.into())
}

/// As many small runs as one batch may have, as long as fits.
fn largest_batch(number: usize) -> Request {
    let runs = 10_000;
    let room = (REPORT_BYTES - FRAME_BYTES) / runs;
    let run = |place: usize| {
        let mut run =
            format!(r#"{{"type":"run","key":"r{number}-{place}","integration":"i","summary":""#);
        run += &"x".repeat(room - run.len() - 3);
        run + "\"}\n"
    };
    let body: String = (0..runs).map(run).collect();
    Request::post(
        "/api/v1/batch".to_owned(),
        "application/x-ndjson",
        body.into(),
    )
}

#[test]
fn the_largest_reports_at_once_do_not_end_a_process_of_half_a_gigabyte() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = serve_with(folder.path(), &[]);
    let limited = std::process::Command::new("prlimit")
        .arg(format!("--pid={}", program.child.id()))
        .arg(format!("--data={SMALL_BYTES}"))
        .status();
    assert!(
        limited.is_ok_and(|limited| limited.success()),
        "the tests need prlimit"
    );
    let target = Target::new(folder.path(), program.address);
    let sending: Vec<_> = (0..4)
        .map(|number| {
            let target = target.clone();
            std::thread::spawn(move || {
                let request = match number % 2 {
                    0 => largest_trace(number),
                    _ => largest_batch(number),
                };
                assert!(request.body.len() > REPORT_BYTES / 10 * 9);
                // What has no answer yet, or is to come again, comes again, as from every client.
                for _ in 0..100 {
                    match send(&target, &request) {
                        Came::Answer(503, ..) | Came::Nothing => {
                            std::thread::sleep(Duration::from_millis(200));
                        }
                        came => return came,
                    }
                }
                Came::Away
            })
        })
        .collect();
    for sent in sending {
        let came = sent.join().expect("a client");
        let Came::Answer(200, _, body) = came else {
            panic!("{came:?}")
        };
        let told = String::from_utf8_lossy(&body);
        assert!(told == "{}" || told.contains("\"taken\":10000"), "{told}");
    }
    let most = status_kb(&program, "VmHWM:");
    let is_alive = program.child.try_wait().expect("a child").is_none();
    program.child.kill().expect("killed");
    program.child.wait().expect("gone");
    println!("four reports of 16 MiB at once: {most} kB at most");
    assert!(is_alive);
}
