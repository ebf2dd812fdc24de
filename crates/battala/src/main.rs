//! The binary: settings, wiring, subcommands, the embedded web client, shutdown.
//!
//! It knows every other crate and no rule of the hub: what may happen, and what
//! then happens, stands in `battala-hub`.

mod cli;
mod client;
mod commands;
mod config;
mod data_dir;
mod exit;
mod folder;
mod listener;
mod logs;
mod owner;
mod signals;
mod terminal;
mod wiring;
mod words;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;

use crate::cli::{AdminCommand, Cli, Command, ConfigCommand};

/// Gives memory back after a burst; the system's allocator keeps it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command.unwrap_or(Command::Serve), cli.config.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::complain(&format!("battala: {}", with_sources(&*error)));
            exit::code_of(&*error)
        }
    }
}

fn run(command: Command, file: Option<&Path>) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Serve => commands::serve::run(&config::load(file)?),
        Command::Admin(AdminCommand::Create {
            username,
            email,
            password_stdin,
        }) => {
            let password = if password_stdin {
                terminal::read_line
            } else {
                terminal::ask_new_password
            };
            commands::admin::create(&config::load(file)?, &username, email.as_deref(), password)
        }
        Command::Admin(AdminCommand::ResetPassword { username }) => {
            commands::admin::reset_password(&config::load(file)?, &username)
        }
        Command::Admin(AdminCommand::Jobs { limit }) => {
            commands::admin::jobs(&config::load(file)?, limit)
        }
        Command::Admin(AdminCommand::RetryJobs) => {
            commands::admin::retry_jobs(&config::load(file)?)
        }
        Command::Config(ConfigCommand::Check) => Ok(commands::check::run(file)?),
        Command::Config(ConfigCommand::Show) => Ok(commands::settings::show(file)?),
        Command::Healthcheck => Ok(commands::healthcheck::run(config::load(file)?.listen)?),
        Command::Version => {
            terminal::say(&format!("battala {}", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
    }
}

/// The message of an error and of what caused it.
fn with_sources(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut whose = owner::of_refused(error);
    let mut source = error.source();
    while let Some(error) = source {
        whose = whose.or_else(|| owner::of_refused(error));
        let message = error.to_string();
        if !text.ends_with(&message) {
            text = format!("{text}: {message}");
        }
        source = error.source();
    }
    match whose {
        Some(whose) => format!("{text} ({whose})"),
        None => text,
    }
}
