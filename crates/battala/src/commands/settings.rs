//! `config show`.

use std::path::Path;

use crate::config::{self, Faults};
use crate::terminal::say;

/// Prints the settings as they are in force, also when some are not usable:
/// that is when one looks.
pub(crate) fn show(file: Option<&Path>) -> Result<(), Faults> {
    let document = config::load_document(file)?;
    say(document.show().trim_end());
    document.check().map(drop)
}
