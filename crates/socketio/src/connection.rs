//! Socket.IO on one connection: which namespaces are connected, whose turn it is,
//! what is acknowledged. Knows no transport and no timer.
//!
//! Packets are handled one at a time: the next one is accepted when the start of
//! the one before is over.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;

use crate::app::{App, Connect, DisconnectReason, Refusal, Reply};
use crate::frame::{self, Payload};
use crate::link::{Link, Phase};
use crate::parser::{self, Body, Fault};
use crate::registry::Sid;
use crate::replies::{Address, Outcome, Panicked, Replies};
use crate::server::Shared;
use crate::socket::Socket;
use crate::undecided::Permit;
use crate::websocket::Code;

/// The connection is over, and what a WebSocket is told about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) reason: DisconnectReason,
    pub(crate) code: Code,
}

pub(crate) struct Connection<A: App> {
    server: Arc<Shared<A>>,
    link: Arc<Link>,
    /// By namespace, as in [`Shared::namespaces`].
    sessions: Vec<Option<Arc<A::Session>>>,
    work: Option<Work<A>>,
    replies: Replies,
    refused: u8,
    /// Held until somebody vouches for the connection.
    place: Option<Permit>,
}

/// What is being started.
enum Work<A: App> {
    Connect(usize, BoxFuture<'static, Result<A::Session, Refusal>>),
    Event(Option<Address>, BoxFuture<'static, Result<Reply, Fault>>),
    /// An answer that waits for its turn, or has had it: the future is begun.
    InTurn(Option<Address>, BoxFuture<'static, Payload>, bool),
}

/// What came out of it.
enum Done<A: App> {
    Connect(usize, Result<A::Session, Refusal>),
    Event(Option<Address>, Result<Reply, Fault>),
    InTurn(Option<Address>, Payload),
}

impl<A: App> Connection<A> {
    pub(crate) fn new(server: Arc<Shared<A>>, link: Arc<Link>, place: Permit) -> Self {
        Self {
            server,
            link,
            sessions: Vec::new(),
            work: None,
            replies: Replies::default(),
            refused: 0,
            place: Some(place),
        }
    }

    /// Whether another packet may be handled now. What is answered and cannot leave, because an
    /// answer before it is still to come, is bounded in number and in size.
    pub(crate) fn accepts_input(&self) -> bool {
        let config = &self.server.config;
        self.work.is_none()
            && self.replies.len() < config.inbound_max
            && self.replies.bytes() <= config.drained_bytes
    }

    /// Whether somebody waits for the place of this connection, which has had time to say something.
    pub(crate) fn has_to_make_room(&self, cx: &Context<'_>) -> bool {
        self.place.as_ref().is_some_and(|place| place.is_asked(cx))
    }

    pub(crate) fn has_sessions(&self) -> bool {
        self.sessions.iter().any(Option::is_some)
    }

    /// Advances what was started and queues the acknowledgements that are ready. `true` if one
    /// of them had to wait: what it waited for has often led to an event that is on its way here.
    ///
    /// A peer that does not take its answers gets no more of them until it does: many large ones
    /// may be ready at once. What they are made from goes on all the same.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        let mut has_answered = self.answer(cx)?;
        // An answer in its turn may be what has become possible by that, or has just been asked for.
        while let Some(done) = self.poll_work(cx)? {
            self.work = None;
            self.complete(done)?;
            has_answered |= self.answer(cx)?;
        }
        Ok(has_answered)
    }

    /// Advances what is still to be answered, and queues what may leave.
    fn answer(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        self.replies.advance(cx)?;
        let mut has_answered = false;
        while self.replies.len() > 0
            && !self.link.is_congested()
            && let Some(packet) = self.replies.next()
        {
            self.link.push(packet);
            has_answered = true;
        }
        Ok(has_answered)
    }

    fn poll_work(&mut self, cx: &mut Context<'_>) -> Result<Option<Done<A>>, Panicked> {
        let Some(work) = &mut self.work else {
            return Ok(None);
        };
        let (replies, link) = (&self.replies, &self.link);
        let polled = catch_unwind(AssertUnwindSafe(|| match work {
            Work::Connect(slot, future) => {
                let slot = *slot;
                future.as_mut().poll(cx).map(|it| Done::Connect(slot, it))
            }
            Work::Event(address, future) => future
                .as_mut()
                .poll(cx)
                .map(|it| Done::Event(address.take(), it)),
            Work::InTurn(address, future, has_begun) => {
                *has_begun =
                    *has_begun || replies.len() == 0 && link.poll_drained(cx) == Poll::Ready(true);
                if !*has_begun {
                    return Poll::Pending;
                }
                future
                    .as_mut()
                    .poll(cx)
                    .map(|it| Done::InTurn(address.take(), it))
            }
        }));
        match polled {
            Ok(Poll::Ready(done)) => Ok(Some(done)),
            Ok(Poll::Pending) => Ok(None),
            Err(_) => Err(Panicked),
        }
    }

    fn complete(&mut self, done: Done<A>) -> Result<(), End> {
        match done {
            Done::Connect(slot, Ok(session)) => self.accept(slot, session),
            Done::Connect(slot, Err(refusal)) => {
                let answer = frame::refused(&self.server.namespace(slot), &refusal);
                self.link.decide(slot, Phase::Absent, answer);
                self.set_deciding(false);
                self.count_refusal()
            }
            Done::Event(address, reply) => {
                match reply? {
                    Reply::None => {}
                    Reply::Now(payload) => self.reply(address, Outcome::Now(payload)),
                    Reply::Later(future) => self.reply(address, Outcome::Later(future)),
                    Reply::InTurn(future) => {
                        self.work = Some(Work::InTurn(address, future, false));
                    }
                }
                Ok(())
            }
            Done::InTurn(address, payload) => {
                self.reply(address, Outcome::Now(payload));
                Ok(())
            }
        }
    }

    fn reply(&mut self, address: Option<Address>, outcome: Outcome) {
        if let Some(packet) = self.replies.add(address, outcome) {
            self.link.push(packet);
        }
    }

    fn accept(&mut self, slot: usize, session: A::Session) -> Result<(), End> {
        if self.sessions.len() <= slot {
            self.sessions.resize_with(slot + 1, || None);
        }
        if let Some(entry) = self.sessions.get_mut(slot) {
            *entry = Some(Arc::new(session));
        }
        self.place = None;
        let sid = Sid::random().map_err(|_| End::internal())?;
        let answer = frame::connected(&self.server.namespace(slot), &sid.encode());
        self.link.decide(slot, Phase::Open, answer);
        Ok(())
    }

    fn set_deciding(&self, is_deciding: bool) {
        if let Some(place) = &self.place {
            place.set_deciding(is_deciding);
        }
    }

    fn count_refusal(&mut self) -> Result<(), End> {
        self.refused = self.refused.saturating_add(1);
        if self.refused >= self.server.config.refused_connects_max {
            return Err(End {
                reason: DisconnectReason::ProtocolError,
                code: Code::Policy,
            });
        }
        Ok(())
    }

    /// Starts a message, an Engine.IO packet of type 4 with its first character.
    /// Only called when input is accepted.
    pub(crate) fn receive(&mut self, text: String) -> Result<(), End> {
        let packet = parser::parse(text.get(1..).unwrap_or_default())?;
        let slot = self.server.slot_of(packet.namespace);
        let phase = slot.map_or(Phase::Absent, |slot| self.link.phase(slot));
        match (packet.body, slot, phase) {
            (Body::Connect { .. }, None, _) => {
                let refusal = Refusal::new("Invalid namespace");
                self.link.push(frame::refused(packet.namespace, &refusal));
                self.count_refusal()
            }
            (Body::Connect { auth }, Some(slot), Phase::Absent | Phase::Left) => {
                let auth = parser::auth(auth)?;
                self.begin_connect(slot, auth);
                Ok(())
            }
            (Body::Disconnect, Some(slot), Phase::Open) => {
                self.link.leave(slot);
                let session = self.sessions.get_mut(slot).and_then(Option::take);
                self.dismiss(session, DisconnectReason::ClientLeft);
                Ok(())
            }
            (Body::Event { ack, json }, Some(slot), Phase::Open) => {
                let start = text.len() - json.len();
                self.begin_event(slot, ack, text, start);
                Ok(())
            }
            // The server ended this namespace while the packet was on its way.
            (Body::Disconnect | Body::Event { .. }, Some(_), Phase::Left) => Ok(()),
            _ => Err(End::protocol(Code::ProtocolError)),
        }
    }

    fn begin_connect(&mut self, slot: usize, auth: Option<Box<serde_json::value::RawValue>>) {
        let id = self.server.next_socket();
        self.link.begin(slot, id);
        self.set_deciding(true);
        let socket = Socket::new(Arc::clone(&self.link), slot, id);
        let request = Connect {
            namespace: self.server.namespace(slot),
            auth,
            peer: self.link.peer,
        };
        let server = Arc::clone(&self.server);
        let future = Box::pin(async move { server.app.connect(socket, request).await });
        self.work = Some(Work::Connect(slot, future));
    }

    /// The event's JSON is the text from `start` on.
    fn begin_event(&mut self, slot: usize, ack: Option<u64>, text: String, start: usize) {
        let Some(session) = self.sessions.get(slot).and_then(Option::clone) else {
            return;
        };
        let address = ack.map(|id| Address {
            namespace: self.server.namespace(slot),
            id,
        });
        let server = Arc::clone(&self.server);
        let future = Box::pin(async move {
            let json = text.get(start..).unwrap_or_default();
            let event = parser::event(json, ack.is_some())?;
            Ok(server.app.event(&session, event).await)
        });
        self.work = Some(Work::Event(address, future));
    }

    /// Drops what is under way and ends every session. Nothing may follow.
    pub(crate) fn finish(&mut self, reason: DisconnectReason) {
        self.work = None;
        self.replies = Replies::default();
        self.place = None;
        for session in std::mem::take(&mut self.sessions) {
            self.dismiss(session, reason);
        }
    }

    fn dismiss(&self, session: Option<Arc<A::Session>>, reason: DisconnectReason) {
        let Some(session) = session else { return };
        let app = &self.server.app;
        if catch_unwind(AssertUnwindSafe(|| app.disconnect(session, reason))).is_err() {
            tracing::error!("the disconnect handler panicked");
        }
    }
}

impl<A: App> Drop for Connection<A> {
    /// A task that is dropped, by its runtime or a panic, still ends its sessions.
    fn drop(&mut self) {
        self.finish(DisconnectReason::TransportError);
        self.link.end(DisconnectReason::TransportError);
    }
}

impl End {
    pub(crate) fn protocol(code: Code) -> Self {
        let reason = match code {
            Code::TooBig => DisconnectReason::TooLarge,
            _ => DisconnectReason::ProtocolError,
        };
        Self { reason, code }
    }

    fn internal() -> Self {
        Self {
            reason: DisconnectReason::Panicked,
            code: Code::InternalError,
        }
    }
}

impl From<DisconnectReason> for End {
    fn from(reason: DisconnectReason) -> Self {
        use DisconnectReason as Reason;
        let code = match reason {
            Reason::ClientLeft
            | Reason::TransportClosed
            | Reason::TransportError
            | Reason::Closed(crate::Close::Final) => Code::Normal,
            Reason::Closed(crate::Close::Reconnect) | Reason::Shutdown => Code::ServiceRestart,
            Reason::Timeout => Code::Policy,
            Reason::Slow => Code::TryAgainLater,
            Reason::ProtocolError => Code::ProtocolError,
            Reason::TooLarge => Code::TooBig,
            Reason::Panicked => Code::InternalError,
        };
        Self { reason, code }
    }
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::protocol(match fault {
            Fault::Malformed => Code::ProtocolError,
            Fault::Binary => Code::Unsupported,
        })
    }
}

impl From<Panicked> for End {
    fn from(_: Panicked) -> Self {
        tracing::error!("a handler panicked; its connection is closed");
        Self::internal()
    }
}
