//! Who has something large that is kept for the next who wants it: one bound for all of them.
//!
//! What was used longest ago goes first. Knows no structure and no room: only how large what they
//! keep is, and when it was used.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use battala_proto::id::ServerId;

/// Bytes of all of them together: some ninety of the largest structures.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// The keepers `T`, each found by its server.
pub(crate) struct Kept<T> {
    slots: Mutex<Slots<T>>,
    bytes_max: usize,
}

struct Slots<T> {
    by_server: HashMap<ServerId, Slot<T>>,
    /// What all of them keep together, or kept when they ended.
    bytes: usize,
    /// Counts the uses, so that what was used longest ago is known.
    uses: u64,
}

struct Slot<T> {
    keeper: Weak<T>,
    bytes: usize,
    last_use: u64,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self::new(BYTES_MAX)
    }
}

impl<T> Kept<T> {
    fn new(bytes_max: usize) -> Self {
        let slots = Slots {
            by_server: HashMap::new(),
            bytes: 0,
            uses: 0,
        };
        Self {
            slots: Mutex::new(slots),
            bytes_max,
        }
    }

    /// A keeper has used what it keeps.
    pub(crate) fn used(&self, server: ServerId) {
        let mut slots = self.slots();
        let last_use = slots.next_use();
        if let Some(slot) = slots.by_server.get_mut(&server) {
            slot.last_use = last_use;
        }
    }

    /// A keeper keeps so much now, in place of what it kept before. Returns who has to let go of it.
    #[must_use]
    pub(crate) fn keeps(&self, server: ServerId, keeper: &Arc<T>, bytes: usize) -> Vec<Arc<T>> {
        let mut slots = self.slots();
        let slot = Slot {
            keeper: Arc::downgrade(keeper),
            bytes,
            last_use: slots.next_use(),
        };
        let before = slots.by_server.insert(server, slot);
        slots.bytes += bytes;
        slots.bytes -= before.map_or(0, |before| before.bytes);
        slots.shrink_to(self.bytes_max)
    }

    fn slots(&self) -> MutexGuard<'_, Slots<T>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Slots<T> {
    fn next_use(&mut self) -> u64 {
        self.uses += 1;
        self.uses
    }

    /// The last that was used stays, whatever its size.
    fn shrink_to(&mut self, bytes_max: usize) -> Vec<Arc<T>> {
        let mut gone = Vec::new();
        if self.bytes <= bytes_max {
            return gone;
        }
        // Whoever has ended keeps nothing any more.
        self.by_server
            .retain(|_, slot| slot.keeper.strong_count() > 0);
        self.bytes = self.by_server.values().map(|slot| slot.bytes).sum();
        while self.bytes > bytes_max && self.by_server.len() > 1 {
            let oldest = self.by_server.iter().min_by_key(|(_, slot)| slot.last_use);
            let Some(slot) = oldest
                .map(|(server, _)| *server)
                .and_then(|server| self.by_server.remove(&server))
            else {
                return gone;
            };
            self.bytes -= slot.bytes;
            gone.extend(slot.keeper.upgrade());
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(id: i64) -> ServerId {
        ServerId::from_raw(id)
    }

    #[test]
    fn what_was_used_longest_ago_goes_when_all_together_is_too_much() {
        let kept = Kept::new(10);
        let [first, second, third] = [1, 2, 3].map(Arc::new);
        assert!(kept.keeps(server(1), &first, 4).is_empty());
        assert!(kept.keeps(server(2), &second, 4).is_empty());
        kept.used(server(1));
        assert_eq!(kept.keeps(server(3), &third, 4), [second]);
        assert_eq!(kept.keeps(server(3), &third, 7), [first]);
        assert!(kept.keeps(server(3), &third, 99).is_empty(), "the last one");
        assert!(kept.keeps(server(3), &third, 1).is_empty());
        assert_eq!(kept.slots().bytes, 1);
    }

    #[test]
    fn who_has_ended_takes_no_room() {
        let kept = Kept::new(10);
        let [first, second] = [1, 2].map(Arc::new);
        assert!(kept.keeps(server(1), &first, 6).is_empty());
        for id in 3..=9 {
            assert!(kept.keeps(server(id), &Arc::new(0), 4).is_empty());
        }
        assert!(kept.keeps(server(2), &second, 4).is_empty());
        assert_eq!(kept.slots().by_server.len(), 2);
    }
}
