//! The real program among clients that hold connections without using them (R5): 100 of them in
//! ordinary runs, as many as `IV_SLOW_CLIENTS` says otherwise.
//!
//! Threads read until the server closes, so nothing sleeps and every time is measured at its end.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use crate::program::{Program, serve};

/// How long a half-open connection may stay (R5).
const DROPPED_WITHIN: Duration = Duration::from_secs(15);
const P99: Duration = Duration::from_millis(500);
const GROWTH_KB: u64 = 64 * 1_024;

struct Slowed {
    program: Program,
    _folder: tempfile::TempDir,
}

impl Slowed {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            program: serve(folder.path()),
            _folder: folder,
        }
    }

    /// What it has in memory.
    #[cfg(target_os = "linux")]
    fn resident_kb(&self) -> u64 {
        let path = format!("/proc/{}/status", self.program.child.id());
        let status = std::fs::read_to_string(path).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
        number.and_then(|n| n.trim().parse().ok()).expect("a size")
    }

    /// Where the system does not tell, only the rest is looked at.
    #[cfg(not(target_os = "linux"))]
    fn resident_kb(&self) -> u64 {
        0
    }

    fn visit(&self) -> Duration {
        let begun = begin();
        let mut stream = TcpStream::connect(self.program.address).expect("a way in");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("set");
        write!(
            stream,
            "GET /main/flows HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.program.address
        )
        .expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        begun.elapsed()
    }
}

impl Drop for Slowed {
    fn drop(&mut self) {
        let _ = self.program.child.kill();
        let _ = self.program.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "the test measures real time")]
pub(crate) fn begin() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a nightly run asks for more of them"
)]
fn clients() -> usize {
    let wanted = std::env::var("IV_SLOW_CLIENTS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(100)
}

/// What half-open clients have sent: nothing, half a head, half a body.
fn sent(number: usize, address: SocketAddr) -> String {
    match number % 3 {
        0 => String::new(),
        1 => format!("GET /main/flows HTTP/1.1\r\nHost: {address}\r\nX-Half"),
        _ => format!(
            "POST /display HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ntheme="
        ),
    }
}

#[test]
fn half_open_connections_are_dropped_and_slow_nobody_down() {
    let clients = clients();
    let program = Slowed::start();
    // Caches and pools are filled before anything is measured.
    for _ in 0..20 {
        program.visit();
    }
    let before = program.resident_kb();

    let opened = begin();
    let mut held: Vec<TcpStream> = Vec::new();
    for number in 0..clients {
        let mut stream = TcpStream::connect(program.program.address).expect("a way in");
        stream
            .write_all(sent(number, program.program.address).as_bytes())
            .expect("sent");
        stream
            .set_read_timeout(Some(DROPPED_WITHIN * 2))
            .expect("set");
        held.push(stream);
    }
    let all_open = opened.elapsed();

    let watching: Vec<_> = held
        .into_iter()
        .map(|mut stream| {
            let watch = move || {
                let mut rest = Vec::new();
                let ended = stream.read_to_end(&mut rest);
                // A reset ends it as well; that nothing came for long does not.
                let timed_out =
                    matches!(&ended, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock);
                (!timed_out).then(|| opened.elapsed())
            };
            let thread = thread::Builder::new().stack_size(64 * 1_024);
            thread.spawn(watch).expect("a thread")
        })
        .collect();

    let mut visits = Vec::new();
    let mut peak = before;
    while !watching.iter().all(thread::JoinHandle::is_finished) {
        visits.push(program.visit());
        peak = peak.max(program.resident_kb());
    }
    let dropped: Vec<_> = watching
        .into_iter()
        .map(|watch| watch.join().expect("a watch"))
        .collect();
    visits.sort();
    let p99 = visits[visits.len() * 99 / 100];
    let last = dropped
        .iter()
        .map(|ended| ended.expect("dropped"))
        .max()
        .expect("some");
    println!(
        "{clients} half-open: {} visits, p99 {p99:?}, all open after {all_open:?}, the last dropped after {last:?}, {} kB more",
        visits.len(),
        peak - before,
    );
    assert!(
        visits.len() > 100,
        "only {} visits: the test tested nothing",
        visits.len()
    );
    assert!(p99 < P99, "p99 is {p99:?}");
    assert!(
        last < DROPPED_WITHIN + all_open,
        "the last was dropped after {last:?}"
    );
    assert!(
        peak - before < GROWTH_KB,
        "{} kB more in memory",
        peak - before
    );
}
