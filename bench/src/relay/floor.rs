//! The floor: one bare `write` per delivery, as long as each is taken at once. One thread waits for all
//! connections (epoll), and knows no more of WebSocket than where a frame ends.
//!
//! Whatever one client sends goes to all, at once and in one order. What a connection does not take
//! waits for it up to a bound; beyond, messages are lost silently.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

use super::{LIFETIME, say_address};
use crate::Result;
use crate::client::frames;
use crate::process::Process;

/// Bytes that may wait for one connection.
const BACKLOG_MAX: usize = 1 << 20;
/// Whoever asks here does not look at the key.
const ANSWER: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const HEAD_END: &[u8] = b"\r\n\r\n";

type Receivers = Rc<RefCell<Vec<Rc<Receiver>>>>;

struct Receiver {
    stream: TcpStream,
    /// What it has not taken yet.
    backlog: RefCell<Vec<u8>>,
}

/// Starts the floor in a process of its own.
pub(crate) fn start() -> Result<(Process, SocketAddr)> {
    super::start_as("serve-floor")
}

/// Serves until it is killed, on one thread; the first line of the output is its address.
pub(crate) async fn serve() -> Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let serving = tokio::task::spawn_blocking(|| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build()?;
        LocalSet::new().block_on(&runtime, async {
            let accepting = tokio::time::timeout(LIFETIME, accept());
            accepting.await.unwrap_or(Ok(()))
        })
    });
    Ok(serving.await??)
}

async fn accept() -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    say_address(listener.local_addr()?)?;
    let receivers = Receivers::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let receiver = Rc::new(Receiver {
            stream,
            backlog: RefCell::default(),
        });
        // Whoever goes is missed by nobody: a load tool leaves as a whole.
        tokio::task::spawn_local(converse(receiver, Rc::clone(&receivers)));
    }
}

async fn converse(receiver: Rc<Receiver>, receivers: Receivers) -> std::io::Result<()> {
    let mut input = Vec::new();
    while !input.ends_with(HEAD_END) {
        receiver.read(&mut input).await?;
    }
    input.clear();
    receiver.write(ANSWER);
    receivers.borrow_mut().push(Rc::clone(&receiver));
    loop {
        while let Some((frame, length)) = frames::passed_on(&input) {
            input.drain(..length);
            for receiver in &*receivers.borrow() {
                receiver.write(&frame);
            }
        }
        receiver.read(&mut input).await?;
    }
}

impl Receiver {
    async fn read(&self, input: &mut Vec<u8>) -> std::io::Result<()> {
        loop {
            self.stream.readable().await?;
            match self.stream.try_read_buf(input) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes, and leaves what is not taken to a task.
    fn write(self: &Rc<Self>, frame: &[u8]) {
        let mut backlog = self.backlog.borrow_mut();
        if !backlog.is_empty() {
            if backlog.len() + frame.len() <= BACKLOG_MAX {
                backlog.extend_from_slice(frame);
            }
            return;
        }
        let written = match self.stream.try_write(frame) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(_) => return,
        };
        if written < frame.len() {
            backlog.extend_from_slice(&frame[written..]);
            tokio::task::spawn_local(Rc::clone(self).drain());
        }
    }

    /// Writes what waits as it is taken.
    async fn drain(self: Rc<Self>) -> std::io::Result<()> {
        loop {
            self.stream.writable().await?;
            let mut backlog = self.backlog.borrow_mut();
            match self.stream.try_write(&backlog) {
                Ok(written) => drop(backlog.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            if backlog.is_empty() {
                return Ok(());
            }
        }
    }
}
