//! What is packed to burst takes neither memory nor time (I1), measured on the real program.

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
