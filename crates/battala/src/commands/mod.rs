//! What the program does, one module per command. None knows another, but for `check`,
//! which asks as `healthcheck` does.

pub(crate) mod admin;
pub(crate) mod check;
pub(crate) mod healthcheck;
pub(crate) mod serve;
pub(crate) mod settings;
