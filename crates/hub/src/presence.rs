//! Who is there, in memory only: it disappears with the process and is right again as soon as
//! everyone has reconnected.
//!
//! What someone chose outlives their last connection for some minutes, so that a line that breaks
//! does not show them to anyone. After that, and after a restart, their clients say at the handshake
//! what they last knew ([`Presence::connected`]).

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use battala_proto::id::UserId;
use battala_proto::members::{ChosenStatus, Status};

/// A choice outlives the last connection by this long.
const KEPT_MS: i64 = 10 * 60 * 1000;
/// Choices of who is gone that are kept at most, some 1 MB; beyond it the oldest go first.
const KEPT_MAX: usize = 10_000;

/// Counts the connections of every account, so that closing one of two tabs changes nothing.
#[derive(Default)]
pub struct Presence(Mutex<Known>);

#[derive(Default)]
struct Known {
    present: HashMap<UserId, Entry>,
    /// What those chose who are gone, and when they went.
    kept: HashMap<UserId, (ChosenStatus, i64)>,
    /// The same in the order in which they went, with some who have come back since.
    gone: VecDeque<(UserId, i64)>,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    connections: u32,
    /// `None`: nothing was chosen as far as the hub knows.
    chosen: Option<ChosenStatus>,
}

impl Entry {
    /// A client says what it last knew of the choice. It may be old, so whatever the hub knows
    /// counts more. To be online is no choice; to be idle is one of a single machine.
    fn claim(&mut self, claimed: ChosenStatus) {
        let counts = match claimed {
            ChosenStatus::Online => false,
            ChosenStatus::Idle => self.connections == 0,
            ChosenStatus::Dnd | ChosenStatus::Invisible => true,
        };
        if counts && self.chosen.is_none() {
            self.chosen = Some(claimed);
        }
    }
}

impl Known {
    /// Forgets those who went too long ago, and the oldest beyond the bound.
    fn forget(&mut self, now: i64) {
        while let Some((user, left_at)) = self.gone.front().copied() {
            let is_kept = self.is_kept(user, left_at);
            if is_kept && self.kept.len() <= KEPT_MAX && now - left_at < KEPT_MS {
                return;
            }
            self.gone.pop_front();
            if is_kept {
                self.kept.remove(&user);
            }
        }
    }

    /// Whether it is still this leaving whose choice is kept.
    fn is_kept(&self, user: UserId, left_at: i64) -> bool {
        self.kept.get(&user).is_some_and(|(_, at)| *at == left_at)
    }

    fn keep(&mut self, user: UserId, chosen: Option<ChosenStatus>, now: i64) {
        // Idle tells of one machine, and whoever comes back to it is not idle.
        let Some(chosen) = chosen.filter(|chosen| *chosen != ChosenStatus::Idle) else {
            return;
        };
        self.kept.insert(user, (chosen, now));
        self.gone.push_back((user, now));
        // Who comes and goes a thousand times is in it once.
        if self.gone.len() > 2 * KEPT_MAX {
            let mut gone = std::mem::take(&mut self.gone);
            gone.retain(|(user, left_at)| self.is_kept(*user, *left_at));
            self.gone = gone;
        }
    }

    fn change(&mut self, user: UserId, change: impl FnOnce(&mut Entry)) -> Shown {
        let entry = self.present.entry(user).or_default();
        let before = shown(*entry);
        change(entry);
        let (status, is_gone) = (shown(*entry), entry.connections == 0);
        if is_gone {
            self.present.remove(&user);
        }
        Shown {
            status,
            has_changed: before != status,
        }
    }
}

/// What a change did to what others see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// What others see now.
    pub status: Status,
    /// Whether it was something else before.
    pub has_changed: bool,
}

impl Presence {
    /// A connection of the account was opened, by a client that remembers this choice. `now` is
    /// time that passes.
    pub fn connected(&self, user: UserId, claimed: Option<ChosenStatus>, now: i64) -> Shown {
        let mut known = self.lock();
        known.forget(now);
        let kept = known.kept.remove(&user).map(|(chosen, _)| chosen);
        known.change(user, |entry| {
            entry.chosen = entry.chosen.or(kept);
            if let Some(claimed) = claimed {
                entry.claim(claimed);
            }
            entry.connections += 1;
        })
    }

    /// A connection of the account was closed.
    pub fn disconnected(&self, user: UserId, now: i64) -> Shown {
        let mut known = self.lock();
        known.forget(now);
        let chosen = known.present.get(&user).and_then(|entry| entry.chosen);
        let shown = known.change(user, |entry| {
            entry.connections = entry.connections.saturating_sub(1);
        });
        if !known.present.contains_key(&user) {
            known.keep(user, chosen, now);
        }
        shown
    }

    /// The account chose what others shall see.
    pub fn choose(&self, user: UserId, chosen: ChosenStatus) -> Shown {
        self.lock()
            .change(user, |entry| entry.chosen = Some(chosen))
    }

    /// What the account chose.
    pub fn chosen(&self, user: UserId) -> ChosenStatus {
        self.entry(user).chosen.unwrap_or_default()
    }

    /// What others see.
    pub fn status(&self, user: UserId) -> Status {
        shown(self.entry(user))
    }

    /// What others see of many, under one lock.
    pub fn statuses<T>(
        &self,
        users: impl Iterator<Item = T>,
        id_of: impl Fn(&T) -> UserId,
    ) -> Vec<(T, Status)> {
        let known = self.lock();
        let status = |user: &T| {
            known
                .present
                .get(&id_of(user))
                .copied()
                .map_or(Status::Offline, shown)
        };
        users
            .map(|user| {
                let status = status(&user);
                (user, status)
            })
            .collect()
    }

    fn entry(&self, user: UserId) -> Entry {
        self.lock().present.get(&user).copied().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shown(entry: Entry) -> Status {
    if entry.connections == 0 {
        Status::Offline
    } else {
        entry.chosen.unwrap_or_default().shown()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: UserId = UserId::from_raw(1);

    #[test]
    fn an_account_is_there_until_its_last_connection_closes() {
        let presence = Presence::default();
        assert_eq!(
            presence.connected(ANA, None, 0),
            Shown {
                status: Status::Online,
                has_changed: true
            }
        );
        assert_eq!(
            presence.connected(ANA, None, 0),
            Shown {
                status: Status::Online,
                has_changed: false
            }
        );
        assert_eq!(
            presence.disconnected(ANA, 0),
            Shown {
                status: Status::Online,
                has_changed: false
            }
        );
        assert_eq!(
            presence.disconnected(ANA, 0),
            Shown {
                status: Status::Offline,
                has_changed: true
            }
        );
        assert_eq!(
            presence.disconnected(ANA, 0),
            Shown {
                status: Status::Offline,
                has_changed: false
            }
        );
        assert!(
            presence.lock().present.is_empty() && presence.lock().kept.is_empty(),
            "nothing is kept of who is gone and chose nothing"
        );
    }

    #[test]
    fn who_comes_and_goes_again_and_again_pushes_out_nobody() {
        let (presence, ben) = (Presence::default(), UserId::from_raw(2));
        let leave = |user, now| {
            presence.connected(user, Some(ChosenStatus::Invisible), now);
            presence.disconnected(user, now);
        };
        leave(ben, 0);
        for now in 0..3 * 10_000 {
            leave(ANA, now);
        }
        assert!(presence.lock().gone.len() <= 2 * KEPT_MAX);
        assert_eq!(presence.lock().kept.len(), 2);
        presence.connected(ben, None, 3 * 10_000);
        assert_eq!(presence.chosen(ben), ChosenStatus::Invisible);
    }

    #[test]
    fn the_chosen_status_is_for_all_connections_and_invisible_looks_offline() {
        let presence = Presence::default();
        presence.connected(ANA, None, 0);
        presence.connected(ANA, None, 0);
        assert_eq!(presence.choose(ANA, ChosenStatus::Dnd).status, Status::Dnd);
        assert_eq!(
            presence.choose(ANA, ChosenStatus::Invisible).status,
            Status::Offline
        );
        assert_eq!(presence.chosen(ANA), ChosenStatus::Invisible);
        presence.disconnected(ANA, 0);
        assert_eq!(presence.chosen(ANA), ChosenStatus::Invisible);
    }

    #[test]
    fn a_choice_outlives_the_last_connection_for_some_minutes() {
        for chosen in [ChosenStatus::Dnd, ChosenStatus::Invisible] {
            let presence = Presence::default();
            presence.connected(ANA, None, 0);
            presence.choose(ANA, chosen);
            presence.disconnected(ANA, 10);
            assert_eq!(presence.status(ANA), Status::Offline);
            let came = presence.connected(ANA, None, 10 + KEPT_MS - 1);
            assert_eq!(came.status, chosen.shown());
            assert_eq!(presence.chosen(ANA), chosen);
            // It counts from the last time.
            presence.disconnected(ANA, 20 + KEPT_MS);
            presence.connected(ANA, None, 10 + 2 * KEPT_MS);
            assert_eq!(presence.chosen(ANA), chosen);
            presence.disconnected(ANA, 3 * KEPT_MS);
            presence.connected(ANA, None, 4 * KEPT_MS);
            assert_eq!(presence.chosen(ANA), ChosenStatus::Online);
        }
    }

    #[test]
    fn what_a_client_remembers_counts_where_the_hub_knows_nothing() {
        let presence = Presence::default();
        let came = presence.connected(ANA, Some(ChosenStatus::Invisible), 0);
        assert_eq!((came.status, came.has_changed), (Status::Offline, false));
        presence.connected(ANA, Some(ChosenStatus::Dnd), 0);
        assert_eq!(presence.chosen(ANA), ChosenStatus::Invisible);
        presence.choose(ANA, ChosenStatus::Online);
        presence.connected(ANA, Some(ChosenStatus::Invisible), 0);
        assert_eq!(presence.chosen(ANA), ChosenStatus::Online);
        for _ in 0..3 {
            presence.disconnected(ANA, 0);
        }
        presence.connected(ANA, Some(ChosenStatus::Dnd), 1);
        assert_eq!(presence.chosen(ANA), ChosenStatus::Online);
    }

    #[test]
    fn a_machine_that_was_idle_is_so_again_unless_another_is_used() {
        let presence = Presence::default();
        presence.connected(ANA, Some(ChosenStatus::Idle), 0);
        assert_eq!(presence.status(ANA), Status::Idle);
        presence.disconnected(ANA, 0);
        presence.connected(ANA, Some(ChosenStatus::Online), 0);
        presence.connected(ANA, Some(ChosenStatus::Idle), 0);
        assert_eq!(presence.status(ANA), Status::Online);
        // Who hides on one machine hides on all.
        let came = presence.connected(ANA, Some(ChosenStatus::Invisible), 0);
        assert_eq!((came.status, came.has_changed), (Status::Offline, true));
    }

    #[test]
    fn what_is_kept_of_who_is_gone_is_bounded() {
        let presence = Presence::default();
        let coming_and_going = (0..30_000).map(|at| UserId::from_raw(1 + at % 11_000));
        for user in coming_and_going {
            presence.connected(user, Some(ChosenStatus::Dnd), 0);
            presence.disconnected(user, 0);
        }
        presence.connected(ANA, None, 0);
        let known = presence.lock();
        assert!(known.kept.len() <= KEPT_MAX && known.gone.len() <= KEPT_MAX);
        assert!(known.kept.len() > KEPT_MAX / 2);
    }
}
