//! Throw-away services for tests: a PostgreSQL cluster, a bad way to it, and scratch directories;
//! the ledger by which durability is judged; bounded runs of fuzz targets; and how patient tests
//! are on this machine.
//!
//! It does not know any schema: whoever wants a prepared database says how to
//! prepare it. Development only; no shipped crate depends on it.

mod cluster;
mod database;
pub mod fuzz;
pub mod ledger;
mod pace;
mod pooler;
mod programs;
mod proxy;
mod scratch;

pub use cluster::{Cluster, StartError, URL_VARIABLE, running_url};
pub use database::{TestDatabase, remove_leftovers};
pub use pace::{SLOWNESS_VARIABLE, patience, slowness};
pub use pooler::Pooler;
pub use proxy::Proxy;
pub use scratch::Scratch;
