//! Who may do what in the room, by the rights that it has applied.
//!
//! A commit brings what decides rights with it, so that the room has at each epoch those of that epoch:
//! what is told at it reaches whom it concerns by them, and nobody asks the database. Whose rights are
//! others then is told so in [`telling`].

mod telling;
mod timeouts;

use std::collections::HashMap;
use std::sync::Arc;

use battala_hub::access::structure::{self, Class, Difference, Membership, Structure, difference};
use battala_hub::bus::{Change, StructureChange};
use battala_proto::id::UserId;

use super::Owner;
use super::concern::{Concern, concern};
use super::seats::{Moved, Renewed};
use crate::connection::Connection;
use crate::host::Host;
pub(super) use timeouts::Timeouts;

/// When a part of a change has its turn.
#[derive(PartialEq, Eq)]
enum Turn {
    End,
    Rest,
}

impl Turn {
    fn of(part: &Change) -> Self {
        match part {
            Change::MemberRemoved { .. } => Self::End,
            Change::MemberJoined(..) | Change::MemberChanged(_) | Change::Deleted => Self::Rest,
            Change::Event(_, event) => match concern(event) {
                Concern::EndOf(_) => Self::End,
                Concern::Everyone
                | Concern::Channel(_)
                | Concern::Said(_)
                | Concern::Order(_)
                | Concern::Heads(_)
                | Concern::NoRoom => Self::Rest,
            },
        }
    }
}

fn parts(change: &StructureChange, turn: Turn) -> impl Iterator<Item = &Change> {
    let parts = change.changes.iter();
    parts.filter(move |part| Turn::of(part) == turn)
}

/// The membership that is another from then on, or begins: who is here by one that the room did not know
/// when it came may do something else, too.
fn membership(part: &Change) -> Option<&Membership> {
    match part {
        Change::MemberChanged(membership) | Change::MemberJoined(_, membership) => Some(membership),
        Change::Event(..) | Change::MemberRemoved { .. } | Change::Deleted => None,
    }
}

/// What a member may do by the rights of an epoch.
fn class_at((rights, as_of): (&Structure, i64), membership: &Membership, now: i64) -> Class {
    if membership.rev > as_of {
        return structure::nothing(rights);
    }
    structure::class(rights, membership, now)
}

impl Owner {
    /// What a member may do; nothing while that stands in what the room has not come to: a membership of a
    /// later moment never meets the rights of an earlier one.
    pub(super) fn class_of(&self, membership: &Membership, now: i64) -> Class {
        class_at((&self.rights, self.as_of), membership, now)
    }

    /// Applies all that one commit changed. First what ends, by the old rights, so that a deleted channel is
    /// told to who saw it, and who is removed hears of nothing else; then seats move to the new rights; then
    /// the other events, by the new rights; last, each learns what is other for them, of channels that they
    /// know by then.
    pub(super) fn restructure(&mut self, host: &dyn Host, change: &StructureChange) {
        for part in parts(change, Turn::End) {
            self.apply(host, part);
        }
        self.as_of = change.counters.epoch.max(self.as_of);
        let memberships: Vec<&Membership> = change.changes.iter().filter_map(membership).collect();
        let rights = change.rights.as_ref().map(|it| &it.structure);
        let changed = self.move_members(host, rights, &memberships);
        for part in parts(change, Turn::Rest) {
            self.apply(host, part);
        }
        let rows = change.rights.as_ref().map(|it| &*it.channels);
        self.tell_rights(host, (change.counters, rows), changed);
    }

    /// These rights hold from now on, unless newer ones do already, and these memberships, likewise. Says
    /// whose rights are others by both together.
    pub(super) fn move_members(
        &mut self,
        host: &dyn Host,
        rights: Option<&Arc<Structure>>,
        memberships: &[&Membership],
    ) -> Vec<Changed> {
        let is_newer = |it: &&Arc<Structure>| it.rights_version() > self.rights.rights_version();
        let now = host.wall();
        let Some(rights) = rights.filter(is_newer) else {
            let renewed = memberships.iter();
            let renewed = renewed.flat_map(|it| self.renewed((host, now), it));
            let renewed: Vec<Renewed<'_>> = renewed.collect();
            for (_, membership, _) in &renewed {
                self.timeouts.note(membership, now);
            }
            let sees = |class: &Class, channel| self.rights.sees(class, channel);
            let moved = self.seats.set_memberships(&renewed, sees);
            return changed((&self.rights, &self.rights), moved);
        };
        let before = std::mem::replace(&mut self.rights, Arc::clone(rights));
        self.room.set_rights(rights);
        let memberships = memberships.iter().map(|it| (it.user_id, *it));
        let memberships: HashMap<UserId, &Membership> = memberships.collect();
        let at = (&**rights, self.as_of);
        let timeouts = &mut self.timeouts;
        let class_of = |membership: &mut Membership| {
            let changed = memberships.get(&membership.user_id);
            if let Some(newer) = changed.filter(|it| it.rev > membership.rev) {
                *membership = Membership::clone(newer);
            }
            // One that was over may last again, after the clock was set back.
            timeouts.note(membership, now);
            class_at(at, membership, now)
        };
        let sees = |class: &Class, channel| rights.sees(class, channel);
        let moved = self.seats.reclass(class_of, sees);
        changed((&before, rights), moved)
    }

    /// The connections here that know no newer membership of their account than this one.
    fn renewed<'m>(
        &self,
        (host, now): (&dyn Host, i64),
        membership: &'m Membership,
    ) -> Vec<Renewed<'m>> {
        let class = self.class_of(membership, now);
        let connections = host.directory().of_account(membership.user_id);
        let sockets = connections.iter().map(|it| it.socket.id());
        // The same one may not have been known to the room when it came.
        let is_as_old = |known: &Membership| known.rev <= membership.rev;
        let as_old = sockets.filter(|it| self.seats.membership_of(*it).is_some_and(is_as_old));
        let renewed = as_old.map(|socket| (socket, membership, Arc::clone(&class)));
        renewed.collect()
    }
}

/// Connections for which the same is other, and may do the same from now on.
#[must_use]
pub(super) struct Changed {
    pub(super) difference: Difference,
    pub(super) after: Class,
    pub(super) connections: Vec<Arc<Connection>>,
}

/// For whom of those who moved something is other, from one structure to the next.
fn changed((before, after): (&Structure, &Structure), moved: Vec<Moved>) -> Vec<Changed> {
    let changed = moved.into_iter().map(|moved| Changed {
        difference: difference((before, &moved.before), (after, &moved.after)),
        after: moved.after,
        connections: moved.connections,
    });
    changed.filter(|it| !it.difference.is_none()).collect()
}
