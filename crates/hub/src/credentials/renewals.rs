//! Whether what a renewal handed out was used: the line between a lost answer and a theft.
//!
//! The refresh token before the current one may come again as long as nobody has used what its
//! renewal gave: the answer got lost. Once an access token of that renewal has been seen, somebody
//! has the answer, and who still holds the token before it is somebody else.
//!
//! Kept in memory and bounded. What is not known for certain reads as used, which is the strict
//! side: after a restart, renewals of before have the short grace only.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use battala_proto::TimestampMs;
use battala_proto::id::SessionId;

/// Sessions remembered at most: some 5 MB.
const SESSIONS_MAX: usize = 100_000;

/// Refused ones remembered: between half of it and all.
const REFUSED_MAX: usize = 32_768;

/// The renewals that were used since some moment.
pub(crate) struct Renewals {
    seen: Mutex<Seen>,
    refused: Mutex<Refused>,
    has_lost_time: AtomicBool,
}

struct Seen {
    /// Nothing is missing of what was used after this.
    since: TimestampMs,
    counters: HashMap<SessionId, i64>,
}

/// Sessions whose token was refused, in two halves: the older one is forgotten when the other is
/// full.
#[derive(Default)]
struct Refused {
    recent: HashSet<SessionId>,
    earlier: HashSet<SessionId>,
}

/// What became of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented {
    Accepted,
    Refused,
}

impl Renewals {
    pub(crate) fn new(now: TimestampMs) -> Self {
        let seen = Seen {
            since: now,
            counters: HashMap::new(),
        };
        Self {
            seen: Mutex::new(seen),
            refused: Mutex::default(),
            has_lost_time: AtomicBool::new(false),
        }
    }

    /// A renewal came that the database does not know of; whether it is the first since the start.
    pub(crate) fn is_first_of_lost_time(&self) -> bool {
        !self.has_lost_time.swap(true, Ordering::Relaxed)
    }

    /// A refresh token of the session was presented.
    pub(crate) fn note(&self, session_id: SessionId, presented: Presented) {
        match presented {
            Presented::Accepted => self.accept(session_id),
            Presented::Refused => self.refuse(session_id),
        }
    }

    /// A refresh token of the session was refused: the mark in it says nothing any more.
    fn refuse(&self, session_id: SessionId) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.recent.len() >= REFUSED_MAX / 2 {
            refused.earlier = std::mem::take(&mut refused.recent);
        }
        refused.recent.insert(session_id);
    }

    /// The session was renewed: whatever came in its name before, it is there.
    fn accept(&self, session_id: SessionId) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.recent.remove(&session_id);
        refused.earlier.remove(&session_id);
    }

    /// Whether a token of the session was refused, as far as that is remembered.
    pub(crate) fn is_refused(&self, session_id: SessionId) -> bool {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.recent.contains(&session_id) || refused.earlier.contains(&session_id)
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
    fn of_refused_sessions_the_latest_are_remembered_until_they_are_renewed() {
        let renewals = Renewals::new(100);
        let newest = i64::try_from(REFUSED_MAX).unwrap() * 2;
        for id in 0..=newest {
            renewals.refuse(SessionId::from_raw(id));
        }
        assert!(!renewals.is_refused(SessionId::from_raw(0)));
        let half = newest / 4;
        assert!(renewals.is_refused(SessionId::from_raw(newest - half + 1)));
        renewals.accept(SessionId::from_raw(newest));
        assert!(!renewals.is_refused(SessionId::from_raw(newest)));
        let refused = renewals.refused.lock().unwrap();
        assert!(refused.recent.len() + refused.earlier.len() <= REFUSED_MAX);
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
