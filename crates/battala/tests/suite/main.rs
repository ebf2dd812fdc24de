//! The hub as its clients see it: the real binary over HTTP and sockets.
//!
//! Runs on SQLite; with `BATTALA_TEST_ENGINE=postgres` on PostgreSQL. One file per
//! resource; `harness` starts hubs and speaks the protocols.

mod administration;
mod auth;
mod authority;
mod harness;
mod setup;
mod users;
