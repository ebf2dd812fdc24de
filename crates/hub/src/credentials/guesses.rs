//! Guesses at passwords: who has to wait before the next one, and for how long.
//!
//! Strangers are counted by the name that they try and the network they come from, so that one who
//! guesses holds up nobody elsewhere. A slow ceiling bounds what all networks together try at one
//! name; beyond it, a network that has not failed at the name lately still has one try a day, out of
//! shares that are slow, too: closing a name's door takes hundreds of networks, every day anew. A
//! device on which the account has signed in before is counted by itself, and all devices of an
//! account together: its owner gets in while others guess. Whoever is signed in is counted by the
//! session.
//!
//! Nothing here knows whether a name belongs to an account: what nobody has is counted alike. The
//! counts are in memory and bounded; a restart forgets them, which gives every guesser the free
//! guesses once more.

mod meter;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};

use battala_proto::id::{SessionId, UserId};
use tokio::time::Instant;

use self::meter::{Meter, keep_newer_half};
use crate::error::{Error, Result};
use crate::limits::network::Holder;

/// Failed guesses that cost nothing.
const FREE_GUESSES: u32 = 5;
/// The delay after the first guess that costs; it doubles with every further one.
const DELAY_MS: i64 = 1000;
/// The delay grows no further than this.
const DELAY_MS_MAX: i64 = 15 * 60 * 1000;
/// Failed guesses are remembered for this long after the last one.
const MEMORY_MS: i64 = DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Wrong guesses at one name that all strangers together have at once. An account has two names,
/// its username and its address: a hundred before the ceiling holds.
const CEILING_BURST: i64 = 50;
/// One of them comes back in this time: ten an hour.
const CEILING_INTERVAL_MS: i64 = 6 * 60 * 1000;
/// Beyond the ceiling, the tries at one name of all networks within a wider one: at once, and again
/// in a day.
const WIDE_BURST: i64 = 8;
/// The same of all networks: no more than five hundred in any day.
const RESERVE_BURST: i64 = 250;
/// Wrong guesses from all devices of an account: no more than a hundred in any day.
const DEVICES_BURST: i64 = 50;
/// Counts kept at most in each of the maps: some 3 MB each.
const KEYS_MAX: usize = 100_000;

/// Someone who tries a name, which is folded already.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stranger<'a> {
    pub(crate) login: &'a str,
    pub(crate) address: Option<IpAddr>,
}

/// Whose guesses are counted together.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Guesser<'a> {
    /// Anybody of a network.
    Stranger(Stranger<'a>),
    /// A device that the account knows; a stranger like any other where its devices together have
    /// guessed too often.
    Device {
        id: &'a str,
        user_id: UserId,
        otherwise: Stranger<'a>,
    },
    /// Someone who is signed in.
    Session(SessionId),
}

/// A guess that was counted and may be made now.
#[derive(Debug)]
pub(crate) struct Guess {
    track: u64,
    shared: Shared,
}

/// What a guess took from the counts that it shares with other guessers: the key and the time of
/// each, to be given back.
#[derive(Debug, Clone, Copy)]
enum Shared {
    None,
    Devices(u64),
    Name(Keys, Charges),
}

/// A name, and the networks that try it.
#[derive(Debug, Clone, Copy)]
struct Keys {
    name: u64,
    network: u64,
    wide: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Charges {
    ceiling: i64,
    network: i64,
    wide: i64,
    reserve: i64,
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

struct Counts {
    tracks: HashMap<u64, Track>,
    /// By name.
    ceiling: Meter,
    /// By name and network: who has failed within a day, and so has no try beyond the ceiling.
    network: Meter,
    /// By name and wider network.
    wide: Meter,
    /// By name.
    reserve: Meter,
    /// By account.
    devices: Meter,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            tracks: HashMap::new(),
            ceiling: Meter::new(CEILING_BURST, CEILING_INTERVAL_MS),
            network: Meter::new(1, DAY_MS),
            wide: Meter::new(WIDE_BURST, DAY_MS / WIDE_BURST),
            reserve: Meter::new(RESERVE_BURST, DAY_MS / RESERVE_BURST),
            devices: Meter::new(DEVICES_BURST, DAY_MS / DEVICES_BURST),
        }
    }
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
        let now = self.now();
        let mut counts = self.counts();
        counts.make_room(now);
        match guesser {
            Guesser::Stranger(stranger) => counts.begin_stranger(self.keys_of(stranger), now),
            Guesser::Session(session) => {
                let track = self.hasher.hash_one((2, session));
                counts.begin_alone(track, now)
            }
            Guesser::Device {
                id,
                user_id,
                otherwise,
            } => {
                let account = self.hasher.hash_one(user_id);
                if counts.devices.wait(account, now) > 0 {
                    return counts.begin_stranger(self.keys_of(otherwise), now);
                }
                let track = self.hasher.hash_one((1, id));
                counts.begin_device(track, account, now)
            }
        }
    }

    /// The guess was right: what its guesser failed before is forgotten.
    pub(crate) fn right(&self, guess: &Guess) {
        let mut counts = self.counts();
        counts.tracks.remove(&guess.track);
        counts.give_back(guess);
        if let Shared::Name(keys, _) = guess.shared {
            counts.network.forget(keys.network);
        }
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

    /// The account of these names has got a password that nobody has guessed at: wrong guesses at
    /// the one before no longer hold its owner up.
    pub(crate) fn begin_anew<'a>(&self, user_id: UserId, logins: impl Iterator<Item = &'a str>) {
        let mut counts = self.counts();
        counts.devices.forget(self.hasher.hash_one(user_id));
        for login in logins {
            let name = self.hasher.hash_one(login);
            counts.ceiling.forget(name);
            counts.reserve.forget(name);
        }
    }

    /// The track of a stranger, and what it shares with others.
    fn keys_of(&self, stranger: Stranger<'_>) -> (u64, Keys) {
        let Stranger { login, address } = stranger;
        let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let network = Holder::place(address);
        let keys = Keys {
            name: self.hasher.hash_one(login),
            network: self.hasher.hash_one((login, network)),
            wide: self.hasher.hash_one((login, Holder::provider(address))),
        };
        (self.hasher.hash_one((0, login, network)), keys)
    }

    fn now(&self) -> i64 {
        i64::try_from(self.started.0.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn begin_stranger(&mut self, (track, keys): (u64, Keys), now: i64) -> Result<Guess> {
        refuse_until(self.retry_at(track, now), now)?;
        let charges = self.admit(keys, now)?;
        self.count(track, now);
        let shared = Shared::Name(keys, charges);
        Ok(Guess { track, shared })
    }

    fn begin_device(&mut self, track: u64, account: u64, now: i64) -> Result<Guess> {
        refuse_until(self.retry_at(track, now), now)?;
        self.devices.take(account, now);
        self.count(track, now);
        let shared = Shared::Devices(account);
        Ok(Guess { track, shared })
    }

    fn begin_alone(&mut self, track: u64, now: i64) -> Result<Guess> {
        refuse_until(self.retry_at(track, now), now)?;
        self.count(track, now);
        let shared = Shared::None;
        Ok(Guess { track, shared })
    }

    /// Takes a guess out of what all strangers have together at a name, or beyond it out of what
    /// is kept for networks that have not failed at it lately.
    fn admit(&mut self, keys: Keys, now: i64) -> Result<Charges> {
        let mut charges = Charges::default();
        let until_ceiling = self.ceiling.wait(keys.name, now);
        if until_ceiling == 0 {
            charges.ceiling = self.ceiling.take(keys.name, now);
        } else {
            let until_network = self.network.wait(keys.network, now);
            let until_wide = self.wide.wait(keys.wide, now);
            let until_reserve = self.reserve.wait(keys.name, now);
            let until_try = until_network.max(until_wide).max(until_reserve);
            refuse_until(now + until_ceiling.min(until_try), now)?;
            charges.wide = self.wide.take(keys.wide, now);
            charges.reserve = self.reserve.take(keys.name, now);
        }
        charges.network = self.network.take(keys.network, now);
        Ok(charges)
    }

    fn retry_at(&self, track: u64, now: i64) -> i64 {
        let track = self.tracks.get(&track).filter(|track| track.is_kept(now));
        track.map_or(0, |track| track.retry_at)
    }

    fn count(&mut self, key: u64, now: i64) {
        let track = self.tracks.entry(key).or_default();
        if !track.is_kept(now) {
            *track = Track::default();
        }
        track.failures = track.failures.saturating_add(1);
        track.last_at = now;
        if track.failures > FREE_GUESSES {
            track.retry_at = now + delay_after(track.failures - FREE_GUESSES);
        }
    }

    fn give_back(&mut self, guess: &Guess) {
        match guess.shared {
            Shared::None => {}
            Shared::Devices(account) => {
                self.devices.give_back(account, DAY_MS / DEVICES_BURST);
            }
            Shared::Name(keys, charges) => {
                self.ceiling.give_back(keys.name, charges.ceiling);
                self.network.give_back(keys.network, charges.network);
                self.wide.give_back(keys.wide, charges.wide);
                self.reserve.give_back(keys.name, charges.reserve);
            }
        }
    }

    /// A flood of names pushes out what is over, then who has free guesses left, and only then the
    /// older half of those who wait: each of them took six requests to make.
    fn make_room(&mut self, now: i64) {
        if self.tracks.len() >= KEYS_MAX {
            let tracks = &mut self.tracks;
            tracks.retain(|_, track| track.is_kept(now));
            if tracks.len() > KEYS_MAX / 2 {
                tracks.retain(|_, track| track.failures > FREE_GUESSES);
            }
            keep_newer_half(tracks, KEYS_MAX, |track| track.last_at);
        }
        let Self {
            ceiling,
            network,
            wide,
            reserve,
            devices,
            ..
        } = self;
        for meter in [ceiling, network, wide, reserve, devices] {
            meter.make_room(KEYS_MAX, now);
        }
    }
}

impl Track {
    fn is_kept(&self, now: i64) -> bool {
        self.last_at + MEMORY_MS > now
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

#[cfg(test)]
mod tests;
