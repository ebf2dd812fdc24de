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

/// One of the networks that an address counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    /// Its first address.
    pub first: IpAddr,
    /// The bits that its addresses have in common.
    pub prefix: u8,
}

/// The networks that an address counts in, narrowest first, each with how many times the limit of
/// an address it has.
pub type NetworksOf = fn(IpAddr) -> Vec<(Network, u32)>;

/// Every address by itself; one of IPv4 that is written as IPv6 is of IPv4.
pub(crate) fn alone(address: IpAddr) -> Vec<(Network, u32)> {
    let first = address.to_canonical();
    let prefix = if first.is_ipv4() { 32 } else { 128 };
    vec![(Network { first, prefix }, 1)]
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

/// Counts transports without an accepted namespace, per network.
#[derive(Debug)]
pub(crate) struct Addresses {
    counts: Counts,
    networks_of: NetworksOf,
    max: u32,
}

type Counts = Arc<Mutex<HashMap<Network, u32>>>;

impl Addresses {
    pub(crate) fn new(max: u32, networks_of: NetworksOf) -> Self {
        Self {
            counts: Counts::default(),
            networks_of,
            max,
        }
    }

    /// `None` when one of the address's networks has its share.
    pub(crate) fn admit(&self, peer: Peer) -> Option<AddressPermit> {
        let networks = (self.networks_of)(peer.address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = |(network, shares): &(Network, u32)| {
            let count = counts.get(network).copied().unwrap_or(0);
            count < self.max.saturating_mul(*shares)
        };
        if !networks.iter().all(has_room) {
            return None;
        }
        for (network, _) in &networks {
            *counts.entry(*network).or_default() += 1;
        }
        Some(AddressPermit {
            counts: Arc::clone(&self.counts),
            networks,
        })
    }
}

#[derive(Debug)]
pub(crate) struct AddressPermit {
    counts: Counts,
    networks: Vec<(Network, u32)>,
}

impl Drop for AddressPermit {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (network, _) in &self.networks {
            let Some(count) = counts.get_mut(network) else {
                continue;
            };
            *count -= 1;
            if *count == 0 {
                counts.remove(network);
            }
        }
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
    fn an_address_has_a_limit_and_a_mapped_one_is_ipv4() {
        let addresses = Addresses::new(1, alone);
        let held = addresses.admit(peer("2001:db8::1")).unwrap();
        assert!(addresses.admit(peer("2001:db8::1")).is_none());
        assert!(addresses.admit(peer("2001:db8::2")).is_some());
        let v4 = addresses.admit(peer("192.0.2.1")).unwrap();
        assert!(addresses.admit(peer("::ffff:192.0.2.1")).is_none());
        drop((held, v4));
        assert!(addresses.counts.lock().unwrap().is_empty());
    }

    #[test]
    fn an_address_counts_in_each_of_its_networks() {
        let addresses = Addresses::new(2, |address| {
            let everybody = Network {
                first: IpAddr::from([0, 0, 0, 0]),
                prefix: 0,
            };
            let mut networks = alone(address);
            networks.push((everybody, 3));
            networks
        });
        let admit = |last| addresses.admit(peer(&format!("192.0.2.{last}")));
        let admitted: Vec<AddressPermit> = (1..=9).filter_map(admit).collect();
        assert_eq!(admitted.len(), 6, "three times two");
        // Who was refused counts nowhere.
        assert_eq!(addresses.counts.lock().unwrap().len(), 7);
        drop(admitted);
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
