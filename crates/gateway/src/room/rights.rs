//! Who may do what in the room, by the rights that it has applied.
//!
//! A commit brings what decides rights with it, so that the room has at each epoch those of that epoch:
//! what is told at it reaches whom it concerns by them, and nobody asks the database.

use std::sync::Arc;

use super::Owner;
use super::concern::{Concern, concern};
use super::seats::Moved;
use crate::host::{Effect, Host};
use battala_hub::access::structure::{self, Class, Membership, Structure, difference};
use battala_hub::bus::{Change, StructureChange};

/// When a part of a change has its turn.
#[derive(PartialEq, Eq)]
enum Turn {
    End,
    Membership,
    Rest,
}

impl Turn {
    fn of(part: &Change) -> Self {
        match part {
            Change::MemberRemoved { .. } => Self::End,
            Change::MemberChanged(_) => Self::Membership,
            Change::MemberJoined(..) | Change::Deleted => Self::Rest,
            Change::Event(_, event) => match concern(event) {
                Concern::EndOf(_) => Self::End,
                Concern::Everyone | Concern::Channel(_) | Concern::Order(_) | Concern::Heads(_) => {
                    Self::Rest
                }
            },
        }
    }
}

fn parts(change: &StructureChange, turn: Turn) -> impl Iterator<Item = &Change> {
    let parts = change.changes.iter();
    parts.filter(move |part| Turn::of(part) == turn)
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
    pub(super) fn class_of(&self, host: &dyn Host, membership: &Membership) -> Class {
        class_at((&self.rights, self.as_of), membership, host.wall())
    }

    /// Applies all that one commit changed: first what ends, by the rights of before, so that a deleted
    /// channel is told to who saw it, and who is removed hears of nothing else; then the rights, and
    /// whose are others; and what goes by them.
    pub(super) fn restructure(&mut self, host: &dyn Host, change: &StructureChange) {
        for part in parts(change, Turn::End) {
            self.apply(host, part);
        }
        self.as_of = change.counters.epoch.max(self.as_of);
        if let Some(rights) = &change.rights {
            self.adopt(host, rights);
        }
        for part in parts(change, Turn::Membership).chain(parts(change, Turn::Rest)) {
            self.apply(host, part);
        }
    }

    /// These rights hold from now on, unless newer ones do already.
    pub(super) fn adopt(&mut self, host: &dyn Host, rights: &Arc<Structure>) {
        if rights.rights_version() <= self.rights.rights_version() {
            return;
        }
        let before = std::mem::replace(&mut self.rights, Arc::clone(rights));
        let (at, now) = ((&*self.rights, self.as_of), host.wall());
        let moved = self
            .seats
            .reclass(|membership| class_at(at, membership, now));
        self.tell_moved(host, &before, moved);
    }

    /// A membership is another, unless a newer one is known already.
    pub(super) fn set_membership(&mut self, host: &dyn Host, membership: &Membership) {
        let class = self.class_of(host, membership);
        let connections = host.directory().of_account(membership.user_id);
        let sockets = connections.iter().map(|it| it.socket.id());
        // The same one may not have been known to the room when it came.
        let is_as_old = |known: &Membership| known.rev <= membership.rev;
        let as_old = sockets.filter(|it| self.seats.membership_of(*it).is_some_and(is_as_old));
        let as_old: Vec<_> = as_old.collect();
        let moved = self.seats.set_membership(as_old, (membership, &class));
        let rights = Arc::clone(&self.rights);
        self.tell_moved(host, &rights, moved);
    }

    /// Tells those the server anew who see other channels than before.
    fn tell_moved(&self, host: &dyn Host, before: &Structure, moved: Vec<Moved>) {
        let mut behind = Vec::new();
        for moved in moved {
            let now = (&*self.rights, &*moved.after);
            let difference = difference((before, &moved.before), now);
            if !difference.shown.is_empty() || !difference.hidden.is_empty() {
                behind.extend(moved.connections);
            }
        }
        if !behind.is_empty() {
            host.start(Effect::Tell(behind, self.room.server_id));
        }
    }
}
