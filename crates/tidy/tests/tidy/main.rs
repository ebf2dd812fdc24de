//! The rules of the repository. Each test says in its failure what to do.

mod actors;
mod crates;
mod documents;
mod fuzzing;
mod history;
mod licence;
mod locks;
mod loops;
mod migrations;
mod modules;
mod sources;
mod supply;
mod web;
