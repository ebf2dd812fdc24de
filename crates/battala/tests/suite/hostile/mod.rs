//! Bad input for everything that reads input (P5): refused with a code, and the field
//! and the limit where there is one; never a 5xx, a panic or silence.
//!
//! The cases are made from the committed contract, so that a new field is attacked the
//! day it is described.

mod cases;
mod commands;
mod operations;
mod schema;
