//! The accept loop on real sockets, with limits small enough to be reached.
//!
//! Nothing here waits for a time to pass: each client reads until the server has closed.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    routing::{get, post},
};
use futures_util::stream;
use server::{
    accept::{self, Limits},
    address::Proxies,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
    task::JoinHandle,
};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
/// So long that a test would fail before.
const NEVER: Duration = Duration::from_secs(3_600);
/// So short that a test needs not be patient.
const SOON: Duration = Duration::from_millis(150);

/// No limit is reached.
const LOOSE: Limits = Limits {
    connections: 64,
    per_address: 64,
    first_byte: NEVER,
    head: NEVER,
    head_bytes: 8 * 1_024,
    head_fields: 20,
    body_pause: NEVER,
    body: NEVER,
    body_rate: 1,
    idle: NEVER,
    stalled: NEVER,
    linger: NEVER,
    hurry: SOON,
};

struct House {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
    /// The endless answer is not wanted any more.
    given_up: Arc<Notify>,
}

/// Tells when it is dropped.
struct Tells(Arc<Notify>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl House {
    async fn open(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = watch::channel(false);
        let given_up = Arc::new(Notify::new());
        let routes = routes(Arc::clone(&given_up));
        let running = accept::serve(listener, routes, limits, Proxies::default(), stopped);
        Self {
            address,
            stop,
            running: tokio::spawn(running),
            given_up,
        }
    }

    async fn enter(&self, bytes: &[u8]) -> TcpStream {
        let mut client = TcpStream::connect(self.address).await.expect("a way in");
        client.write_all(bytes).await.expect("sent");
        client
    }

    /// A whole visit.
    async fn visit(&self) -> String {
        let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        rest(&mut self.enter(request).await).await
    }
}

fn routes(given_up: Arc<Notify>) -> Router {
    // More than any socket holds.
    let parts = move || {
        let tells = Tells(Arc::clone(&given_up));
        stream::repeat_with(move || {
            let _kept = &tells;
            Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65_536]))
        })
    };
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route(
            "/endless",
            get(move || async move { Body::from_stream(parts()) }),
        )
        .route(
            "/quiet",
            get(|| async { Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>()) }),
        )
        .route(
            "/length",
            post(|body: Bytes| async move { body.len().to_string() }),
        )
        .route(
            "/refuse",
            post(|| async { (axum::http::StatusCode::PAYLOAD_TOO_LARGE, "no") }),
        )
}

/// All that comes until the server closes. Fails the test if it does not close.
async fn rest(client: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let reading = client.read_to_end(&mut text);
    // A reset is an end as well.
    let _ = tokio::time::timeout(Duration::from_secs(10), reading)
        .await
        .expect("the server closes");
    String::from_utf8_lossy(&text).into_owned()
}

/// What comes up to the end of the answer to [`GET`].
async fn answer(client: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"hello") {
        let count = client.read_buf(&mut text).await.expect("an answer");
        assert_ne!(count, 0, "closed after {}", String::from_utf8_lossy(&text));
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn whoever_dawdles_is_closed_at_each_part_of_a_request() {
    let post: &[u8] = b"POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc";
    let cases: [(&str, Limits, &[u8]); 5] = [
        (
            "silent",
            Limits {
                first_byte: SOON,
                ..LOOSE
            },
            b"",
        ),
        (
            "half a head",
            Limits {
                head: SOON,
                ..LOOSE
            },
            b"GET / HTTP/1.1\r\nHost: lo",
        ),
        (
            "a pause in the body",
            Limits {
                body_pause: SOON,
                ..LOOSE
            },
            post,
        ),
        (
            "a body that takes too long",
            Limits {
                body: SOON,
                body_rate: 1_000_000,
                ..LOOSE
            },
            post,
        ),
        (
            "between two requests",
            Limits {
                idle: SOON,
                ..LOOSE
            },
            GET,
        ),
    ];
    for (name, limits, sent) in cases {
        let house = House::open(limits).await;
        let mut client = house.enter(sent).await;
        let text = rest(&mut client).await;
        assert_eq!(text.contains("hello"), sent == GET, "{name}: {text}");
    }
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_closed_and_a_stream_without_news_is_not() {
    let limits = Limits {
        stalled: SOON,
        idle: SOON,
        head: SOON,
        first_byte: SOON,
        body_pause: SOON,
        ..LOOSE
    };
    let house = House::open(limits).await;
    let mut quiet = house
        .enter(b"GET /quiet HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    let mut head = [0; 12];
    quiet.read_exact(&mut head).await.expect("the head");
    assert_eq!(&head, b"HTTP/1.1 200");

    let mut endless = house
        .enter(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    // Its answer is given up while nobody reads; what is read now is what the sockets held.
    let given_up = tokio::time::timeout(Duration::from_secs(10), house.given_up.notified());
    given_up.await.expect("it is given up");
    assert!(rest(&mut endless).await.starts_with("HTTP/1.1 200"));

    // Far more than a stall has passed by now.
    let mut more = Vec::new();
    while quiet.try_read_buf(&mut more).is_ok_and(|count| count > 0) {}
    let error = quiet
        .try_read(&mut [0])
        .expect_err("nothing to read, and no end");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn many_that_hold_a_place_in_silence_keep_nobody_out() {
    let house = House::open(Limits {
        connections: 8,
        ..LOOSE
    })
    .await;
    let mut holders = Vec::new();
    for number in 0..40 {
        let sent: &[u8] = match number % 3 {
            0 => b"",
            1 => b"GET / HTTP/1.1\r\n",
            _ => GET,
        };
        holders.push(house.enter(sent).await);
        let visit = house.visit().await;
        assert!(visit.ends_with("hello"), "visitor {number}: {visit}");
    }
    // Whoever came last is still in.
    let mut last = house.enter(GET).await;
    answer(&mut last).await;
    last.write_all(GET).await.expect("sent");
    answer(&mut last).await;
}

#[tokio::test]
async fn whoever_is_being_served_keeps_the_place() {
    let house = House::open(Limits {
        connections: 2,
        ..LOOSE
    })
    .await;
    let quiet = b"GET /quiet HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut served = [house.enter(quiet).await, house.enter(quiet).await];
    for one in &mut served {
        let mut head = [0; 12];
        one.read_exact(&mut head).await.expect("the head");
    }
    let mut waiting = house.enter(GET).await;
    drop(served.into_iter().next());
    // One of the two has left, so there is a place now; the other still has its own.
    assert!(answer(&mut waiting).await.contains("200 OK"));
}

#[tokio::test]
async fn a_head_has_its_bounds_and_says_so() {
    let house = House::open(LOOSE).await;
    let fields = |count: usize| {
        let fields: String = (0..count).map(|n| format!("x-{n}: 1\r\n")).collect();
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}\r\n")
    };
    let long = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nx: {}\r\n\r\n",
        "x".repeat(9_000)
    );
    for (head, status) in [(fields(18), "200"), (fields(19), "431"), (long, "431")] {
        let text = rest(&mut house.enter(head.as_bytes()).await).await;
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status}")),
            "{status}: {text}"
        );
    }
}

#[tokio::test]
async fn a_refusal_arrives_though_the_client_sends_on() {
    let house = House::open(LOOSE).await;
    let head = b"POST /refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\n";
    let mut client = house.enter(head).await;
    // It reads only once all is sent, as many clients do.
    client
        .write_all(&vec![b'x'; 8_000_000])
        .await
        .expect("all is taken");
    client.shutdown().await.expect("an end");
    let text = rest(&mut client).await;
    assert!(
        text.starts_with("HTTP/1.1 413") && text.ends_with("no"),
        "{text}"
    );
}

#[tokio::test]
async fn bodies_and_pipelined_requests_are_served_as_ever() {
    let house = House::open(LOOSE).await;
    let body = "y".repeat(300_000);
    let mut sent = format!(
        "POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    sent.push_str("POST /length HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    sent.push_str("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let text = rest(&mut house.enter(sent.as_bytes()).await).await;
    assert!(text.contains("300000"), "{text}");
    assert!(text.contains("\r\n\r\n3HTTP/1.1 200"), "{text}");
    assert!(text.ends_with("hello"), "{text}");
}

#[tokio::test]
async fn at_the_end_requests_are_finished_and_nobody_else_is_waited_for() {
    let house = House::open(LOOSE).await;
    let mut silent = house.enter(b"").await;
    let mut idle = house.enter(GET).await;
    answer(&mut idle).await;
    let mut half = house.enter(b"GET / HTTP/1.1\r\nHost: localhost\r\n").await;
    let mut late = house.enter(b"POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n").await;
    // It is being served once it is told to go on.
    let mut go_on = [0; 25];
    late.read_exact(&mut go_on).await.expect("100");
    house.stop.send(true).expect("it listens");
    late.write_all(b"abc").await.expect("sent");
    let text = rest(&mut late).await;
    assert!(
        text.contains("connection: close") && text.ends_with('3'),
        "{text}"
    );
    for client in [&mut silent, &mut idle, &mut half] {
        assert_eq!(rest(client).await, "");
    }
    let ended = tokio::time::timeout(Duration::from_secs(10), house.running);
    ended.await.expect("it ends").expect("without a fault");
    assert!(
        TcpStream::connect(house.address).await.is_err(),
        "nobody is let in"
    );
}
