//! Throw-away services for tests: a PostgreSQL cluster, a bad way to it, and scratch directories; and the
//! ledger by which durability is judged.
//!
//! It does not know any schema: whoever wants a prepared database says how to
//! prepare it. Development only; no shipped crate depends on it.

mod cluster;
mod database;
pub mod ledger;
mod proxy;
mod scratch;

pub use cluster::{Cluster, StartError, URL_VARIABLE};
pub use database::TestDatabase;
pub use proxy::Proxy;
pub use scratch::Scratch;
