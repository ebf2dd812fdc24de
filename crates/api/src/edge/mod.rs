//! What every request passes before its route and every answer after it. Knows no operation.

mod context;
mod guard;
mod origin;

pub(crate) use context::{Context, accompany};
pub(crate) use guard::{guard, places};
pub use origin::Origins;
pub(crate) use origin::{cors, refuse_foreign_pages};
