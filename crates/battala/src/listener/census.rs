//! How many connections an address has, and which of them goes first: the idlest, then the one whose
//! peer has been waited for longest, to take its answer or to send the rest of its request. Knows no
//! connection's bytes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use battala_hub::network::Holder;
use http::StatusCode;
use tokio::sync::Notify;
use tokio::time::Instant;

use battala_hub::line::Line;

/// Who takes what it is sent, however slowly, takes something within this: a window of 64 kB at
/// 32 kB/s. Then an answer that waits holds no place that another needs.
const UNTAKEN_GRACE: Duration = Duration::from_secs(2);
/// Who sends a body at 32 kB/s is done within this. Then a request that is still coming holds no
/// place that another needs, however steadily it dribbles.
const COMING_GRACE: Duration = Duration::from_secs(2);
/// Where there is no place left at all, so many are made at once, and not again for a moment: each
/// look at all addresses costs something.
const ROOM_AT_ONCE: usize = 16;
const ROOM_EVERY: Duration = Duration::from_millis(100);
/// Nothing waits to be taken.
const NEVER: u64 = u64::MAX;

/// The connections of all addresses but those of trusted proxies, who come for many.
#[derive(Debug)]
pub(super) struct Census {
    per_address: usize,
    began: Instant,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    next: u64,
    /// When room was made last, for all.
    room_made_ms: Option<u64>,
    /// Those of each holder of an address, and of each site.
    held: HashMap<Holder, HashMap<u64, Entry>>,
    warning: Line,
}

#[derive(Debug, Clone)]
struct Entry {
    holder: Holder,
    activity: Arc<Activity>,
}

/// What a connection does, as far as somebody else must know.
#[derive(Debug)]
pub(super) struct Activity {
    /// A request is answered, or it is a WebSocket.
    is_busy: AtomicBool,
    /// It has become a WebSocket, which has bounds of its own.
    is_upgraded: AtomicBool,
    /// Since when bytes of an answer wait to be taken, in milliseconds of the census.
    blocked_since_ms: AtomicU64,
    /// Since when the body of a request is on its way, likewise.
    coming_since_ms: AtomicU64,
    /// The end of its last request, in milliseconds of the census.
    idle_since_ms: AtomicU64,
    leave: Notify,
    /// It has to leave whatever it does.
    is_cut: AtomicBool,
}

/// A connection's entry, removed when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    census: Arc<Census>,
    holder: Option<Holder>,
    number: u64,
    pub(super) activity: Arc<Activity>,
}

impl Census {
    pub(super) fn new(per_address: usize) -> Arc<Self> {
        Arc::new(Self {
            per_address,
            began: Instant::now(),
            known: Mutex::default(),
        })
    }

    /// An entry for a new connection. When its address, or the site of it, has all that it may
    /// have, the one that has been idle for longest has to leave, or else the one whose peer has
    /// been waited for longest; `None` when all of them do something.
    pub(super) fn enter(self: &Arc<Self>, peer: IpAddr, is_proxy: bool) -> Option<Seat> {
        let now_ms = self.now_ms();
        let activity = Arc::new(Activity::new(now_ms));
        let holder = (!is_proxy).then(|| Holder::of(peer));
        let mut known = self.lock();
        for (level, shares) in holder.into_iter().flat_map(Holder::levels) {
            if known.is_full(level, self.per_address * shares as usize) {
                known.warn();
                known.send_one_away(level, now_ms)?;
            }
        }
        known.next += 1;
        let number = known.next;
        if let Some(holder) = holder {
            let activity = Arc::clone(&activity);
            known.add(number, &Entry { holder, activity });
        }
        Some(Seat {
            census: Arc::clone(self),
            holder,
            number,
            activity,
        })
    }

    /// Makes room when the whole hub has none: whoever has most loses what it does least with.
    pub(super) fn make_room(&self) {
        let now_ms = self.now_ms();
        let mut known = self.lock();
        let again_ms = u64::try_from(ROOM_EVERY.as_millis()).unwrap_or(u64::MAX);
        let is_soon = |made_ms: u64| now_ms.saturating_sub(made_ms) < again_ms;
        if known.room_made_ms.is_some_and(is_soon) {
            return;
        }
        known.room_made_ms = Some(now_ms);
        let fullest = known.held.iter().max_by_key(|(_, held)| held.len());
        let Some((fullest, _)) = fullest.map(|(level, held)| (*level, held.len())) else {
            return;
        };
        for _ in 0..ROOM_AT_ONCE {
            if known.send_one_away(fullest, now_ms).is_none() {
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Known {
    fn is_full(&self, level: Holder, max: usize) -> bool {
        let connections = self.held.get(&level);
        connections.is_some_and(|connections| connections.len() >= max)
    }

    fn send_one_away(&mut self, level: Holder, now_ms: u64) -> Option<()> {
        let connections = self.held.get(&level)?;
        let (number, leaving) = idlest(connections).or_else(|| slowest(connections, now_ms))?;
        let (number, holder) = (*number, leaving.holder);
        leaving.activity.leave.notify_one();
        self.remove(number, holder);
        Some(())
    }

    fn add(&mut self, number: u64, entry: &Entry) {
        for (level, _) in entry.holder.levels() {
            let connections = self.held.entry(level).or_default();
            connections.insert(number, entry.clone());
        }
    }

    fn remove(&mut self, number: u64, holder: Holder) {
        for (level, _) in holder.levels() {
            let Some(connections) = self.held.get_mut(&level) else {
                continue;
            };
            connections.remove(&number);
            if connections.is_empty() {
                self.held.remove(&level);
            }
        }
    }

    /// Without the address: it is somebody's.
    fn warn(&mut self) {
        if let Some(left_out) = self.warning.due() {
            tracing::warn!(
                left_out,
                "an address has all the connections it may have (limits.connections_per_address): \
                 its idlest goes, or the new one is refused; if everybody comes through a reverse \
                 proxy, set trusted_proxies"
            );
        }
    }
}

fn idlest(connections: &HashMap<u64, Entry>) -> Option<(&u64, &Entry)> {
    let idle = connections
        .iter()
        .filter(|(_, entry)| entry.activity.is_idle());
    idle.min_by_key(|(_, entry)| entry.activity.idle_since_ms.load(Ordering::Relaxed))
}

/// The one whose peer has been waited for longest, if that is too long. It is cut in any case: it
/// could take or send a little just now, and be where it was.
fn slowest(connections: &HashMap<u64, Entry>, now_ms: u64) -> Option<(&u64, &Entry)> {
    let slow = connections
        .iter()
        .filter_map(|entry| Some((entry.1.activity.is_slow_since(now_ms)?, entry)));
    let (_, slowest) = slow.min_by_key(|(since_ms, _)| *since_ms)?;
    slowest.1.activity.is_cut.store(true, Ordering::Relaxed);
    Some(slowest)
}

impl Activity {
    fn new(now_ms: u64) -> Self {
        Self {
            is_busy: AtomicBool::new(false),
            is_upgraded: AtomicBool::new(false),
            blocked_since_ms: AtomicU64::new(NEVER),
            coming_since_ms: AtomicU64::new(NEVER),
            idle_since_ms: AtomicU64::new(now_ms),
            leave: Notify::new(),
            is_cut: AtomicBool::new(false),
        }
    }

    /// Since when the peer is waited for, if that is too long.
    fn is_slow_since(&self, now_ms: u64) -> Option<u64> {
        if self.is_upgraded() {
            return None;
        }
        let waits = [
            (&self.blocked_since_ms, UNTAKEN_GRACE),
            (&self.coming_since_ms, COMING_GRACE),
        ];
        let slow = waits.into_iter().filter_map(|(since_ms, grace)| {
            let grace_ms = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
            let since_ms = since_ms.load(Ordering::Relaxed);
            (since_ms.saturating_add(grace_ms) <= now_ms).then_some(since_ms)
        });
        slow.min()
    }

    pub(super) fn is_upgraded(&self) -> bool {
        self.is_upgraded.load(Ordering::Relaxed)
    }

    /// No request is under way, and every answer was taken.
    pub(super) fn is_idle(&self) -> bool {
        let is_blocked = self.blocked_since_ms.load(Ordering::Relaxed) != NEVER;
        !self.is_busy.load(Ordering::Relaxed) && !is_blocked
    }

    /// Whether nothing is waited for when it has to leave.
    pub(super) fn leaves_at_once(&self) -> bool {
        self.is_idle() || self.is_cut.load(Ordering::Relaxed)
    }

    /// Comes back when this connection has to make room for another.
    pub(super) async fn has_to_leave(&self) {
        self.leave.notified().await;
    }
}

impl Seat {
    /// An answer waits to be taken, or does not any more.
    pub(super) fn set_blocked(&self, is_blocked: bool) {
        let since_ms = if is_blocked {
            self.census.now_ms()
        } else {
            NEVER
        };
        let blocked_since_ms = &self.activity.blocked_since_ms;
        blocked_since_ms.store(since_ms, Ordering::Relaxed);
    }

    /// What the connection's own task needs of it.
    pub(super) fn desk(&self) -> Desk {
        Desk {
            census: Arc::clone(&self.census),
            activity: Arc::clone(&self.activity),
        }
    }
}

/// Where a connection says what it does.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    census: Arc<Census>,
    pub(super) activity: Arc<Activity>,
}

impl Desk {
    /// A request has come.
    pub(super) fn begin(&self) {
        self.activity.is_busy.store(true, Ordering::Relaxed);
    }

    /// The body of the request is on its way.
    pub(super) fn body_comes(&self) {
        let coming_since_ms = &self.activity.coming_since_ms;
        coming_since_ms.store(self.census.now_ms(), Ordering::Relaxed);
    }

    /// It is here, or nobody waits for it any more.
    pub(super) fn body_is_over(&self) {
        let coming_since_ms = &self.activity.coming_since_ms;
        coming_since_ms.store(NEVER, Ordering::Relaxed);
    }

    /// It is answered. What became a WebSocket is never idle.
    pub(super) fn end(&self, status: StatusCode) {
        if status == StatusCode::SWITCHING_PROTOCOLS {
            self.activity.is_upgraded.store(true, Ordering::Relaxed);
            return;
        }
        let now_ms = self.census.now_ms();
        let activity = &self.activity;
        activity.idle_since_ms.store(now_ms, Ordering::Relaxed);
        activity.is_busy.store(false, Ordering::Relaxed);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(holder) = self.holder else {
            return;
        };
        self.census.lock().remove(self.number, holder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    fn enter(census: &Arc<Census>, peer: &str) -> Option<Seat> {
        census.enter(peer.parse().unwrap(), false)
    }

    async fn is_leaving(seat: &Seat) -> bool {
        let wait = tokio::time::timeout(Duration::from_millis(10), seat.activity.has_to_leave());
        wait.await.is_ok()
    }

    #[tokio::test]
    async fn the_connection_that_has_been_idle_for_longest_makes_room() {
        let census = Census::new(3);
        let seats: Vec<Seat> = (0..3)
            .map(|_| enter(&census, "192.0.2.1").unwrap())
            .collect();
        for (seat, since_ms) in seats.iter().zip([1, 2, 3]) {
            let since = &seat.activity.idle_since_ms;
            since.store(since_ms, Ordering::Relaxed);
        }
        seats[2].desk().begin();
        seats[0].desk().begin();
        let fourth = enter(&census, "192.0.2.1").unwrap();
        assert!(is_leaving(&seats[1]).await);
        fourth.desk().begin();
        assert!(
            enter(&census, "192.0.2.1").is_none(),
            "none of them is idle"
        );
        seats[0].set_blocked(true);
        seats[0].desk().end(StatusCode::OK);
        assert!(enter(&census, "192.0.2.1").is_none(), "its answer waits");
        seats[0].set_blocked(false);
        assert!(enter(&census, "192.0.2.1").is_some());
        assert!(enter(&census, "192.0.2.2").is_some(), "a neighbour");
        drop((seats, fourth));
        assert!(census.known.lock().unwrap().held.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn where_none_is_idle_the_answer_that_has_waited_for_longest_makes_room() {
        let census = Census::new(3);
        let seats = [(); 3].map(|()| enter(&census, "192.0.2.1").unwrap());
        for seat in &seats {
            seat.desk().begin();
        }
        seats[2].desk().end(StatusCode::SWITCHING_PROTOCOLS);
        seats[2].set_blocked(true);
        tokio::time::advance(UNTAKEN_GRACE).await;
        assert!(enter(&census, "192.0.2.1").is_none(), "it is a WebSocket");
        seats[1].set_blocked(true);
        tokio::time::advance(Duration::from_millis(1)).await;
        seats[0].set_blocked(true);
        tokio::time::advance(UNTAKEN_GRACE / 2).await;
        assert!(
            enter(&census, "192.0.2.1").is_none(),
            "all had too little time"
        );
        tokio::time::advance(UNTAKEN_GRACE / 2).await;
        let newcomer = enter(&census, "192.0.2.1").unwrap();
        newcomer.desk().begin();
        assert!(is_leaving(&seats[1]).await && seats[1].activity.leaves_at_once());
        seats[0].set_blocked(false);
        assert!(enter(&census, "192.0.2.1").is_none(), "something was taken");
        drop((seats, newcomer));
        assert!(census.lock().held.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn where_none_is_idle_the_request_that_has_been_coming_for_longest_makes_room() {
        let census = Census::new(2);
        let seats = [(); 2].map(|()| enter(&census, "192.0.2.1").unwrap());
        let [first, second] = seats.each_ref().map(Seat::desk);
        first.begin();
        first.body_comes();
        second.begin();
        second.body_comes();
        assert!(enter(&census, "192.0.2.1").is_none(), "it had no time");
        tokio::time::advance(COMING_GRACE).await;
        first.body_is_over();
        let newcomer = enter(&census, "192.0.2.1").unwrap();
        newcomer.desk().begin();
        assert!(is_leaving(&seats[1]).await && seats[1].activity.leaves_at_once());
        assert!(
            enter(&census, "192.0.2.1").is_none(),
            "it is being answered"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_is_no_place_at_all_who_has_most_loses_some() {
        let census = Census::new(100);
        let few: Vec<Seat> = (0..3).filter_map(|_| enter(&census, "192.0.2.1")).collect();
        let many: Vec<Seat> = (0..50)
            .filter_map(|_| enter(&census, "192.0.2.2"))
            .collect();
        many[0].desk().begin();
        let sent_away = async |seats: &[Seat]| {
            let leaving = join_all(seats.iter().map(is_leaving)).await;
            leaving.into_iter().filter(|is_leaving| *is_leaving).count()
        };
        census.make_room();
        census.make_room();
        assert_eq!(sent_away(&many).await, ROOM_AT_ONCE, "once in a moment");
        assert_eq!(sent_away(&few).await, 0);
        for _ in 0..9 {
            tokio::time::advance(ROOM_EVERY).await;
            census.make_room();
        }
        assert!(!is_leaving(&many[0]).await, "it does something");
        drop((few, many));
        assert!(census.lock().held.is_empty());
    }

    #[tokio::test]
    async fn an_ipv6_customer_is_one_address_and_a_proxy_is_none() {
        let census = Census::new(1);
        let held = enter(&census, "2001:db8:1:2::1").unwrap();
        held.desk().begin();
        assert!(enter(&census, "2001:db8:1:2:ffff::9").is_none());
        assert!(enter(&census, "2001:db8:1:3::1").is_some());
        let proxy = "192.0.2.7".parse().unwrap();
        let many: Vec<_> = (0..9).map(|_| census.enter(proxy, true)).collect();
        assert!(many.iter().all(Option::is_some));
    }

    #[tokio::test]
    async fn the_networks_of_a_site_have_the_connections_of_four_together() {
        let census = Census::new(2);
        let enter = |site: u32, network: u32| {
            let seat = enter(&census, &format!("2001:db8:{site:x}:{network:x}::1"));
            seat.inspect(|seat| seat.desk().begin())
        };
        let mut seats: Vec<Seat> = (0..100).filter_map(|network| enter(1, network)).collect();
        assert_eq!(seats.len(), 8);
        assert!(enter(2, 1).is_some(), "another site");
        // Its idlest makes room, in whichever of its networks that is.
        seats[3].desk().end(StatusCode::OK);
        seats.extend(enter(1, 99));
        assert!(is_leaving(&seats[3]).await && seats.len() == 9);
        assert!(enter(1, 100).is_none());
        drop(seats);
        assert!(census.known.lock().unwrap().held.is_empty());
    }
}
