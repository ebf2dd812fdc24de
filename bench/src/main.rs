//! The load tool: drives the real binary over HTTP and sockets, measures what it
//! costs, and writes `docs/benchmarks.md`.
//!
//! Every run is bounded in time and talks to 127.0.0.1 only. What is measured is
//! always a child process, so that its processor time and memory are its own; the
//! load comes from this one. The method stands in `bench/README.md`.

mod bare;
mod cli;
mod client;
mod compare;
mod hub;
mod load;
mod process;
mod relay;
mod report;
mod roles_hub;
mod scenarios;
mod seed;
mod stats;
mod words;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Cli, Command, Options};
use crate::scenarios::Scenario;

/// Whatever went wrong: a measurement that did not happen has no finer kinds.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            words::complain(&format!("bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = perform(cli.command) => result,
            stopped = asked_to_stop() => stopped,
        }
    });
    runtime.shutdown_background();
    result
}

/// Whoever stops a measurement gets its processes and directories out of the way by that: they go
/// when what holds them is dropped.
async fn asked_to_stop() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Err("stopped".into())
}

async fn perform(command: Command) -> Result<()> {
    let (scenarios, options): (&[Scenario], Options) = match command {
        Command::Compare(options) => return compare::run(&options).await,
        Command::ServeFloor => return relay::floor::serve().await,
        Command::ServeAxum => return relay::axum::serve().await,
        Command::ServeRoles(options) => return roles_hub::serve(&options).await,
        Command::BareWrites(options) => return bare::run(&options).await,
        Command::All(options) => (&Scenario::ALL, options),
        Command::Fanout(options) => (&[Scenario::Fanout], options),
        Command::Idle(options) => (&[Scenario::Idle], options),
        Command::Signon(options) => (&[Scenario::Signon], options),
        Command::Send(options) => (&[Scenario::Send], options),
        Command::History(options) => (&[Scenario::History], options),
        Command::Tombstones(options) => (&[Scenario::Tombstones], options),
        Command::Passwords(options) => (&[Scenario::Passwords], options),
        Command::Neighbours(options) => (&[Scenario::Neighbours], options),
        Command::Rights(options) => (&[Scenario::Rights], options),
        Command::Roles(options) => (&[Scenario::Roles], options),
        Command::Listed(options) => (&[Scenario::Listed], options),
        Command::Watching(options) => (&[Scenario::Watching], options),
        Command::Start(options) => (&[Scenario::Start], options),
    };
    scenarios::run(scenarios, &options).await
}
