//! The server's side of RFC 6455 over an upgraded HTTP connection.
//!
//! Written here rather than taken from a library for two properties: an idle
//! connection keeps no read buffer and no write buffer, and a refused peer is
//! told why before the TCP connection is reset. Knows no Engine.IO.

mod close;
mod decode;
mod encode;
mod handshake;
mod stream;

pub(crate) use close::Code;
#[cfg(any(test, fuzzing))]
pub(crate) use decode::{Decoder, Incoming};
#[cfg(any(test, fuzzing))]
pub(crate) use encode::text as encode_text;
pub(crate) use handshake::{Upgrade, accept};
pub(crate) use stream::{Gone, WebSocket};
