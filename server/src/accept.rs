//! The front door: takes connections, serves HTTP/1.1 on them, and closes those that hold a place
//! without using it.
//!
//! `axum::serve` sets no deadline at all, and hyper's own covers a half-sent head only. Here each
//! connection has one deadline after another ([`watch`]), there are at most so many of them
//! ([`crowd`]), and once the server is asked to stop they end by themselves (decision 17).
//!
//! It knows nothing of routes, and never looks into what is sent.

mod body;
mod crowd;
mod io;
mod watch;

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, task::Poll, time::Duration};

use axum::{Router, body::Body};
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch as signal,
};
use tower::ServiceExt as _;

use self::{
    body::{Answered, Arriving},
    crowd::{Crowd, Place},
    io::Watched,
    watch::Watch,
};
use crate::{
    address::{Peer, Proxies},
    clock,
};

/// How long the server waits after the system had no connection to give (too many open files).
const AFTER_FAILURE: Duration = Duration::from_millis(200);
/// How often a full server looks again for a place to take back.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How much a connection may take, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at the same time. More take the place of those that only wait.
    pub connections: usize,
    /// Of these for one client address, unless it is this machine or a trusted proxy.
    pub per_address: usize,
    /// From the connection to the first byte of a request.
    pub first_byte: Duration,
    /// From its first byte to the end of a request's head.
    pub head: Duration,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Fields of a request's head.
    pub head_fields: usize,
    /// How long a body may pause.
    pub body_pause: Duration,
    /// How long a body may take, and after which it must have come at `body_rate`.
    pub body: Duration,
    /// Bytes a second at which a body may take longer.
    pub body_rate: u64,
    /// Between an answer and the next request.
    pub idle: Duration,
    /// How long a client may not take a byte of its answer.
    pub stalled: Duration,
    /// How long the rest of a refused body is thrown away, so that the refusal arrives.
    pub linger: Duration,
    /// How long half a request may take to be whole once the server stops.
    pub hurry: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1_024,
            per_address: 512,
            first_byte: Duration::from_secs(10),
            head: Duration::from_secs(10),
            head_bytes: 64 * 1024,
            head_fields: 100,
            body_pause: Duration::from_secs(10),
            body: Duration::from_secs(30),
            body_rate: 1_000,
            idle: Duration::from_secs(75),
            stalled: Duration::from_secs(60),
            linger: Duration::from_secs(5),
            hurry: Duration::from_secs(2),
        }
    }
}

impl Limits {
    /// The usual ones, for so many connections.
    #[must_use]
    pub fn of(connections: usize) -> Self {
        Self {
            connections,
            per_address: connections.div_ceil(2),
            ..Self::default()
        }
    }
}

/// Serves `router` until `stop` is told, and returns when the last connection has ended.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    proxies: Proxies,
    mut stop: signal::Receiver<bool>,
) {
    let crowd = Crowd::new(limits.connections, limits.per_address);
    loop {
        let place = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            place = next(&listener, &crowd, &proxies) => place,
        };
        if let Some((stream, peer, place)) = place {
            let (router, stop) = (router.clone(), stop.clone());
            tokio::spawn(async move {
                connection(stream, peer, router, &limits, place, stop).await;
            });
        }
    }
    // Nobody is let in any more, neither here nor by the system.
    drop(listener);
    crowd.gone().await;
}

/// The next connection that has a place.
async fn next(
    listener: &TcpListener,
    crowd: &Arc<Crowd>,
    proxies: &Proxies,
) -> Option<(TcpStream, SocketAddr, Place)> {
    let (stream, peer) = match listener.accept().await {
        Ok(accepted) => accepted,
        Err(error) => {
            // One that went away again is nothing; no file left to open passes when others end.
            tracing::debug!(error = %error, "no connection could be taken");
            tokio::time::sleep(AFTER_FAILURE).await;
            return None;
        }
    };
    let _ = stream.set_nodelay(true);
    let address = peer.ip().to_canonical();
    let counted = !address.is_loopback() && !proxies.trust(address);
    let mut told = false;
    loop {
        let now = clock::instant();
        match crowd.enter(address, counted, now) {
            Ok(place) => return Some((stream, peer, place)),
            Err(crowd::Full::Address) => return None,
            Err(crowd::Full::House) => {
                if !std::mem::replace(&mut told, true) {
                    tracing::debug!("every connection is taken");
                }
                crowd.room(LOOK_AGAIN).await;
            }
        }
    }
}

/// One connection, from its first byte to its end.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: &Limits,
    place: Place,
    stop: signal::Receiver<bool>,
) {
    let watch = Arc::clone(place.watch());
    let service = {
        let watch = Arc::clone(&watch);
        service_fn(move |request: Request<Incoming>| {
            answer(request, peer, router.clone(), Arc::clone(&watch))
        })
    };
    let serving = http1::Builder::new()
        // Ours cover it, and tell a client that waits from one that dawdles.
        .header_read_timeout(None)
        .max_buf_size(limits.head_bytes)
        .max_headers(limits.head_fields)
        .serve_connection(
            TokioIo::new(Watched::new(stream, Arc::clone(&watch))),
            service,
        );
    let mut serving = pin!(serving);
    let mut stopping = pin!(stopped(stop));
    let mut leaving = pin!(place.asked_to_leave());
    let mut alarm = pin!(tokio::time::sleep(Duration::ZERO));
    let (mut stops, mut leaves) = (false, false);
    std::future::poll_fn(|cx| {
        if !stops && stopping.as_mut().poll(cx).is_ready() {
            stops = true;
            watch.hurry(clock::instant() + limits.hurry);
            serving.as_mut().graceful_shutdown();
        }
        if !leaves && leaving.as_mut().poll(cx).is_ready() {
            leaves = true;
            if watch.waits_since(clock::instant()).is_some() {
                return Poll::Ready(());
            }
            // It has begun something in the meantime, which is finished.
            serving.as_mut().graceful_shutdown();
        }
        if serving.as_mut().poll(cx).is_ready() || (stops && watch.is_silent()) {
            return Poll::Ready(());
        }
        // What happened above may have set another deadline.
        while let Some(deadline) = watch.deadline(limits) {
            if alarm.deadline() != deadline {
                alarm.as_mut().reset(deadline);
            }
            if alarm.as_mut().poll(cx).is_pending() {
                break;
            }
            if watch.is_over(limits, clock::instant()) {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    })
    .await;
}

async fn stopped(mut stop: signal::Receiver<bool>) {
    // A sender that is gone stops as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Hands one request to the routes.
async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    router: Router,
    watch: Arc<Watch>,
) -> Result<http::Response<Answered>, Infallible> {
    let number = watch.request(
        !hyper::body::Body::is_end_stream(request.body()),
        clock::instant(),
    );
    let mut request =
        request.map(|body| Body::new(Arriving::new(body, Arc::clone(&watch), number)));
    request.extensions_mut().insert(Peer(peer.ip()));
    let response = router.oneshot(request).await?;
    Ok(response.map(|body| Answered::new(body, watch, number)))
}
