//! A server, a machine that runs integrations, and what arrived.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{LogEntry, Run};
use store::Store;

/// The server's program, which lies beside ours. It is built where a test of this crate alone did
/// not do that.
fn server_program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let path = Path::new(env!("CARGO_BIN_EXE_iv")).with_file_name("integration-view");
        if !path.exists() {
            let built = Command::new(env!("CARGO"))
                .args(["build", "--locked", "--quiet", "--package", "server"])
                .status();
            assert!(
                built.is_ok_and(|built| built.success()),
                "the server builds"
            );
        }
        path
    })
}

/// The server and its data.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    child: Option<Child>,
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
}

impl Server {
    /// Starts it.
    pub(crate) fn start() -> Self {
        let mut server = Self::prepare();
        server.up();
        server
    }

    /// With data, a key and an address, and not running.
    pub(crate) fn prepare() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = key(folder.path(), "ingest");
        // Held only to learn a number that is free.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        Self {
            folder,
            child: None,
            address,
            key,
        }
    }

    pub(crate) fn up(&mut self) {
        let listen = self.address.to_string();
        let mut child = server_command(self.folder.path())
            .args([
                "serve",
                "--no-auth",
                "--listen",
                &listen,
                "--ingest-rate",
                "100000",
            ])
            .arg("--data-dir")
            .arg(self.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        output.read_line(&mut line).expect("a line");
        assert!(line.starts_with("listening on"), "{line:?}");
        self.child = Some(child);
    }

    /// Kills it.
    pub(crate) fn down(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("gone");
        }
    }

    pub(crate) fn read_key(&self) -> String {
        key(self.folder.path(), "read")
    }

    /// One that pings every integration.
    pub(crate) fn ping_key(&self) -> String {
        key(self.folder.path(), "ping")
    }

    /// What a program that may read is told: status and body.
    pub(crate) fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let mut answer = ureq::get(format!("{}{path}", self.url()))
            .header("authorization", format!("Bearer {}", self.read_key()))
            .call()
            .expect("an answer");
        let body = answer.body_mut().with_config().limit(64 << 20);
        let bytes = body.read_to_vec().expect("a body");
        (answer.status().as_u16(), bytes)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The run of this key and its log, straight from the database.
    pub(crate) fn find(&self, run: &str) -> Option<(Run, Vec<LogEntry>)> {
        let url = format!(
            "sqlite:{}",
            self.folder.path().join("integration-view.db").display()
        );
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let store = Store::open(&url, 1).await.expect("the database opens");
            let workspace = store.workspace("main").await.expect("the store");
            let workspace = workspace.expect("the workspace").id;
            let run = store.run(workspace, run).await.expect("the store")?;
            let (all, start) = Default::default();
            let log = store
                .log_after(workspace, run.id, &all, start, 1_000_000)
                .await;
            Some((run, log.expect("the store")))
        })
    }

    pub(crate) fn run(&self, run: &str) -> (Run, Vec<LogEntry>) {
        self.find(run)
            .unwrap_or_else(|| panic!("{run} did not arrive"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.down();
    }
}

fn server_command(folder: &Path) -> Command {
    let mut command = Command::new(server_program());
    command.env_remove("DATABASE_URL").current_dir(folder);
    command
}

fn key(folder: &Path, scope: &str) -> String {
    let output = server_command(folder)
        .args(["key", "create", "--scope", scope, "--data-dir"])
        .arg(folder)
        .output()
        .expect("the server's program starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

/// A machine that runs integrations: a home, a working directory, a server that it knows.
pub(crate) struct Machine {
    pub(crate) home: tempfile::TempDir,
    url: String,
    key: String,
}

impl Machine {
    pub(crate) fn of(server: &Server) -> Self {
        Self::knowing(&server.url(), &server.key)
    }

    pub(crate) fn knowing(url: &str, key: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(home.path().join("work")).expect("a folder");
        Self {
            home,
            url: url.to_owned(),
            key: key.to_owned(),
        }
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.home.path().join("work")
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.home.path().join(".local/state/iv/spool")
    }

    /// Writes a file into the working directory.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.work().join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// Our program, with nothing of whoever tests in its environment, as under cron.
    pub(crate) fn iv<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_iv"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.home.path())
            .env("IV_URL", &self.url)
            .env("IV_KEY", &self.key)
            .stdin(Stdio::null())
            .current_dir(self.work());
        command
    }

    pub(crate) fn call<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Output {
        self.iv(arguments).output().expect("it starts")
    }

    /// Runs a shell script as the run `run` of the integration "job".
    pub(crate) fn script(&self, run: &str, script: &str) -> Output {
        self.shell(run, script).output().expect("it starts")
    }

    /// The same, to be started.
    pub(crate) fn shell(&self, run: &str, script: &str) -> Command {
        self.iv(&["run", "-i", "job", "--run", run, "--", "sh", "-c", script])
    }

    /// Streams that wait.
    pub(crate) fn waiting(&self) -> usize {
        let entries = std::fs::read_dir(self.spool())
            .into_iter()
            .flatten()
            .flatten();
        entries
            .filter(|entry| entry.path().join("meta.json").exists())
            .count()
    }

    /// Sends what waits, until nothing does.
    pub(crate) fn flush(&self) {
        eventually("everything is sent", || {
            self.call(&["flush"]);
            self.waiting() == 0
        });
    }
}

/// The messages of one stream.
pub(crate) fn messages(log: &[LogEntry], stream: &str) -> Vec<String> {
    let entries = log.iter().filter(|entry| entry.stream.as_str() == stream);
    entries.map(|entry| entry.message.clone()).collect()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits until it holds, for at most 20 seconds.
#[expect(clippy::disallowed_methods, reason = "a test waits for real programs")]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How long it took.
#[expect(clippy::disallowed_methods, reason = "a test measures real programs")]
pub(crate) fn timed<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = act();
    (done, start.elapsed())
}

/// A server that answers as it is told, and remembers the bodies it got.
pub(crate) struct Stub {
    pub(crate) address: SocketAddr,
    pub(crate) requests: Arc<Mutex<Vec<String>>>,
    count: Arc<AtomicUsize>,
}

impl Stub {
    /// `answer` says what the request of this number gets: status line, headers, body.
    pub(crate) fn start(answer: impl Fn(usize, &str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (requests, count) = (
            Arc::new(Mutex::new(Vec::new())),
            Arc::new(AtomicUsize::new(0)),
        );
        let (kept, counted) = (Arc::clone(&requests), Arc::clone(&count));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = counted.fetch_add(1, Ordering::Relaxed);
                let request = read_request(&stream);
                let answer = answer(number, &request);
                kept.lock().expect("the list").push(request);
                let mut stream = stream;
                stream.write_all(answer.as_bytes()).ok();
            }
        });
        Self {
            address,
            requests,
            count,
        }
    }

    pub(crate) fn machine(&self) -> Machine {
        Machine::knowing(&format!("http://{}", self.address), "key")
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

/// A whole answer.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

fn read_request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok();
    format!("{head}\n{}", text(&body))
}
