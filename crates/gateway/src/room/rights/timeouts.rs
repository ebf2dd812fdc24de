//! Timeouts of members in a room, which end by the clock and by no change.

use std::collections::BTreeMap;
use std::sync::Arc;

use battala_hub::access::structure::Membership;
use battala_proto::id::UserId;

use super::Cause;
use crate::host::Host;
use crate::room::Owner;

/// Until when members may only look on.
#[derive(Default)]
pub(in crate::room) struct Timeouts(BTreeMap<UserId, i64>);

impl Timeouts {
    /// A member is here by this membership from now on.
    pub(in crate::room) fn note(&mut self, membership: &Membership) {
        match membership.timeout_until {
            Some(until) => self.0.insert(membership.user_id, until),
            None => self.0.remove(&membership.user_id),
        };
    }

    pub(in crate::room) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whose are over by now; nothing is known of these any more.
    fn take_over(&mut self, now: i64) -> Vec<UserId> {
        let over = self.0.iter().filter(|(_, until)| **until <= now);
        let over: Vec<UserId> = over.map(|(user, _)| *user).collect();
        self.0.retain(|_, until| *until > now);
        over
    }
}

impl Owner {
    /// Whoever has gone through a timeout may do what the rights say again. While the server cannot be
    /// read it is not known what they say.
    pub(in crate::room) fn end_timeouts(&mut self, host: &dyn Host) {
        if self.is_unread {
            return;
        }
        let over = self.timeouts.take_over(host.wall()).into_iter();
        let connections = over.flat_map(|user| host.directory().of_account(user));
        let mut moved = Vec::new();
        for socket in connections.map(|it| it.socket.id()) {
            if let Some(membership) = self.seats.membership_of(socket).cloned() {
                let class = self.class_of(host, &membership);
                let own = (&membership, &class);
                moved.extend(self.seats.set_membership([socket], own));
            }
        }
        let rights = Arc::clone(&self.rights);
        let cause = Cause {
            before: &rights,
            counters: self.order.counters(),
            channels: None,
        };
        self.tell_moved(host, &cause, moved);
    }
}
