//! What the application implements and what it is handed. Knows no transport.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{Close, Payload, Peer, Socket};

/// The application behind a [`Server`](crate::Server).
///
/// Futures returned here are dropped when their connection ends first; what they
/// acquire before they complete belongs in values that release it when dropped.
/// A panic in any of them ends that one connection.
pub trait App: Send + Sync + 'static {
    /// State of one accepted namespace of one connection.
    type Session: Send + Sync + 'static;

    /// Decides about a CONNECT before it is acknowledged.
    ///
    /// Frames emitted to `socket` from here on, by this future or anybody else,
    /// are delivered after the CONNECT packet and in order; they are dropped if
    /// the answer is a refusal.
    fn connect(
        &self,
        socket: Socket,
        request: Connect,
    ) -> impl Future<Output = Result<Self::Session, Refusal>> + Send;

    /// Starts an event. The next event of this connection starts when the
    /// returned future resolves; the [`Reply`] may complete later.
    fn event(
        &self,
        session: &Arc<Self::Session>,
        event: Event<'_>,
    ) -> impl Future<Output = Reply> + Send;

    /// The session is over. Called exactly once for each session that
    /// [`connect`](Self::connect) produced.
    fn disconnect(&self, session: Arc<Self::Session>, reason: DisconnectReason);
}

/// A client asks to connect to a namespace.
#[derive(Debug)]
pub struct Connect {
    /// One of [`Config::namespaces`](crate::Config::namespaces).
    pub namespace: Arc<str>,
    /// The client's `auth` object, unparsed.
    pub auth: Option<Box<RawValue>>,
    /// Where the connection comes from.
    pub peer: Peer,
}

/// An event from a client. All parts borrow from the packet.
#[derive(Debug)]
pub struct Event<'a> {
    /// The event's name; never one that Socket.IO reserves.
    pub name: Cow<'a, str>,
    /// The first argument.
    pub data: Option<&'a RawValue>,
    /// All arguments as they stood in the packet: valid JSON values separated
    /// by commas, without brackets; empty when there are none.
    pub args: &'a str,
    /// Whether the client waits for an acknowledgement.
    pub wants_ack: bool,
}

/// When and with what an event is acknowledged. Ignored if the client did not ask.
pub enum Reply {
    /// Never.
    None,
    /// With this payload.
    Now(Payload),
    /// When the future resolves. It runs beside those of later events; the
    /// acknowledgements still leave in the order of the events.
    Later(BoxFuture<'static, Payload>),
    /// With what the future resolves to, which may be large. It is begun when everything before it
    /// was answered and the peer has taken all but [`Config::drained_bytes`](crate::Config), and
    /// no later event starts before it is done.
    InTurn(BoxFuture<'static, Payload>),
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Now(_) => "Now",
            Self::Later(_) => "Later",
            Self::InTurn(_) => "InTurn",
        })
    }
}

/// Why a CONNECT is refused: the body of the `CONNECT_ERROR` packet.
#[derive(Debug, Serialize)]
pub struct Refusal {
    /// Becomes `error.message` in the client.
    pub message: Cow<'static, str>,
    /// Becomes `error.data` in the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<RawValue>>,
}

impl Refusal {
    /// A refusal without data.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: message.into(),
            data: None,
        }
    }
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The client left the namespace.
    ClientLeft,
    /// The client closed the transport.
    TransportClosed,
    /// The transport failed.
    TransportError,
    /// The client did not answer a ping, or did not connect in time.
    Timeout,
    /// The client did not take what was sent to it.
    Slow,
    /// The client sent something that is not in the protocol.
    ProtocolError,
    /// The client sent more than the limit in one message.
    TooLarge,
    /// The application called [`Socket::close`].
    Closed(Close),
    /// A handler of the application panicked.
    Panicked,
    /// The server is stopping.
    Shutdown,
}

impl DisconnectReason {
    /// A stable name, fit for a metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientLeft => "client_left",
            Self::TransportClosed => "transport_closed",
            Self::TransportError => "transport_error",
            Self::Timeout => "timeout",
            Self::Slow => "slow",
            Self::ProtocolError => "protocol_error",
            Self::TooLarge => "too_large",
            Self::Closed(_) => "closed",
            Self::Panicked => "panicked",
            Self::Shutdown => "shutdown",
        }
    }
}
