//! Engine.IO v4 packets: the first character is the type, the rest is the data.
//! Knows no Socket.IO.

use crate::config::Config;
use crate::wheel::millis;

/// Separates the packets of one polling body.
pub(crate) const SEPARATOR: char = '\u{1e}';
pub(crate) const PING: &str = "2";
pub(crate) const CLOSE: &str = "1";
pub(crate) const NOOP: &str = "6";
pub(crate) const PROBE_PING: &str = "2probe";
pub(crate) const PROBE_PONG: &str = "3probe";
pub(crate) const UPGRADE: &str = "5";

/// What a client may send on an open session.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Packet<'a> {
    Close,
    Pong,
    Message(&'a str),
    Noop,
}

impl<'a> Packet<'a> {
    /// `None` for a type a client may not send: open, ping, a late upgrade,
    /// base64 binary (`b…`), and anything that is not a type.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        match text.as_bytes() {
            [b'1'] => Some(Self::Close),
            [b'3'] => Some(Self::Pong),
            [b'4', ..] => text.get(1..).map(Self::Message),
            [b'6'] => Some(Self::Noop),
            _ => None,
        }
    }
}

/// The open packet (Engine.IO protocol v4, "Handshake").
pub(crate) fn open(sid: &str, upgrades: &[&str], config: &Config) -> String {
    let body = serde_json::json!({
        "sid": sid,
        "upgrades": upgrades,
        "pingInterval": millis(config.ping_interval),
        "pingTimeout": millis(config.ping_timeout),
        "maxPayload": config.payload_bytes_max,
    });
    format!("0{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_types_a_client_may_send_parse() {
        assert_eq!(Packet::parse("4"), Some(Packet::Message("")));
        assert_eq!(Packet::parse("42[1]"), Some(Packet::Message("2[1]")));
        assert_eq!(Packet::parse("1"), Some(Packet::Close));
        assert_eq!(Packet::parse("3"), Some(Packet::Pong));
        for text in ["", "0", "2", "2probe", "5", "7", "bAQID", "abc", "é", "33"] {
            assert_eq!(Packet::parse(text), None, "{text}");
        }
    }
}
