//! Engine.IO v4 and Socket.IO v5 for an axum server: WebSocket and HTTP
//! long-polling with upgrade, several namespaces, text events, acknowledgements.
//!
//! The application implements [`App`]; [`Server::router`] is mounted beside its
//! other routes. What this crate promises:
//!
//! - **Order.** The events of one socket start in the order they were sent, and
//!   their acknowledgements leave in that order. Frames emitted to a socket
//!   arrive in the order of the emits, and never before its CONNECT.
//! - **No silent loss.** A queue that is full cuts the connection
//!   ([`DisconnectReason::Slow`]); no packet is ever skipped.
//! - **Bounds.** Every queue, size and wait has a limit in [`Config`], and they
//!   hold before the application has accepted anybody.
//! - **Cheap delivery.** A [`Frame`] is encoded once and shared; an emit is a
//!   reference count and a queue slot; a connection is one task without a timer.
//!
//! It does not know users, channels or what any event means. Binary packets,
//! permessage-deflate and Engine.IO below 4 are refused.

#![warn(clippy::indexing_slicing, clippy::expect_used, clippy::panic)]
#![warn(missing_docs)]

mod allowance;
mod app;
mod config;
mod connection;
mod driver;
mod frame;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod http;
mod limits;
mod link;
mod packet;
mod parser;
mod polling;
mod registry;
mod replies;
mod server;
mod sizes;
mod socket;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod timers;
mod undecided;
mod websocket;
mod wheel;

pub use allowance::Allowance;
pub use app::{App, Connect, DisconnectReason, Event, Refusal, Reply};
pub use config::{Config, OriginCheck, OwnerOf};
pub use frame::{Frame, Payload};
pub use limits::{Network, NetworksOf, Peer};
pub use server::Server;
pub use socket::{Close, Socket, SocketId, Together};
