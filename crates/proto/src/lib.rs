//! The wire contract of Battala Hub: ids, bodies, events, commands, permission bits, limits,
//! error codes and validated text.
//!
//! This crate does no I/O and knows no database, no HTTP and no socket. What it defines is written
//! once here and generated from here everywhere else: the OpenAPI and AsyncAPI documents, the
//! TypeScript types and the event samples.

pub mod auth;
pub mod channels;
pub mod commands;
pub mod error;
pub mod events;
pub mod fields;
pub mod hints;
pub mod hub;
pub mod id;
pub mod invites;
pub mod kinds;
pub mod limits;
pub mod members;
pub mod messages;
pub mod permissions;
pub mod reads;
pub mod sample;
pub mod servers;
pub mod text;
pub mod told;
pub mod users;

pub use commands::Command;
pub use error::{ErrorCode, FieldCode, FieldError, Problem};
pub use events::Event;
pub use hints::Hint;
pub use permissions::Permissions;
pub use told::Told;

/// Milliseconds since the Unix epoch, taken from the hub's injected clock.
pub type TimestampMs = i64;

/// A list answer: every list of the API has this shape.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct List<T> {
    /// The rows, in the order that the operation documents.
    pub items: Vec<T>,
}
