//! The hub as its clients see it: the real binary over HTTP and sockets.
//!
//! Runs on SQLite; with `BATTALA_TEST_ENGINE=postgres` on PostgreSQL. One file per
//! resource; `harness` starts hubs and speaks the protocols.

mod administration;
mod auth;
mod authority;
mod bad_lines;
mod bursts;
mod bus;
mod channels;
mod clock_steps;
mod databases;
mod disk_full;
mod durability;
mod edge;
mod fail_over;
mod gateway;
mod gone;
mod harness;
mod hostile;
mod ids;
mod invites;
mod io_error;
mod jobs;
mod leases;
mod logs;
mod looks;
mod lost_answers;
mod members;
mod messages;
mod names;
mod neighbours;
mod operator;
mod presence;
mod reads;
mod restart;
mod restored;
mod revocation;
mod second_hub;
mod servers;
mod settings;
mod setup;
mod strange_log;
mod sync;
mod tombstones;
mod unchanged;
mod unread;
mod users;
