//! The opening handshake, server side (RFC 6455 §4.2). Offers no extension and
//! no subprotocol, and keeps nothing of the request but the promise of its TCP
//! connection.

use axum::body::Body;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, Response, StatusCode};
use hyper::upgrade::OnUpgrade;
use sha1::{Digest, Sha1};

/// Appended to the client's key before it is hashed (RFC 6455 §1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A request that may become a WebSocket.
pub(crate) struct Upgrade {
    pub(crate) connection: OnUpgrade,
    accept: HeaderValue,
}

impl Upgrade {
    /// `None` if the request is no WebSocket handshake.
    pub(crate) fn from_request(parts: &mut Parts) -> Option<Self> {
        let headers = &parts.headers;
        let is_handshake = parts.method == Method::GET
            && has_token(headers, CONNECTION, "upgrade")
            && has_token(headers, UPGRADE, "websocket")
            && has_token(headers, SEC_WEBSOCKET_VERSION, "13");
        let key = headers.get(SEC_WEBSOCKET_KEY)?.as_bytes();
        let is_key = BASE64_STANDARD
            .decode(key)
            .is_ok_and(|nonce| nonce.len() == 16);
        if !is_handshake || !is_key {
            return None;
        }
        let accept = accept_for(key)?;
        let connection = parts.extensions.remove()?;
        Some(Self { connection, accept })
    }
}

/// The response after which the connection is a WebSocket.
pub(crate) fn accept(upgrade: &Upgrade) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, upgrade.accept.clone());
    response
}

fn accept_for(key: &[u8]) -> Option<HeaderValue> {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    HeaderValue::from_str(&BASE64_STANDARD.encode(digest)).ok()
}

fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accept_value_is_that_of_the_rfc() {
        let accept = accept_for(b"dGhlIHNhbXBsZSBub25jZQ==").unwrap();
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
