//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Measures Battala Hub against its baselines.
#[derive(Debug, Parser)]
#[command(name = "battala-bench")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// All scenarios, one after the other
    All(Options),
    /// 1,000 receivers at 5, 50 and saturating messages per second
    Fanout(Options),
    /// 10,000 connections that do nothing
    Idle(Options),
    /// 5,000 and 10,000 sessions that come at once
    Signon(Options),
    /// Durable messages by HTTP and by socket
    Send(Options),
    /// Pages of history
    History(Options),
    /// A page of history beside 200,000 deleted messages
    Tombstones(Options),
    /// Sign-ins of others while one account changes its password
    Passwords(Options),
    /// An ordinary member beside six who take all that they can get
    Neighbours(Options),
    /// What somebody may do in a server with 5,000 overwrites
    Rights(Options),
    /// A role of everybody changed in a server with 10,000 connections
    Roles(Options),
    /// Messages in 50 channels for 1,000 who hear all, and for 1,000 who watch one each
    Watching(Options),
    /// 18,000 connections that watch 20 channels each
    Listed(Options),
    /// Cold start, memory at rest, size
    Start(Options),
    /// An older hub against a newer one, by turns, each with the load tool of its own commit
    Compare(Compare),
    /// A fan-out with one write per delivery and nothing else; `fanout` starts it
    ServeFloor,
    /// A fan-out with nothing but axum; `fanout` starts it
    ServeAxum,
    /// A hub in which a role is defined anew at a word; `roles` starts it
    ServeRoles(ServeRoles),
    /// The bare loop of writes; `send` starts it
    BareWrites(BareWrites),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Runs of which the median counts
    #[arg(long, default_value_t = 3)]
    pub(crate) runs: usize,
    /// A tenth of the load and short waits: shows that it works, measures nothing
    #[arg(long)]
    pub(crate) smoke: bool,
    /// Replace the sections of these scenarios in this file
    #[arg(long)]
    pub(crate) write: Option<PathBuf>,
    /// The hub
    #[arg(long, default_value = "target/release/battala")]
    pub(crate) binary: PathBuf,
    /// Where data directories are made and removed; must be a real disk, or "durable" means nothing
    #[arg(long, default_value = "target/bench")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// The older hub
    #[arg(long)]
    pub(crate) old: PathBuf,
    /// The load tool of the older hub's commit
    #[arg(long)]
    pub(crate) old_bench: PathBuf,
    /// The newer hub; its load tool is this one
    #[arg(long, default_value = "target/release/battala")]
    pub(crate) new: PathBuf,
    /// The commit of the older hub
    #[arg(long, default_value = "before")]
    pub(crate) old_name: String,
    /// The commit of the newer hub; the one that is checked out when it is not said
    #[arg(long)]
    pub(crate) new_name: Option<String>,
    /// Runs of each of the two
    #[arg(long, default_value_t = 5)]
    pub(crate) runs: usize,
    /// A tenth of the load and short waits: both sides are as coarse as each other
    #[arg(long)]
    pub(crate) short: bool,
    /// Replace the sections of these comparisons in this file
    #[arg(long)]
    pub(crate) write: Option<PathBuf>,
    /// Where data directories are made and removed; must be a real disk
    #[arg(long, default_value = "target/bench")]
    pub(crate) dir: PathBuf,
    /// Scenarios that both load tools have
    #[arg(default_values_t = ["fanout", "idle", "signon", "send", "history", "start"].map(str::to_owned))]
    pub(crate) scenarios: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeRoles {
    /// The data directory
    #[arg(long)]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct BareWrites {
    /// A directory for the database
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// Writes that are asked for at the same time
    #[arg(long, default_value_t = 64)]
    pub(crate) in_flight: usize,
    /// Time to write
    #[arg(long, default_value_t = 4)]
    pub(crate) seconds: u64,
}
