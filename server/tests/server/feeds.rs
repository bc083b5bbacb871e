//! Eight reporters of every kind, who report until they are told to stop, and the audit afterwards.
//!
//! Each remembers what was acknowledged. What was not, or in part only, is sent again as it was,
//! as every client does.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use domain::{
    Key, LogEntry, Run, Status, Timestamp, WorkspaceId,
    payload::hex,
    ping::{Ping, Signal},
};
use serde_json::{Value, json};
use store::Store;

use crate::{program::made_key, wire};

const STEPS: i64 = 3;
/// Runs of one batch.
const BATCH: u64 = 3;
/// So much of a body must come back.
const FILLER: usize = 1_500;

/// How reports are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feed {
    Put,
    Batch,
    Protobuf,
    Json,
    Ping,
    /// Our own program, which keeps what it has to say in a spool.
    Iv,
}

/// Who reports at once.
const FEEDS: [Feed; 8] = [
    Feed::Put,
    Feed::Put,
    Feed::Batch,
    Feed::Protobuf,
    Feed::Protobuf,
    Feed::Json,
    Feed::Ping,
    Feed::Iv,
];

/// A server and the keys for it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// What every request but a ping carries.
    pub(crate) ingest: String,
    ping: String,
}

impl Target {
    /// Keys in these data, for a server that listens there.
    pub(crate) fn new(folder: &Path, address: SocketAddr) -> Self {
        Self {
            address,
            ingest: made_key(folder, &["--scope", "ingest"]),
            ping: made_key(folder, &["--scope", "ping"]),
        }
    }

    /// The same server for another key.
    pub(crate) fn by(&self, key: String) -> Self {
        Self {
            ingest: key,
            ..self.clone()
        }
    }
}

/// An address that a server may take again and again: no connection that is made elsewhere takes
/// its port in the meantime, as those are higher.
pub(crate) fn lasting_address() -> SocketAddr {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    let first = (std::process::id() % 10_000) as u16;
    loop {
        let port = 20_000 + (first + TAKEN.fetch_add(1, Ordering::Relaxed)) % 12_000;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// A request.
pub(crate) struct Request {
    method: &'static str,
    path: String,
    kind: &'static str,
    body: Vec<u8>,
    /// Whether the body is gzip.
    is_packed: bool,
}

impl Request {
    /// Something in gzip.
    pub(crate) fn packed(path: String, body: Vec<u8>) -> Self {
        Self {
            is_packed: true,
            ..Self::post(path, "application/json", body)
        }
    }

    fn post(path: String, kind: &'static str, body: Vec<u8>) -> Self {
        Self {
            method: "POST",
            path,
            kind,
            body,
            is_packed: false,
        }
    }

    pub(crate) fn put(path: String, body: String) -> Self {
        Self {
            method: "PUT",
            ..Self::post(path, "application/json", body.into())
        }
    }

    pub(crate) fn get(path: String) -> Self {
        Self {
            method: "GET",
            ..Self::post(path, "text/plain", Vec::new())
        }
    }
}

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// A whole answer: its status, its head and its body.
    Answer(u16, String, Vec<u8>),
    /// Nobody listens.
    Away,
    /// A connection, and no answer.
    Nothing,
    /// The beginning of one.
    Part,
}

/// Sends a request on a connection of its own.
pub(crate) fn send(target: &Target, request: &Request) -> Came {
    let wait = Duration::from_secs(2);
    let Ok(stream) = TcpStream::connect_timeout(&target.address, wait) else {
        return Came::Away;
    };
    let mut bytes = Vec::new();
    // What ends a connection early is seen by what came until then.
    let _ = exchange(stream, target, request, &mut bytes);
    let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") else {
        return if bytes.is_empty() {
            Came::Nothing
        } else {
            Came::Part
        };
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let body = bytes.split_off(end + 4);
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    let is_whole = match field("content-length: ") {
        Some(length) => length.parse() == Ok(body.len()),
        // In chunks, of which the last one is empty.
        None => body.is_empty() || body.ends_with(b"0\r\n\r\n"),
    };
    match is_whole {
        true => Came::Answer(head[9..12].parse().expect("a status"), head, body),
        false => Came::Part,
    }
}

fn exchange(
    mut stream: TcpStream,
    target: &Target,
    request: &Request,
    answer: &mut Vec<u8>,
) -> std::io::Result<()> {
    let Target {
        address, ingest, ..
    } = target;
    let Request {
        method,
        path,
        kind,
        body,
        is_packed,
    } = request;
    let packed = if *is_packed {
        "Content-Encoding: gzip\r\n"
    } else {
        ""
    };
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {ingest}\r\n\
         Content-Type: {kind}\r\n{packed}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat())?;
    stream.read_to_end(answer)?;
    Ok(())
}

/// The key of the integration that a reporter reports of.
fn integration(client: usize) -> String {
    format!("client{client}")
}

fn run_of(client: usize, number: u64) -> String {
    format!("client{client}-{number}")
}

fn trace_of(client: usize, number: u64) -> [u8; 16] {
    (u128::from(number) << 32 | (client as u128 + 1)).to_be_bytes()
}

fn body_of(run: &str) -> Value {
    json!({"run": run, "filler": "x".repeat(FILLER)})
}

fn native(client: usize, run: &str) -> Value {
    let step = |position: i64| json!({"position": position, "status": "ok", "response": {"status": 200, "body": body_of(run)}});
    json!({
        "type": "run", "key": run, "integration": {"key": integration(client), "flow": {"key": "flow"}},
        "status": "ok", "started_at": "2026-11-12T09:14:00Z", "finished_at": "2026-11-12T09:14:01Z",
        "steps": (1..=STEPS).map(step).collect::<Vec<_>>(),
    })
}

/// Everything that the report numbered `number` takes, in its order, and the runs that it makes.
pub(crate) fn report(
    feed: Feed,
    client: usize,
    number: u64,
    target: &Target,
) -> (Vec<Request>, Vec<String>) {
    let trace = trace_of(client, number);
    let named = hex(&trace);
    match feed {
        Feed::Put => {
            let run = run_of(client, number);
            let put = Request::put(
                format!("/api/v1/runs/{run}"),
                native(client, &run).to_string(),
            );
            (vec![put], vec![run])
        }
        Feed::Batch => {
            let runs = (0..BATCH).map(|part| run_of(client, number * BATCH + part));
            let runs: Vec<_> = runs.collect();
            let items: Vec<_> = runs
                .iter()
                .map(|run| native(client, run).to_string())
                .collect();
            // Both of its forms in turn.
            let (kind, body) = match number % 2 {
                0 => ("application/json", format!("[{}]", items.join(","))),
                _ => ("application/x-ndjson", items.join("\n")),
            };
            (
                vec![Request::post("/api/v1/batch".to_owned(), kind, body.into())],
                runs,
            )
        }
        Feed::Protobuf => {
            let body = body_of(&named).to_string();
            let body = wire::spans(&integration(client), &trace, STEPS as u8, &body);
            (
                vec![Request::post(
                    "/v1/traces".to_owned(),
                    "application/x-protobuf",
                    body,
                )],
                vec![named],
            )
        }
        Feed::Json => {
            let body = spans(client, &named).to_string();
            (
                vec![Request::post(
                    "/v1/traces".to_owned(),
                    "application/json",
                    body.into(),
                )],
                vec![named],
            )
        }
        Feed::Ping => {
            let address = format!("/ping/{}/{}", target.ping, integration(client));
            let rid = format!(
                "{}-{}-{}-{}-{}",
                &named[..8],
                &named[8..12],
                &named[12..16],
                &named[16..20],
                &named[20..]
            );
            let start = format!("{address}/start?rid={rid}&create=1");
            let pings = [(start, "begun"), (format!("{address}?rid={rid}"), "done")];
            let pings = pings.map(|(path, said)| Request::post(path, "text/plain", said.into()));
            (pings.into(), vec![pinged(client, &rid)])
        }
        Feed::Iv => (Vec::new(), vec![run_of(client, number)]),
    }
}

/// The key of the run that pings with this ID make.
fn pinged(client: usize, rid: &str) -> String {
    let ping = Ping {
        signal: Signal::Start,
        run_id: Some(rid),
        body: "",
        cut: false,
        nonce: [0; 16],
    };
    let owner = Key::new(integration(client)).expect("a key");
    let report: Value =
        serde_json::from_str(&ping.report(&owner, None, Timestamp::default())).expect("JSON");
    report["key"].as_str().expect("a key").to_owned()
}

fn spans(client: usize, trace: &str) -> Value {
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let span = |place: i64| {
        let mut span = json!({
            "traceId": trace, "spanId": format!("{place:016x}"), "name": format!("span {place}"),
            "startTimeUnixNano": "1794474843250000000", "endTimeUnixNano": "1794474844250000000",
            "status": {"code": 1}, "attributes": [text("integration.response.body", &body_of(trace).to_string())],
        });
        if place > 1 {
            span["parentSpanId"] = "0000000000000001".into();
        }
        span
    };
    json!({"resourceSpans": [{
        "resource": {"attributes": [text("integration.key", &integration(client)), text("flow.key", "flow")]},
        "scopeSpans": [{"spans": (1..=STEPS).map(span).collect::<Vec<_>>()}],
    }]})
}

/// What a reporter knows at the end.
#[derive(Debug)]
pub(crate) struct Reported {
    client: usize,
    feed: Feed,
    /// The runs that it may rely on.
    acknowledged: Vec<String>,
    /// Requests that were taken and not answered, and those of whose answer a part came.
    pub(crate) unanswered: u64,
    pub(crate) cut: u64,
}

/// The reporters at work.
pub(crate) struct Reporting {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Reported>>,
    home: tempfile::TempDir,
    target: Target,
}

impl Reporting {
    /// All of them begin.
    pub(crate) fn begin(target: &Target) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let stop = Arc::new(AtomicBool::new(false));
        let threads = FEEDS.iter().enumerate().map(|(client, feed)| {
            let (stop, target, feed) = (Arc::clone(&stop), target.clone(), *feed);
            let home = home.path().to_owned();
            std::thread::spawn(move || match feed {
                Feed::Iv => run_commands(client, &target, &home, &stop),
                _ => send_reports(feed, client, &target, &stop),
            })
        });
        Self {
            threads: threads.collect(),
            stop,
            home,
            target: target.clone(),
        }
    }

    /// All of them end; the server must be up, for what waits in the spool.
    pub(crate) fn end(self) -> Vec<Reported> {
        self.stop.store(true, Ordering::Relaxed);
        let reported = self
            .threads
            .into_iter()
            .map(|thread| thread.join().expect("a reporter"));
        let reported: Vec<_> = reported.collect();
        for _ in 0..100 {
            if !waits(self.home.path()) {
                break;
            }
            let flush = iv(&self.target, self.home.path(), &["flush"]).output();
            flush.expect("iv starts");
        }
        assert!(!waits(self.home.path()), "the spool is sent");
        reported
    }
}

fn send_reports(feed: Feed, client: usize, target: &Target, stop: &AtomicBool) -> Reported {
    let mut reported = Reported {
        client,
        feed,
        acknowledged: Vec::new(),
        unanswered: 0,
        cut: 0,
    };
    for number in 0.. {
        let (requests, runs) = report(feed, client, number, target);
        for request in requests {
            loop {
                if stop.load(Ordering::Relaxed) {
                    return reported;
                }
                match send(target, &request) {
                    Came::Answer(200 | 201, _, body) => {
                        check_taken(feed, &body);
                        break;
                    }
                    // It has more to do than it can, or stops.
                    Came::Answer(503, ..) => {}
                    Came::Answer(status, _, body) => {
                        panic!("{feed:?}: {status} {}", String::from_utf8_lossy(&body))
                    }
                    Came::Away => {}
                    Came::Nothing => reported.unanswered += 1,
                    Came::Part => reported.cut += 1,
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        reported.acknowledged.extend(runs);
    }
    reported
}

/// An answer may say that a part was not taken.
fn check_taken(feed: Feed, body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    let all = match feed {
        Feed::Batch => text.contains(&format!("\"taken\":{BATCH}")),
        Feed::Protobuf => text.is_empty(),
        Feed::Json => text == "{}",
        Feed::Put | Feed::Ping | Feed::Iv => true,
    };
    assert!(all, "{feed:?}: {text}");
}

/// Commands under `iv`, one after another; what it was handed is as good as acknowledged.
fn run_commands(client: usize, target: &Target, home: &Path, stop: &AtomicBool) -> Reported {
    let mut reported = Reported {
        client,
        feed: Feed::Iv,
        acknowledged: Vec::new(),
        unanswered: 0,
        cut: 0,
    };
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let run = run_of(client, number);
        let owner = integration(client);
        let command = [
            "run",
            "-i",
            &owner,
            "--run",
            &run,
            "--",
            "printf",
            "one\\ntwo\\n",
        ];
        let status = iv(target, home, &command).status().expect("iv starts");
        assert!(status.success(), "{status}");
        reported.acknowledged.push(run);
    }
    reported
}

fn iv(target: &Target, home: &Path, arguments: &[&str]) -> Command {
    let mut iv = Command::new(iv_program());
    iv.args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home)
        .env("IV_URL", format!("http://{}", target.address))
        .env("IV_KEY", &target.ingest)
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    iv
}

/// `iv` lies beside the server; it is built where a test of the server alone did not do that.
fn iv_program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let path = Path::new(env!("CARGO_BIN_EXE_integration-view")).with_file_name("iv");
        if !path.exists() {
            let mut cargo = Command::new(env!("CARGO"));
            let built = cargo
                .args(["build", "--locked", "--quiet", "--package", "iv"])
                .status();
            assert!(built.is_ok_and(|built| built.success()), "iv builds");
        }
        path
    })
}

/// Whether something waits in the spool.
fn waits(home: &Path) -> bool {
    let streams = std::fs::read_dir(home.join(".local/state/iv/spool"));
    let mut streams = streams.into_iter().flatten().flatten();
    streams.any(|stream| stream.path().join("meta.json").exists())
}

/// Everything acknowledged is in the database of `folder`, whole and once; sums are those of the
/// rows. Answers how many runs were acknowledged.
pub(crate) fn audit(folder: &Path, reported: &[Reported]) -> usize {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let audit = Audit::open(folder).await;
        let mut of_flow = 0;
        for one in reported {
            of_flow += audit.client(one).await;
        }
        let flow = audit.store.flow(audit.workspace, "flow").await;
        let flow = flow.expect("the store").expect("the flow");
        assert_eq!((flow.runs, flow.tasks), (of_flow, of_flow * STEPS));
    });
    let least = reported.iter().map(|one| one.acknowledged.len()).min();
    assert!(least > Some(3), "a reporter reported nothing: {least:?}");
    reported.iter().map(|one| one.acknowledged.len()).sum()
}

/// Looks whether a database is sound, as it lies there: in a copy, so that nothing is mended by
/// looking.
pub(crate) fn check_copy(folder: &Path) {
    let copy = tempfile::tempdir().expect("a folder");
    for end in ["", "-wal"] {
        let name = format!("integration-view.db{end}");
        // Without a log there was a checkpoint.
        let _ = std::fs::copy(folder.join(&name), copy.path().join(&name));
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        Audit::open(copy.path()).await.store.close().await;
    });
}

struct Audit {
    store: Store,
    workspace: WorkspaceId,
}

impl Audit {
    async fn open(folder: &Path) -> Self {
        let url = format!("sqlite:{}", folder.join("integration-view.db").display());
        let store = Store::open(&url, 1).await.expect("the database opens");
        assert_eq!(store.check_integrity().await.expect("a check"), "ok");
        let workspace = store.workspace("main").await.expect("the store");
        let workspace = workspace.expect("the workspace").id;
        Self { store, workspace }
    }

    /// What one reporter relies on; answers its runs of the flow that is counted.
    async fn client(&self, reported: &Reported) -> i64 {
        let Reported {
            client,
            feed,
            acknowledged,
            ..
        } = reported;
        for key in acknowledged {
            let run = self
                .store
                .run(self.workspace, key)
                .await
                .expect("the store");
            let run = run.unwrap_or_else(|| panic!("{feed:?}: {key} is lost"));
            match feed {
                Feed::Ping => self.log(&run, &["begun", "done"]).await,
                Feed::Iv => self.log(&run, &["one", "two"]).await,
                _ => self.steps(&run).await,
            }
        }
        let found = self
            .store
            .integration(self.workspace, &integration(*client))
            .await;
        let found = found.expect("the store").expect("an integration");
        // A report may be stored and its answer lost: at most the one under way when all ended.
        let known = acknowledged.len() as i64;
        let under_way = if *feed == Feed::Batch {
            BATCH as i64
        } else {
            1
        };
        assert!(
            (known..=known + under_way).contains(&found.runs),
            "{feed:?}: {} runs for {known} that were acknowledged",
            found.runs
        );
        match feed {
            Feed::Ping | Feed::Iv => 0,
            _ => {
                assert_eq!(found.tasks, found.runs * STEPS);
                found.runs
            }
        }
    }

    async fn steps(&self, run: &Run) {
        let steps = self.store.list_steps(self.workspace, run.id).await;
        let steps = steps.expect("the store");
        let counts = (run.steps, run.tasks, steps.len() as i64);
        assert_eq!(counts, (STEPS, STEPS, STEPS), "{} is half-written", run.key);
        for step in steps {
            let payload = self.store.payload(self.workspace, step.id).await;
            let response = payload.expect("the store").response;
            let body = response.and_then(|response| response.body).expect("a body");
            assert!(body.bytes.len() > FILLER, "{} has half a payload", run.key);
        }
    }

    /// A run that ended well, and said exactly this.
    async fn log(&self, run: &Run, said: &[&str]) {
        assert_eq!(run.status, Status::Ok, "{}", run.key);
        let log = self.store.list_log(self.workspace, run.id, 100).await;
        let (log, _): (Vec<LogEntry>, _) = log.expect("the store");
        let told = log
            .iter()
            .filter(|entry| ["ping", "stdout"].contains(&entry.stream.as_str()));
        let told: Vec<_> = told.map(|entry| entry.message.as_str()).collect();
        assert_eq!(told, said, "{}", run.key);
    }
}
