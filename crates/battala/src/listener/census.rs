//! How many connections an address has, and which of them does least. Knows no connection's bytes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Between two lines of the log that say the same.
const WARN_PAUSE: Duration = Duration::from_mins(1);

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
    addresses: HashMap<IpAddr, HashMap<u64, Arc<Activity>>>,
    warned_at: Option<Instant>,
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
    address: Option<IpAddr>,
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

    /// An entry for a new connection. When its address has all that it may have, the one that has
    /// been idle for longest has to leave; `None` when none of them is idle.
    pub(super) fn enter(self: &Arc<Self>, peer: IpAddr, is_proxy: bool) -> Option<Seat> {
        let activity = Arc::new(Activity::new(self.now_ms()));
        let address = (!is_proxy).then(|| network_of(peer));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(address) = address
            && known.is_full(address, self.per_address)
        {
            known.warn();
            known.send_idlest_away(address)?;
        }
        known.next += 1;
        let number = known.next;
        if let Some(address) = address {
            let connections = known.addresses.entry(address).or_default();
            connections.insert(number, Arc::clone(&activity));
        }
        Some(Seat {
            census: Arc::clone(self),
            address,
            number,
            activity,
        })
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Known {
    fn is_full(&self, address: IpAddr, max: usize) -> bool {
        let connections = self.addresses.get(&address);
        connections.is_some_and(|connections| connections.len() >= max)
    }

    fn send_idlest_away(&mut self, address: IpAddr) -> Option<()> {
        let connections = self.addresses.get_mut(&address)?;
        let idle = connections.iter().filter(|(_, one)| one.is_idle());
        let idlest = idle.min_by_key(|(_, one)| one.idle_since_ms.load(Ordering::Relaxed));
        let number = *idlest?.0;
        let leaving = connections.remove(&number)?;
        leaving.leave.notify_one();
        Some(())
    }

    /// Without the address: it is somebody's.
    fn warn(&mut self) {
        if self.warned_at.is_none_or(|at| at.elapsed() >= WARN_PAUSE) {
            self.warned_at = Some(Instant::now());
            tracing::warn!(
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
        let Some(address) = self.address else {
            return;
        };
        let known = &self.census.known;
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(connections) = known.addresses.get_mut(&address) else {
            return;
        };
        connections.remove(&self.number);
        if connections.is_empty() {
            known.addresses.remove(&address);
        }
    }
}

/// One subscriber: an IPv4 address, or the /64 that an IPv6 customer is given.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(census.known.lock().unwrap().addresses.is_empty());
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
}
