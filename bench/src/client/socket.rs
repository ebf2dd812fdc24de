//! One WebSocket, with the Socket.IO handshake on it where wanted.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead as _, AsyncReadExt as _, ReadBuf};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::Instant;

use super::frames::{self, Kind};
use crate::Result;

/// Bytes taken by one read: more than a server writes at once.
const READ_BYTES: usize = 128 * 1024;

/// Engine.IO's ping and its answer.
const PING: &[u8] = b"2";
const PONG: &str = "3";

thread_local! {
    /// One read buffer per thread: thousands of connections need none of their own.
    static READ: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// What is done with what arrives.
pub(crate) trait Handler: Send {
    /// A text message that arrived at `now`; what is appended to `out` is sent.
    fn text(&mut self, text: &[u8], now: Instant, out: &mut Vec<u8>);
}

/// An open WebSocket.
pub(crate) struct Socket {
    read: OwnedReadHalf,
    write: Arc<OwnedWriteHalf>,
    /// The beginning of a frame whose rest has not arrived.
    rest: Vec<u8>,
}

/// The other direction of a socket.
#[derive(Clone)]
pub(crate) struct Writer(Arc<OwnedWriteHalf>);

impl Writer {
    pub(crate) async fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.0.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.0.writable().await?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Socket {
    /// Opens a WebSocket at `path`.
    pub(crate) async fn open(target: SocketAddr, number: usize, path: &str) -> Result<Self> {
        let (read, write) = super::connect(target, number).await?.into_split();
        let mut socket = Self {
            read,
            write: Arc::new(write),
            rest: Vec::new(),
        };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {target}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        socket.writer().send(request.as_bytes()).await?;
        let head = loop {
            if let Some(end) = super::find(&socket.rest, b"\r\n\r\n") {
                break end + 4;
            }
            socket.fill().await?;
        };
        let answer: Vec<u8> = socket.rest.drain(..head).collect();
        if !answer.starts_with(b"HTTP/1.1 101") {
            let answer = String::from_utf8_lossy(&answer);
            return Err(format!("no WebSocket: {}", answer.lines().next().unwrap_or("")).into());
        }
        Ok(socket)
    }

    /// Opens a Socket.IO connection and waits until the structure of a server has arrived.
    pub(crate) async fn sign_on(target: SocketAddr, number: usize, token: &str) -> Result<Self> {
        Self::sign_on_to_hear(target, number, token, "\"all\"").await
    }

    /// The same, to hear only what is said in these channels: a JSON text of what `auth.watch` takes.
    pub(crate) async fn sign_on_to_hear(
        target: SocketAddr,
        number: usize,
        token: &str,
        watch: &str,
    ) -> Result<Self> {
        let path = "/socket.io/?EIO=4&transport=websocket";
        let mut socket = Self::open(target, number, path).await?;
        socket.wait_for(b"0{").await?;
        let auth = format!("40{{\"token\":\"{token}\",\"watch\":{watch}}}");
        socket.send(&auth).await?;
        socket.wait_for(b"42[\"server_reads\"").await?;
        socket.rest.shrink_to_fit();
        Ok(socket)
    }

    /// Sends one text message.
    pub(crate) async fn send(&self, text: &str) -> Result<()> {
        let mut frame = Vec::new();
        frames::push_text(&mut frame, text);
        Ok(self.writer().send(&frame).await?)
    }

    pub(crate) fn writer(&self) -> Writer {
        Writer(Arc::clone(&self.write))
    }

    /// Hands everything to `handler` until the connection ends.
    pub(crate) async fn run(mut self, handler: &mut impl Handler) {
        let mut out = Vec::new();
        let writer = self.writer();
        loop {
            let read = poll_fn(|cx| self.poll_batch(cx, handler, &mut out)).await;
            if !out.is_empty() && writer.send(&out).await.is_err() {
                return;
            }
            out.clear();
            if read.is_err() {
                return;
            }
        }
    }

    /// Reads until there is nothing more to read, or something to send.
    fn poll_batch(
        &mut self,
        cx: &mut Context<'_>,
        handler: &mut impl Handler,
        out: &mut Vec<u8>,
    ) -> Poll<io::Result<()>> {
        READ.with_borrow_mut(|bytes| {
            while out.is_empty() {
                let mut buffer = ReadBuf::new(bytes);
                ready!(Pin::new(&mut self.read).poll_read(cx, &mut buffer))?;
                self.take(buffer.filled(), handler, out)?;
            }
            Poll::Ready(Ok(()))
        })
    }

    /// Handles what was read, and keeps the beginning of a frame that is not whole.
    fn take(
        &mut self,
        read: &[u8],
        handler: &mut impl Handler,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        if read.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if self.rest.is_empty() {
            let used = take_frames(read, handler, out)?;
            self.rest.extend_from_slice(&read[used..]);
            return Ok(());
        }
        self.rest.extend_from_slice(read);
        let used = take_frames(&self.rest, handler, out)?;
        self.rest.drain(..used);
        if self.rest.is_empty() {
            // Thousands of connections are not to keep what one frame needed.
            self.rest = Vec::new();
        }
        Ok(())
    }

    /// Reads messages up to the first that begins with `prefix`.
    async fn wait_for(&mut self, prefix: &[u8]) -> Result<()> {
        loop {
            let Some((kind, text, size)) = frames::first(&self.rest) else {
                self.fill().await?;
                continue;
            };
            if kind == Kind::Close || text.starts_with(b"44") {
                return Err(format!("refused: {}", String::from_utf8_lossy(text)).into());
            }
            let (is_it, is_ping) = (text.starts_with(prefix), text == PING);
            self.rest.drain(..size);
            if is_ping {
                self.send(PONG).await?;
            }
            if is_it {
                return Ok(());
            }
        }
    }

    async fn fill(&mut self) -> Result<()> {
        if self.read.read_buf(&mut self.rest).await? == 0 {
            return Err("the server hung up".into());
        }
        Ok(())
    }
}

/// Handles the whole frames in `bytes`; how many bytes they were.
fn take_frames(bytes: &[u8], handler: &mut impl Handler, out: &mut Vec<u8>) -> io::Result<usize> {
    let now = Instant::now();
    let mut used = 0;
    while let Some((kind, payload, size)) = frames::first(&bytes[used..]) {
        used += size;
        match kind {
            Kind::Text if payload == PING => frames::push_text(out, PONG),
            Kind::Text => handler.text(payload, now, out),
            Kind::Close => return Err(ErrorKind::ConnectionAborted.into()),
            Kind::Other => {}
        }
    }
    Ok(used)
}
