//! How many connections an address has, and which of them does least. Knows no connection's bytes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use battala_hub::network::Holder;
use http::StatusCode;
use tokio::sync::Notify;
use tokio::time::Instant;

use battala_api::Line;

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
    /// Bytes of an answer wait to be taken.
    is_blocked: AtomicBool,
    /// The end of its last request, in milliseconds of the census.
    idle_since_ms: AtomicU64,
    leave: Notify,
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
    /// have, the one that has been idle for longest has to leave; `None` when none of them is idle.
    pub(super) fn enter(self: &Arc<Self>, peer: IpAddr, is_proxy: bool) -> Option<Seat> {
        let activity = Arc::new(Activity::new(self.now_ms()));
        let holder = (!is_proxy).then(|| Holder::of(peer));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for (level, shares) in holder.into_iter().flat_map(Holder::levels) {
            if known.is_full(level, self.per_address * shares as usize) {
                known.warn();
                known.send_idlest_away(level)?;
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

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Known {
    fn is_full(&self, level: Holder, max: usize) -> bool {
        let connections = self.held.get(&level);
        connections.is_some_and(|connections| connections.len() >= max)
    }

    fn send_idlest_away(&mut self, level: Holder) -> Option<()> {
        let connections = self.held.get(&level)?.iter();
        let idle = connections.filter(|(_, entry)| entry.activity.is_idle());
        let since = |entry: &Entry| entry.activity.idle_since_ms.load(Ordering::Relaxed);
        let (number, leaving) = idle.min_by_key(|(_, entry)| since(entry))?;
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

impl Activity {
    fn new(now_ms: u64) -> Self {
        Self {
            is_busy: AtomicBool::new(false),
            is_blocked: AtomicBool::new(false),
            idle_since_ms: AtomicU64::new(now_ms),
            leave: Notify::new(),
        }
    }

    /// No request is under way, and every answer was taken.
    pub(super) fn is_idle(&self) -> bool {
        !self.is_busy.load(Ordering::Relaxed) && !self.is_blocked.load(Ordering::Relaxed)
    }

    /// An answer waits to be taken, or does not any more.
    pub(super) fn set_blocked(&self, is_blocked: bool) {
        self.is_blocked.store(is_blocked, Ordering::Relaxed);
    }

    /// Comes back when this connection has to make room for another.
    pub(super) async fn has_to_leave(&self) {
        self.leave.notified().await;
    }
}

impl Seat {
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

    /// It is answered. What became a WebSocket is never idle.
    pub(super) fn end(&self, status: StatusCode) {
        if status == StatusCode::SWITCHING_PROTOCOLS {
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
        let known = self.census.known.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        known.remove(self.number, holder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

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
        seats[0].activity.set_blocked(true);
        seats[0].desk().end(StatusCode::OK);
        assert!(enter(&census, "192.0.2.1").is_none(), "its answer waits");
        seats[0].activity.set_blocked(false);
        assert!(enter(&census, "192.0.2.1").is_some());
        assert!(enter(&census, "192.0.2.2").is_some(), "a neighbour");
        drop((seats, fourth));
        assert!(census.known.lock().unwrap().held.is_empty());
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
