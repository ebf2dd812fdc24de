//! Sockets without a network, for tests of an application that emits to them.
//!
//! Their queues, bounds and ends are the real ones; who takes what is queued is the test.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use bytes::Bytes;

use crate::app::DisconnectReason;
use crate::config::Config;
use crate::limits::Peer;
use crate::link::{Link, Phase};
use crate::socket::Socket;

/// The other end of a socket.
pub struct Line(Arc<Link>);

/// A socket whose CONNECT is being decided, by this number.
pub fn socket(id: u64) -> (Socket, Line) {
    let peer = Peer {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let link = Arc::new(Link::new(peer, Arc::new(Config::default()), None));
    link.begin(0, id);
    (Socket::new(Arc::clone(&link), 0, id), Line(link))
}

impl Line {
    /// Accepts the CONNECT: what was held back follows.
    pub fn accept(&self) {
        self.0.decide(0, Phase::Open, Bytes::from_static(b"40"));
    }

    /// Takes what is queued, packet by packet.
    pub fn take(&self) -> Vec<String> {
        let (mut batch, mut taken) = (VecDeque::new(), Vec::new());
        while self.0.take(&mut batch) {
            let text = |frame: Bytes| String::from_utf8_lossy(&frame).into_owned();
            taken.extend(batch.drain(..).map(text));
        }
        taken
    }

    /// Why the connection has ended, or is about to.
    pub fn ended(&self) -> Option<DisconnectReason> {
        self.0.lock().end()
    }
}
