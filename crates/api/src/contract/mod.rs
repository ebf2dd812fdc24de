//! The contract as documents: generated from the routes and from `proto`, committed, and compared
//! by a test. Nothing here is written by hand that a type already says.

mod asyncapi;
mod components;
mod files;
mod openapi;
mod routes;

pub use asyncapi::asyncapi_json;
pub use files::{compare, files, write};
pub use openapi::openapi_json;

/// JSON as the contract's files have it: indented, with an end of line.
pub(crate) fn to_text(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
