//! Rate limits: the generic cell rate algorithm (GCRA), one timestamp per key.
//!
//! A bucket of `burst` requests refills at `per_minute`, by the time that passes: setting the wall
//! clock changes nothing. HTTP requests and socket commands of the
//! same kind share a bucket. The map of keys is bounded: keys whose bucket is full again are
//! dropped, and if an attack fills it all the same, the oldest half goes.

pub mod network;
pub mod shares;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use battala_proto::id::{SessionId, UserId};

use self::network::{Holder, SITE_SHARES};
use crate::clock::Clock;
use crate::config::{Limits, Rate};
use crate::error::{Error, Result};

/// Keys kept at most: some 10 MB.
const KEYS_MAX: usize = 100_000;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Messages.
    Send,
    /// Typing hints, over all channels: each is told to everyone in a server.
    Typing,
    /// New display names: each is told to everybody in all servers of the account.
    DisplayName,
    /// New names of servers and channels: each is told to everybody there.
    Rename,
    /// Other changes.
    Write,
    /// Reads.
    Read,
    /// Requests without an account to what is named and has no bucket of its own. Each has its own
    /// count: who floods one keeps nobody from another.
    Anonymous(&'static str),
    /// Requests that come to no operation, or are none when they are looked at.
    NoOperation,
    /// Sign-ins.
    Login,
    /// New accounts.
    Register,
    /// Changes that need the password once more.
    Password,
    /// Look-ups of invites.
    Invite,
    /// New connections.
    Connect,
    /// Parts of structure that connections are sent when they come.
    Structure,
    /// Commands that were refused; a connection that passes it is closed.
    Refused,
}

/// Who is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An account.
    User(UserId),
    /// A session of an account, where one must not use up what another needs.
    Session(SessionId),
    /// Who comes from an address with a token of a session that works no more: it may have come into
    /// other hands, and must not use up what the session needs, nor what others behind the address do.
    Outdated(SessionId, Holder),
    /// Who has no account: the holder of the address.
    Address(Holder),
}

impl Subject {
    /// A token that works no more, from an address.
    pub const fn outdated(session: SessionId, address: IpAddr) -> Self {
        Self::Outdated(session, Holder::of(address))
    }

    /// An address as it is counted.
    pub const fn address(address: IpAddr) -> Self {
        Self::Address(Holder::of(address))
    }

    /// The same at the site around an address that has one: it counts, too, with [`SITE_SHARES`] times
    /// the rate.
    pub const fn site(self) -> Option<Self> {
        let (holder, session) = match self {
            Self::Address(holder) => (holder, None),
            Self::Outdated(session, holder) => (holder, Some(session)),
            Self::User(_) | Self::Session(_) => return None,
        };
        match (holder.site(), session) {
            (Some(site), None) => Some(Self::Address(site)),
            (Some(site), Some(session)) => Some(Self::Outdated(session, site)),
            (None, _) => None,
        }
    }
}

/// What is left after a request that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The size of the bucket.
    pub limit: u32,
    /// Requests that can come at once now.
    pub remaining: u32,
    /// When the bucket is full again, in milliseconds.
    pub reset_ms: u64,
}

/// The buckets of all callers.
pub struct RateLimits {
    limits: Limits,
    clock: Clock,
    /// For each key the time at which its bucket is full again, in microseconds of the clock's
    /// passed time.
    full_at: Mutex<HashMap<(Bucket, Subject), i64>>,
}

impl RateLimits {
    pub(crate) fn new(limits: Limits, clock: Clock) -> Self {
        Self {
            limits,
            clock,
            full_at: Mutex::default(),
        }
    }

    /// Takes one request out of the bucket.
    ///
    /// # Errors
    /// [`Error::RateLimited`] with the time until one fits again.
    pub fn check(&self, bucket: Bucket, subject: Subject) -> Result<Allowance> {
        let rate = self.rate(bucket);
        let now = self.clock.passed();
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if is_full(&full_at) {
            make_room(&mut full_at, now);
        }
        // First the site: one that has used up its rate makes no keys for its 65,536 networks.
        let of_site = subject.site().map(|site| {
            let key = (bucket, site);
            let at = full_at.get(&key).copied().unwrap_or(0);
            let (next, _) = take(rate.times(SITE_SHARES), at, now)?;
            Ok::<_, Error>((key, next))
        });
        let of_site = of_site.transpose()?;
        let entry = full_at.entry((bucket, subject)).or_insert(0);
        let (next, allowance) = take(rate, *entry, now)?;
        *entry = next;
        full_at.extend(of_site);
        Ok(allowance)
    }

    /// Takes further requests out of the bucket for one that has turned out to cost as much as those.
    /// It was let in and is not refused any more; what was not there is owed, one bucket at most.
    pub fn charge(&self, bucket: Bucket, subject: Subject, count: u32) {
        if count == 0 {
            return;
        }
        let rate = self.rate(bucket);
        let now = self.clock.passed().saturating_mul(1000);
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = full_at.get_mut(&(bucket, subject)) {
            let latest = now + rate.interval_us() * i64::from(rate.burst.max(1));
            let next = (*at).max(now) + rate.interval_us() * i64::from(count);
            *at = next.min(latest).max(*at);
        }
    }

    /// Puts one request back that [`check`](Self::check) has taken out: what the bucket is for was
    /// not done.
    pub fn give_back(&self, bucket: Bucket, subject: Subject) {
        let rate = self.rate(bucket);
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = full_at.get_mut(&(bucket, subject)) {
            *at -= rate.interval_us();
        }
        let of_site = subject
            .site()
            .and_then(|site| full_at.get_mut(&(bucket, site)));
        if let Some(at) = of_site {
            *at -= rate.times(SITE_SHARES).interval_us();
        }
    }

    /// The rate of a bucket.
    pub fn rate(&self, bucket: Bucket) -> Rate {
        let limits = &self.limits;
        match bucket {
            Bucket::Send => limits.send,
            Bucket::Typing => limits.typing,
            Bucket::DisplayName => limits.display_name,
            Bucket::Rename => limits.rename,
            Bucket::Write => limits.write,
            Bucket::Read => limits.read,
            Bucket::Anonymous(_) => limits.anonymous,
            Bucket::NoOperation => limits.no_operation,
            Bucket::Login => limits.login,
            Bucket::Register => limits.register,
            Bucket::Password => limits.password,
            Bucket::Invite => limits.invite,
            Bucket::Connect => limits.connect,
            Bucket::Structure => limits.structure,
            Bucket::Refused => limits.refused,
        }
    }
}

/// One step of GCRA in microseconds: the new time at which the bucket is full, and what is left.
fn take(rate: Rate, full_at: i64, now_ms: i64) -> Result<(i64, Allowance)> {
    let now = now_ms.saturating_mul(1000);
    let interval = rate.interval_us();
    let capacity = interval * i64::from(rate.burst.max(1));
    let next = full_at.max(now) + interval;
    if next - now > capacity {
        let wait = next - now - capacity;
        return Err(Error::RateLimited {
            retry_after_ms: (wait.unsigned_abs()).div_ceil(1000),
        });
    }
    let used = next - now;
    let allowance = Allowance {
        limit: rate.burst.max(1),
        remaining: u32::try_from((capacity - used) / interval).unwrap_or(0),
        reset_ms: used.unsigned_abs().div_ceil(1000),
    };
    Ok((next, allowance))
}

/// Whether a further subject and its site do not fit.
fn is_full(full_at: &HashMap<(Bucket, Subject), i64>) -> bool {
    full_at.len() + 2 > KEYS_MAX
}

fn make_room(full_at: &mut HashMap<(Bucket, Subject), i64>, now_ms: i64) {
    let now = now_ms.saturating_mul(1000);
    full_at.retain(|_, at| *at > now);
    if is_full(full_at) {
        let mut times: Vec<i64> = full_at.values().copied().collect();
        let (_, median, _) = times.select_nth_unstable(KEYS_MAX / 2);
        let median = *median;
        full_at.retain(|_, at| *at > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(rate: Rate) -> (RateLimits, crate::clock::ManualTime) {
        let (clock, time) = Clock::manual(1_700_000_000_000);
        let limits = Limits {
            send: rate,
            ..Limits::default()
        };
        (RateLimits::new(limits, clock), time)
    }

    fn user(id: i64) -> Subject {
        Subject::User(UserId::from_raw(id))
    }

    #[test]
    fn what_cost_more_than_one_request_is_owed_one_bucket_at_most() {
        let (limits, time) = limits(Rate::new(3, 60));
        limits.check(Bucket::Send, user(1)).unwrap();
        limits.charge(Bucket::Send, user(1), 0);
        limits.check(Bucket::Send, user(1)).unwrap();
        limits.charge(Bucket::Send, user(1), 1);
        assert!(limits.check(Bucket::Send, user(1)).is_err());
        limits.charge(Bucket::Send, user(1), 1_000_000);
        assert!(limits.check(Bucket::Send, user(2)).is_ok());
        time.advance(999);
        assert!(limits.check(Bucket::Send, user(1)).is_err());
        time.advance(1);
        assert!(limits.check(Bucket::Send, user(1)).is_ok());
    }

    #[test]
    fn a_burst_passes_and_the_next_request_is_told_when_to_come_back() {
        let (limits, time) = limits(Rate::new(3, 60));
        for remaining in [2, 1, 0] {
            assert_eq!(
                limits.check(Bucket::Send, user(1)).unwrap().remaining,
                remaining
            );
        }
        let Err(Error::RateLimited { retry_after_ms }) = limits.check(Bucket::Send, user(1)) else {
            panic!("the fourth request passed");
        };
        assert_eq!(retry_after_ms, 1000);
        time.advance(999);
        assert!(limits.check(Bucket::Send, user(1)).is_err());
        time.advance(1);
        assert!(limits.check(Bucket::Send, user(1)).is_ok());
    }

    #[test]
    fn what_is_given_back_can_be_taken_again_and_no_more() {
        let (limits, _time) = limits(Rate::new(2, 1));
        for address in ["192.0.2.1", "2001:db8::1"] {
            let whom = Subject::address(address.parse().unwrap());
            limits.check(Bucket::Send, whom).unwrap();
            for _ in 0..20 {
                limits.check(Bucket::Send, whom).unwrap();
                limits.give_back(Bucket::Send, whom);
            }
            limits.check(Bucket::Send, whom).unwrap();
            assert!(limits.check(Bucket::Send, whom).is_err(), "{address}");
        }
    }

    #[test]
    fn setting_the_wall_clock_neither_takes_nor_gives_anything() {
        for step in [-3_600_000, 3_600_000] {
            let (limits, time) = limits(Rate::new(2, 60));
            limits.check(Bucket::Send, user(1)).unwrap();
            time.set_by(step);
            assert!(limits.check(Bucket::Send, user(1)).is_ok(), "{step}");
            let Err(Error::RateLimited { retry_after_ms }) = limits.check(Bucket::Send, user(1))
            else {
                panic!("a step of {step} ms gave a request");
            };
            assert_eq!(retry_after_ms, 1000);
        }
    }

    #[test]
    fn buckets_and_subjects_do_not_share() {
        let (limits, _time) = limits(Rate::new(1, 1));
        assert!(limits.check(Bucket::Send, user(1)).is_ok());
        assert!(limits.check(Bucket::Send, user(1)).is_err());
        assert!(limits.check(Bucket::Send, user(2)).is_ok());
        assert!(limits.check(Bucket::Write, user(1)).is_ok());
    }

    fn address(text: &str) -> Subject {
        Subject::address(text.parse().unwrap())
    }

    #[test]
    fn networks_of_one_site_have_the_rate_of_four_together() {
        let (limits, time) = limits(Rate::new(2, 60));
        let of = |site, network| address(&format!("2001:db8:{site:x}:{network:x}::1"));
        let passed = |site, networks: std::ops::Range<u32>| {
            let subjects = networks.map(|network| of(site, network));
            let passed = subjects.filter(|subject| limits.check(Bucket::Send, *subject).is_ok());
            passed.count()
        };
        assert_eq!(passed(1, 0..1000), 8);
        assert!(limits.full_at.lock().unwrap().len() < 10, "no key for each");
        assert_eq!(passed(2, 0..1), 1, "another site");
        assert!(limits.check(Bucket::Send, address("192.0.2.7")).is_ok());
        time.advance(1000);
        assert_eq!(passed(1, 0..1000), 4);
    }

    #[test]
    fn a_token_that_works_no_more_has_the_rate_of_four_at_one_site() {
        let (limits, _time) = limits(Rate::new(2, 60));
        let passed = |session, site: u32| {
            let networks = (0..1000).filter(|network| {
                let address = format!("2001:db8:{site:x}:{network:x}::1").parse().unwrap();
                let subject = Subject::outdated(SessionId::from_raw(session), address);
                limits.check(Bucket::Send, subject).is_ok()
            });
            networks.count()
        };
        assert_eq!(passed(1, 1), 8);
        assert!(limits.full_at.lock().unwrap().len() < 10, "no key for each");
        // Neither another session, nor who has it elsewhere, nor who has none is held up.
        assert_eq!((passed(2, 1), passed(1, 2)), (8, 8));
        let neighbour = address("2001:db8:1:7::1");
        assert!(limits.check(Bucket::Send, neighbour).is_ok());
    }

    #[test]
    fn one_network_has_no_more_than_its_own_rate() {
        let (limits, _time) = limits(Rate::new(2, 60));
        let passed = (1..=9).filter(|host| {
            let subject = address(&format!("2001:db8::{host:x}"));
            limits.check(Bucket::Send, subject).is_ok()
        });
        assert_eq!(passed.count(), 2);
        let passed = (0..9).filter(|_| limits.check(Bucket::Send, address("192.0.2.7")).is_ok());
        assert_eq!(passed.count(), 2);
        // What was refused took nothing from the site.
        let others = (1..=9).filter(|network| {
            let subject = address(&format!("2001:db8:0:{network:x}::1"));
            limits.check(Bucket::Send, subject).is_ok()
        });
        assert_eq!(others.count(), 6);
    }

    #[test]
    fn a_flood_of_subjects_does_not_grow_the_map_without_bound() {
        let (limits, _time) = limits(Rate::new(1, 1));
        for id in 1..=i64::try_from(KEYS_MAX).unwrap() * 2 {
            let _ = limits.check(Bucket::Send, user(id));
        }
        for site in 0..=u16::MAX {
            let _ = limits.check(Bucket::Send, address(&format!("2001:db8:{site:x}::1")));
        }
        assert!(limits.full_at.lock().unwrap().len() <= KEYS_MAX);
    }
}
