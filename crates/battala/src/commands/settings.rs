//! `config check` and `config show`.

use std::path::Path;

use crate::config::{self, Faults};
use crate::terminal::say;

/// Says that the settings are usable, or what is not.
pub(crate) fn check(file: Option<&Path>) -> Result<(), Faults> {
    config::load(file)?;
    say("the settings are usable");
    Ok(())
}

/// Prints the settings as they are in force, also when some are not usable:
/// that is when one looks.
pub(crate) fn show(file: Option<&Path>) -> Result<(), Faults> {
    let document = config::load_document(file)?;
    say(document.show().trim_end());
    document.check().map(drop)
}
