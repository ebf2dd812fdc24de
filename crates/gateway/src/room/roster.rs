//! The connections of one room, in a dense list that a fan-out walks through.

use std::collections::HashMap;
use std::sync::Arc;

use battala_socketio::{Frame, SocketId};

use crate::connection::Connection;

#[derive(Default)]
pub(super) struct Roster {
    connections: Vec<Arc<Connection>>,
    places: HashMap<SocketId, usize>,
}

impl Roster {
    /// Adds a connection; says whether it was not there yet.
    pub(super) fn add(&mut self, connection: &Arc<Connection>) -> bool {
        let id = connection.socket.id();
        if self.places.contains_key(&id) {
            return false;
        }
        self.places.insert(id, self.connections.len());
        self.connections.push(Arc::clone(connection));
        true
    }

    /// Removes a connection, if it is there.
    pub(super) fn remove(&mut self, socket: SocketId) {
        let Some(place) = self.places.remove(&socket) else {
            return;
        };
        self.connections.swap_remove(place);
        if let Some(moved) = self.connections.get(place).map(|moved| moved.socket.id()) {
            self.places.insert(moved, place);
        }
    }

    pub(super) fn get(&self, socket: SocketId) -> Option<&Arc<Connection>> {
        self.connections.get(*self.places.get(&socket)?)
    }

    /// Hands one frame to everyone.
    pub(super) fn broadcast(&self, frame: &Frame) {
        for connection in &self.connections {
            connection.socket.emit(frame);
        }
    }

    pub(super) fn connections(&self) -> &[Arc<Connection>] {
        &self.connections
    }

    pub(super) fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    /// Everyone leaves.
    pub(super) fn take(&mut self) -> Vec<Arc<Connection>> {
        self.places.clear();
        std::mem::take(&mut self.connections)
    }
}
