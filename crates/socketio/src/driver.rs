//! The one task of a connection: moves packets between transport and
//! [`Connection`], looks at the clock when the wheel says so, and ends it all
//! in order. Knows no packet of Socket.IO.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use crate::app::{App, DisconnectReason};
use crate::connection::{Connection, End};
use crate::frame;
use crate::limits::ConnectionPermit;
use crate::link::Link;
use crate::packet::{CLOSE, NOOP, Packet};
use crate::polling::{self, Inbox};
use crate::registry::Sid;
use crate::server::Shared;
use crate::socket::Close;
use crate::timers::{NEVER, Timers};
use crate::undecided::Permit;
use crate::websocket::{Gone, WebSocket};

/// Packets handled before other tasks get their turn.
const PACKETS_PER_POLL: usize = 32;

/// A live connection as a future that resolves when nothing of it is left.
pub(crate) struct Driver<A: App> {
    server: Arc<Shared<A>>,
    link: Arc<Link>,
    connection: Connection<A>,
    transport: Transport,
    /// Under which requests find the session.
    sid: Option<Sid>,
    timers: Timers,
    /// Input waits until the peer has taken its answers.
    is_congested: bool,
    /// Since then the peer has taken nothing, or too little to count.
    stalled_since: Option<Instant>,
    /// Answers were queued in this turn; they are written in the next one.
    is_holding: bool,
    ending: Option<End>,
    _place: ConnectionPermit,
}

pub(crate) enum Transport {
    Polling(Inbox),
    WebSocket(Box<WebSocket>),
}

impl<A: App> Driver<A> {
    pub(crate) fn new(
        server: Arc<Shared<A>>,
        link: Arc<Link>,
        (transport, sid): (Transport, Option<Sid>),
        permits: (ConnectionPermit, Permit),
    ) -> Self {
        let mut timers = Timers::new();
        timers.ping = server.wheel.deadline_ms(server.config.ping_interval);
        timers.connect = server.wheel.deadline_ms(server.config.connect_timeout);
        let connection = Connection::new(Arc::clone(&server), Arc::clone(&link), permits.1);
        Self {
            server,
            link,
            connection,
            transport,
            sid,
            timers,
            is_congested: false,
            stalled_since: None,
            is_holding: false,
            ending: None,
            _place: permits.0,
        }
    }

    /// Handles input while there is some and the connection takes it. `true` if answers that had
    /// to wait were queued.
    fn converse(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        let mut has_answered = false;
        for _ in 0..PACKETS_PER_POLL {
            has_answered |= self.connection.poll(cx)?;
            self.is_congested = self.link.is_congested();
            if self.is_congested || !self.connection.accepts_input() {
                return Ok(has_answered);
            }
            let text = match self.transport.poll_packet(&self.link, cx) {
                Poll::Ready(text) => text?,
                Poll::Pending => return Ok(has_answered),
            };
            match Packet::parse(&text) {
                Some(Packet::Message(_)) => self.connection.receive(text)?,
                Some(Packet::Pong) => self.on_pong(),
                Some(Packet::Noop) => {}
                Some(Packet::Close) => return Err(DisconnectReason::TransportClosed.into()),
                None => return Err(DisconnectReason::ProtocolError.into()),
            }
        }
        has_answered |= self.connection.poll(cx)?;
        cx.waker().wake_by_ref();
        Ok(has_answered)
    }

    fn on_pong(&mut self) {
        if self.timers.pong != NEVER {
            self.timers.pong = NEVER;
            self.timers.ping = self.deadline(self.server.config.ping_interval);
            self.link.ping_is_answered();
        }
    }

    /// Writes what is queued and watches that the peer takes it.
    fn flush(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        let Transport::WebSocket(socket) = &mut self.transport else {
            return Ok(());
        };
        let before = socket.taken_bytes();
        match socket.poll_flush(&self.link, cx) {
            Poll::Ready(Ok(())) => {
                self.on_flushed();
                if self.is_congested {
                    cx.waker().wake_by_ref();
                }
            }
            Poll::Ready(Err(_)) => return Err(DisconnectReason::TransportError.into()),
            Poll::Pending => {
                let taken = socket.taken_bytes() - before;
                self.on_blocked(taken);
            }
        }
        Ok(())
    }

    /// Gives the peer time for what it took, never more than a stalled one has.
    fn on_blocked(&mut self, taken_bytes: u64) {
        let latest = self.deadline(self.server.config.flush_timeout);
        let rate = u64::from(self.server.config.flush_bytes_per_s_min.max(1));
        let earned_ms = taken_bytes.saturating_mul(1000) / rate;
        // A deadline that was not set is the latest one.
        self.timers.flush = self.timers.flush.saturating_add(earned_ms).min(latest);
        let now = Instant::now();
        let since = self.stalled_since.unwrap_or(now);
        let earned = since.checked_add(Duration::from_millis(earned_ms));
        let since = earned.map_or(now, |since| since.min(now));
        self.stalled_since = Some(since);
        self.link.set_stalled(self.stalled_since);
    }

    /// Everything was taken. A ping that was behind it has only just left.
    fn on_flushed(&mut self) {
        let was_waiting = self.timers.flush != NEVER;
        if self.stalled_since.take().is_some() {
            self.link.set_stalled(None);
        }
        self.timers.flush = NEVER;
        if was_waiting && self.timers.pong != NEVER {
            self.timers.pong = self.deadline(self.server.config.ping_timeout);
            self.link.ping_has_left();
        }
    }

    /// Does what the clock asks for.
    fn on_due(&mut self) -> Result<(), End> {
        let now = self.on_fired();
        if self.server.is_stopping() {
            return Err(DisconnectReason::Shutdown.into());
        }
        if now >= self.timers.connect {
            return Err(DisconnectReason::Timeout.into());
        }
        if now >= self.timers.flush {
            return Err(DisconnectReason::Slow.into());
        }
        if now >= self.timers.pong {
            if !self.is_excused() {
                return Err(DisconnectReason::Timeout.into());
            }
            self.timers.pong = self.deadline(self.server.config.ping_timeout);
        }
        if now >= self.timers.ping {
            self.link.ping();
            self.timers.ping = NEVER;
            self.timers.pong = self.deadline(self.server.config.ping_timeout);
            self.trim();
        }
        Ok(())
    }

    /// A pong that we do not read because we are busy is not late, nor one whose ping waits behind
    /// what the peer is still taking. Who polls has taken nothing since as long as the ping is there.
    fn is_excused(&self) -> bool {
        let is_taking = self.timers.flush != NEVER;
        is_taking || !self.connection.accepts_input() && !self.link.has_unread_ping()
    }

    /// Notes that the wheel spent its entry, and returns the time.
    fn on_fired(&mut self) -> u64 {
        let now = self.server.wheel.now_ms();
        // A stopping server's wheel fires entries before their time.
        let is_early = self.server.is_stopping();
        self.timers.fired(if is_early { NEVER } else { now });
        now
    }

    fn trim(&mut self) {
        self.link.trim();
        if let Transport::WebSocket(socket) = &mut self.transport {
            socket.trim();
        }
    }

    fn deadline(&self, after: Duration) -> u64 {
        self.server.wheel.deadline_ms(after)
    }

    /// Ends the sessions now; what is left is to tell the peer.
    fn begin_end(&mut self, end: End) {
        let is_final = end.reason == DisconnectReason::Closed(Close::Final);
        self.connection.finish(end.reason);
        let mut state = self.link.lock();
        let open = state.conclude(end.reason);
        if end.is_abrupt() {
            state.discard();
        } else if is_final {
            state.append(
                open.iter()
                    .map(|&slot| frame::disconnected(&self.server.namespace(slot))),
            );
        }
        let farewell = match end.reason {
            DisconnectReason::TransportClosed => NOOP,
            _ => CLOSE,
        };
        let reader = polling::conclude(&mut state, farewell);
        drop(state);
        if let Some(reader) = reader {
            reader.wake();
        }
        // Wakes who waits for the queue to drain.
        self.link.end(end.reason);
        match &mut self.transport {
            Transport::Polling(inbox) if end.reason == DisconnectReason::TransportClosed => {
                inbox.complete();
            }
            Transport::Polling(inbox) => *inbox = Inbox::default(),
            Transport::WebSocket(socket) if end.is_abrupt() => socket.discard(),
            Transport::WebSocket(_) => {}
        }
        self.timers = Timers::ending(
            &self.timers,
            self.deadline(self.server.config.close_timeout),
        );
        self.ending = Some(end);
    }

    /// Ready when the peer knows, or when there is no point in waiting.
    fn poll_end(&mut self, end: End, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.transport {
            Transport::WebSocket(socket) => {
                let polled = socket.poll_close(&self.link, end.code, cx);
                // Who does not read gets no time to take the goodbye.
                if end.is_abrupt() {
                    return Poll::Ready(());
                }
                polled
            }
            // Only a DISCONNECT is worth waiting for the next GET.
            Transport::Polling(_) => match end.reason {
                DisconnectReason::Closed(Close::Final) if !self.link.is_drained() => Poll::Pending,
                _ => Poll::Ready(()),
            },
        }
    }

    fn advance(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        let signals = self.link.signals(cx.waker());
        if let Some(socket) = signals.adopted {
            self.transport = Transport::WebSocket(socket);
        }
        if let Some(reason) = signals.end {
            return Err(reason.into());
        }
        if signals.is_due {
            self.on_due()?;
        }
        let has_answered = self.converse(cx)?;
        // Only now: what it has said may have come a moment ago.
        if self.connection.has_to_make_room(cx) {
            return Err(DisconnectReason::Timeout.into());
        }
        if self.connection.has_sessions() {
            self.timers.connect = NEVER;
        } else if self.timers.connect == NEVER {
            self.timers.connect = self.deadline(self.server.config.connect_timeout);
        }
        // An answer and the event that belongs to it come from different tasks, a moment apart.
        // After one more turn of the scheduler both leave in one write.
        self.is_holding = has_answered && !self.is_holding;
        if self.is_holding {
            cx.waker().wake_by_ref();
            return Ok(());
        }
        self.flush(cx)
    }
}

impl<A: App> Future for Driver<A> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if this.ending.is_none()
            && let Err(end) = this.advance(cx)
        {
            this.begin_end(end);
        }
        if let Some(end) = this.ending {
            if this.link.signals(cx.waker()).is_due {
                this.on_fired();
            }
            let is_late = this.server.wheel.now_ms() >= this.timers.close;
            if this.poll_end(end, cx).is_ready() || is_late {
                return Poll::Ready(());
            }
        }
        this.timers.schedule(&this.server.wheel, &this.link);
        Poll::Pending
    }
}

impl<A: App> Drop for Driver<A> {
    fn drop(&mut self) {
        if let Some(sid) = self.sid {
            self.server.registry.remove(sid);
        }
        // Handles of the application may live on.
        self.link.lock().abandon();
    }
}

impl Transport {
    fn poll_packet(&mut self, link: &Link, cx: &mut Context<'_>) -> Poll<Result<String, End>> {
        match self {
            Self::Polling(inbox) => inbox.poll_packet(link).map(Ok),
            Self::WebSocket(socket) => socket.poll_text(cx).map_err(|gone| match gone {
                Gone::Closed => DisconnectReason::TransportClosed.into(),
                Gone::Broken => DisconnectReason::TransportError.into(),
                Gone::Refused(code) => End::protocol(code),
            }),
        }
    }
}

impl End {
    /// Whether what is queued is not worth sending: nobody reads.
    fn is_abrupt(self) -> bool {
        matches!(
            self.reason,
            DisconnectReason::TransportClosed
                | DisconnectReason::TransportError
                | DisconnectReason::Timeout
                | DisconnectReason::Slow
        )
    }
}
