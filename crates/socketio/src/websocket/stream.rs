//! A WebSocket on its TCP connection: reads messages, writes the link's queue.
//! Holds buffers only while there is something in them.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::decode::{Decoder, Incoming};
use super::{Code, encode};
use crate::link::{self, Link};

/// One read; lives on the stack during it.
const READ_BYTES: usize = 8 * 1024;

/// Frames are gathered up to this size for one write.
const WRITE_BYTES: usize = 32 * 1024;

/// A frame of this size is written from where it lies, so that a slow peer costs no copy of it.
const LARGE_BYTES: usize = 8 * 1024;

/// Unwritten bytes beyond which pings are not answered.
const PONG_BACKLOG_BYTES: usize = 1024;

/// What a peer may still send after it was told to go, before it is reset.
const LINGER_BYTES: usize = 1024 * 1024;

pub(crate) struct WebSocket {
    io: TokioIo<Upgraded>,
    decoder: Decoder,
    /// Encoded frames, written up to `written`.
    out: Vec<u8>,
    written: usize,
    /// What is left of a large frame; it follows `out`.
    large: Bytes,
    /// Taken from the link, not yet encoded.
    batch: VecDeque<Bytes>,
    /// Bytes that the peer's side has taken, so that a slow peer and one that stalls can be told.
    taken_bytes: u64,
    needs_flush: bool,
    farewell: Farewell,
    /// The peer broke the protocol; what follows are no frames.
    is_deaf: bool,
}

#[derive(Clone, Copy)]
enum Farewell {
    None,
    /// The close frame is encoded.
    Said,
    /// Our side is shut; what the peer may still send.
    Shut(usize),
}

/// Why there are no more messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    /// The peer closed, properly or not.
    Closed,
    /// The connection broke.
    Broken,
    /// The peer broke the protocol and is to be told.
    Refused(Code),
}

impl WebSocket {
    pub(crate) fn new(upgraded: Upgraded, bytes_max: usize) -> Self {
        Self {
            io: TokioIo::new(upgraded),
            decoder: Decoder::new(bytes_max),
            out: Vec::new(),
            written: 0,
            large: Bytes::new(),
            batch: VecDeque::new(),
            taken_bytes: 0,
            needs_flush: false,
            farewell: Farewell::None,
            is_deaf: false,
        }
    }

    /// Encodes a text frame ahead of the link's queue.
    pub(crate) fn send_now(&mut self, text: &str) {
        encode::text(&mut self.out, text.as_bytes());
    }

    /// Waits for the next text message.
    pub(crate) async fn text(&mut self) -> Result<String, Gone> {
        std::future::poll_fn(|cx| self.poll_text(cx)).await
    }

    /// Waits until what was encoded is written.
    pub(crate) async fn write(&mut self) -> std::io::Result<()> {
        std::future::poll_fn(|cx| self.poll_write(cx)).await?;
        std::future::poll_fn(|cx| Pin::new(&mut self.io).poll_flush(cx)).await
    }

    /// Closes without having said anything else.
    pub(crate) async fn refuse(mut self: Box<Self>) {
        encode::close(&mut self.out, Code::Policy);
        self.farewell = Farewell::Said;
        std::future::poll_fn(|cx| self.poll_farewell(cx)).await;
    }

    pub(crate) fn taken_bytes(&self) -> u64 {
        self.taken_bytes
    }

    /// The next text message. Answers pings on the way; their pong leaves with
    /// the next flush.
    pub(crate) fn poll_text(&mut self, cx: &mut Context<'_>) -> Poll<Result<String, Gone>> {
        loop {
            match self.decoder.next() {
                Ok(Some(Incoming::Text(text))) => return Poll::Ready(Ok(text)),
                Ok(Some(Incoming::Close)) => return Poll::Ready(Err(Gone::Closed)),
                Ok(Some(Incoming::Ping(payload))) => self.answer_ping(&payload),
                Ok(Some(Incoming::Pong)) => {}
                Ok(None) => ready!(self.poll_fill(cx))?,
                Err(code) => {
                    self.is_deaf = true;
                    return Poll::Ready(Err(Gone::Refused(code)));
                }
            }
        }
    }

    /// A pong is owed only while the peer takes what it is sent, and never amidst a frame.
    fn answer_ping(&mut self, payload: &[u8]) {
        let has_taken = self.out.len() - self.written <= PONG_BACKLOG_BYTES;
        if has_taken && self.large.is_empty() {
            encode::pong(&mut self.out, payload);
        }
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let mut bytes = [MaybeUninit::<u8>::uninit(); READ_BYTES];
        let mut buffer = ReadBuf::uninit(&mut bytes);
        match Pin::new(&mut self.io).poll_read(cx, &mut buffer) {
            Poll::Ready(Ok(())) if buffer.filled().is_empty() => Poll::Ready(Err(Gone::Closed)),
            Poll::Ready(Ok(())) => {
                self.decoder.extend(buffer.filled());
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(_)) => Poll::Ready(Err(Gone::Broken)),
            Poll::Pending => {
                self.decoder.release();
                Poll::Pending
            }
        }
    }

    /// Writes all that is queued. When it is ready, the link wakes the task for
    /// the next frame.
    pub(crate) fn poll_flush(
        &mut self,
        link: &Link,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Gone>> {
        loop {
            if ready!(self.poll_write(cx)).is_err() {
                return Poll::Ready(Err(Gone::Broken));
            }
            if self.batch.is_empty() && !link.take(&mut self.batch) {
                link::shrink(&mut self.batch);
                break;
            }
            self.encode_batch();
        }
        if self.needs_flush {
            if ready!(Pin::new(&mut self.io).poll_flush(cx)).is_err() {
                return Poll::Ready(Err(Gone::Broken));
            }
            self.needs_flush = false;
        }
        Poll::Ready(Ok(()))
    }

    fn encode_batch(&mut self) {
        while self.out.len() < WRITE_BYTES {
            let Some(frame) = self.batch.pop_front() else {
                return;
            };
            if frame.len() >= LARGE_BYTES {
                encode::text_head(&mut self.out, frame.len());
                self.large = frame;
                return;
            }
            if self.out.is_empty() {
                let small = self.batch.iter().take(64).map(Bytes::len);
                let batch: usize = small.take_while(|len| *len < LARGE_BYTES).sum();
                self.out.reserve(frame.len() + batch.min(WRITE_BYTES) + 64);
            }
            encode::text(&mut self.out, &frame);
        }
    }

    /// Writes what is encoded and gives the buffer back.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        if self.out.is_empty() {
            return Poll::Ready(Ok(()));
        }
        while self.written < self.out.len() || !self.large.is_empty() {
            match ready!(self.poll_write_some(cx)) {
                Ok(0) => return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into())),
                Ok(written) => self.advance(written),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        self.written = 0;
        self.needs_flush = true;
        if self.batch.is_empty() {
            self.out = Vec::new();
        } else {
            self.out.clear();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write_some(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<usize>> {
        let io = Pin::new(&mut self.io);
        let rest = self.out.get(self.written..).unwrap_or_default();
        if self.large.is_empty() {
            return io.poll_write(cx, rest);
        }
        io.poll_write_vectored(cx, &[IoSlice::new(rest), IoSlice::new(&self.large)])
    }

    fn advance(&mut self, written: usize) {
        self.taken_bytes += written as u64;
        let of_out = written.min(self.out.len() - self.written);
        self.written += of_out;
        self.large.advance(written - of_out);
        if self.large.is_empty() {
            // What the frame holds is not kept by its empty end.
            self.large = Bytes::new();
        }
    }

    /// Gives back memory that only a burst needed.
    pub(crate) fn trim(&mut self) {
        self.batch.shrink_to(0);
    }

    /// Drops what was not yet encoded: the peer does not read.
    pub(crate) fn discard(&mut self) {
        self.batch = VecDeque::new();
    }

    /// Says goodbye: sends what is queued and the close frame, shuts our side,
    /// and reads on for a while so that the peer gets to see it (a TCP
    /// connection that is dropped with unread input is reset).
    pub(crate) fn poll_close(&mut self, link: &Link, code: Code, cx: &mut Context<'_>) -> Poll<()> {
        if matches!(self.farewell, Farewell::None) {
            if ready!(self.poll_flush(link, cx)).is_err() {
                return Poll::Ready(());
            }
            encode::close(&mut self.out, code);
            self.farewell = Farewell::Said;
        }
        self.poll_farewell(cx)
    }

    fn poll_farewell(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if matches!(self.farewell, Farewell::Said) {
            let written = ready!(self.poll_write(cx));
            let shut = ready!(Pin::new(&mut self.io).poll_shutdown(cx));
            if written.is_err() || shut.is_err() {
                return Poll::Ready(());
            }
            self.farewell = Farewell::Shut(LINGER_BYTES);
        }
        self.poll_linger(cx)
    }

    /// Reads until the peer has said goodbye too or hung up.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Farewell::Shut(left) = self.farewell {
            if self.has_goodbye() {
                break;
            }
            let mut bytes = [MaybeUninit::<u8>::uninit(); READ_BYTES];
            let mut buffer = ReadBuf::uninit(&mut bytes);
            let read = ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer));
            let size = buffer.filled().len();
            if read.is_err() || size == 0 || size >= left {
                break;
            }
            if !self.is_deaf {
                self.decoder.extend(buffer.filled());
            }
            self.farewell = Farewell::Shut(left - size);
        }
        Poll::Ready(())
    }

    /// Skips what the peer sent before it saw our close frame.
    fn has_goodbye(&mut self) -> bool {
        while !self.is_deaf {
            match self.decoder.next() {
                Ok(Some(Incoming::Close)) => return true,
                Ok(Some(_)) => {}
                Ok(None) => return false,
                Err(_) => self.is_deaf = true,
            }
        }
        false
    }
}
