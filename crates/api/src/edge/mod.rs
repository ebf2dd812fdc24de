//! What every request passes before its route and every answer after it. Knows no operation.

mod bodies;
mod caller;
mod charge;
mod context;
mod enter;
mod guard;
mod origin;
mod places;
mod receive;
mod traffic;

pub(crate) use caller::{Recognised, sender};
pub(crate) use charge::{charge, charge_faults, charge_questions};
pub(crate) use context::{Context, Refused, accompany};
pub(crate) use enter::enter;
pub use origin::Origins;
pub(crate) use origin::cors;
pub(crate) use receive::BodyFault;
pub use traffic::{AccountOf, Carrier, PollRoom, Traffic, carry};
