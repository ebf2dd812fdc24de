//! What shows who somebody is: passwords and guesses at them, tokens and their renewals, known
//! devices. Knows no account and no session but their ids.

pub(crate) mod devices;
pub(crate) mod guesses;
pub mod passwords;
pub(crate) mod renewals;
pub mod signed;
pub mod tokens;
