//! The conventions of the API, through its router and without a network.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod auth;
mod authority;
mod bodies;
mod classes;
mod clock;
mod docs;
mod edge;
mod harness;
mod limits;
mod messages;
mod queries;
mod readings;
