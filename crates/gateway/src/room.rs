//! The connections of one server, in a dense list that a fan-out walks through.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use battala_hub::bus::Counters;
use battala_proto::id::ServerId;
use battala_socketio::{Frame, SocketId};

use crate::connection::Connection;
use crate::flight::Flight;
use crate::member_list::MemberList;
use crate::order::Order;
use crate::state::StateFrame;

/// A server with at least one connection here.
pub(crate) struct Room {
    pub(crate) server_id: ServerId,
    roster: Mutex<Roster>,
    order: Mutex<Order>,
    member_list: MemberList,
    state_frame: StateFrame,
    reload: Flight,
}

#[derive(Default)]
struct Roster {
    connections: Vec<Arc<Connection>>,
    places: HashMap<SocketId, usize>,
}

impl Room {
    pub(crate) fn new(server_id: ServerId, counters: Counters) -> Self {
        Self {
            server_id,
            roster: Mutex::default(),
            order: Mutex::new(Order::new(counters)),
            member_list: MemberList::default(),
            state_frame: StateFrame::default(),
            reload: Flight::default(),
        }
    }

    pub(crate) fn add(&self, connection: &Arc<Connection>) {
        let mut roster = self.roster();
        let place = roster.connections.len();
        if roster
            .places
            .insert(connection.socket.id(), place)
            .is_none()
        {
            roster.connections.push(Arc::clone(connection));
        } else {
            // It was here already: restore the place that the insert above replaced.
            let known = roster
                .connections
                .iter()
                .position(|other| Arc::ptr_eq(other, connection));
            roster
                .places
                .insert(connection.socket.id(), known.unwrap_or(place));
        }
    }

    /// Removes a connection and says whether the room is empty now.
    pub(crate) fn remove(&self, connection: &Arc<Connection>) -> bool {
        self.member_list.unsubscribe(connection.socket.id());
        let mut roster = self.roster();
        if let Some(place) = roster.places.remove(&connection.socket.id()) {
            roster.connections.swap_remove(place);
            if let Some(moved) = roster.connections.get(place).map(|moved| moved.socket.id()) {
                roster.places.insert(moved, place);
            }
        }
        roster.connections.is_empty()
    }

    /// Hands one frame to everyone in the room.
    pub(crate) fn broadcast(&self, frame: &Frame) {
        for connection in &self.roster().connections {
            connection.socket.emit(frame);
        }
    }

    /// Hands one frame to everyone in the room who has room for what may get lost.
    pub(crate) fn hint(&self, frame: &Frame) {
        for connection in &self.roster().connections {
            connection.socket.emit_hint(frame);
        }
    }

    pub(crate) fn connections(&self) -> Vec<Arc<Connection>> {
        self.roster().connections.clone()
    }

    pub(crate) fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn member_list(&self) -> &MemberList {
        &self.member_list
    }

    pub(crate) fn state_frame(&self) -> &StateFrame {
        &self.state_frame
    }

    /// The reading of the room anew, of which one runs at a time.
    pub(crate) fn reload(&self) -> &Flight {
        &self.reload
    }

    fn roster(&self) -> MutexGuard<'_, Roster> {
        self.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
