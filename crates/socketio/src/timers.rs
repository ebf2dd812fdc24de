//! When a connection's task has to look at something. Moments are milliseconds
//! on the wheel's clock; `NEVER` is no deadline. Knows no connection.

use std::sync::Arc;

use crate::link::Link;
use crate::wheel::Wheel;

pub(crate) const NEVER: u64 = u64::MAX;

pub(crate) struct Timers {
    /// The next ping leaves.
    pub(crate) ping: u64,
    /// The answer to the last ping is late.
    pub(crate) pong: u64,
    /// A namespace must be connected.
    pub(crate) connect: u64,
    /// The peer must have taken the current write.
    pub(crate) flush: u64,
    /// An ending connection is dropped.
    pub(crate) close: u64,
    /// The entry in the wheel.
    scheduled: u64,
}

impl Timers {
    pub(crate) fn new() -> Self {
        Self {
            ping: NEVER,
            pong: NEVER,
            connect: NEVER,
            flush: NEVER,
            close: NEVER,
            scheduled: NEVER,
        }
    }

    /// Only the deadline of the end is left.
    pub(crate) fn ending(before: &Self, close: u64) -> Self {
        Self {
            close,
            scheduled: before.scheduled,
            ..Self::new()
        }
    }

    /// Called when the wheel fired: an entry that has passed is gone.
    pub(crate) fn fired(&mut self, now: u64) {
        if now >= self.scheduled {
            self.scheduled = NEVER;
        }
    }

    /// Puts the earliest deadline into the wheel unless one as early is there.
    pub(crate) fn schedule(&mut self, wheel: &Wheel, link: &Arc<Link>) {
        let next = [self.ping, self.pong, self.connect, self.flush, self.close]
            .into_iter()
            .fold(NEVER, u64::min);
        if next < self.scheduled {
            wheel.schedule(link, next);
            self.scheduled = next;
        }
    }
}
