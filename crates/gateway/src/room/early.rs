//! What was read of a later moment than the room has come to, and waits until it has.
//!
//! Notices are on their way meanwhile. Where one is lost, the room is read.

use std::sync::Arc;

use battala_socketio::SocketId;

use super::{Enter, Owner, Part, Seen, Viewing};
use crate::host::Host;
use crate::state::View;

/// Something that waits.
pub(super) struct Early {
    ahead: Ahead,
    /// Looks since it came.
    looks: u8,
}

/// What is ahead of the room.
pub(super) enum Ahead {
    Enter(Enter),
    View(Viewing),
    Part(Part),
}

impl Early {
    /// Nobody wants it any more.
    fn is_given_up(&self) -> bool {
        match &self.ahead {
            Ahead::Enter(enter) => !enter.connection.is_attached(),
            Ahead::View(viewing) => viewing.answer.is_closed(),
            Ahead::Part(part) => part.answer.is_closed(),
        }
    }

    /// Whose it is.
    pub(super) fn socket(&self) -> SocketId {
        match &self.ahead {
            Ahead::Enter(enter) => enter.connection.socket.id(),
            Ahead::View(viewing) => viewing.socket,
            Ahead::Part(part) => part.socket,
        }
    }
}

impl Owner {
    /// Takes it now if the room has come so far, and later if not. Who enters by a later moment would
    /// hear what was said under rights by which it was no member, or another one; a structure of a later
    /// moment would be followed by changes that are in it. In a room that cannot be read nobody waits: who
    /// enters by a membership that it does not know may do nothing there until it can be.
    pub(super) fn wait_or(&mut self, host: &dyn Host, ahead: Ahead) {
        if self.has_come_to(&ahead) {
            self.take_ahead(host, ahead);
        } else {
            self.early.push(Early { ahead, looks: 0 });
        }
    }

    fn take_ahead(&mut self, host: &dyn Host, ahead: Ahead) {
        match ahead {
            Ahead::Enter(enter) => self.seat(host, enter),
            Ahead::View(viewing) => self.view(viewing),
            Ahead::Part(part) => self.send_part(part),
        }
    }

    /// Takes what the room has come to by now; all, where it is not known how far that is.
    pub(super) fn take_early(&mut self, host: &dyn Host) {
        if self.early.is_empty() {
            return;
        }
        let early = std::mem::take(&mut self.early);
        let (due, early): (Vec<_>, Vec<_>) = early
            .into_iter()
            .partition(|it| self.has_come_to(&it.ahead));
        self.early = early;
        for due in due {
            self.take_ahead(host, due.ahead);
        }
    }

    fn has_come_to(&self, ahead: &Ahead) -> bool {
        self.is_unread
            || match ahead {
                Ahead::Enter(enter) => enter.place.counters.epoch <= self.order.epoch(),
                Ahead::View(viewing) => viewing.epoch <= self.order.epoch(),
                Ahead::Part(part) => part.read_at.0 <= self.order.structure_rev(),
            }
    }

    /// Counts a look at what waits. Whether some of it has waited for longer than what it waits for is under
    /// way.
    pub(super) fn age_early(&mut self) -> bool {
        self.early.retain(|early| !early.is_given_up());
        for early in &mut self.early {
            early.looks = early.looks.saturating_add(1);
        }
        self.early.iter().any(|early| early.looks > 1)
    }

    /// Says by what a connection sees the server.
    fn view(&self, viewing: Viewing) {
        let seen = match self.seats.class_of(viewing.socket) {
            None => Seen::Gone,
            Some(_) if viewing.epoch > self.order.epoch() => Seen::Unread,
            Some(class) => Seen::By(View {
                rights: Arc::clone(&self.rights),
                class: Arc::clone(class),
            }),
        };
        // Whoever asked may not wait for it any more.
        let _ = viewing.answer.send(seen);
    }
}
