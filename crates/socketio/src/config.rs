//! Every limit and wait of the layer. Knows no defaults of the application.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderMap, Uri};

use crate::limits::{self, NetworksOf};

/// Decides from the request's headers whether its origin may connect.
pub type OriginCheck = Arc<dyn Fn(&HeaderMap) -> bool + Send + Sync>;

/// Whose a handshake is, if something that came with it proves that: a token, say. The number is
/// the application's own, as in [`Socket::set_owner`](crate::Socket::set_owner).
pub type OwnerOf = Arc<dyn Fn(&HeaderMap, &Uri) -> Option<i64> + Send + Sync>;

/// Limits and timing of a [`Server`](crate::Server).
#[derive(Clone)]
pub struct Config {
    /// The namespaces a client may connect to; any other is answered with
    /// `CONNECT_ERROR` with the message `Invalid namespace`.
    pub namespaces: Vec<String>,
    /// Time between a pong (or the handshake) and the next ping.
    pub ping_interval: Duration,
    /// Time a client has to answer a ping.
    pub ping_timeout: Duration,
    /// Time a transport may exist without a connected namespace.
    pub connect_timeout: Duration,
    /// Time the peer may leave queued bytes untaken before it is cut.
    pub flush_timeout: Duration,
    /// Bytes per second that a peer which has bytes to take has to take on average. Each byte
    /// taken gives it time at this rate, never more than [`flush_timeout`](Self::flush_timeout).
    pub flush_bytes_per_s_min: u32,
    /// Time a closing connection has to take what is queued and say goodbye.
    pub close_timeout: Duration,
    /// Largest inbound message and POST body, in bytes.
    pub payload_bytes_max: usize,
    /// Outbound packets queued for one connection.
    pub queue_packets_max: usize,
    /// Outbound bytes queued for one connection, answers and paced frames apart. A single larger
    /// frame passes when nothing else is queued.
    pub queue_bytes_max: usize,
    /// [`Socket::drained`](crate::Socket::drained) waits for this many queued bytes.
    pub drained_bytes: usize,
    /// Events of one connection whose acknowledgement is outstanding; beyond
    /// that the connection is not read.
    pub inbound_max: usize,
    /// Refused CONNECTs after which the transport is closed.
    pub refused_connects_max: u8,
    /// Live transports of the whole server; beyond that 503.
    pub connections_max: usize,
    /// Transports per address that have no accepted namespace, and as many per owner. Beyond that
    /// a handshake waits for its turn.
    pub unauthenticated_per_address_max: u32,
    /// Time a transport has to send a CONNECT before it gives its place to a handshake that waits.
    pub silent_grace: Duration,
    /// Time a handshake waits for a place; then it is 429.
    pub admission_wait: Duration,
    /// Whose a handshake is. One that has an owner takes no place of its address; by default, none.
    pub owner_of: Option<OwnerOf>,
    /// What an address counts in: by default, itself alone.
    pub networks_of: NetworksOf,
    /// Asked for every handshake, polling and WebSocket; `false` is 403.
    pub origin: Option<OriginCheck>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            namespaces: vec!["/".to_owned()],
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(5),
            flush_timeout: Duration::from_secs(10),
            flush_bytes_per_s_min: 2 * 1024,
            close_timeout: Duration::from_secs(5),
            payload_bytes_max: 64 * 1024,
            queue_packets_max: 256,
            queue_bytes_max: 256 * 1024,
            drained_bytes: 64 * 1024,
            inbound_max: 64,
            refused_connects_max: 3,
            connections_max: 100_000,
            unauthenticated_per_address_max: 10,
            silent_grace: Duration::from_secs(2),
            admission_wait: Duration::from_secs(5),
            owner_of: None,
            networks_of: limits::alone,
            origin: None,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("namespaces", &self.namespaces)
            .field("ping_interval", &self.ping_interval)
            .field("ping_timeout", &self.ping_timeout)
            .field("payload_bytes_max", &self.payload_bytes_max)
            .finish_non_exhaustive()
    }
}
