//! Whether what a renewal handed out was used: the line between a lost answer and a theft.
//!
//! The refresh token before the current one may come again as long as nobody has used what its
//! renewal gave: the answer got lost. Once an access token of that renewal has been seen, somebody
//! has the answer, and who still holds the token before it is somebody else.
//!
//! Kept in memory and bounded. What is not known for certain reads as used, which is the strict
//! side: after a restart, renewals of before have the short grace only.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use battala_proto::TimestampMs;
use battala_proto::id::SessionId;

/// Sessions remembered at most: some 5 MB.
const SESSIONS_MAX: usize = 100_000;

/// The renewals that were used since some moment.
pub(crate) struct Renewals {
    seen: Mutex<Seen>,
    has_lost_time: AtomicBool,
}

struct Seen {
    /// Nothing is missing of what was used after this.
    since: TimestampMs,
    counters: HashMap<SessionId, i64>,
}

impl Renewals {
    pub(crate) fn new(now: TimestampMs) -> Self {
        let seen = Seen {
            since: now,
            counters: HashMap::new(),
        };
        Self {
            seen: Mutex::new(seen),
            has_lost_time: AtomicBool::new(false),
        }
    }

    /// A renewal came that the database does not know of; whether it is the first since the start.
    pub(crate) fn is_first_of_lost_time(&self) -> bool {
        !self.has_lost_time.swap(true, Ordering::Relaxed)
    }

    /// An access token came that was handed out after `counter` renewals of the session.
    pub(crate) fn used(&self, session_id: SessionId, counter: i64, now: TimestampMs) {
        // The session's first tokens come from a sign-in: there is nothing before them.
        if counter == 0 {
            return;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.counters.len() >= SESSIONS_MAX {
            seen.counters.clear();
            seen.since = now;
        }
        let known = seen.counters.entry(session_id).or_insert(counter);
        *known = counter.max(*known);
    }

    /// Whether the renewal may have been used.
    pub(crate) fn may_be_used(
        &self,
        session_id: SessionId,
        counter: i64,
        renewed_at: TimestampMs,
    ) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let used = seen.counters.get(&session_id);
        renewed_at < seen.since || used.is_some_and(|used| *used >= counter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: SessionId = SessionId::from_raw(7);

    #[test]
    fn a_renewal_is_unused_until_its_access_token_is_seen() {
        let renewals = Renewals::new(100);
        assert!(!renewals.may_be_used(SESSION, 2, 100));
        renewals.used(SESSION, 1, 101);
        assert!(!renewals.may_be_used(SESSION, 2, 102));
        renewals.used(SESSION, 2, 103);
        renewals.used(SESSION, 1, 104);
        assert!(renewals.may_be_used(SESSION, 2, 102));
        assert!(!renewals.may_be_used(SessionId::from_raw(8), 2, 102));
    }

    #[test]
    fn what_was_forgotten_reads_as_used() {
        let renewals = Renewals::new(100);
        assert!(renewals.may_be_used(SESSION, 1, 99), "of before the start");
        for id in 0..=i64::try_from(SESSIONS_MAX).unwrap() {
            renewals.used(SessionId::from_raw(id + 10), 1, 200);
        }
        assert!(renewals.seen.lock().unwrap().counters.len() <= SESSIONS_MAX);
        assert!(renewals.may_be_used(SESSION, 1, 150));
        assert!(!renewals.may_be_used(SESSION, 1, 201));
    }
}
