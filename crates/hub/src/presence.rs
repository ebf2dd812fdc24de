//! Who is there, in memory only: it disappears with the process and is right again as soon as
//! everyone has reconnected.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use battala_proto::id::UserId;
use battala_proto::members::{ChosenStatus, Status};

/// Counts the connections of every account, so that closing one of two tabs changes nothing.
#[derive(Default)]
pub struct Presence(Mutex<HashMap<UserId, Entry>>);

#[derive(Clone, Copy, Default)]
struct Entry {
    connections: u32,
    chosen: ChosenStatus,
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
    /// A connection of the account was opened.
    pub fn connected(&self, user: UserId) -> Shown {
        self.change(user, |entry| entry.connections += 1)
    }

    /// A connection of the account was closed.
    pub fn disconnected(&self, user: UserId) -> Shown {
        self.change(user, |entry| {
            entry.connections = entry.connections.saturating_sub(1);
        })
    }

    /// The account chose what others shall see.
    pub fn choose(&self, user: UserId, chosen: ChosenStatus) -> Shown {
        self.change(user, |entry| entry.chosen = chosen)
    }

    /// What the account chose.
    pub fn chosen(&self, user: UserId) -> ChosenStatus {
        self.entry(user).chosen
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
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let status = |user: &T| {
            entries
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
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(&user).copied().unwrap_or_default()
    }

    fn change(&self, user: UserId, change: impl FnOnce(&mut Entry)) -> Shown {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.entry(user).or_default();
        let before = shown(*entry);
        change(entry);
        let status = shown(*entry);
        // The choice lives as long as a connection does; nothing is kept of who is gone.
        if entry.connections == 0 {
            entries.remove(&user);
        }
        Shown {
            status,
            has_changed: before != status,
        }
    }
}

fn shown(entry: Entry) -> Status {
    if entry.connections == 0 {
        Status::Offline
    } else {
        entry.chosen.shown()
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
            presence.connected(ANA),
            Shown {
                status: Status::Online,
                has_changed: true
            }
        );
        assert_eq!(
            presence.connected(ANA),
            Shown {
                status: Status::Online,
                has_changed: false
            }
        );
        assert_eq!(
            presence.disconnected(ANA),
            Shown {
                status: Status::Online,
                has_changed: false
            }
        );
        assert_eq!(
            presence.disconnected(ANA),
            Shown {
                status: Status::Offline,
                has_changed: true
            }
        );
        assert_eq!(
            presence.disconnected(ANA),
            Shown {
                status: Status::Offline,
                has_changed: false
            }
        );
        assert!(
            presence.0.lock().unwrap().is_empty(),
            "nothing is kept of who is gone"
        );
    }

    #[test]
    fn the_chosen_status_is_for_all_connections_and_invisible_looks_offline() {
        let presence = Presence::default();
        presence.connected(ANA);
        presence.connected(ANA);
        assert_eq!(presence.choose(ANA, ChosenStatus::Dnd).status, Status::Dnd);
        assert_eq!(
            presence.choose(ANA, ChosenStatus::Invisible).status,
            Status::Offline
        );
        assert_eq!(presence.chosen(ANA), ChosenStatus::Invisible);
        presence.disconnected(ANA);
        assert_eq!(presence.chosen(ANA), ChosenStatus::Invisible);
    }
}
