//! Who is in a room, who of them may do the same, and who watches what.
//!
//! Every connection has a seat, and every class a group of seats: whatever is told of a channel is told
//! group by group. Of what is said there, those of a group who listen to a list hear what they watch alone.
//! Knows no structure: which class somebody is of, and what a class sees, others say.

mod groups;
mod moves;
mod watches;

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use battala_hub::access::structure::{Class, Membership};
use battala_proto::channels::WatchMode;
use battala_proto::id::ChannelId;
use battala_socketio::{Frame, SocketId};

use self::groups::{Groups, Place};
pub(super) use self::moves::Moved;
use self::moves::{Between, Move};
use self::watches::Watches;
use crate::connection::Connection;

/// A connection, the membership by which it is here from now on, and the class by that.
pub(super) type Renewed<'m> = (SocketId, &'m Membership, Class);

/// For whom something is that is told of channels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    Everyone,
    /// Who listens to a list of channels.
    Listening,
    /// Of those, who watches something here.
    Watching,
}

/// The connections of one room.
#[derive(Default)]
pub(super) struct Seats {
    /// By number, which a seat keeps. One that is free is given to who comes next.
    by_number: Vec<Option<Seat>>,
    free: Vec<u32>,
    by_socket: HashMap<SocketId, u32>,
    groups: Groups,
    watches: Watches,
    /// Frames that were handed out since somebody asked.
    handed_out: Cell<usize>,
}

struct Seat {
    connection: Arc<Connection>,
    membership: Membership,
    place: Place,
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
        let place = self.groups.join(number, (class, connection.watch_mode()));
        if let Some(seat) = self.by_number.get_mut(number as usize) {
            *seat = Some(Seat {
                connection: Arc::clone(connection),
                membership,
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
        if self.mode_of(number) == WatchMode::Listed {
            self.watches.retain_of(&[number], |_, _| false);
        }
        self.leave(number);
        if let Some(seat) = self.by_number.get_mut(number as usize) {
            *seat = None;
        }
        self.free.push(number);
    }

    pub(super) fn get(&self, socket: SocketId) -> Option<&Arc<Connection>> {
        self.seat(socket).map(|seat| &seat.connection)
    }

    /// What a connection of the room may do.
    pub(super) fn class_of(&self, socket: SocketId) -> Option<&Class> {
        let number = *self.by_socket.get(&socket)?;
        class_in((&self.groups, &self.by_number), number)
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

    /// Calls `hand_out` for every reader of each class for which `what` gives something; skips the other
    /// classes.
    pub(super) fn for_each_class<T>(
        &self,
        readers: Readers,
        mut what: impl FnMut(&Class) -> Option<T>,
        mut hand_out: impl FnMut(&Arc<Connection>, &T),
    ) {
        let is_reader = |number: &u32| match readers {
            Readers::Everyone | Readers::Listening => true,
            Readers::Watching => self.watches.has_any(*number),
        };
        for group in self.groups.iter() {
            let all = match readers {
                Readers::Everyone => &*group.all,
                Readers::Listening | Readers::Watching => &[],
            };
            let listening = group.listed.iter().filter(|number| is_reader(number));
            let mut seats = all.iter().chain(listening).peekable();
            if seats.peek().is_none() {
                continue;
            }
            let Some(what) = what(&group.class) else {
                continue;
            };
            let mut frames = 0;
            for connection in self.connections_of(seats) {
                hand_out(connection, &what);
                frames += 1;
            }
            self.count(frames);
        }
    }

    /// Calls `hand_out` for every connection that hears what is said in a channel: who hears all that its
    /// class sees, and who watches the channel.
    pub(super) fn for_each_hearing(
        &self,
        channel: ChannelId,
        sees: impl Fn(&Class) -> bool,
        mut hand_out: impl FnMut(&Arc<Connection>),
    ) {
        debug_assert!(
            self.all_see(self.watches.of(channel), &sees),
            "a watch ends with the right"
        );
        let groups = self.groups.iter();
        let hearing = groups.filter(|group| !group.all.is_empty() && sees(&group.class));
        let watching = [self.watches.of(channel)];
        for seats in hearing.map(|group| &*group.all).chain(watching) {
            self.connections_of(seats.iter()).for_each(&mut hand_out);
            self.count(seats.len());
        }
    }

    fn all_see(&self, seats: &[u32], sees: impl Fn(&Class) -> bool) -> bool {
        let place = (&self.groups, &*self.by_number);
        seats
            .iter()
            .all(|number| class_in(place, *number).is_some_and(&sees))
    }

    /// A connection hears what it watches from now on: here these channels, which its class sees, and no
    /// others. How many of them it did not watch before.
    pub(super) fn watch(&mut self, socket: SocketId, channels: &[ChannelId]) -> usize {
        let Some(number) = self.by_socket.get(&socket).copied() else {
            return 0;
        };
        if self.mode_of(number) == WatchMode::All {
            self.listen_to_a_list(number);
        }
        self.watches.set(number, channels)
    }

    fn listen_to_a_list(&mut self, number: u32) {
        let class = class_in((&self.groups, &self.by_number), number);
        if let Some(class) = class.cloned() {
            self.regroup(number, (&class, WatchMode::Listed));
        }
    }

    /// Has everyone's class said anew, by memberships that may change with it. Says who goes to another
    /// one, whatever the two are of. Nobody watches any more what their class does not see.
    pub(super) fn reclass(
        &mut self,
        mut class_of: impl FnMut(&mut Membership) -> Class,
        sees: impl Fn(&Class, ChannelId) -> bool,
    ) -> Vec<Moved> {
        let before = std::mem::take(&mut self.groups);
        let mut moved = Between::default();
        for (was, group) in before.numbered() {
            for (number, mode) in group.seats() {
                let from = (was, &group.class, mode);
                moved.extend(self.reseat(number, from, &mut class_of));
            }
        }
        let (groups, by_number) = (&self.groups, &self.by_number);
        let group_of = |number: u32| Some(by_number.get(number as usize)?.as_ref()?.place.group);
        self.watches.retain_seen(group_of, |group, channel| {
            let class = groups.class_at(group);
            class.is_some_and(|class| sees(class, channel))
        });
        moved.in_order()
    }

    /// Puts a seat into the group of the class that its membership is of now.
    fn reseat(
        &mut self,
        number: u32,
        (was, before, mode): (u32, &Class, WatchMode),
        class_of: impl FnOnce(&mut Membership) -> Class,
    ) -> Option<Move> {
        let seat = self.by_number.get_mut(number as usize)?.as_mut()?;
        let after = class_of(&mut seat.membership);
        seat.place = self.groups.join(number, (&after, mode));
        Some(Move {
            groups: (was, seat.place.group),
            before: Arc::clone(before),
            after,
            connection: Arc::clone(&seat.connection),
        })
    }

    /// These connections are here by these memberships from now on. Says who goes to another class. What
    /// that does not see they do not watch any more.
    pub(super) fn set_memberships(
        &mut self,
        renewed: &[Renewed<'_>],
        sees: impl Fn(&Class, ChannelId) -> bool,
    ) -> Vec<Moved> {
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
        self.end_watches(&moved, sees);
        moved.in_order()
    }

    /// Has the class of some said anew. Says who goes to another one. What that does not see they do not
    /// watch any more.
    pub(super) fn reclass_some(
        &mut self,
        mut is_asked: impl FnMut(&Membership) -> bool,
        mut class_of: impl FnMut(&Membership) -> Class,
        sees: impl Fn(&Class, ChannelId) -> bool,
    ) -> Vec<Moved> {
        let seats = (0..).zip(&self.by_number);
        let asked =
            seats.filter(|(_, seat)| seat.as_ref().is_some_and(|it| is_asked(&it.membership)));
        let asked: Vec<u32> = asked.map(|(number, _)| number).collect();
        let mut moved = Between::default();
        for number in asked {
            moved.extend(self.renew(number, |membership| class_of(membership)));
        }
        self.end_watches(&moved, sees);
        moved.in_order()
    }

    /// Whether that moves a seat to another class.
    fn renew(
        &mut self,
        number: u32,
        class_of: impl FnOnce(&mut Membership) -> Class,
    ) -> Option<Move> {
        let seat = self.by_number.get_mut(number as usize)?.as_mut()?;
        let after = class_of(&mut seat.membership);
        let (was, connection) = (seat.place.group, Arc::clone(&seat.connection));
        let before = self.groups.class_at(was).filter(|it| **it != after)?;
        let before = Arc::clone(before);
        let group = self.regroup(number, (&after, self.mode_of(number)))?;
        Some(Move {
            groups: (was, group),
            before,
            after,
            connection,
        })
    }

    /// Those who moved watch no more what their classes do not see.
    fn end_watches(&mut self, moved: &Between, sees: impl Fn(&Class, ChannelId) -> bool) {
        let numbers = moved.connections();
        let numbers = numbers.filter_map(|it| self.by_socket.get(&it.socket.id()).copied());
        let listed = numbers.filter(|number| self.mode_of(*number) == WatchMode::Listed);
        let listed: Vec<u32> = listed.collect();
        let seats = (&self.groups, &*self.by_number);
        self.watches.retain_of(&listed, |number, channel| {
            class_in(seats, number).is_some_and(|class| sees(class, channel))
        });
    }

    /// Puts a seat into the group of a class, among those who listen in this way; which group that is.
    fn regroup(&mut self, number: u32, to: (&Class, WatchMode)) -> Option<u32> {
        self.leave(number);
        let seat = self.by_number.get_mut(number as usize)?.as_mut()?;
        seat.place = self.groups.join(number, to);
        Some(seat.place.group)
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

    fn seat(&self, socket: SocketId) -> Option<&Seat> {
        let number = *self.by_socket.get(&socket)?;
        self.by_number.get(number as usize)?.as_ref()
    }

    fn mode_of(&self, number: u32) -> WatchMode {
        let seat = self.by_number.get(number as usize).and_then(Option::as_ref);
        seat.map_or(WatchMode::All, |it| self.groups.mode_of(number, it.place))
    }

    fn connections_of<'a>(
        &'a self,
        seats: impl Iterator<Item = &'a u32>,
    ) -> impl Iterator<Item = &'a Arc<Connection>> {
        let seats = seats.filter_map(|number| self.by_number.get(*number as usize)?.as_ref());
        seats.map(|seat| &seat.connection)
    }

    fn count(&self, frames: usize) {
        self.handed_out.set(self.handed_out.get() + frames);
    }

    /// Takes a seat out of its group.
    fn leave(&mut self, number: u32) {
        let seat = self.by_number.get(number as usize).and_then(Option::as_ref);
        let Some(place) = seat.map(|seat| seat.place) else {
            return;
        };
        let moved = self.groups.leave(number, place);
        let moved = moved.and_then(|moved| self.by_number.get_mut(moved as usize));
        if let Some(Some(moved)) = moved {
            moved.place = place;
        }
    }
}

/// Of which class a seat is: that of its group.
fn class_in<'g>(
    (groups, by_number): (&'g Groups, &[Option<Seat>]),
    number: u32,
) -> Option<&'g Class> {
    let seat = by_number.get(number as usize)?.as_ref()?;
    groups.class_at(seat.place.group)
}

/// Numbers of seats and groups: of each there are fewer than descriptors.
fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
