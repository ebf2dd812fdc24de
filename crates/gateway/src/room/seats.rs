//! Who is in a room, and who of them may do the same.
//!
//! Every connection has a seat, and every class a group of seats: whatever is told of a channel is told
//! group by group. Knows no structure: which class somebody is of, and what a class sees, others say.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use battala_hub::access::structure::{Class, Membership};
use battala_socketio::{Frame, SocketId};

use crate::connection::Connection;

/// Connections that went from one class to another. Of two structures classes cannot be compared: where the
/// structure is another, these are all.
pub(super) struct Moved {
    pub(super) before: Class,
    pub(super) after: Class,
    pub(super) connections: Vec<Arc<Connection>>,
}

/// A connection, the membership by which it is here from now on, and the class by that.
pub(super) type Renewed<'m> = (SocketId, &'m Membership, Class);

/// The connections of one room.
#[derive(Default)]
pub(super) struct Seats {
    /// By number, which a seat keeps. One that is free is given to who comes next.
    by_number: Vec<Option<Seat>>,
    free: Vec<u32>,
    by_socket: HashMap<SocketId, u32>,
    groups: Vec<Group>,
    /// Groups that are empty. The next class that has none is given one.
    vacant: Vec<u32>,
    by_class: HashMap<Class, u32>,
    /// Frames that were handed out since somebody asked.
    handed_out: Cell<usize>,
}

struct Seat {
    connection: Arc<Connection>,
    membership: Membership,
    group: u32,
    /// Where it stands in the group.
    place: u32,
}

/// Those who may do the same.
struct Group {
    class: Class,
    seats: Vec<u32>,
}

impl Seats {
    /// Gives a connection a seat; says whether it had none yet.
    pub(super) fn add(
        &mut self,
        connection: &Arc<Connection>,
        membership: Membership,
        class: &Class,
    ) -> bool {
        let socket = connection.socket.id();
        if self.by_socket.contains_key(&socket) {
            return false;
        }
        let number = self.free.pop().unwrap_or_else(|| {
            self.by_number.push(None);
            index(self.by_number.len() - 1)
        });
        self.by_socket.insert(socket, number);
        let (group, place) = self.join(number, class);
        if let Some(seat) = self.by_number.get_mut(number as usize) {
            *seat = Some(Seat {
                connection: Arc::clone(connection),
                membership,
                group,
                place,
            });
        }
        true
    }

    /// Takes a connection its seat, if it has one.
    pub(super) fn remove(&mut self, socket: SocketId) {
        let Some(number) = self.by_socket.remove(&socket) else {
            return;
        };
        let seat = self.by_number.get_mut(number as usize);
        if let Some(seat) = seat.and_then(Option::take) {
            self.leave(&seat);
        }
        self.free.push(number);
    }

    pub(super) fn get(&self, socket: SocketId) -> Option<&Arc<Connection>> {
        self.seat(socket).map(|seat| &seat.connection)
    }

    /// What a connection of the room may do.
    pub(super) fn class_of(&self, socket: SocketId) -> Option<&Class> {
        let group = self.groups.get(self.seat(socket)?.group as usize);
        group.map(|group| &group.class)
    }

    /// The membership by which a connection is here.
    pub(super) fn membership_of(&self, socket: SocketId) -> Option<&Membership> {
        self.seat(socket).map(|seat| &seat.membership)
    }

    /// Hands one frame to everyone.
    pub(super) fn broadcast(&self, frame: &Frame) {
        self.for_each(|connection| {
            connection.socket.emit(frame);
        });
    }

    /// Hands one frame to these of them.
    pub(super) fn hand_out(&self, connections: &[Arc<Connection>], frame: &Frame) {
        for connection in connections {
            connection.socket.emit(frame);
        }
        self.count(connections.len());
    }

    /// Hands everyone something, or not.
    pub(super) fn for_each(&self, hand_out: impl FnMut(&Arc<Connection>)) {
        self.connections().for_each(hand_out);
        self.count(self.by_socket.len());
    }

    /// Calls `hand_out` for every connection of each class for which `what` gives something; skips the other
    /// classes.
    pub(super) fn for_each_class<T>(
        &self,
        mut what: impl FnMut(&Class) -> Option<T>,
        mut hand_out: impl FnMut(&Arc<Connection>, &T),
    ) {
        for group in self.groups.iter().filter(|group| !group.seats.is_empty()) {
            let Some(what) = what(&group.class) else {
                continue;
            };
            for connection in self.connections_of(group) {
                hand_out(connection, &what);
            }
            self.count(group.seats.len());
        }
    }

    /// Has everyone's class said anew, by memberships that may change with it. Says who goes to another
    /// one, whatever the two are of.
    pub(super) fn reclass(
        &mut self,
        mut class_of: impl FnMut(&mut Membership) -> Class,
    ) -> Vec<Moved> {
        let before = std::mem::take(&mut self.groups);
        self.vacant.clear();
        self.by_class.clear();
        let mut moved = Between::default();
        for (was, group) in (0..).zip(&before) {
            for number in &group.seats {
                moved.extend(self.reseat(*number, (was, &group.class), &mut class_of));
            }
        }
        moved.in_order()
    }

    /// Puts a seat into the group of the class that its membership is of now.
    fn reseat(
        &mut self,
        number: u32,
        (was, before): (u32, &Class),
        class_of: impl FnOnce(&mut Membership) -> Class,
    ) -> Option<Move> {
        let seat = self.by_number.get_mut(number as usize)?.as_mut()?;
        let after = class_of(&mut seat.membership);
        let (group, place) = self.join(number, &after);
        let seat = self.by_number.get_mut(number as usize)?.as_mut()?;
        (seat.group, seat.place) = (group, place);
        Some(Move {
            groups: (was, group),
            before: Arc::clone(before),
            after,
            connection: Arc::clone(&seat.connection),
        })
    }

    /// These connections are here by these memberships from now on. Says who goes to another class.
    pub(super) fn set_memberships(&mut self, renewed: &[Renewed<'_>]) -> Vec<Moved> {
        let mut moved = Between::default();
        for (socket, membership, class) in renewed {
            let Some(number) = self.by_socket.get(socket).copied() else {
                continue;
            };
            let renew = |known: &mut Membership| {
                *known = Membership::clone(membership);
                Arc::clone(class)
            };
            moved.extend(self.renew(number, renew));
        }
        moved.in_order()
    }

    /// Has the class of some said anew. Says who goes to another one.
    pub(super) fn reclass_some(
        &mut self,
        mut is_asked: impl FnMut(&Membership) -> bool,
        mut class_of: impl FnMut(&Membership) -> Class,
    ) -> Vec<Moved> {
        let seats = (0..).zip(&self.by_number);
        let asked =
            seats.filter(|(_, seat)| seat.as_ref().is_some_and(|it| is_asked(&it.membership)));
        let asked: Vec<u32> = asked.map(|(number, _)| number).collect();
        let mut moved = Between::default();
        for number in asked {
            moved.extend(self.renew(number, |membership| class_of(membership)));
        }
        moved.in_order()
    }

    /// Whether that moves a seat to another class.
    fn renew(
        &mut self,
        number: u32,
        class_of: impl FnOnce(&mut Membership) -> Class,
    ) -> Option<Move> {
        let mut seat = self.by_number.get_mut(number as usize)?.take()?;
        let after = class_of(&mut seat.membership);
        let (was, before) = (seat.group, self.class_at(seat.group));
        let moved = before.filter(|before| *before != after).map(|before| {
            self.leave(&seat);
            (seat.group, seat.place) = self.join(number, &after);
            Move {
                groups: (was, seat.group),
                before,
                after,
                connection: Arc::clone(&seat.connection),
            }
        });
        *self.by_number.get_mut(number as usize)? = Some(seat);
        moved
    }

    /// How many frames were handed out since this was asked last.
    pub(super) fn take_handed_out(&self) -> usize {
        self.handed_out.take()
    }

    pub(super) fn connections(&self) -> impl Iterator<Item = &Arc<Connection>> {
        self.by_number.iter().flatten().map(|seat| &seat.connection)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_socket.is_empty()
    }

    /// Everyone leaves.
    pub(super) fn take(&mut self) -> Vec<Arc<Connection>> {
        let seats = std::mem::take(self).by_number.into_iter().flatten();
        seats.map(|seat| seat.connection).collect()
    }

    fn class_at(&self, group: u32) -> Option<Class> {
        let group = self.groups.get(group as usize);
        group.map(|group| Arc::clone(&group.class))
    }

    fn seat(&self, socket: SocketId) -> Option<&Seat> {
        let number = *self.by_socket.get(&socket)?;
        self.by_number.get(number as usize)?.as_ref()
    }

    fn connections_of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Arc<Connection>> {
        let seats = group.seats.iter();
        let seats = seats.filter_map(|number| self.by_number.get(*number as usize)?.as_ref());
        seats.map(|seat| &seat.connection)
    }

    fn count(&self, frames: usize) {
        self.handed_out.set(self.handed_out.get() + frames);
    }

    /// Puts a seat into the group of a class; which it is, and where the seat stands in it.
    fn join(&mut self, number: u32, class: &Class) -> (u32, u32) {
        let at = match self.by_class.get(class) {
            Some(at) => *at,
            None => self.begin(class),
        };
        let Some(group) = self.groups.get_mut(at as usize) else {
            return (at, 0);
        };
        group.seats.push(number);
        (at, index(group.seats.len() - 1))
    }

    /// A group for a class that has none.
    fn begin(&mut self, class: &Class) -> u32 {
        let group = Group {
            class: Arc::clone(class),
            seats: Vec::new(),
        };
        let at = self.vacant.pop().unwrap_or(index(self.groups.len()));
        match self.groups.get_mut(at as usize) {
            Some(vacant) => *vacant = group,
            None => self.groups.push(group),
        }
        self.by_class.insert(Arc::clone(class), at);
        at
    }

    /// Takes a seat out of its group; whoever stands last there takes its place.
    fn leave(&mut self, seat: &Seat) {
        let Some(group) = self.groups.get_mut(seat.group as usize) else {
            return;
        };
        group.seats.swap_remove(seat.place as usize);
        if group.seats.is_empty() {
            self.by_class.remove(&group.class);
            self.vacant.push(seat.group);
        }
        let Some(last) = group.seats.get(seat.place as usize).copied() else {
            return;
        };
        if let Some(Some(last)) = self.by_number.get_mut(last as usize) {
            last.place = seat.place;
        }
    }
}

/// Numbers of seats and groups: of each there are fewer than descriptors.
fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A connection that goes from one group to another.
struct Move {
    groups: (u32, u32),
    before: Class,
    after: Class,
    connection: Arc<Connection>,
}

/// Who goes, by the groups between which.
#[derive(Default)]
struct Between(BTreeMap<(u32, u32), Moved>);

impl Between {
    fn extend(&mut self, moves: impl IntoIterator<Item = Move>) {
        for one in moves {
            let moved = self.0.entry(one.groups).or_insert_with(|| Moved {
                before: one.before,
                after: one.after,
                connections: Vec::new(),
            });
            moved.connections.push(one.connection);
        }
    }

    /// As groups stand: what is told first depends on no table.
    fn in_order(self) -> Vec<Moved> {
        self.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests;
