//! Whose an address is, so that who has many addresses counts as one. Knows no limit.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Shares that a site has where a subscriber has one: a few lines of an office are not held up,
/// and thousands of made-up ones have no more than these.
pub const SITE_SHARES: u32 = 4;

/// Who holds an address, as far as the address tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Holder {
    /// The first address of the network.
    first: IpAddr,
    prefix: u8,
}

impl Holder {
    /// Of requests whose address nobody knows. They count together.
    pub const UNKNOWN: Self = Self::of(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

    /// The subscriber: an IPv4 address, or the IPv6 /64 that a line or a telephone is given. An
    /// IPv4 address that is written as IPv6 is the IPv4 address.
    pub const fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::v4(v4, 32),
            IpAddr::V6(v6) => Self::v6(v6, 64),
        }
    }

    /// The place that a person may be told about, or be recognised by: the IPv4 /24 or the IPv6
    /// /48. Too little to find a person.
    pub const fn place(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::v4(v4, 24),
            IpAddr::V6(v6) => Self::v6(v6, 48),
        }
    }

    /// What one provider has, or a large part of it: the IPv4 /16 or the IPv6 /32.
    pub const fn provider(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::v4(v4, 16),
            IpAddr::V6(v6) => Self::v6(v6, 32),
        }
    }

    /// The site of an IPv6 subscriber: the /48 that a company is given, or anybody by a tunnel
    /// broker, with 65,536 subscribers' networks in it that cost nothing. IPv4 has none: each of
    /// its addresses has a price, and neighbouring ones may be a carrier's, with thousands of
    /// customers behind each.
    pub const fn site(self) -> Option<Self> {
        match self.first {
            IpAddr::V6(v6) if self.prefix > 48 => Some(Self::v6(v6, 48)),
            _ => None,
        }
    }

    /// What a subscriber counts in, narrowest first, and how many shares each of them has.
    pub fn levels(self) -> impl Iterator<Item = (Self, u32)> {
        let site = self.site().map(|site| (site, SITE_SHARES));
        std::iter::once((self, 1)).chain(site)
    }

    /// The network's first address.
    pub const fn first(self) -> IpAddr {
        self.first
    }

    /// The bits that its addresses have in common.
    pub const fn prefix(self) -> u8 {
        self.prefix
    }

    const fn v4(address: Ipv4Addr, prefix: u8) -> Self {
        let first = Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << (32 - prefix)));
        Self {
            first: IpAddr::V4(first),
            prefix,
        }
    }

    const fn v6(address: Ipv6Addr, prefix: u8) -> Self {
        let first = Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - prefix)));
        Self {
            first: IpAddr::V6(first),
            prefix,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Holder {
        Holder::of(address.parse().unwrap())
    }

    fn place(address: &str) -> String {
        Holder::place(address.parse().unwrap()).to_string()
    }

    #[test]
    fn a_subscriber_is_an_ipv4_address_or_an_ipv6_64() {
        assert_eq!(of("192.0.2.7").to_string(), "192.0.2.7/32");
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("2001:db8:1:2::1").to_string(), "2001:db8:1:2::/64");
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
    }

    #[test]
    fn subscribers_of_one_48_are_one_site_and_ipv4_has_none() {
        let site = of("2001:db8:1:2::1").site();
        assert_eq!(site, of("2001:db8:1:ffff::1").site());
        assert_ne!(site, of("2001:db8:2:2::1").site());
        assert_eq!(site.unwrap().to_string(), "2001:db8:1::/48");
        assert_eq!(site.unwrap().site(), None, "nothing is wider");
        assert_eq!(of("192.0.2.7").site(), None);
        assert_eq!(of("::ffff:192.0.2.7").site(), None);
    }

    #[test]
    fn a_site_has_more_shares_than_a_subscriber() {
        let shares = |address| of(address).levels().map(|(_, shares)| shares);
        assert!(shares("2001:db8::1").eq([1, SITE_SHARES]));
        assert!(shares("192.0.2.7").eq([1]));
    }

    #[test]
    fn a_place_is_wider_than_a_subscriber() {
        assert_eq!(place("192.0.2.7"), "192.0.2.0/24");
        assert_eq!(place("::ffff:192.0.2.7"), "192.0.2.0/24");
        assert_eq!(place("2001:db8:1:2::1"), "2001:db8:1::/48");
    }

    #[test]
    fn a_provider_is_wider_than_a_place() {
        let provider = |address: &str| Holder::provider(address.parse().unwrap()).to_string();
        assert_eq!(provider("192.0.2.7"), "192.0.0.0/16");
        assert_eq!(provider("::ffff:192.0.2.7"), "192.0.0.0/16");
        assert_eq!(provider("2001:db8:1:2::1"), "2001:db8::/32");
    }
}
