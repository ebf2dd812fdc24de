//! Who may do what in the room, by the rights that it has applied.
//!
//! A commit brings what decides rights with it, so that the room has at each epoch those of that epoch:
//! what is told at it reaches whom it concerns by them, and nobody asks the database. Whose rights are
//! others then is told so in [`telling`].

mod telling;
mod timeouts;

use std::collections::HashMap;
use std::sync::Arc;

use battala_hub::access::structure::{self, Class, Membership, Structure};
use battala_hub::bus::{Change, StructureChange};
use battala_proto::id::UserId;

use super::Owner;
use super::concern::{Concern, concern};
use super::seats::Moved;
use crate::host::Host;
pub(super) use telling::Cause;
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
    pub(super) fn class_of(&self, host: &dyn Host, membership: &Membership) -> Class {
        class_at((&self.rights, self.as_of), membership, host.wall())
    }

    /// Applies all that one commit changed: first what ends, by the rights of before, so that a deleted
    /// channel is told to who saw it, and who is removed hears of nothing else; then the rights, and
    /// whose are others; what goes by them; and at the end who may do what from now on, of channels
    /// that are told of by then.
    pub(super) fn restructure(&mut self, host: &dyn Host, change: &StructureChange) {
        for part in parts(change, Turn::End) {
            self.apply(host, part);
        }
        self.as_of = change.counters.epoch.max(self.as_of);
        let before = Arc::clone(&self.rights);
        let memberships: Vec<&Membership> = change.changes.iter().filter_map(membership).collect();
        let moved = self.move_members(host, change.rights.as_ref(), &memberships);
        for part in parts(change, Turn::Rest) {
            self.apply(host, part);
        }
        let cause = Cause {
            before: &before,
            counters: change.counters,
            channels: change.channels.as_deref(),
        };
        self.tell_moved(host, &cause, moved);
    }

    /// These rights hold from now on, unless newer ones do already, and these memberships, likewise. Says
    /// who may do something else by both together.
    pub(super) fn move_members(
        &mut self,
        host: &dyn Host,
        rights: Option<&Arc<Structure>>,
        memberships: &[&Membership],
    ) -> Vec<Moved> {
        let is_newer = |it: &&Arc<Structure>| it.rights_version() > self.rights.rights_version();
        let Some(rights) = rights.filter(is_newer) else {
            let memberships = memberships.iter();
            let moved = memberships.flat_map(|it| self.set_membership(host, it));
            return moved.collect();
        };
        self.rights = Arc::clone(rights);
        let memberships = memberships.iter().map(|it| (it.user_id, *it));
        let memberships: HashMap<UserId, &Membership> = memberships.collect();
        let (at, now) = ((&**rights, self.as_of), host.wall());
        let timeouts = &mut self.timeouts;
        self.seats.reclass(|membership| {
            let changed = memberships.get(&membership.user_id);
            if let Some(newer) = changed.filter(|it| it.rev > membership.rev) {
                *membership = Membership::clone(newer);
                timeouts.note(membership);
            }
            class_at(at, membership, now)
        })
    }

    /// A membership is another, unless a newer one is known already.
    fn set_membership(&mut self, host: &dyn Host, membership: &Membership) -> Vec<Moved> {
        let class = self.class_of(host, membership);
        let connections = host.directory().of_account(membership.user_id);
        let sockets = connections.iter().map(|it| it.socket.id());
        // The same one may not have been known to the room when it came.
        let is_as_old = |known: &Membership| known.rev <= membership.rev;
        let as_old = sockets.filter(|it| self.seats.membership_of(*it).is_some_and(is_as_old));
        let as_old: Vec<_> = as_old.collect();
        if !as_old.is_empty() {
            self.timeouts.note(membership);
        }
        self.seats.set_membership(as_old, (membership, &class))
    }
}
