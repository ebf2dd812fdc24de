//! What others see of a connection: its outbound queue, who may write to it, and
//! the signals its task looks at. Knows no protocol and does no I/O.
//!
//! An emit locks, appends a shared frame and wakes the task only if the task
//! said that it sleeps. Everything else here is rare.

mod queue;
mod wakers;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::app::DisconnectReason;
use crate::config::Config;
use crate::limits::Peer;
use crate::packet::PING;
use crate::polling::Polling;
use crate::sizes::{Kind, Sizes};
use crate::websocket::WebSocket;

pub(crate) use queue::shrink;

pub(crate) struct Link {
    pub(crate) peer: Peer,
    pub(crate) config: Arc<Config>,
    state: Mutex<State>,
}

pub(crate) struct State {
    frames: VecDeque<Bytes>,
    queued: Sizes,
    /// Taken by the task but not yet by the peer; still counts as queued.
    in_flight: Sizes,
    /// Since then the peer has taken nothing of what waits for it.
    stalled_since: Option<Instant>,
    slots: Vec<Slot>,
    task: Option<Waker>,
    /// The task sleeps and wants to know of the next frame.
    is_armed: bool,
    is_due: bool,
    /// No GET has taken anything since the last ping was queued.
    has_unread_ping: bool,
    /// Since then a ping waits for its answer.
    pinged_at: Option<Instant>,
    end: Option<DisconnectReason>,
    /// Present while the transport is polling.
    pub(crate) polling: Option<Box<Polling>>,
    rare: Option<Box<Rare>>,
}

/// A namespace of the connection.
#[derive(Clone, Copy, Default)]
struct Slot {
    socket: u64,
    phase: Phase,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Absent,
    /// CONNECT is being decided; frames wait behind its answer.
    Connecting,
    Open,
    /// Was open; late packets of the client are not an offence.
    Left,
}

/// When a frame leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leave {
    Now,
    /// Something follows soon: both leave in one write.
    Later,
}

#[derive(Default)]
struct Rare {
    /// Frames of the namespace that is connecting: there is at most one.
    held: Vec<(Kind, Bytes)>,
    held_sizes: Sizes,
    /// Who waits for the queue to drain.
    drains: Vec<Waker>,
}

/// What a task has to look at when it is polled.
pub(crate) struct Signals {
    pub(crate) is_due: bool,
    pub(crate) end: Option<DisconnectReason>,
    pub(crate) adopted: Option<Box<WebSocket>>,
}

impl Link {
    pub(crate) fn new(peer: Peer, config: Arc<Config>, polling: Option<Box<Polling>>) -> Self {
        Self {
            peer,
            config,
            state: Mutex::new(State {
                frames: VecDeque::new(),
                queued: Sizes::default(),
                in_flight: Sizes::default(),
                stalled_since: None,
                slots: Vec::new(),
                task: None,
                is_armed: false,
                is_due: false,
                has_unread_ping: false,
                pinged_at: None,
                end: None,
                polling,
                rare: None,
            }),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a frame of the application. `false` if the socket is gone, also
    /// when this frame is the one that overflows.
    pub(crate) fn emit(&self, slot: usize, socket: u64, frame: &Bytes) -> bool {
        self.queue((slot, socket), Kind::Live, frame, Leave::Now)
    }

    /// Queues a frame of the application that waited until the queue had drained.
    pub(crate) fn emit_paced(&self, slot: usize, socket: u64, frame: &Bytes) -> bool {
        self.queue((slot, socket), Kind::Paced, frame, Leave::Now)
    }

    /// Queues a frame that may get lost, if there is room.
    pub(crate) fn emit_hint(&self, slot: usize, socket: u64, frame: &Bytes) {
        self.queue((slot, socket), Kind::Hint, frame, Leave::Now);
    }

    /// The same as paced, to leave with what follows, or with [`Link::release`].
    pub(crate) fn emit_paced_later(&self, slot: usize, socket: u64, frame: &Bytes) -> bool {
        self.queue((slot, socket), Kind::Paced, frame, Leave::Later)
    }

    /// Lets go what waits to leave.
    pub(crate) fn release(&self) {
        let waker = self.lock().waker_of_waiting();
        waker.into_iter().for_each(Waker::wake);
    }

    fn queue(&self, (slot, socket): (usize, u64), kind: Kind, frame: &Bytes, leave: Leave) -> bool {
        let mut state = self.lock();
        let phase = match state.slots.get(slot) {
            Some(slot) if slot.socket == socket => slot.phase,
            _ => return false,
        };
        let is_queued = match phase {
            Phase::Open => state.enqueue(&self.config, kind, frame.clone()),
            Phase::Connecting => state.hold(&self.config, kind, frame.clone()),
            Phase::Absent | Phase::Left => return false,
        };
        let waker = match leave {
            Leave::Later if is_queued => None,
            Leave::Now | Leave::Later => state.waker_after(is_queued),
        };
        drop(state);
        waker.into_iter().for_each(Waker::wake);
        is_queued
    }

    /// Queues a packet of the protocol itself, or an answer: they come no faster than the peer asks
    /// and takes them.
    pub(crate) fn push(&self, frame: Bytes) {
        let mut state = self.lock();
        let is_queued = state.enqueue(&self.config, Kind::Paced, frame);
        let waker = state.waker_after(is_queued);
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// A CONNECT for `slot` is being decided; its frames wait from now on.
    pub(crate) fn begin(&self, slot: usize, socket: u64) {
        let mut state = self.lock();
        if state.slots.len() <= slot {
            state.slots.resize_with(slot + 1, Slot::default);
        }
        if let Some(entry) = state.slots.get_mut(slot) {
            *entry = Slot {
                socket,
                phase: Phase::Connecting,
            };
        }
    }

    /// Queues the answer to a CONNECT: if `phase` is [`Phase::Open`] the held
    /// frames follow it, else they are dropped.
    pub(crate) fn decide(&self, slot: usize, phase: Phase, answer: Bytes) {
        let mut state = self.lock();
        if let Some(entry) = state.slots.get_mut(slot) {
            entry.phase = phase;
        }
        let held = state.take_held();
        let mut is_queued = state.enqueue(&self.config, Kind::Paced, answer);
        if phase == Phase::Open {
            for (kind, frame) in held {
                is_queued = is_queued && state.enqueue(&self.config, kind, frame);
            }
        }
        let waker = state.waker_after(is_queued);
        let drains = state.drains_if_low(self.config.drained_bytes);
        drop(state);
        waker.into_iter().chain(drains).for_each(Waker::wake);
    }

    pub(crate) fn leave(&self, slot: usize) {
        if let Some(entry) = self.lock().slots.get_mut(slot) {
            entry.phase = Phase::Left;
        }
    }

    pub(crate) fn phase(&self, slot: usize) -> Phase {
        self.lock()
            .slots
            .get(slot)
            .map_or(Phase::Absent, |slot| slot.phase)
    }

    pub(crate) fn is_open(&self, slot: usize, socket: u64) -> bool {
        let state = self.lock();
        state.end.is_none()
            && state.slots.get(slot).is_some_and(|entry| {
                entry.socket == socket && matches!(entry.phase, Phase::Open | Phase::Connecting)
            })
    }

    pub(crate) fn queued_bytes(&self) -> usize {
        self.lock().backlog()
    }

    /// The transport has no room for more since then, or has taken all.
    pub(crate) fn set_stalled(&self, since: Option<Instant>) {
        self.lock().stalled_since = since;
    }

    pub(crate) fn stalled_for(&self) -> Duration {
        let since = self.lock().stalled_since;
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Asks the task to end the connection. The first reason stays.
    pub(crate) fn end(&self, reason: DisconnectReason) {
        let mut state = self.lock();
        state.end.get_or_insert(reason);
        let (task, drains) = (state.task.clone(), state.take_drains());
        drop(state);
        task.into_iter().chain(drains).for_each(Waker::wake);
    }

    /// The timer says that something is due.
    pub(crate) fn fall_due(&self) {
        let mut state = self.lock();
        state.is_due = true;
        let task = state.task.clone();
        drop(state);
        task.into_iter().for_each(Waker::wake);
    }

    /// Called by the task at the start of each poll.
    pub(crate) fn signals(&self, waker: &Waker) -> Signals {
        let mut state = self.lock();
        state.is_armed = false;
        match &state.task {
            Some(task) if task.will_wake(waker) => {}
            _ => state.task = Some(waker.clone()),
        }
        let adopted = state.polling.as_mut().and_then(|p| p.adopted.take());
        if adopted.is_some() {
            state.polling = None;
            state.stalled_since = None;
        }
        Signals {
            is_due: std::mem::take(&mut state.is_due),
            end: state.end,
            adopted,
        }
    }

    /// Called by the task when what it took has been written: swaps the queue
    /// with the empty `batch`. `false` if there was nothing; then the next frame
    /// wakes the task.
    pub(crate) fn take(&self, batch: &mut VecDeque<Bytes>) -> bool {
        let mut state = self.lock();
        let is_empty = state.frames.is_empty();
        if is_empty {
            state.is_armed = true;
            shrink(&mut state.frames);
        } else {
            std::mem::swap(&mut state.frames, batch);
        }
        state.in_flight = std::mem::take(&mut state.queued);
        let drains = state.drains_if_low(self.config.drained_bytes);
        drop(state);
        drains.into_iter().for_each(Waker::wake);
        !is_empty
    }

    /// Takes everything as the body of one polling response.
    pub(crate) fn take_body(&self, state: &mut State) -> (String, Vec<Waker>) {
        let mut body = String::with_capacity(state.body_bytes());
        for frame in state.frames.drain(..) {
            if !body.is_empty() {
                body.push(crate::packet::SEPARATOR);
            }
            body.push_str(std::str::from_utf8(&frame).unwrap_or_default());
        }
        state.forget_taken();
        let mut wakers = state.drains_if_low(self.config.drained_bytes);
        wakers.extend(state.task.clone());
        (body, wakers)
    }

    /// Whether the peer leaves so much untaken that it gets no more answers: half
    /// of the bound, so that live frames still find room.
    pub(crate) fn is_congested(&self) -> bool {
        let state = self.lock();
        state.frames.len() > self.config.queue_packets_max / 2
            || state.outstanding() > self.config.queue_bytes_max / 2
    }

    /// Queues a ping, and says from now on whether a GET has come for it.
    pub(crate) fn ping(&self) {
        self.lock().has_unread_ping = true;
        self.push(Bytes::from_static(PING.as_bytes()));
        self.ping_has_left();
    }

    /// The time that its answer takes begins now.
    pub(crate) fn ping_has_left(&self) {
        self.lock().pinged_at = Some(Instant::now());
    }

    /// The answer to the last ping has come.
    pub(crate) fn ping_is_answered(&self) {
        self.lock().pinged_at = None;
    }

    /// Who is still taking what is before the ping cannot have answered it.
    pub(crate) fn unanswered_for(&self) -> Duration {
        let (pinged_at, stalled_since) = {
            let state = self.lock();
            (state.pinged_at, state.stalled_since)
        };
        let since = pinged_at.map(|at| stalled_since.map_or(at, |stalled| at.max(stalled)));
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Whether the last ping waits for a GET that does not come.
    pub(crate) fn has_unread_ping(&self) -> bool {
        let state = self.lock();
        state.polling.is_some() && state.has_unread_ping
    }

    /// Whether everything queued was taken.
    pub(crate) fn is_drained(&self) -> bool {
        self.lock().frames.is_empty()
    }

    /// Gives back memory that only a burst needed.
    pub(crate) fn trim(&self) {
        self.lock().frames.shrink_to(4);
    }

    /// Whether at most [`Config::drained_bytes`] are queued, now.
    pub(crate) fn is_low(&self) -> bool {
        self.lock().backlog() <= self.config.drained_bytes
    }

    /// Resolves to `true` when at most [`Config::drained_bytes`] are queued, to
    /// `false` when the connection ends first.
    pub(crate) fn poll_drained(&self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut state = self.lock();
        if state.end.is_some() {
            return Poll::Ready(false);
        }
        if state.backlog() <= self.config.drained_bytes {
            return Poll::Ready(true);
        }
        let drains = &mut state.rare.get_or_insert_default().drains;
        if !drains.iter().any(|waker| waker.will_wake(cx.waker())) {
            drains.push(cx.waker().clone());
        }
        // What waits to leave must, or nothing drains.
        let waker = state.waker_of_waiting();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
        Poll::Pending
    }
}

impl State {
    pub(crate) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Why it has ended, or is about to.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) const fn end(&self) -> Option<DisconnectReason> {
        self.end
    }

    /// Forbids everything further; the answer to who still has namespaces.
    pub(crate) fn conclude(&mut self, reason: DisconnectReason) -> Vec<usize> {
        self.end.get_or_insert(reason);
        let mut open = Vec::new();
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if slot.phase == Phase::Open {
                open.push(index);
            }
            slot.phase = Phase::Left;
        }
        open
    }
}

#[cfg(test)]
mod tests;
