//! Who is in the room: whoever comes, goes or is taken out.

use std::sync::Arc;

use battala_proto::Event;
use battala_proto::commands::RowRange;
use battala_proto::events::{RemovalReason, ServerRemoved};
use battala_proto::id::UserId;

use super::{Enter, Life, Owner};
use crate::connection::{Connection, encode};
use crate::host::{Effect, Host};

impl Owner {
    /// Enters a connection that was a member as of some epoch, unless it may have been removed
    /// since. A removal that is applied later finds it.
    pub(super) fn enter(&mut self, host: &dyn Host, enter: Enter) {
        let Enter {
            connection,
            epoch,
            is_new,
            answer,
        } = enter;
        let is_member = self.order.is_still_member(connection.user_id, epoch);
        if is_member && self.add(&connection) && is_new {
            host.start(Effect::Welcome(connection, self.room.server_id));
        }
        // Whoever asked may not wait for it any more.
        let _ = answer.send(is_member);
    }

    pub(super) fn recheck_join(&self, host: &dyn Host, user: UserId) {
        let connections = host.directory().of_account(user);
        if !connections.iter().all(|it| it.is_in(self.room.server_id)) {
            host.start(Effect::RecheckAccount(user));
        }
    }

    /// Lets a new member's connections in and sends them the server.
    pub(super) fn welcome(&mut self, host: &dyn Host, user: UserId) {
        for connection in host.directory().of_account(user) {
            if self.add(&connection) {
                host.start(Effect::Welcome(connection, self.room.server_id));
            }
        }
    }

    /// Whether it was not here yet. One that detached meanwhile is not left behind.
    fn add(&mut self, connection: &Arc<Connection>) -> bool {
        connection.entered(self.room.server_id);
        let is_new = self.roster.add(connection);
        if !connection.is_attached() {
            self.leave(connection);
        }
        is_new
    }

    pub(super) fn leave(&mut self, connection: &Arc<Connection>) {
        connection.left(self.room.server_id);
        let socket = connection.socket.id();
        self.member_list.unsubscribe(socket);
        self.roster.remove(socket);
    }

    /// Takes a former member's connections out, at once.
    pub(super) fn remove(&mut self, host: &dyn Host, user: UserId, reason: RemovalReason) {
        self.member_list.remove(user);
        let removed = self.removed(reason);
        for connection in host.directory().of_account(user) {
            self.leave(&connection);
            connection.emit(&removed);
        }
    }

    fn removed(&self, reason: RemovalReason) -> Event {
        Event::ServerRemoved(ServerRemoved {
            server_id: self.room.server_id,
            reason,
        })
    }

    /// The server is gone: everyone is told, whatever is still to come of what was before.
    pub(super) fn close(&mut self, host: &dyn Host) -> Life {
        host.directory().forget(&self.room);
        let removed = encode(&self.removed(RemovalReason::Deleted));
        for connection in self.roster.take() {
            connection.left(self.room.server_id);
            if let Some(frame) = &removed {
                connection.socket.emit(frame);
            }
        }
        Life::Ended
    }

    pub(super) fn subscribe(&mut self, connection: &Connection, ranges: Vec<RowRange>) {
        // Who was removed meanwhile, or is gone, watches nothing.
        if self.roster.get(connection.socket.id()).is_some() {
            self.member_list.subscribe(connection, ranges);
        }
    }
}
