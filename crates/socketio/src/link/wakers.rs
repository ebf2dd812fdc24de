//! Who is woken when the queue of a connection changes. The caller wakes them, after the lock.

use std::task::Waker;

use super::State;

impl State {
    /// Who must run after an attempt to queue: the reader of the queue if it
    /// sleeps, or the task if the attempt ended the connection.
    pub(super) fn waker_after(&mut self, is_queued: bool) -> Option<Waker> {
        if !is_queued || std::mem::take(&mut self.is_armed) {
            return self.task.clone();
        }
        self.polling.as_mut().and_then(|p| p.reader.take())
    }

    /// Who must run so that what is queued leaves.
    pub(super) fn waker_of_waiting(&mut self) -> Option<Waker> {
        self.has_frames().then(|| self.waker_after(true)).flatten()
    }

    pub(super) fn take_drains(&mut self) -> Vec<Waker> {
        self.rare
            .as_mut()
            .map(|rare| std::mem::take(&mut rare.drains))
            .unwrap_or_default()
    }

    pub(super) fn drains_if_low(&mut self, drained_bytes: usize) -> Vec<Waker> {
        if self.rare.is_some() && self.outstanding() <= drained_bytes {
            self.take_drains()
        } else {
            Vec::new()
        }
    }

    pub(crate) fn task(&self) -> Option<Waker> {
        self.task.clone()
    }
}
