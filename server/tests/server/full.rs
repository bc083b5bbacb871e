//! A full disk stops what writes and nothing else (R4): a small file system of its own is filled,
//! and enlarged again.
//!
//! Only root may mount one. Whoever is not sees this test fail, unless `IV_NO_MOUNT` says that it
//! is to be left out.

use std::{path::Path, process::Command, time::Duration};

use crate::{
    feeds::{Came, Request, Target, send},
    program::{Program, made_key, serve_with},
    slow::begin,
};

/// How soon reports are taken again once there is room.
const RECOVERS: Duration = Duration::from_secs(10);
/// Reports that are refused, so that one which comes through would be seen.
const REFUSED: usize = 30;

/// A file system in memory, as large as it is told.
struct Disk(tempfile::TempDir);

impl Disk {
    fn of(size: &str) -> Self {
        let disk = Self(tempfile::tempdir().expect("a folder"));
        disk.mount(&format!("size={size}"));
        disk
    }

    fn grow(&self, size: &str) {
        self.mount(&format!("remount,size={size}"));
    }

    fn mount(&self, options: &str) {
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(self.0.path());
        let done = mount.output().expect("mount starts");
        assert!(
            done.status.success(),
            "this test fills a disk of its own and must be root to mount it; IV_NO_MOUNT=1 leaves it out: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.0.path())
            .status();
    }
}

#[expect(clippy::disallowed_methods, reason = "who cannot mount must say so")]
fn is_left_out() -> bool {
    std::env::var("IV_NO_MOUNT").is_ok()
}

/// A report of 64 kB that nothing makes smaller.
fn report(number: u32) -> Request {
    let mut state = u64::from(number) + 1;
    let noise = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        // No letters: digits that look like nothing a rule knows.
        char::from(b"#$%()*+,-./0123456789:;<=>?"[(state >> 40) as usize % 27])
    });
    let noise: String = noise.take(64 * 1_024).collect();
    Request::put(
        format!("/api/v1/runs/full-{number}"),
        serde_json::json!({"integration": "full", "status": "ok", "steps": [{"response": {"body": noise}}]}).to_string(),
    )
}

struct Filled {
    program: Program,
    target: Target,
    read: Target,
    acknowledged: Vec<u32>,
    next: u32,
}

impl Filled {
    fn start(folder: &Path) -> Self {
        let program = serve_with(folder, &["--ingest-rate", "1000000"]);
        let target = Target::new(folder, program.address);
        let read = target.by(made_key(folder, &["--scope", "read"]));
        Self {
            program,
            target,
            read,
            acknowledged: Vec::new(),
            next: 0,
        }
    }

    /// Whether one more report was taken; what is not is refused in order.
    fn report(&mut self) -> bool {
        let number = self.next;
        self.next += 1;
        match send(&self.target, &report(number)) {
            Came::Answer(200, ..) => {
                self.acknowledged.push(number);
                true
            }
            Came::Answer(503 | 507, head, body) => {
                let body = String::from_utf8_lossy(&body).into_owned();
                assert!(head.contains("\r\nretry-after: "), "{head}");
                assert!(body.contains("\"code\":\"store_"), "{body}");
                false
            }
            other => panic!("{other:?}"),
        }
    }

    /// Everything that may be read is read.
    fn read(&self) {
        let last = self.acknowledged.last().expect("some");
        for path in [
            "/livez".to_owned(),
            "/main/flows".to_owned(),
            "/main/runs".to_owned(),
            format!("/main/runs/full-{last}"),
            "/api/v1/runs".to_owned(),
            format!("/api/v1/runs/full-{last}?with=payloads"),
        ] {
            let came = send(&self.read, &Request::get(path.clone()));
            assert!(matches!(came, Came::Answer(200, ..)), "{path}: {came:?}");
        }
    }
}

#[test]
fn a_full_disk_refuses_reports_shows_pages_and_recovers_by_itself() {
    if is_left_out() {
        println!("NOT TRIED: a full disk, as IV_NO_MOUNT is set");
        return;
    }
    let disk = Disk::of("16m");
    let folder = disk.0.path().join("data");
    let mut filled = Filled::start(&folder);
    while filled.report() {
        assert!(filled.next < 10_000, "the disk is never full");
    }
    for _ in 0..REFUSED {
        filled.report();
        filled.read();
    }
    let taken_late = filled.acknowledged.len();
    assert!(
        filled.program.child.try_wait().expect("a child").is_none(),
        "it lives"
    );
    disk.grow("64m");
    let grown = begin();
    while !filled.report() {
        assert!(
            grown.elapsed() < RECOVERS,
            "nothing is taken though there is room"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    println!(
        "{taken_late} reports fitted in; taken again {:?} after there was room",
        grown.elapsed()
    );
    for _ in 0..20 {
        assert!(filled.report(), "there is room");
    }
    filled.read();
    for number in &filled.acknowledged {
        let path = format!("/api/v1/runs/full-{number}");
        let came = send(&filled.read, &Request::get(path));
        assert!(
            matches!(came, Came::Answer(200, ..)),
            "full-{number} is lost: {came:?}"
        );
    }
    filled.program.child.kill().expect("killed");
    filled.program.child.wait().expect("gone");
    crate::feeds::check_copy(&folder);
}
