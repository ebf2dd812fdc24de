//! Who holds a place and who waits for one, by network and in the order of arrival. Knows neither
//! the transports nor who asks for them.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::Seat;
use crate::limits::Network;

/// So many may wait for each place; more are refused at once. When everybody comes
/// back together a place is free again within milliseconds, and these are a storm's
/// worth; each of them keeps a request of its address under way.
pub(super) const WAITING_PER_PLACE: u32 = 8;

#[derive(Debug)]
pub(super) struct Table {
    max: u32,
    grace: Duration,
    next: u64,
    is_closed: bool,
    owners: HashMap<i64, u32>,
    counts: HashMap<Network, Count>,
    /// By the widest network, in which the order of arrival holds.
    areas: HashMap<Network, Area>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    held: u32,
    waiting: u32,
}

/// Both by the order in which they came.
#[derive(Debug, Default)]
struct Area {
    held: BTreeMap<u64, Held>,
    waiting: BTreeMap<u64, Waiting>,
}

#[derive(Debug)]
struct Held {
    since: Instant,
    networks: Networks,
    seat: Arc<Seat>,
}

#[derive(Debug)]
struct Waiting {
    networks: Networks,
    seat: Arc<Seat>,
}

/// Narrowest first, each with how many times the limit it has.
pub(super) type Networks = Arc<[(Network, u32)]>;

impl Table {
    pub(super) fn new(max: u32, grace: Duration) -> Self {
        Self {
            max,
            grace,
            next: 0,
            is_closed: false,
            owners: HashMap::new(),
            counts: HashMap::new(),
            areas: HashMap::new(),
        }
    }

    /// Puts an arrival at the end of its area's queue; its number. `None` when too many wait.
    pub(super) fn wait(
        &mut self,
        area: Network,
        networks: Networks,
        seat: &Arc<Seat>,
    ) -> Option<u64> {
        if !self.may_wait(&networks) {
            return None;
        }
        for (network, _) in networks.iter() {
            self.counts.entry(*network).or_default().waiting += 1;
        }
        self.next += 1;
        let seat = Arc::clone(seat);
        let area = self.areas.entry(area).or_default();
        area.waiting.insert(self.next, Waiting { networks, seat });
        Some(self.next)
    }

    /// From now on nobody is admitted, and who waits is told to look.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
        let waiting = self.areas.values().flat_map(|area| area.waiting.values());
        waiting.for_each(|waiting| waiting.seat.entered.notify_one());
    }

    fn may_wait(&self, networks: &Networks) -> bool {
        let has_room = |(network, shares): &(Network, u32)| {
            let waiting = self.counts.get(network).map_or(0, |count| count.waiting);
            waiting < bound(self.max, *shares).saturating_mul(WAITING_PER_PLACE)
        };
        !self.is_closed && networks.iter().all(has_room)
    }

    /// Whether who waits has its place or will have none; or when to look again.
    pub(super) fn look(
        &mut self,
        area: Network,
        number: u64,
    ) -> ControlFlow<bool, Option<Instant>> {
        let look_at = self.settle(area);
        let area = self.areas.get(&area);
        if !area.is_some_and(|area| area.waiting.contains_key(&number)) {
            return ControlFlow::Break(true);
        }
        if self.is_closed {
            return ControlFlow::Break(false);
        }
        ControlFlow::Continue(look_at)
    }

    /// Gives what is free to those who wait, in their order, and asks silent ones to
    /// make room for the others; when to look again, if time alone changes something.
    pub(super) fn settle(&mut self, area: Network) -> Option<Instant> {
        let (max, grace, now) = (self.max, self.grace, Instant::now());
        let Self { areas, counts, .. } = self;
        let state = areas.get_mut(&area).filter(|_| !self.is_closed)?;
        let mut wanted: HashMap<Network, usize> = HashMap::new();
        let mut look_at = None;
        let numbers: Vec<u64> = state.waiting.keys().copied().collect();
        for number in numbers {
            let Some(full) = state.lacks(number, max, counts) else {
                state.enter(number, now, counts);
                continue;
            };
            let wanted = wanted.entry(full).or_default();
            *wanted += 1;
            let Err(next) = state.ask(full, *wanted, now.checked_sub(grace)) else {
                continue;
            };
            look_at = earlier(look_at, next.map(|since| since + grace));
            // Whoever stands behind finds no more in the whole area.
            if full == area {
                break;
            }
        }
        look_at
    }

    pub(super) fn leave(&mut self, area: Network, number: u64) {
        let Some(state) = self.areas.get_mut(&area) else {
            return;
        };
        let held = state.held.remove(&number).map(|held| held.networks);
        let waiting = state.waiting.remove(&number);
        let counts = &mut self.counts;
        for (network, _) in held.iter().flat_map(|networks| networks.iter()) {
            change(counts, *network, |count| count.held -= 1);
        }
        for (network, _) in waiting.iter().flat_map(|waiting| waiting.networks.iter()) {
            change(counts, *network, |count| count.waiting -= 1);
        }
        if state.held.is_empty() && state.waiting.is_empty() {
            self.areas.remove(&area);
        } else {
            self.settle(area);
        }
    }

    pub(super) fn enter_owner(&mut self, owner: i64) -> bool {
        let count = self.owners.entry(owner).or_default();
        let has_room = *count < self.max && !self.is_closed;
        *count += u32::from(has_room);
        has_room
    }

    pub(super) fn leave_owner(&mut self, owner: i64) {
        if let Some(count) = self.owners.get_mut(&owner) {
            *count -= 1;
            if *count == 0 {
                self.owners.remove(&owner);
            }
        }
    }
}

impl Area {
    fn enter(&mut self, number: u64, now: Instant, counts: &mut HashMap<Network, Count>) {
        let Some(Waiting { networks, seat }) = self.waiting.remove(&number) else {
            return;
        };
        for (network, _) in networks.iter() {
            let count = counts.entry(*network).or_default();
            count.waiting -= 1;
            count.held += 1;
        }
        seat.entered.notify_one();
        let held = Held {
            since: now,
            networks,
            seat,
        };
        self.held.insert(number, held);
    }

    /// The first of the networks of who waits in which there is no place.
    fn lacks(&self, number: u64, max: u32, counts: &HashMap<Network, Count>) -> Option<Network> {
        let mut networks = self.waiting.get(&number)?.networks.iter();
        let full = networks.find(|(network, shares)| {
            let held = counts.get(network).map_or(0, |count| count.held);
            held >= bound(max, *shares)
        });
        full.map(|(network, _)| *network)
    }

    /// Sees to it that so many in a network make room, of those that were there at a moment. If
    /// there are too few, since when the next one is there.
    fn ask(
        &self,
        network: Network,
        wanted: usize,
        since: Option<Instant>,
    ) -> Result<(), Option<Instant>> {
        let is_in = |held: &&Held| held.networks.iter().any(|(it, _)| *it == network);
        let is_asked = |held: &Held| held.seat.is_asked.load(Ordering::Acquire);
        let is_deciding = |held: &Held| held.seat.is_deciding.load(Ordering::Acquire);
        let all = self.held.values().filter(is_in);
        if all.clone().filter(|held| is_asked(held)).count() >= wanted {
            return Ok(());
        }
        let silent = all.filter(|held| !is_asked(held) && !is_deciding(held));
        let oldest = silent.min_by_key(|held| held.since).ok_or(None)?;
        if since.is_none_or(|since| oldest.since > since) {
            return Err(Some(oldest.since));
        }
        oldest.seat.is_asked.store(true, Ordering::Release);
        oldest.seat.task.wake();
        Ok(())
    }
}

const fn bound(max: u32, shares: u32) -> u32 {
    max.saturating_mul(shares)
}

fn change(counts: &mut HashMap<Network, Count>, network: Network, change: impl FnOnce(&mut Count)) {
    let Some(count) = counts.get_mut(&network) else {
        return;
    };
    change(count);
    if count.held == 0 && count.waiting == 0 {
        counts.remove(&network);
    }
}

fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
impl Table {
    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.areas.is_empty() && self.owners.is_empty()
    }

    /// In how many networks somebody counts.
    pub(super) fn networks(&self) -> usize {
        self.counts.len()
    }
}
