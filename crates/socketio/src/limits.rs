//! Where a connection comes from, and how many transports there are. Permits give
//! back on drop. Knows no transport.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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

#[cfg(test)]
mod tests {
    use super::*;

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
