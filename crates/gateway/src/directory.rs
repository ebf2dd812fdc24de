//! Who is connected: connections by account, and the rooms they are in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use battala_hub::bus::Counters;
use battala_proto::id::{ServerId, UserId};

use crate::connection::Connection;
use crate::room::Room;

/// The connections of this process. No lock here is held while frames are handed out.
#[derive(Default)]
pub(crate) struct Directory {
    accounts: Mutex<HashMap<UserId, Vec<Arc<Connection>>>>,
    rooms: RwLock<HashMap<ServerId, Arc<Room>>>,
}

impl Directory {
    /// Adds a connection unless the account has `max` already.
    pub(crate) fn add(&self, connection: &Arc<Connection>, max: usize) -> bool {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let of_account = accounts.entry(connection.user_id).or_default();
        if of_account.len() >= max {
            return false;
        }
        if of_account.is_empty() {
            // Nearly everyone has one connection; a vector would begin with room for four.
            of_account.reserve_exact(1);
        }
        of_account.push(Arc::clone(connection));
        true
    }

    /// Removes a connection from its account and from all rooms.
    pub(crate) fn remove(&self, connection: &Arc<Connection>) {
        self.forget(connection);
        for server in connection.servers() {
            self.leave(server, connection);
        }
    }

    fn forget(&self, connection: &Arc<Connection>) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(of_account) = accounts.get_mut(&connection.user_id) else {
            return;
        };
        of_account.retain(|other| !Arc::ptr_eq(other, connection));
        if of_account.is_empty() {
            accounts.remove(&connection.user_id);
        }
    }

    /// The connections of an account.
    pub(crate) fn of_account(&self, user: UserId) -> Vec<Arc<Connection>> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get(&user).cloned().unwrap_or_default()
    }

    /// Every account that is connected.
    pub(crate) fn accounts(&self) -> Vec<UserId> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.keys().copied().collect()
    }

    /// Every connection.
    pub(crate) fn all(&self) -> Vec<Arc<Connection>> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.values().flatten().cloned().collect()
    }

    pub(crate) fn connections(&self) -> usize {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.values().map(Vec::len).sum()
    }

    /// The room of a server, if anyone here is in it.
    pub(crate) fn room(&self, server: ServerId) -> Option<Arc<Room>> {
        self.rooms
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&server)
            .cloned()
    }

    pub(crate) fn rooms(&self) -> Vec<Arc<Room>> {
        self.rooms
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// Puts a connection into a room, which is made at these counters if it is the first. A connection
    /// that detached meanwhile is not left behind.
    pub(crate) fn enter(&self, server: ServerId, counters: Counters, connection: &Arc<Connection>) {
        connection.entered(server);
        {
            let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
            let room = rooms
                .entry(server)
                .or_insert_with(|| Arc::new(Room::new(server, counters)));
            room.add(connection);
        }
        if !connection.is_attached() {
            self.leave(server, connection);
        }
    }

    /// Takes a connection out of a room; the last one takes the room with it.
    pub(crate) fn leave(&self, server: ServerId, connection: &Arc<Connection>) {
        connection.left(server);
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(room) = rooms.get(&server)
            && room.remove(connection)
        {
            rooms.remove(&server);
        }
    }

    /// Drops a room and returns who was in it.
    pub(crate) fn close(&self, server: ServerId) -> Vec<Arc<Connection>> {
        let room = self
            .rooms
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&server);
        let connections = room.map(|room| room.connections()).unwrap_or_default();
        for connection in &connections {
            connection.left(server);
        }
        connections
    }

    /// Someone who is in these servers came, went or changed the status.
    pub(crate) fn mark_presence(&self, servers: &[ServerId]) {
        for server in servers {
            if let Some(room) = self.room(*server) {
                room.member_list().mark();
            }
        }
    }
}
