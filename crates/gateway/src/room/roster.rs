//! The connections of one room, in a dense list that a fan-out walks through.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use battala_socketio::{Frame, SocketId};

use crate::connection::Connection;

#[derive(Default)]
pub(super) struct Roster {
    connections: Vec<Arc<Connection>>,
    places: HashMap<SocketId, usize>,
    /// Frames that were handed out since somebody asked.
    handed_out: Cell<usize>,
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
        self.for_each(|connection| {
            connection.socket.emit(frame);
        });
    }

    /// Hands everyone something, or not.
    pub(super) fn for_each(&self, hand_out: impl FnMut(&Arc<Connection>)) {
        self.connections.iter().for_each(hand_out);
        let handed_out = self.handed_out.get();
        self.handed_out.set(handed_out + self.connections.len());
    }

    /// How many frames were handed out since this was asked last.
    pub(super) fn take_handed_out(&self) -> usize {
        self.handed_out.take()
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
