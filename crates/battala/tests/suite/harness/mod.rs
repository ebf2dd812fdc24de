//! A hub to test, and clients that speak its protocols by hand.
//!
//! `let hub = TestHub::start().await; let ana = hub.user("ana").await;` runs the
//! real binary on a data directory and a database of its own.

mod answer;
mod files;
mod http;
mod hub;
mod leftovers;
mod options;
mod polling;
mod process;
mod reader;
mod scenery;
mod socket;
mod user;
mod wall_clock;
mod watched;

pub(crate) use answer::Answer;
pub(crate) use files::{files_of, put_back};
pub(crate) use http::{Http, Request, cookies_of};
pub(crate) use hub::{EXIT_LASTING, TestHub, database};
pub(crate) use options::{Engine, Options, engine};
pub(crate) use process::Process;
pub(crate) use reader::{Reader, text_of};
pub(crate) use scenery::{Community, nonce, places, text};
pub(crate) use socket::{Delivered, Socket};
pub(crate) use user::{NEW_PASSWORD, PASSWORD, User};
pub(crate) use wall_clock::WallClock;
pub(crate) use watched::{Watched, deadline, soon, until};
