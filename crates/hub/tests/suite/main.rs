//! Use cases and units of work on a database of either engine, without HTTP and without sockets:
//! what lies between a decision and its commit can be placed exactly only here.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod counters;
mod member_places;
mod places;
mod rights;
mod scene;
mod stamps;
mod statements;
