//! What the room hands out to whom is in it.

use battala_proto::events::{Head, Heads};
use battala_proto::{Event, Hint};
use battala_socketio::{Frame, SocketId};

use super::{Owner, Part, Shared, Told};
use crate::connection::encode;
use crate::host::Host;
use crate::order::Learned;

impl Owner {
    pub(super) fn broadcast(&self, event: &Event) {
        if let Some(frame) = encode(event) {
            self.roster.broadcast(&frame);
        }
    }

    /// It waits for nothing, and asks no order. Who is here and was removed is not known while the server
    /// cannot be read.
    pub(super) fn hint(&self, hint: &Hint) {
        if self.is_unread {
            return;
        }
        let Some(frame) = encode(hint) else { return };
        self.roster.for_each(|connection| {
            connection.socket.emit_hint(&frame);
        });
    }

    /// Each connection is told by the first of its rooms. While the server cannot be read nobody is:
    /// see [`Self::hint`].
    pub(super) fn tell(&mut self, shared: &Shared) {
        if self.is_unread {
            let missed = shared.profile.as_ref();
            self.profiles_missed
                .extend(missed.map(|profile| profile.id));
            return;
        }
        if let Some(profile) = &shared.profile {
            self.member_list.update(profile);
        }
        self.roster.for_each(|connection| {
            if shared.is_first(connection.socket.id()) {
                connection.socket.emit(&shared.frame);
            }
        });
    }

    /// A connection was told how far the channels have come. Applies what waited for nothing but to
    /// know, and tells the connection what it will not hear of.
    pub(super) fn learn(&mut self, host: &dyn Host, socket: SocketId, heads: Vec<Head>) {
        let Learned { ready, missed } = self.order.learn(heads);
        if let (Some(reader), Some(heads)) = (self.roster.get(socket), self.encode_heads(missed)) {
            reader.socket.emit(&heads);
        }
        self.apply_all(host, &ready);
    }

    /// Catches a lost last event: nothing else would follow that shows the gap.
    pub(super) fn send_heads(&mut self) {
        let channels = self.order.take_heads();
        if let Some(heads) = self.encode_heads(channels) {
            self.roster.broadcast(&heads);
        }
    }

    /// How far channels have come, for those who may have missed something; nothing without a channel.
    pub(super) fn encode_heads(&self, channels: Vec<Head>) -> Option<Frame> {
        if channels.is_empty() {
            return None;
        }
        let server_id = self.room.server_id;
        encode(&Event::Heads(Heads {
            server_id,
            channels,
        }))
    }

    /// Queues a part of the structure. No change is delivered between the look at what has been
    /// applied and the part.
    pub(super) fn send_part(&self, part: Part) {
        let applied = self.order.structure_rev();
        let needed = part.needed.max(applied);
        let is_newer = part.sent_rev.is_some_and(|sent| sent < part.rev);
        let told = match self.roster.get(part.socket) {
            None => Told::Gone,
            Some(_) if is_newer && applied < part.rev => Told::Anew(needed),
            Some(_) if needed > part.rev => Told::Late(needed),
            Some(connection) if part.is_together => {
                connection.socket.emit_paced_later(&part.frame);
                Told::Sent
            }
            Some(connection) => {
                connection.socket.emit_paced(&part.frame);
                Told::Sent
            }
        };
        // Whoever asked may not wait for it any more.
        let _ = part.answer.send(told);
    }
}
