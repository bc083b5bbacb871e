//! One request on a connection of its own, and whether its answer was whole.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use crate::program::made_key;

/// A server and the keys for it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// What every request but a ping carries.
    pub(crate) ingest: String,
    pub(super) ping: String,
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
    pub(crate) body: Vec<u8>,
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

    pub(crate) fn post(path: String, kind: &'static str, body: Vec<u8>) -> Self {
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
