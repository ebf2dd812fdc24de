//! The rules of the repository. Each test says in its failure what to do.

mod crates;
mod documents;
mod migrations;
mod sources;
mod web;
