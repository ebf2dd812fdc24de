//! Who may do what: every operation and every command, by everyone.
//!
//! The tables say what the contract promises, not what the policy computes. A row is
//! executed requests with real targets; an operation without a row fails.

mod commands;
mod hidden;
mod operations;
mod parents;
mod scene;

pub(crate) use scene::signed_ago;
