//! HTTP: routes, extractors, handlers, the API's description, errors to responses.
//!
//! This crate knows no SQL and no rule of the hub. A request passes the edge (`edge`), proves its
//! authority ([`extract::Auth`]) and reaches a handler that calls one use case. The description of
//! an operation is read off its handler's types (`endpoint`), so the two cannot disagree.
//! Connections, sockets and TLS belong to the binary; the client's address comes to this crate as
//! axum's `ConnectInfo`, already judged by the trusted proxies.

#![warn(clippy::indexing_slicing, clippy::expect_used, clippy::panic)]

mod answer;
mod auth;
mod channels;
mod config;
pub mod contract;
mod description;
mod docs;
mod edge;
mod endpoint;
mod extract;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod health;
mod hub;
mod invites;
mod members;
mod messages;
mod operation;
mod reads;
mod refusal;
mod route_class;
mod router;
mod section;
mod servers;
mod state;
mod users;

pub use config::ApiConfig;
pub use edge::{AccountOf, Carrier, Origins, PollRoom, Traffic, carry};
pub use operation::{Operation, Verb};
pub use route_class::{Credential, RouteClass, Terms};
pub use router::{operations, router};
