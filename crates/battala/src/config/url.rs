//! An origin: scheme, host and port of a web address. Does not resolve names.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use http::Uri;

/// `https://chat.example.org`: lower case, without the scheme's own port and without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    is_secure: bool,
    /// Host, and port if it is not the scheme's own.
    authority: String,
}

impl Origin {
    /// Where a browser on this machine finds a listener.
    pub(crate) fn of_listener(bound: SocketAddr) -> Self {
        let host = match bound.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            host => host,
        };
        let authority = match bound.port() {
            80 => SocketAddr::new(host, 0)
                .to_string()
                .trim_end_matches(":0")
                .to_owned(),
            port => SocketAddr::new(host, port).to_string(),
        };
        Self {
            is_secure: false,
            authority,
        }
    }

    /// Whether it is reached by TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The same place for WebSockets, as a content security policy names it.
    pub(crate) fn to_websocket(&self) -> String {
        let scheme = if self.is_secure { "wss" } else { "ws" };
        format!("{scheme}://{}", self.authority)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "must be like https://chat.example.org, without a path";
        let uri: Uri = text.parse().map_err(|_| WRONG)?;
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(WRONG),
        };
        let authority = uri.authority().ok_or(WRONG)?;
        let is_bare = uri.path() == "/" && uri.query().is_none() && !text.contains('#');
        if !is_bare || authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(WRONG);
        }
        let own_port = if is_secure { 443 } else { 80 };
        let host = authority.host().to_ascii_lowercase();
        let authority = match authority.port_u16() {
            None if authority.as_str().len() > host.len() => return Err(WRONG),
            Some(port) if port != own_port => format!("{host}:{port}"),
            _ => host,
        };
        Ok(Self {
            is_secure,
            authority,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> Result<String, &'static str> {
        text.parse::<Origin>().map(|origin| origin.to_string())
    }

    #[test]
    fn an_origin_is_written_in_one_way() {
        for (given, kept) in [
            ("https://Chat.Example.org", "https://chat.example.org"),
            ("https://chat.example.org/", "https://chat.example.org"),
            ("https://chat.example.org:443", "https://chat.example.org"),
            ("http://chat.example.org:80/", "http://chat.example.org"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(normal(given).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn what_is_more_or_less_than_an_origin_is_refused() {
        for text in [
            "",
            "*",
            "chat.example.org",
            "ftp://chat.example.org",
            "https://chat.example.org/hub",
            "https://chat.example.org?x",
            "https://chat.example.org#x",
            "https://user:password@chat.example.org",
            "https://chat.example.org:",
            "https://chat.example.org:99999",
        ] {
            assert!(normal(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_listener_on_every_address_is_reached_by_loopback() {
        let of = |text: &str| Origin::of_listener(text.parse().unwrap()).to_string();
        assert_eq!(of("0.0.0.0:3000"), "http://127.0.0.1:3000");
        assert_eq!(of("[::]:3000"), "http://[::1]:3000");
        assert_eq!(of("192.0.2.1:80"), "http://192.0.2.1");
        assert_eq!(of("[2001:db8::1]:80"), "http://[2001:db8::1]");
    }

    #[test]
    fn sockets_use_the_scheme_that_belongs_to_the_origin() {
        let socket = |text: &str| text.parse::<Origin>().unwrap().to_websocket();
        assert_eq!(socket("https://chat.example.org"), "wss://chat.example.org");
        assert_eq!(socket("http://127.0.0.1:3000"), "ws://127.0.0.1:3000");
    }
}
