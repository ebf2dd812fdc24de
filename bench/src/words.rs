//! What the tool says: progress and results on standard output.

use std::io::Write as _;

/// A line on standard output. A reader that has gone away changes no measurement.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A line on standard error.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
