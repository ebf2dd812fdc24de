//! The command line. Does not know what the commands do.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Failed jobs that are shown at once: all of ten accounts that have as many as an account may.
pub(crate) const JOBS_SHOWN_MAX: u32 = 10_000;

/// Battala Hub: a community platform in one process.
#[derive(Debug, Parser)]
#[command(name = "battala", version, arg_required_else_help = false)]
pub(crate) struct Cli {
    /// The file of settings [default: battala.toml, if it is there].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// What to do; `serve` when nothing is said.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the hub until it is told to stop.
    Serve,
    /// Manage accounts and jobs from the shell.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Look at the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Ask the running hub whether it is healthy; the exit code tells.
    Healthcheck,
    /// Print the version.
    Version,
}

/// Accounts and jobs.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Make an administrator's account; asks for the password.
    Create {
        /// The username.
        username: String,
        /// The e-mail address.
        #[arg(long)]
        email: Option<String>,
        /// Read the password from the standard input, without asking.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Print a one-time link with which the account's owner sets a new password.
    ResetPassword {
        /// The username.
        username: String,
    },
    /// Show how many jobs wait and which have failed; also while the hub runs.
    Jobs {
        /// Show so many of the failed ones, the newest first.
        #[arg(long, value_name = "COUNT", default_value_t = 100,
            value_parser = clap::value_parser!(u32).range(1..=i64::from(JOBS_SHOWN_MAX)))]
        limit: u32,
    },
    /// Have the failed jobs tried once more.
    RetryJobs,
}

/// Settings.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Look, without changing anything, whether a hub could start with these settings.
    Check,
    /// Print all settings as they are in force, without secrets.
    Show,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn nothing_means_serve_and_the_file_can_stand_anywhere() {
        let cli = Cli::try_parse_from(["battala"]).unwrap();
        assert!(cli.command.is_none());
        let cli = Cli::try_parse_from(["battala", "config", "show", "--config", "x"]).unwrap();
        assert_eq!(cli.config.unwrap().to_str(), Some("x"));
    }
}
