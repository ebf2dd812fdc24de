//! The environment variables that are settings.
//!
//! The only place that reads the environment. It does not know which names exist.

use std::path::Path;

use super::fault::{Fault, Faults};

/// Every setting starts so.
pub(super) const PREFIX: &str = "BATTALA_";

/// Names with this beginning belong to the test suite.
const PREFIX_TESTS: &str = "BATTALA_TEST_";

/// A variable with this end names a file that holds the value.
pub(super) const SUFFIX_FILE: &str = "_FILE";

/// One variable: its name, and its value.
pub(super) type Variable = (String, String);

/// All variables that start with [`PREFIX`], in order of name.
pub(super) fn variables() -> Result<Vec<Variable>, Faults> {
    let mut variables = Vec::new();
    let mut faults = Vec::new();
    for (name, value) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with(PREFIX) || name.starts_with(PREFIX_TESTS) {
            continue;
        }
        match value.into_string() {
            Ok(value) => variables.push((name, value)),
            Err(_) => faults.push(Fault::new(name, "the value is not valid UTF-8")),
        }
    }
    variables.sort();
    Faults::unless_empty(faults, variables)
}

/// The content of the file that a `*_FILE` variable names, without the last line break.
pub(super) fn secret_from(name: &str, path: &str) -> Result<String, Fault> {
    let path = Path::new(path);
    let text =
        std::fs::read_to_string(path).map_err(|error| Fault::unreadable(name, path, &error))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}
