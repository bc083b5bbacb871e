//! Bodies that tell the watch of their connection when they are over.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};

use super::watch::Watch;
use crate::clock;

/// The body of a request, while it comes.
pub(super) struct Arriving {
    body: Incoming,
    watch: Arc<Watch>,
    number: u64,
    whole: bool,
}

impl Arriving {
    pub(super) fn new(body: Incoming, watch: Arc<Watch>, number: u64) -> Self {
        let whole = body.is_end_stream();
        Self {
            body,
            watch,
            number,
            whole,
        }
    }

    fn over(&self) {
        self.watch
            .body_over(self.number, self.whole, clock::instant());
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.whole = true;
            self.over();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.over();
    }
}

/// The body of an answer. The connection drops it when all of it was handed to the socket.
pub(super) struct Answered {
    body: Body,
    watch: Arc<Watch>,
    number: u64,
}

impl Answered {
    pub(super) fn new(body: Body, watch: Arc<Watch>, number: u64) -> Self {
        Self {
            body,
            watch,
            number,
        }
    }
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        self.watch.answered(self.number, clock::instant());
    }
}
