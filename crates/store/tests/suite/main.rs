//! The store from outside, on both engines.
//!
//! `both!` makes two tests of a scenario, `name::sqlite` and `name::postgres`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::excessive_nesting,
    reason = "a write is a block in a closure in a future"
)]

mod additions;
mod addresses;
mod claims;
mod ended;
mod files;
mod groups;
mod inspections;
mod jobs;
mod kills;
mod kinds;
mod migrations;
mod newest;
mod places;
mod reads;
mod schema;
mod sessions;
mod stamps;
mod standing;
mod statements;
mod support;
mod traps;
mod upgrades;
mod writes;
