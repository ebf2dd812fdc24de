//! What the program does, one module per command. None knows another.

pub(crate) mod admin;
pub(crate) mod healthcheck;
pub(crate) mod serve;
pub(crate) mod settings;
