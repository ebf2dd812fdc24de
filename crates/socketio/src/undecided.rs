//! Places for transports without an accepted namespace: so many for each network,
//! given in the order of arrival, and as many for each owner that is known before.
//!
//! Who stands behind an address cannot be told apart, so a place is nobody's for
//! long: when somebody waits, the transport that has been silent for longest gives
//! way, once it had the time that an honest one needs to say something. One whose
//! CONNECT is being decided is not silent. Knows no transport and no application.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::config::Config;
use crate::limits::{Network, NetworksOf, Peer};

/// So many may wait for each place; more are refused at once. When everybody comes
/// back together a place is free again within milliseconds, and these are a storm's
/// worth; each of them keeps a request of its address under way.
const WAITING_PER_PLACE: u32 = 8;

/// The places of all networks and owners.
#[derive(Debug)]
pub(crate) struct Undecided {
    table: Arc<Mutex<Table>>,
    networks_of: NetworksOf,
    wait_max: Duration,
}

#[derive(Debug)]
struct Table {
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
type Networks = Arc<[(Network, u32)]>;

/// What the holder of a place and the table tell each other.
#[derive(Debug, Default)]
struct Seat {
    entered: Notify,
    /// Its CONNECT is being decided.
    is_deciding: AtomicBool,
    /// It shall make room, unless it has something to say.
    is_asked: AtomicBool,
    task: AtomicWaker,
}

/// A place, or one in the queue for it; given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    table: Arc<Mutex<Table>>,
    whose: Whose,
    seat: Arc<Seat>,
}

#[derive(Debug, Clone, Copy)]
enum Whose {
    Owner(i64),
    /// The arrival with this number, in this area.
    Area(Network, u64),
}

impl Undecided {
    pub(crate) fn new(config: &Config) -> Self {
        let table = Table {
            max: config.unauthenticated_per_address_max,
            grace: config.silent_grace,
            next: 0,
            is_closed: false,
            owners: HashMap::new(),
            counts: HashMap::new(),
            areas: HashMap::new(),
        };
        Self {
            table: Arc::new(Mutex::new(table)),
            networks_of: config.networks_of,
            wait_max: config.admission_wait,
        }
    }

    /// A place of the owner's, or else one of the address's, as soon as there is one.
    /// `None` when too many wait already, or it takes too long.
    pub(crate) async fn admit(&self, peer: Peer, owner: Option<i64>) -> Option<Permit> {
        if let Some(permit) = owner.and_then(|owner| self.admit_owner(owner)) {
            return Some(permit);
        }
        let permit = self.line_up(peer.address)?;
        let entering = permit.enter();
        let has_entered = tokio::time::timeout(self.wait_max, entering).await;
        has_entered.ok()?.then_some(permit)
    }

    fn admit_owner(&self, owner: i64) -> Option<Permit> {
        let has_entered = lock(&self.table).enter_owner(owner);
        has_entered.then(|| self.permit(Whose::Owner(owner)))
    }

    fn line_up(&self, address: IpAddr) -> Option<Permit> {
        let networks: Networks = (self.networks_of)(address).into();
        let (area, _) = *networks.last()?;
        let mut table = lock(&self.table);
        if !table.may_wait(&networks) {
            return None;
        }
        table.next += 1;
        let number = table.next;
        let permit = self.permit(Whose::Area(area, number));
        let seat = Arc::clone(&permit.seat);
        table.wait(area, number, Waiting { networks, seat });
        Some(permit)
    }

    fn permit(&self, whose: Whose) -> Permit {
        Permit {
            table: Arc::clone(&self.table),
            whose,
            seat: Arc::default(),
        }
    }

    /// From now on nobody is admitted, and who waits is refused.
    pub(crate) fn close(&self) {
        let mut table = lock(&self.table);
        table.is_closed = true;
        let waiting = table.areas.values().flat_map(|area| area.waiting.values());
        waiting.for_each(|waiting| waiting.seat.entered.notify_one());
    }
}

impl Permit {
    /// Waits for the place; `false` when there will be none.
    async fn enter(&self) -> bool {
        let Whose::Area(area, number) = self.whose else {
            return true;
        };
        loop {
            let look_at = match lock(&self.table).look(area, number) {
                ControlFlow::Break(has_entered) => return has_entered,
                ControlFlow::Continue(look_at) => look_at,
            };
            let until = async {
                match look_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.seat.entered.notified() => {}
                () = until => {}
            }
        }
    }

    /// Whether the transport has to make room; if not, the task is woken when it has to.
    pub(crate) fn is_asked(&self, cx: &Context<'_>) -> bool {
        self.seat.task.register(cx.waker());
        self.seat.is_asked.load(Ordering::Acquire)
    }

    /// Comes back when the transport has to make room.
    pub(crate) async fn asked(&self) {
        let poll = |cx: &mut Context<'_>| {
            if self.is_asked(cx) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        };
        std::future::poll_fn(poll).await;
    }

    /// A CONNECT has come and is being decided, or was refused.
    pub(crate) fn set_deciding(&self, is_deciding: bool) {
        let Whose::Area(area, _) = self.whose else {
            return;
        };
        let mut table = lock(&self.table);
        self.seat.is_deciding.store(is_deciding, Ordering::Release);
        self.seat.is_asked.store(false, Ordering::Release);
        table.settle(area);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut table = lock(&self.table);
        match self.whose {
            Whose::Owner(owner) => table.leave_owner(owner),
            Whose::Area(area, number) => table.leave(area, number),
        }
    }
}

impl Table {
    fn may_wait(&self, networks: &Networks) -> bool {
        let has_room = |(network, shares): &(Network, u32)| {
            let waiting = self.counts.get(network).map_or(0, |count| count.waiting);
            waiting < bound(self.max, *shares).saturating_mul(WAITING_PER_PLACE)
        };
        !self.is_closed && networks.iter().all(has_room)
    }

    fn wait(&mut self, area: Network, number: u64, waiting: Waiting) {
        for (network, _) in waiting.networks.iter() {
            self.counts.entry(*network).or_default().waiting += 1;
        }
        let area = self.areas.entry(area).or_default();
        area.waiting.insert(number, waiting);
    }

    /// Whether who waits has its place or will have none; or when to look again.
    fn look(&mut self, area: Network, number: u64) -> ControlFlow<bool, Option<Instant>> {
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
    fn settle(&mut self, area: Network) -> Option<Instant> {
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

    fn leave(&mut self, area: Network, number: u64) {
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

    fn enter_owner(&mut self, owner: i64) -> bool {
        let count = self.owners.entry(owner).or_default();
        let has_room = *count < self.max && !self.is_closed;
        *count += u32::from(has_room);
        has_room
    }

    fn leave_owner(&mut self, owner: i64) {
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

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
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
mod tests {
    use super::*;
    use crate::limits::alone;
    use futures_util::FutureExt as _;
    use futures_util::future::join_all;

    const GRACE: Duration = Duration::from_secs(2);

    fn peer(text: &str) -> Peer {
        Peer {
            address: text.parse().unwrap(),
        }
    }

    fn undecided(max: u32, networks_of: NetworksOf) -> Undecided {
        Undecided::new(&Config {
            unauthenticated_per_address_max: max,
            silent_grace: GRACE,
            networks_of,
            ..Config::default()
        })
    }

    /// A place that is free at once.
    fn free(undecided: &Undecided, address: &str) -> Option<Permit> {
        undecided
            .admit(peer(address), None)
            .now_or_never()
            .flatten()
    }

    fn assert_empty(undecided: &Undecided) {
        let table = lock(&undecided.table);
        assert!(table.counts.is_empty() && table.areas.is_empty() && table.owners.is_empty());
    }

    /// An address by itself, and everybody together.
    fn with_everybody(address: IpAddr) -> Vec<(Network, u32)> {
        let first = IpAddr::from([0, 0, 0, 0]);
        let everybody = Network { first, prefix: 0 };
        [alone(address), vec![(everybody, 3)]].concat()
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_has_a_limit_and_a_mapped_one_is_ipv4() {
        let undecided = undecided(1, alone);
        let held = free(&undecided, "2001:db8::1").unwrap();
        assert!(free(&undecided, "2001:db8::1").is_none());
        assert!(free(&undecided, "2001:db8::2").is_some());
        let v4 = free(&undecided, "192.0.2.1").unwrap();
        assert!(free(&undecided, "::ffff:192.0.2.1").is_none());
        drop((held, v4));
        assert_empty(&undecided);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_counts_in_each_of_its_networks() {
        let undecided = undecided(2, with_everybody);
        let admit = |last| free(&undecided, &format!("192.0.2.{last}"));
        let admitted: Vec<Permit> = (1..=9).filter_map(admit).collect();
        assert_eq!(admitted.len(), 6, "three times two");
        // Who was refused counts nowhere.
        assert_eq!(lock(&undecided.table).counts.len(), 7);
        drop(admitted);
        assert_empty(&undecided);
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_a_full_network_of_its_own_holds_nobody_up() {
        let undecided = undecided(2, with_everybody);
        let own: Vec<_> = (0..2)
            .filter_map(|_| free(&undecided, "192.0.2.1"))
            .collect();
        let mut third = Box::pin(undecided.admit(peer("192.0.2.1"), None));
        assert!(third.as_mut().now_or_never().is_none());
        assert!(free(&undecided, "192.0.2.2").is_some());
        drop(own);
        assert!(third.await.is_some());
        assert_empty(&undecided);
    }

    #[tokio::test(start_paused = true)]
    async fn places_are_given_in_the_order_of_arrival() {
        let undecided = undecided(1, alone);
        let order = Mutex::new(Vec::new());
        let arrivals = (0..8).map(async |number| {
            let permit = undecided.admit(peer("192.0.2.1"), None).await.unwrap();
            order.lock().unwrap().push(number);
            tokio::task::yield_now().await;
            drop(permit);
        });
        join_all(arrivals).await;
        assert_eq!(*order.lock().unwrap(), (0..8).collect::<Vec<_>>());
        assert_empty(&undecided);
    }

    #[tokio::test(start_paused = true)]
    async fn the_silent_give_way_after_the_grace_one_for_each_who_waits() {
        let undecided = undecided(3, alone);
        let mut held: Vec<Permit> = (0..3)
            .filter_map(|_| free(&undecided, "192.0.2.1"))
            .collect();
        held[0].set_deciding(true);
        let began = Instant::now();
        let newcomer = undecided.admit(peer("192.0.2.1"), None);
        let second = held.swap_remove(1);
        let (newcomer, ()) = tokio::join!(newcomer, async {
            second.asked().await;
            assert_eq!(began.elapsed(), GRACE);
            assert!(
                held.iter()
                    .all(|held| held.asked().now_or_never().is_none())
            );
            drop(second);
        });
        assert!(newcomer.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn who_begins_to_speak_when_it_is_asked_stays_and_another_is_asked() {
        let undecided = undecided(2, alone);
        let [first, second] = [(); 2].map(|()| free(&undecided, "192.0.2.1").unwrap());
        let newcomer = undecided.admit(peer("192.0.2.1"), None);
        let (newcomer, ()) = tokio::join!(newcomer, async {
            first.asked().await;
            first.set_deciding(true);
            second.asked().await;
            drop(second);
        });
        assert!(newcomer.is_some());
        // It is refused, and silent again: it is no younger for that.
        let third = undecided.admit(peer("192.0.2.1"), None);
        let (third, ()) = tokio::join!(third, async {
            first.set_deciding(false);
            first.asked().await;
            drop(first);
        });
        assert!(third.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_or_behind_too_many_is_refused() {
        let undecided = undecided(1, alone);
        let held = free(&undecided, "192.0.2.1").unwrap();
        held.set_deciding(true);
        let crowd = (0..20).map(|_| undecided.admit(peer("192.0.2.1"), None));
        let began = Instant::now();
        let crowd = crowd.map(async |admit| (admit.await.is_none(), began.elapsed()));
        let refused = join_all(crowd).await;
        assert!(refused.iter().all(|(is_refused, _)| *is_refused));
        let at_once = refused.iter().filter(|(_, after)| after.is_zero()).count();
        assert_eq!(at_once, 20 - WAITING_PER_PLACE as usize);
        drop(held);
        assert_empty(&undecided);
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_away_while_it_waits_leaves_nothing_behind() {
        let undecided = undecided(1, alone);
        let held = free(&undecided, "192.0.2.1").unwrap();
        for _ in 0..100 {
            assert!(free(&undecided, "192.0.2.1").is_none());
        }
        drop(held);
        assert_empty(&undecided);
    }

    #[tokio::test(start_paused = true)]
    async fn an_owner_has_places_of_its_own_and_those_of_its_address() {
        let undecided = undecided(1, alone);
        let admit = |owner| undecided.admit(peer("192.0.2.1"), owner).now_or_never();
        let silent = admit(None).flatten().unwrap();
        let own = admit(Some(7)).flatten().unwrap();
        assert!(admit(Some(7)).is_none(), "it waits as any other");
        assert!(admit(Some(8)).is_some());
        drop(silent);
        let further = admit(Some(7)).flatten().unwrap();
        drop((own, further));
        assert_empty(&undecided);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_a_server_that_stops() {
        let undecided = undecided(1, alone);
        let held = free(&undecided, "192.0.2.1").unwrap();
        let began = Instant::now();
        let (waiting, ()) = tokio::join!(undecided.admit(peer("192.0.2.1"), None), async {
            tokio::task::yield_now().await;
            undecided.close();
        });
        assert!(waiting.is_none() && began.elapsed().is_zero());
        drop(held);
        assert!(free(&undecided, "192.0.2.1").is_none());
        assert_empty(&undecided);
    }
}
