//! A socket that tells its watch what happens on it.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::watch::Watch;
use crate::clock;

/// Reads of a client that is not listened to any more, in one go: others want the core too.
const READS: usize = 16;

pub(super) struct Watched {
    socket: TcpStream,
    watch: Arc<Watch>,
    shut: bool,
}

impl Watched {
    pub(super) fn new(socket: TcpStream, watch: Arc<Watch>) -> Self {
        Self {
            socket,
            watch,
            shut: false,
        }
    }

    fn tell(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_pending() {
            self.watch.stuck(clock::instant());
        } else {
            self.watch.wrote(clock::instant());
        }
        written
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(cx, buffer);
        if read.is_pending() {
            self.watch.starved(clock::instant());
        } else {
            let bytes = buffer.filled().len() - before;
            self.watch.read(bytes, clock::instant());
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.tell(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, parts);
        self.tell(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    /// Ends our side. A socket that is closed while its client still sends takes back the answer
    /// as well, so what comes is thrown away until the client has read it (or time is up).
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.shut {
            ready!(Pin::new(&mut self.socket).poll_shutdown(cx))?;
            self.shut = true;
        }
        if !self.watch.closing(clock::instant()) {
            return Poll::Ready(Ok(()));
        }
        let mut scratch = [0; 8 * 1024];
        for _ in 0..READS {
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = Pin::new(&mut self.socket).poll_read(cx, &mut buffer);
            if ready!(read).is_err() || buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
