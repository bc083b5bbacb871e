//! What open pages hear: everything that concerns them, soon, once, and nothing of others.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream},
    http::{Method, StatusCode, header},
};
use futures_util::StreamExt as _;
use serde_json::json;
use server::live::Live;

use crate::program::{key, serve};
use crate::support::{NOW, Server, request};

/// A page that listens.
struct Listener(BodyDataStream, String);

/// One event: its id and what it says.
type Heard = (String, String);

impl Listener {
    async fn open(server: &Server, path: &str, last: Option<&str>) -> Self {
        let mut request = request(Method::GET, path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.header(header::ACCEPT_ENCODING, "br, gzip");
        let answer = server
            .open(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
        assert!(!answer.headers().contains_key(header::CONTENT_ENCODING));
        Self(answer.into_body().into_data_stream(), String::new())
    }

    /// The next event; `None` where the stream ends.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            while let Some((block, rest)) = self.1.split_once("\n\n") {
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name));
                    line.map(|value| value.trim().to_owned())
                };
                let event = field("data:").map(|data| (field("id:").unwrap_or_default(), data));
                self.1 = rest.to_owned();
                if event.is_some() {
                    return event;
                }
            }
            let bytes = tokio::time::timeout(Duration::from_secs(10), self.0.next());
            let bytes = bytes.await.expect("an event within ten seconds")?;
            self.1
                .push_str(&String::from_utf8_lossy(&bytes.expect("bytes")));
        }
    }

    /// Nothing comes for longer than a stream pauses.
    async fn hears_nothing(&mut self) {
        let next = tokio::time::timeout(Duration::from_millis(1_500), self.next());
        assert!(next.await.is_err(), "something came");
    }
}

async fn report(server: &Server, run: &str, integration: &str, status: &str) {
    let report = json!({"integration": {"key": integration, "flow": "f"}, "status": status, "started_at": "2026-11-12T09:14:00Z"});
    let answer = server.put(&format!("/api/v1/runs/{run}"), &report).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

async fn since(server: &Server) -> i64 {
    let newest = server.state.store.newest_run(server.workspace);
    newest.await.expect("a read")
}

#[tokio::test]
async fn a_list_hears_how_many_runs_are_new_and_a_reader_who_comes_back_misses_none() {
    let server = Server::start().await;
    report(&server, "r1", "i", "ok").await;
    let path = format!("/main/integrations/i/events?since={}", since(&server).await);
    let mut all = Listener::open(&server, &path, None).await;
    let mut failed = Listener::open(&server, &format!("{path}&status=failed"), None).await;
    report(&server, "r2", "i", "ok").await;
    let (id, text) = all.next().await.expect("an event");
    assert_eq!(text, "1");
    report(&server, "r3", "i", "failed").await;
    report(&server, "r4", "other", "failed").await;
    assert_eq!(all.next().await.expect("an event").1, "2");
    assert_eq!(failed.next().await.expect("an event").1, "1");
    all.hears_nothing().await;
    drop(all);

    report(&server, "r5", "i", "ok").await;
    // By the id of an event before the last one, as after a connection that broke.
    let mut back = Listener::open(&server, &path, Some(&id)).await;
    assert_eq!(back.next().await.expect("an event").1, "3");
    // Without one, as after the tab was hidden.
    let mut anew = Listener::open(&server, &path, None).await;
    assert_eq!(anew.next().await.expect("an event").1, "3");
}

#[tokio::test]
async fn a_flow_hears_how_many_of_its_integrations_have_new_runs() {
    let server = Server::start().await;
    report(&server, "r1", "i", "ok").await;
    let path = format!("/main/flows/f/events?since={}", since(&server).await);
    let mut listener = Listener::open(&server, &path, None).await;
    report(&server, "r2", "i", "ok").await;
    assert_eq!(listener.next().await.expect("an event").1, "1");
    report(&server, "r3", "i", "ok").await;
    report(&server, "r4", "j", "ok").await;
    assert_eq!(listener.next().await.expect("an event").1, "2");
}

#[tokio::test]
async fn a_run_is_heard_of_until_it_has_ended() {
    let server = Server::start().await;
    report(&server, "r1", "i", "running").await;
    let standing = server.state.store.standing(server.workspace, "r1", None);
    let seen = standing.await.expect("a read").expect("a run").mark;
    let path = format!("/main/runs/r1/events?since={seen}");
    let mut listener = Listener::open(&server, &path, None).await;
    let step = json!({"status": "running", "started_at": "2026-11-12T09:14:01Z"});
    server.put("/api/v1/runs/r1/steps/s", &step).await;
    let (id, _) = listener.next().await.expect("an event");
    // Of two changes while nobody listened the state is what counts.
    drop(listener);
    server.put("/api/v1/runs/r1/steps/t", &step).await;
    let mut back = Listener::open(&server, &path, Some(&id)).await;
    assert_ne!(back.next().await.expect("an event").0, id);
    report(&server, "r1", "i", "failed").await;
    let (last, _) = back.next().await.expect("an event");
    assert_eq!(back.next().await, None, "the stream ends with the run");

    let ended = request(Method::GET, &path).header("last-event-id", last);
    let answer = server
        .send(ended.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(
        answer.status,
        StatusCode::NO_CONTENT,
        "the browser is told to stop"
    );
}

#[tokio::test]
async fn the_payload_of_a_step_is_news_to_its_page() {
    let server = Server::start().await;
    report(&server, "r1", "i", "running").await;
    server
        .put("/api/v1/runs/r1/steps/s", &json!({"status": "running"}))
        .await;
    let standing = server
        .state
        .store
        .standing(server.workspace, "r1", Some("s"));
    let seen = standing.await.expect("a read").expect("a run").mark;
    let path = format!("/main/runs/r1/steps/s/events?since={seen}");
    let mut listener = Listener::open(&server, &path, None).await;
    let body = json!({"status": "running", "request": {"method": "GET", "url": "https://a.test", "body": "x"}});
    server.put("/api/v1/runs/r1/steps/s", &body).await;
    assert_eq!(listener.next().await.expect("an event").1, "changed");
}

#[tokio::test]
async fn what_does_not_exist_or_is_anothers_is_404_and_other_sites_hear_nothing() {
    let server = Server::start().await;
    report(&server, "r1", "i", "running").await;
    let store = &server.state.store;
    store
        .ensure_workspace("other", NOW)
        .await
        .expect("a workspace");
    for path in [
        "/none/flows/f/events",
        "/other/flows/f/events",
        "/other/integrations/i/events",
        "/other/runs/r1/events",
        "/other/runs/r1/steps/s/events",
        "/main/runs/r2/events",
    ] {
        assert_eq!(
            server.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let foreign =
        request(Method::GET, "/main/runs/r1/events").header("sec-fetch-site", "cross-site");
    let answer = server
        .send(foreign.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn there_are_only_so_many_streams_and_a_closed_one_makes_room() {
    let server = Server::with(|state| state.live = Live::new(1)).await;
    report(&server, "r1", "i", "running").await;
    let open = Listener::open(&server, "/main/runs/r1/events", None).await;
    let refused = server.get("/main/integrations/i/events").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers[header::RETRY_AFTER], "2");
    drop(open);
    Listener::open(&server, "/main/integrations/i/events", None).await;
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let server = Server::start().await;
    report(&server, "r1", "i", "running").await;
    let mut idle = Listener::open(&server, "/main/integrations/i/events?since=0", None).await;
    idle.next().await.expect("an event");
    server.state.live.stop();
    let ended = tokio::time::timeout(Duration::from_secs(2), idle.next());
    assert_eq!(ended.await.expect("the end"), None);
}

#[test]
fn an_open_stream_does_not_delay_the_stop() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = serve(folder.path());
    let (child, address) = (&mut program.child, program.address);
    let key = key(folder.path());
    let send = |text: String| {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a timeout");
        stream.write_all(text.as_bytes()).expect("a request");
        BufReader::new(stream)
    };
    let body = r#"{"integration": {"key": "i", "flow": "f"}, "status": "ok"}"#;
    let mut answer = String::new();
    send(format!(
        "PUT /api/v1/runs/r HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        key,
        body.len()
    ))
    .read_to_string(&mut answer)
    .expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    let mut open = send(format!(
        "GET /main/integrations/i/events?since=0 HTTP/1.1\r\nHost: {address}\r\n\r\n"
    ));
    let mut heard = String::new();
    while !heard.contains("data: 1") {
        assert_ne!(open.read_line(&mut heard).expect("an event"), 0, "{heard}");
    }
    let asked = Command::new("kill").arg(child.id().to_string()).status();
    assert!(asked.expect("a signal").success());
    // Without an end of the stream the server would wait for eight seconds.
    let ended = (0..30).find_map(|_| {
        std::thread::sleep(Duration::from_millis(100));
        child.try_wait().expect("a state")
    });
    if ended.is_none() {
        let _ = child.kill();
    }
    assert!(ended.expect("it ends within three seconds").success());
}
