//! `config show`.

use std::path::Path;

use crate::config::{self, Faults};
use crate::terminal::say;

/// Prints the settings as they are in force, also when some are not usable:
/// that is when one looks.
pub(crate) fn show(file: Option<&Path>) -> Result<(), Faults> {
    let layers = config::load_layers(file)?;
    say(layers.document().show().trim_end());
    layers.check().map(drop)
}
