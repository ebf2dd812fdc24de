//! What a room does with what was read of its server: it merges, and never lowers a number.

use std::collections::HashSet;
use std::sync::Arc;

use battala_hub::access::structure::Membership;
use battala_hub::recovery::ServerNow;
use battala_proto::events::RemovalReason;
use battala_proto::id::UserId;

use super::rights::Changed;
use super::{Found, Life, Owner, Reading};
use crate::connection::Connection;
use crate::host::{Effect, Host};
use crate::recovery::send_back;
use crate::telling::What;

impl Owner {
    pub(super) fn merge(&mut self, host: &dyn Host, reading: Reading) -> Life {
        self.is_reading = false;
        match reading.found {
            Found::Now(now) => {
                self.catch_up(host, &reading.asked, &now);
            }
            Found::Gone => return self.close(host),
            // Without knowing the rights nothing may be delivered: clients reconnect and sync. Whoever
            // comes before the last of them has gone finds the same room, which still has to be read.
            Found::Unreadable => {
                self.is_unread = true;
                self.take_early(host);
                let connections: Vec<_> = self.seats.connections().cloned().collect();
                send_back(&connections);
                for (_, user) in std::mem::take(&mut self.joins_missed) {
                    send_back(&host.directory().of_account(user));
                }
            }
            // Coming again would change nothing. It is read until it can be, and what follows waits;
            // who has joined meanwhile is in it by what stands in their account.
            Found::Broken => {
                self.is_unread = true;
                self.take_early(host);
                for (_, user) in std::mem::take(&mut self.joins_missed) {
                    self.recheck_join(host, user);
                }
            }
        }
        Life::GoesOn
    }

    /// Brings the room to where its server stood, unless it has come further by itself, and then
    /// applies what waits above.
    fn catch_up(&mut self, host: &dyn Host, asked: &[UserId], now: &ServerNow) {
        let was_unread = std::mem::take(&mut self.is_unread);
        let mut behind = Vec::new();
        // What has been applied has no holes: up to an epoch that was reached nothing is missing.
        if now.counters.epoch > self.order.epoch() {
            // Who is entered is sent the structure by that.
            if now.counters.structure_rev > self.order.structure_rev() {
                behind = self.seats.connections().cloned().collect();
            }
            self.as_of = now.counters.epoch;
            let changed = self.set_members(host, asked, now);
            send_back(&self.strangers(asked));
            // In a structure that follows it stands, too; what is lost does not wait for that.
            self.tell_rights(host, (now.counters, None), changed);
        }
        // Before they are told what has waited.
        if was_unread {
            self.watch_all_late();
        }
        self.tell_heads(&now.heads);
        let mut joining = self.order.joining_through(now.counters.epoch);
        let is_read = |(at, _): &mut (i64, UserId)| *at <= now.counters.epoch;
        joining.extend(self.joins_missed.extract_if(.., is_read));
        let ready = self.order.reset(now.counters, &now.heads);
        self.apply_all(host, &ready);
        // What waited is in the reading; who came since the question was asked was not asked for.
        for (_, user) in joining {
            self.recheck_join(host, user);
        }
        for user in self.profiles_missed.drain() {
            host.doubts().add_profile(user, host.now());
        }
        self.member_list.forget();
        if !behind.is_empty() {
            host.start(Effect::Tell(behind, self.room.server_id, What::Structure));
        }
    }

    /// Takes out who is no member any more, enters who has become one, and knows of the others how they
    /// are. Says whose rights are others than before.
    fn set_members(&mut self, host: &dyn Host, asked: &[UserId], now: &ServerNow) -> Vec<Changed> {
        let server = self.room.server_id;
        let members: HashSet<UserId> = now.members.iter().map(|it| it.user_id).collect();
        for user in asked.iter().filter(|it| !members.contains(it)) {
            let connections = host.directory().of_account(*user);
            if connections.iter().any(|it| it.is_in(server)) {
                self.remove(host, *user, RemovalReason::Kicked);
            }
        }
        let memberships: Vec<&Membership> = now.members.iter().collect();
        let changed = self.move_members(host, Some(&now.structure), &memberships);
        for membership in memberships {
            self.welcome(host, membership);
        }
        changed
    }

    /// Who came after the question was asked: nobody knows whether they were members when it was
    /// answered, and whether a removal was missed.
    fn strangers(&self, asked: &[UserId]) -> Vec<Arc<Connection>> {
        let asked: HashSet<UserId> = asked.iter().copied().collect();
        let connections = self.seats.connections();
        let strangers = connections.filter(|connection| !asked.contains(&connection.user_id));
        strangers.cloned().collect()
    }
}
