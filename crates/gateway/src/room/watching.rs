//! Which channels connections of the room watch.

use battala_proto::commands::WatchedChannel;
use battala_proto::id::ChannelId;
use battala_socketio::SocketId;

use super::{Owner, Watch, Watched};
use crate::connection::Connection;

impl Owner {
    /// How far a channel has come by what was handed out is said in the same step: what is handed out from
    /// here on comes after it. Whoever begins in a room that cannot be read is told the server when it can, and
    /// watches then.
    pub(super) fn watch(&mut self, watch: Watch) {
        let Some(connection) = self.seats.get(watch.socket) else {
            return;
        };
        let server = self.room.server_id;
        if !watch.is_first {
            // Named anew meanwhile.
            connection.watches_late_in(server);
        } else if self.is_unread {
            connection.watches_late(server, &watch.channels);
        }
        let seen = self.seen_by(watch.socket, &watch.channels);
        let seen = seen.unwrap_or_default();
        let new = self.seats.watch(watch.socket, &seen);
        let channels = seen.into_iter().map(|id| self.watched(id)).collect();
        // Whoever asked may not wait for it any more.
        let _ = watch.answer.send(Watched { channels, new });
    }

    /// Whoever is let in late watches here what it has asked for when it began: from when it is known what it
    /// sees, where the server cannot be read yet.
    pub(super) fn watch_late(&mut self, connection: &Connection) {
        if self.is_unread {
            return;
        }
        let (server, socket) = (self.room.server_id, connection.socket.id());
        let channels = connection.watches_late_in(server);
        if let Some(seen) = channels.and_then(|it| self.seen_by(socket, &it)) {
            self.seats.watch(socket, &seen);
        }
    }

    /// The room can be read again: whoever was let in meanwhile watches what it has asked for.
    pub(super) fn watch_all_late(&mut self) {
        let connections: Vec<_> = self.seats.connections().cloned().collect();
        for connection in connections {
            self.watch_late(&connection);
        }
    }

    /// Those of the channels that a connection of the room sees.
    fn seen_by(&self, socket: SocketId, channels: &[ChannelId]) -> Option<Vec<ChannelId>> {
        let class = self.seats.class_of(socket)?;
        let seen = channels.iter().copied();
        Some(seen.filter(|id| self.rights.sees(class, *id)).collect())
    }

    fn watched(&self, id: ChannelId) -> WatchedChannel {
        let head = self.order.head(id);
        WatchedChannel {
            id,
            last_seq: head.as_ref().map(|head| head.last_seq),
            last_message_id: head.and_then(|head| head.last_message_id),
        }
    }
}
