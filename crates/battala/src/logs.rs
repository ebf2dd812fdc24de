//! Where log lines go, and that a panic becomes one.
//!
//! Does not know what is logged. Lines go to the standard error; the standard
//! output is for what a command answers.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{LogFormat, LogLevel};

/// The target of the driver of the database.
const DRIVER: &str = "sqlx";

/// Starts logging. Called once.
pub(crate) fn start(level: &LogLevel, format: LogFormat) {
    let is_pretty = match format {
        LogFormat::Pretty => true,
        LogFormat::Json => false,
        LogFormat::Auto => stderr().is_terminal(),
    };
    let layer = fmt::layer().with_writer(stderr);
    let registry = tracing_subscriber::registry().with(without_driver(level.targets.clone()));
    if is_pretty {
        let layer = layer.with_ansi(stderr().is_terminal()).with_target(false);
        registry.with(layer).init();
    } else {
        registry.with(layer.json().flatten_event(true)).init();
    }
    log_panics();
    if !level.left_out.is_empty() {
        let targets = &level.left_out;
        tracing::warn!(%targets, "log.level names targets that write no lines; they are left out");
    }
}

/// What the driver of the database says of its connections and the server's notices is nothing to an
/// operator, unless asked for: what follows from it has lines of our own.
fn without_driver(level: Targets) -> Targets {
    let is_asked = level.iter().any(|(target, _)| target.starts_with(DRIVER));
    let is_detailed = level.default_level() > Some(LevelFilter::INFO);
    if is_asked || is_detailed {
        level
    } else {
        level.with_target(DRIVER, LevelFilter::OFF)
    }
}

/// A panic is logged like everything else, instead of printed.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        tracing::error!(
            location = location.as_deref().unwrap_or("unknown"),
            reason = panic.payload_as_str().unwrap_or("unknown"),
            thread = std::thread::current().name().unwrap_or("unnamed"),
            "panic"
        );
    }));
}
