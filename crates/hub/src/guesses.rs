//! Guesses at passwords: who has to wait before the next one, and for how long.
//!
//! Strangers are counted by the name that they try and the network they come from, so that one who
//! guesses holds up nobody elsewhere; a slow ceiling bounds what all networks together try at one
//! name. A device on which the account has signed in before is counted by itself and knows no
//! ceiling: its owner gets in while others guess. Whoever is signed in is counted by the session.
//!
//! Nothing here knows whether a name belongs to an account: what nobody has is counted alike. The
//! counts are in memory and bounded; a restart forgets them, which gives every guesser the free
//! guesses once more.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};

use battala_proto::id::SessionId;
use tokio::time::Instant;

use crate::error::{Error, Result};

/// Failed guesses that cost nothing.
const FREE_GUESSES: u32 = 5;
/// The delay after the first guess that costs; it doubles with every further one.
const DELAY_MS: i64 = 1000;
/// The delay grows no further than this.
const DELAY_MS_MAX: i64 = 15 * 60 * 1000;
/// Failed guesses are remembered for this long after the last one.
const MEMORY_MS: i64 = 24 * 60 * 60 * 1000;
/// Wrong guesses at one name that all strangers together have at once. An account has two names,
/// its username and its address: a hundred before the ceiling holds.
const CEILING_BURST: i64 = 50;
/// One of them comes back in this time: ten an hour.
const CEILING_INTERVAL_MS: i64 = 6 * 60 * 1000;
/// Counts kept at most in each of the two maps: some 5 MB.
const KEYS_MAX: usize = 100_000;

/// Whose guesses are counted together.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Guesser<'a> {
    /// Anybody of a network who tries a name, which is folded already.
    Stranger {
        login: &'a str,
        address: Option<IpAddr>,
    },
    /// A device that the account knows.
    Device(&'a str),
    /// Someone who is signed in.
    Session(SessionId),
}

/// A guess that was counted and may be made now.
#[derive(Debug)]
pub(crate) struct Guess {
    track: u64,
    login: Option<u64>,
}

/// The counts of all guessers.
#[derive(Default)]
pub(crate) struct Guesses {
    /// Names are kept as keyed hashes only: no list of what people tried to sign in with.
    hasher: RandomState,
    counts: Mutex<Counts>,
    started: Started,
}

/// The moment that delays count from; the wall clock may jump.
struct Started(Instant);

impl Default for Started {
    fn default() -> Self {
        Self(Instant::now())
    }
}

#[derive(Default)]
struct Counts {
    tracks: HashMap<u64, Track>,
    /// For each name the time at which its ceiling is as far away as can be.
    clear_at: HashMap<u64, i64>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Track {
    failures: u32,
    retry_at: i64,
    last_at: i64,
}

impl Guesses {
    /// Counts a guess before it is made, so that parallel guesses all count.
    ///
    /// # Errors
    /// [`Error::RateLimited`] while the guesser, or everybody who tries the name, has to wait.
    pub(crate) fn begin(&self, guesser: Guesser<'_>) -> Result<Guess> {
        let guess = self.key(guesser);
        self.counts().begin(&guess, self.now())?;
        Ok(guess)
    }

    /// The guess was right: what its guesser failed before is forgotten.
    pub(crate) fn right(&self, guess: &Guess) {
        let mut counts = self.counts();
        counts.tracks.remove(&guess.track);
        counts.give_back(guess);
    }

    /// The guess was never compared: it does not count.
    pub(crate) fn unmade(&self, guess: &Guess) {
        let now = self.now();
        let mut counts = self.counts();
        if let Some(track) = counts.tracks.get_mut(&guess.track) {
            track.failures = track.failures.saturating_sub(1);
            track.retry_at = track.retry_at.min(now);
        }
        counts.give_back(guess);
    }

    /// The account of these names has got a password that nobody has guessed at: strangers' wrong
    /// guesses at the one before no longer hold its owner up.
    pub(crate) fn begin_anew<'a>(&self, logins: impl Iterator<Item = &'a str>) {
        let mut counts = self.counts();
        for login in logins {
            counts.clear_at.remove(&self.hasher.hash_one((1, login)));
        }
    }

    fn key(&self, guesser: Guesser<'_>) -> Guess {
        let (track, login) = match guesser {
            Guesser::Stranger { login, address } => {
                let track = self.hasher.hash_one((0, login, network_of(address)));
                (track, Some(self.hasher.hash_one((1, login))))
            }
            Guesser::Device(device) => (self.hasher.hash_one((2, device)), None),
            Guesser::Session(session) => (self.hasher.hash_one((3, session)), None),
        };
        Guess { track, login }
    }

    fn now(&self) -> i64 {
        i64::try_from(self.started.0.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn begin(&mut self, guess: &Guess, now: i64) -> Result<()> {
        self.make_room(now);
        let mut track = self.tracks.get(&guess.track).copied().unwrap_or_default();
        if track.last_at + MEMORY_MS <= now {
            track = Track::default();
        }
        refuse_until(track.retry_at, now)?;
        if let Some(login) = guess.login {
            let clear_at = self.clear_at.get(&login).copied().unwrap_or(0).max(now);
            let next = clear_at + CEILING_INTERVAL_MS;
            refuse_until(next - CEILING_BURST * CEILING_INTERVAL_MS, now)?;
            self.clear_at.insert(login, next);
        }
        track.failures = track.failures.saturating_add(1);
        track.last_at = now;
        if track.failures > FREE_GUESSES {
            track.retry_at = now + delay_after(track.failures - FREE_GUESSES);
        }
        self.tracks.insert(guess.track, track);
        Ok(())
    }

    fn give_back(&mut self, guess: &Guess) {
        let clear_at = guess.login.and_then(|login| self.clear_at.get_mut(&login));
        if let Some(clear_at) = clear_at {
            *clear_at -= CEILING_INTERVAL_MS;
        }
    }

    /// A flood of names pushes out what is over, then who has free guesses left, and only then the
    /// older half of those who wait: each of them took six requests to make.
    fn make_room(&mut self, now: i64) {
        if self.tracks.len() >= KEYS_MAX {
            let tracks = &mut self.tracks;
            tracks.retain(|_, track| track.last_at + MEMORY_MS > now);
            if tracks.len() > KEYS_MAX / 2 {
                tracks.retain(|_, track| track.failures > FREE_GUESSES);
            }
            keep_newer_half(tracks, |track| track.last_at);
        }
        if self.clear_at.len() >= KEYS_MAX {
            self.clear_at.retain(|_, at| *at > now);
            keep_newer_half(&mut self.clear_at, |at| *at);
        }
    }
}

fn keep_newer_half<T>(map: &mut HashMap<u64, T>, time: impl Fn(&T) -> i64) {
    if map.len() > KEYS_MAX / 2 {
        let mut times: Vec<i64> = map.values().map(&time).collect();
        let at = times.len() - KEYS_MAX / 2;
        let (_, median, _) = times.select_nth_unstable(at);
        let median = *median;
        map.retain(|_, value| time(value) > median);
    }
}

fn refuse_until(at: i64, now: i64) -> Result<()> {
    if at > now {
        return Err(Error::RateLimited {
            retry_after_ms: (at - now).unsigned_abs(),
        });
    }
    Ok(())
}

/// The delay after this many guesses that cost: a second, doubled each time, up to the limit.
fn delay_after(costly: u32) -> i64 {
    (DELAY_MS << (costly - 1).min(20)).min(DELAY_MS_MAX)
}

/// The /24 or the /64: what one place has, so that changing the address within it helps nobody.
fn network_of(address: Option<IpAddr>) -> IpAddr {
    match address.map(|address| address.to_canonical()) {
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        Some(IpAddr::V4(v4)) => {
            let [a, b, c, _] = v4.octets();
            IpAddr::from([a, b, c, 0])
        }
        Some(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(track: u64, login: u64) -> Guess {
        Guess {
            track,
            login: Some(login),
        }
    }

    fn wait(outcome: Result<()>) -> u64 {
        match outcome {
            Ok(()) => 0,
            Err(Error::RateLimited { retry_after_ms }) => retry_after_ms,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn the_delay_doubles_up_to_a_quarter_of_an_hour_and_is_forgotten_after_a_day() {
        let (mut counts, mut now) = (Counts::default(), 0);
        for _ in 0..FREE_GUESSES {
            assert_eq!(wait(counts.begin(&guess(1, 1), now)), 0);
        }
        let mut waits = Vec::new();
        for _ in 0..12 {
            assert_eq!(wait(counts.begin(&guess(1, 1), now)), 0);
            let next = wait(counts.begin(&guess(1, 1), now));
            waits.push(next / 1000);
            now += i64::try_from(next).unwrap();
        }
        assert_eq!(waits[..10], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
        assert_eq!(waits[10..], [900, 900]);
        now += MEMORY_MS;
        for _ in 0..=FREE_GUESSES {
            assert_eq!(wait(counts.begin(&guess(1, 1), now)), 0);
        }
    }

    #[test]
    fn all_networks_together_have_fifty_guesses_at_a_name_and_ten_an_hour() {
        let mut counts = Counts::default();
        for network in 0..50 {
            assert_eq!(wait(counts.begin(&guess(network, 1), 0)), 0);
        }
        let refused = wait(counts.begin(&guess(50, 1), 0));
        assert_eq!(refused, CEILING_INTERVAL_MS.unsigned_abs());
        // A refused guess costs nothing, another name is not held up, and a right one gives back.
        assert_eq!(wait(counts.begin(&guess(51, 2), 0)), 0);
        counts.give_back(&guess(0, 1));
        assert_eq!(wait(counts.begin(&guess(50, 1), 0)), 0);
        assert_eq!(wait(counts.begin(&guess(52, 1), CEILING_INTERVAL_MS)), 0);
        assert!(wait(counts.begin(&guess(53, 1), CEILING_INTERVAL_MS)) > 0);
    }

    #[test]
    fn a_guess_that_was_never_compared_does_not_count() {
        let guesses = Guesses::default();
        let stranger = Guesser::Stranger {
            login: "ana",
            address: None,
        };
        for _ in 0..200 {
            let guess = guesses.begin(stranger).unwrap();
            guesses.unmade(&guess);
        }
        for _ in 0..=FREE_GUESSES {
            guesses.begin(stranger).unwrap();
        }
        assert!(guesses.begin(stranger).is_err());
    }

    #[test]
    fn strangers_are_told_apart_by_network_and_name_and_from_devices_and_sessions() {
        let guesses = Guesses::default();
        let key = |login, address: &str| {
            let address = Some(address.parse().unwrap());
            guesses.key(Guesser::Stranger { login, address }).track
        };
        assert_eq!(key("ana", "192.0.2.1"), key("ana", "::ffff:192.0.2.200"));
        assert_eq!(key("ana", "2001:db8::1"), key("ana", "2001:db8::2:1"));
        assert_ne!(key("ana", "192.0.2.1"), key("ana", "192.0.3.1"));
        assert_ne!(key("ana", "2001:db8::1"), key("ana", "2001:db8:0:1::1"));
        assert_ne!(key("ana", "192.0.2.1"), key("ben", "192.0.2.1"));
        let device = guesses.key(Guesser::Device("x")).track;
        let session = guesses.key(Guesser::Session(SessionId::from_raw(7))).track;
        assert_ne!(device, session);
    }

    #[test]
    fn a_flood_of_names_is_bounded_and_forgets_nobody_who_waits() {
        let mut counts = Counts::default();
        for _ in 0..=FREE_GUESSES {
            counts.begin(&guess(0, 0), 0).unwrap();
        }
        let flood = u64::try_from(KEYS_MAX).unwrap() * 2;
        for name in 1..=flood {
            counts.begin(&guess(name, name), 1).unwrap();
        }
        assert!(counts.tracks.len() <= KEYS_MAX && counts.clear_at.len() <= KEYS_MAX);
        assert!(wait(counts.begin(&guess(0, 0), 2)) > 0);
    }
}
