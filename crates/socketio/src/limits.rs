//! Admission: how many transports there are, and how many an address has that
//! nobody vouched for. Permits give back on drop. Knows no transport.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Where a connection comes from. The application's wiring inserts it as a
/// request extension, after it judged proxies; without it the address of the
/// TCP connection counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The client's address.
    pub address: IpAddr,
}

/// Counts live transports.
#[derive(Debug)]
pub(crate) struct Connections {
    live: Arc<AtomicUsize>,
    max: usize,
}

impl Connections {
    pub(crate) fn new(max: usize) -> Self {
        Self {
            live: Arc::default(),
            max,
        }
    }

    pub(crate) fn live(&self) -> usize {
        self.live.load(Ordering::Relaxed)
    }

    /// `None` when the server is full.
    pub(crate) fn admit(&self) -> Option<ConnectionPermit> {
        let permit = ConnectionPermit(Arc::clone(&self.live));
        // A refused permit is dropped and so gives back what it took here.
        (self.live.fetch_add(1, Ordering::Relaxed) < self.max).then_some(permit)
    }
}

#[derive(Debug)]
pub(crate) struct ConnectionPermit(Arc<AtomicUsize>);

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts transports without an accepted namespace, per address.
#[derive(Debug)]
pub(crate) struct Addresses {
    counts: Arc<Mutex<HashMap<IpAddr, u32>>>,
    max: u32,
}

impl Addresses {
    pub(crate) fn new(max: u32) -> Self {
        Self {
            counts: Arc::default(),
            max,
        }
    }

    /// `None` when the address has its share.
    pub(crate) fn admit(&self, peer: Peer) -> Option<AddressPermit> {
        let address = network_of(peer.address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= self.max {
            return None;
        }
        *count += 1;
        Some(AddressPermit {
            counts: Arc::clone(&self.counts),
            address,
        })
    }
}

#[derive(Debug)]
pub(crate) struct AddressPermit {
    counts: Arc<Mutex<HashMap<IpAddr, u32>>>,
    address: IpAddr,
}

impl Drop for AddressPermit {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
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

    fn peer(text: &str) -> Peer {
        Peer {
            address: text.parse().unwrap(),
        }
    }

    #[test]
    fn an_ipv6_network_shares_one_count_and_a_mapped_address_is_ipv4() {
        let addresses = Addresses::new(1);
        let held = addresses.admit(peer("2001:db8:1:2::1")).unwrap();
        assert!(addresses.admit(peer("2001:db8:1:2:ffff::9")).is_none());
        assert!(addresses.admit(peer("2001:db8:1:3::1")).is_some());
        let v4 = addresses.admit(peer("192.0.2.1")).unwrap();
        assert!(addresses.admit(peer("::ffff:192.0.2.1")).is_none());
        drop((held, v4));
        assert!(addresses.counts.lock().unwrap().is_empty());
    }

    #[test]
    fn a_refused_connection_takes_no_place() {
        let connections = Connections::new(1);
        let first = connections.admit().unwrap();
        assert!(connections.admit().is_none());
        assert_eq!(connections.live(), 1);
        drop(first);
        assert!(connections.admit().is_some());
    }
}
