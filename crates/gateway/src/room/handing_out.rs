//! What the room hands out to those who are in it.

use std::collections::HashMap;

use battala_hub::access::structure::Class;
use battala_proto::channels::WatchMode;
use battala_proto::events::{ChannelsReordered, Head};
use battala_proto::id::ChannelId;
use battala_proto::{Event, Hint};
use battala_socketio::{Frame, SocketId};

use super::concern::{Concern, concern};
use super::seats::Readers;
use super::{Owner, Part, Shared, Told};
use crate::connection::{Connection, encode};
use crate::host::Host;
use crate::order::Learned;

impl Owner {
    /// Tells an event to those here whom it concerns.
    pub(super) fn tell_event(&mut self, event: &Event) {
        match concern(event) {
            Concern::Channel(channel) | Concern::EndOf(channel) => {
                self.tell_where_seen(channel, event, |connection, frame| {
                    connection.socket.emit(frame);
                });
            }
            Concern::Said(channel) => {
                self.news.note(channel);
                self.tell_where_heard(channel, event, |connection, frame| {
                    connection.socket.emit(frame);
                });
            }
            Concern::Order(reordered) => self.tell_order(reordered),
            Concern::Heads(heads) => self.tell_heads(&heads.channels),
            Concern::Everyone => {
                let frame = encode(event);
                frame.inspect(|frame| self.seats.broadcast(frame));
            }
            Concern::NoRoom => {
                let (server, name) = (self.room.server_id, event.name());
                tracing::error!(%server, name, "a room was handed what others must not hear");
            }
        }
    }

    /// It waits for nothing, and asks no order. Who is here and was removed is not known while the server
    /// cannot be read.
    pub(super) fn hint(&self, channel: ChannelId, hint: &Hint) {
        if self.is_unread {
            return;
        }
        self.tell_where_heard(channel, hint, |connection, frame| {
            connection.socket.emit_hint(frame);
        });
    }

    /// Hands something that is said in a channel to those who hear that: of those who see it, who hears all
    /// and who watches it.
    fn tell_where_heard(
        &self,
        channel: ChannelId,
        told: &impl battala_proto::Told,
        mut hand_out: impl FnMut(&Connection, &Frame),
    ) {
        let Some(frame) = encode(told) else { return };
        self.seats.for_each_hearing(
            channel,
            |class| self.rights.sees(class, channel),
            |connection| hand_out(connection, &frame),
        );
    }

    /// Hands something to all who see a channel.
    fn tell_where_seen(
        &self,
        channel: ChannelId,
        told: &impl battala_proto::Told,
        mut hand_out: impl FnMut(&Connection, &Frame),
    ) {
        let Some(frame) = encode(told) else { return };
        self.seats.for_each_class(
            Readers::Everyone,
            |class| self.rights.sees(class, channel).then_some(()),
            |connection, ()| hand_out(connection, &frame),
        );
    }

    /// Tells these readers what is said of several channels at once, as far as they see them. It is encoded
    /// once for all who see the same ones of these.
    pub(super) fn tell_by_sight<T: Clone>(
        &self,
        (readers, rows): (Readers, &[T]),
        channel: impl Fn(&T) -> ChannelId,
        encode: impl Fn(Vec<T>) -> Option<Frame>,
    ) {
        if rows.is_empty() {
            return;
        }
        let mut frames: HashMap<Vec<ChannelId>, Option<Frame>> = HashMap::new();
        let frame_of = |class: &Class| {
            let seen = rows
                .iter()
                .filter(|row| self.rights.sees(class, channel(row)));
            let seen: Vec<T> = seen.cloned().collect();
            let ids: Vec<ChannelId> = seen.iter().map(&channel).collect();
            if ids.is_empty() {
                return None;
            }
            frames.entry(ids).or_insert_with(|| encode(seen)).clone()
        };
        self.seats
            .for_each_class(readers, frame_of, |connection, frame| {
                connection.socket.emit(frame);
            });
    }

    fn tell_order(&self, reordered: &ChannelsReordered) {
        let encode = |channels| {
            encode(&Event::ChannelsReordered(ChannelsReordered {
                channels,
                ..reordered.clone()
            }))
        };
        let rows = (Readers::Everyone, &*reordered.channels);
        self.tell_by_sight(rows, |placed| placed.id, encode);
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
        self.seats.for_each(|connection| {
            if shared.is_first(connection.socket.id()) {
                connection.socket.emit(&shared.frame);
            }
        });
    }

    /// A connection was told how far the channels have come. Applies what waited for nothing but to
    /// know, and tells the connection what it will not hear of.
    pub(super) fn learn(&mut self, host: &dyn Host, socket: SocketId, heads: Vec<Head>) {
        let reader = self.seats.get(socket);
        let mode = reader.map_or(WatchMode::All, |it| it.watch_mode());
        let Learned { ready, mut missed } = self.order.learn(heads, mode);
        if let (Some(reader), Some(class)) = (self.seats.get(socket), self.seats.class_of(socket)) {
            missed.retain(|head| self.rights.sees(class, head.id));
            if let Some(heads) = self.encode_heads(missed) {
                reader.socket.emit(&heads);
            }
        }
        self.apply_all(host, &ready);
    }

    /// Queues a part of the structure. No change is delivered between the look at what has been
    /// applied and the part.
    pub(super) fn send_part(&self, part: Part) {
        let applied = self.order.structure_rev();
        let read_at = (applied, self.rights.rights_version());
        let class = self.seats.class_of(part.socket);
        let told = match self.seats.get(part.socket) {
            None => Told::Gone,
            Some(_) if part.read_at.0 > applied => Told::Unread,
            // Classes say something only beside the rights that they are of.
            Some(_) if part.read_at != read_at || class != Some(&part.class) => Told::Late(read_at),
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
