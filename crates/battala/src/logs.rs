//! Where log lines go, and that a panic becomes one.
//!
//! Does not know what is logged. Lines go to the standard error; the standard
//! output is for what a command answers.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogFormat;

/// Starts logging. Called once.
pub(crate) fn start(level: Targets, format: LogFormat) {
    let is_pretty = match format {
        LogFormat::Pretty => true,
        LogFormat::Json => false,
        LogFormat::Auto => stderr().is_terminal(),
    };
    let layer = fmt::layer().with_writer(stderr);
    let registry = tracing_subscriber::registry().with(level);
    if is_pretty {
        let layer = layer.with_ansi(stderr().is_terminal()).with_target(false);
        registry.with(layer).init();
    } else {
        registry.with(layer.json().flatten_event(true)).init();
    }
    log_panics();
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
