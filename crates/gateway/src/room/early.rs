//! What was read of a later moment than the room has come to, and waits until it has.
//!
//! Notices are on their way meanwhile. Where one is lost, the room is read.

use std::collections::HashSet;
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

impl Ahead {
    /// Nobody wants it any more. Whoever is to enter does, even where nobody waits for that.
    fn is_given_up(&self) -> bool {
        match self {
            Self::Enter(enter) => !enter.connection.is_attached(),
            Self::View(_) | Self::Part(_) => self.is_unheard(),
        }
    }

    /// Nobody waits for the answer any more.
    fn is_unheard(&self) -> bool {
        match self {
            Self::Enter(enter) => enter.answer.is_closed(),
            Self::View(viewing) => viewing.answer.is_closed(),
            Self::Part(part) => part.answer.is_closed(),
        }
    }

    /// Whose it is.
    fn socket(&self) -> SocketId {
        match self {
            Self::Enter(enter) => enter.connection.socket.id(),
            Self::View(viewing) => viewing.socket,
            Self::Part(part) => part.socket,
        }
    }
}

/// What waits, in the order in which it came.
#[derive(Default)]
pub(super) struct Waiting {
    items: Vec<Early>,
    /// Who waits to be entered; may name some who do not any more.
    entering: HashSet<SocketId>,
}

impl Waiting {
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Nothing of a connection waits any more.
    pub(super) fn forget(&mut self, socket: SocketId) {
        self.items.retain(|early| early.ahead.socket() != socket);
    }

    /// Whoever asks to be entered again and again, by what is read anew each time, waits once, and for as
    /// long as ever.
    fn push(&mut self, ahead: Ahead) {
        let mut looks = 0;
        if let Ahead::Enter(enter) = &ahead {
            let socket = enter.connection.socket.id();
            if !self.entering.insert(socket) {
                looks = self.take_unheard(socket);
            }
        }
        self.items.push(Early { ahead, looks });
    }

    /// Drops those by which a connection asked to be entered and nobody waits for; for how many looks they
    /// have waited.
    fn take_unheard(&mut self, socket: SocketId) -> u8 {
        let is_unheard = |early: &mut Early| {
            let is_enter = matches!(early.ahead, Ahead::Enter(_));
            is_enter && early.ahead.socket() == socket && early.ahead.is_unheard()
        };
        let dropped = self.items.extract_if(.., is_unheard);
        dropped.map(|early| early.looks).max().unwrap_or(0)
    }

    /// Takes what is due.
    fn take(&mut self, is_due: impl Fn(&Ahead) -> bool) -> Vec<Ahead> {
        let items = std::mem::take(&mut self.items);
        let (due, items): (Vec<_>, Vec<_>) = items.into_iter().partition(|it| is_due(&it.ahead));
        let entering = items
            .iter()
            .filter(|it| matches!(it.ahead, Ahead::Enter(_)));
        self.entering = entering.map(|it| it.ahead.socket()).collect();
        self.items = items;
        due.into_iter().map(|it| it.ahead).collect()
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
            self.early.push(ahead);
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
        let mut early = std::mem::take(&mut self.early);
        let due = early.take(|ahead| self.has_come_to(ahead));
        self.early = early;
        for ahead in due {
            self.take_ahead(host, ahead);
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
        let items = &mut self.early.items;
        items.retain(|early| !early.ahead.is_given_up());
        for early in &mut *items {
            early.looks = early.looks.saturating_add(1);
        }
        items.iter().any(|early| early.looks > 1)
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
