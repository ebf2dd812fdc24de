//! Whose request a proxy passes on.
//!
//! Knows only `X-Forwarded-For`, and believes it only as far as trusted proxies
//! wrote it: whatever stands left of the first stranger, that stranger made up.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};

use crate::config::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The nearest address on the request's way that is not a trusted proxy.
pub(super) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address| trusted.iter().any(|network| network.contains(address));
    let mut nearest = peer;
    let lines: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .map(|line| line.to_str().unwrap_or_default())
        .collect();
    let way_back = lines.iter().rev().flat_map(|line| line.rsplit(','));
    for hop in way_back {
        if !is_trusted(nearest) {
            break;
        }
        match hop.trim().parse() {
            Ok(address) => nearest = address,
            Err(_) => break,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, lines: &[&str]) -> String {
        let trusted = ["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let headers: HeaderMap = lines
            .iter()
            .map(|line| (FORWARDED_FOR, line.parse().unwrap()))
            .collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_names_its_client() {
        assert_eq!(client("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &["2001:db8::1"]), "2001:db8::1");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        assert_eq!(
            client("127.0.0.1", &["1.1.1.1, 198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(
            client("127.0.0.1", &["1.1.1.1", "198.51.100.1"]),
            "198.51.100.1"
        );
    }

    #[test]
    fn proxies_may_stand_in_a_row() {
        let line = "1.1.1.1, 198.51.100.1, 10.1.2.3";
        assert_eq!(client("127.0.0.1", &[line]), "198.51.100.1");
        assert_eq!(client("127.0.0.1", &["10.1.1.1, 10.1.2.3"]), "10.1.1.1");
    }

    #[test]
    fn nonsense_ends_the_way() {
        assert_eq!(client("127.0.0.1", &["198.51.100.1, unknown"]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &["198.51.100.1,"]), "127.0.0.1");
    }
}
