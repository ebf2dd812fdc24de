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
        #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = jobs_shown)]
        limit: u32,
    },
    /// Have the failed jobs tried once more.
    RetryJobs,
}

/// How many failed jobs are shown. What is no number is told in our words, as of a setting.
fn jobs_shown(text: &str) -> Result<u32, String> {
    let count = text.parse().ok();
    let count = count.filter(|count| (1..=JOBS_SHOWN_MAX).contains(count));
    count.ok_or_else(|| format!("must be a whole number from 1 to {JOBS_SHOWN_MAX}"))
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
    fn a_number_that_is_none_or_too_large_is_told_what_it_may_be() {
        let limit = |text: &str| Cli::try_parse_from(["battala", "admin", "jobs", "--limit", text]);
        for text in ["many", "1.5", "", "0", "10001", "99999999999"] {
            let said = limit(text).unwrap_err().to_string();
            assert!(said.contains("--limit"), "{said}");
            let words = "must be a whole number from 1 to 10000";
            assert!(said.contains(words), "{said}");
        }
        assert!(limit("1").is_ok() && limit("10000").is_ok());
    }

    #[test]
    fn nothing_means_serve_and_the_file_can_stand_anywhere() {
        let cli = Cli::try_parse_from(["battala"]).unwrap();
        assert!(cli.command.is_none());
        let cli = Cli::try_parse_from(["battala", "config", "show", "--config", "x"]).unwrap();
        assert_eq!(cli.config.unwrap().to_str(), Some("x"));
    }
}
