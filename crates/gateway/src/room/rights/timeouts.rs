//! Timeouts of members in a room, which end by the clock and by no change.

use battala_hub::access::structure::{Class, Membership};

use super::{changed, class_at};
use crate::host::Host;
use crate::room::Owner;

/// When to look whose timeout is over. Whose they are, and how long they last, the seats say.
#[derive(Default)]
pub(in crate::room) struct Timeouts(Option<i64>);

impl Timeouts {
    /// A member's class is said by this membership, at this time.
    pub(in crate::room) fn note(&mut self, membership: &Membership, now: i64) {
        let lasts = membership.timeout_until.filter(|until| *until > now);
        if let Some(until) = lasts {
            self.0 = Some(self.0.map_or(until, |next| next.min(until)));
        }
    }

    /// Somebody has gone who was here by this membership: the next end may be nobody's any more.
    pub(in crate::room) fn forget(&mut self, membership: &Membership) {
        if self.0.is_some() && membership.timeout_until == self.0 {
            self.0 = Some(i64::MIN);
        }
    }

    pub(in crate::room) fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Owner {
    /// Whoever has gone through a timeout may do what the rights say again. While the server cannot be
    /// read it is not known what they say.
    pub(in crate::room) fn end_timeouts(&mut self, host: &dyn Host) {
        let now = host.wall();
        if self.is_unread || self.timeouts.0.is_none_or(|next| next > now) {
            return;
        }
        self.timeouts = Timeouts::default();
        let (at, timeouts) = ((&*self.rights, self.as_of), &mut self.timeouts);
        let is_over = |membership: &Membership| {
            timeouts.note(membership, now);
            membership.timeout_until.is_some_and(|until| until <= now)
        };
        let of_now = |membership: &Membership| class_at(at, membership, now);
        let sees = |class: &Class, channel| self.rights.sees(class, channel);
        let moved = self.seats.reclass_some(is_over, of_now, sees);
        let changed = changed((&self.rights, &self.rights), moved);
        self.tell_rights(host, (self.order.counters(), None), changed);
    }
}
