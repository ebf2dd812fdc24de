//! What is wrong with the settings. Does not know how it is shown.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::owner;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where it stands: a file, a variable, a key.
    pub(crate) place: String,
    /// What is wrong, and what would be right.
    pub(crate) message: String,
    /// Whether it may pass by itself.
    may_pass: bool,
}

impl Fault {
    pub(crate) fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
            may_pass: false,
        }
    }

    /// Of a file that is named and cannot be read. One that is not there may come later: its mount, or
    /// whoever writes it, may be late.
    pub(crate) fn unreadable(place: impl Into<String>, path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            ErrorKind::InvalidData => "it is no text in UTF-8".to_owned(),
            _ => owner::explain(path, error),
        };
        Self {
            may_pass: error.kind() == ErrorKind::NotFound,
            ..Self::new(place, format!("cannot read the file: {reason}"))
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Everything that is wrong, one line each. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

impl Faults {
    /// `value` if nothing is wrong.
    pub(crate) fn unless_empty<T>(faults: Vec<Fault>, value: T) -> Result<T, Self> {
        if faults.is_empty() {
            Ok(value)
        } else {
            Err(Self(faults))
        }
    }

    /// The same, for who asks only whether the settings are usable now.
    pub(crate) fn for_now(mut self) -> Self {
        for fault in &mut self.0 {
            fault.may_pass = false;
        }
        self
    }

    /// Whether any of it stays so until somebody changes it.
    pub(crate) fn is_lasting(&self) -> bool {
        self.0.iter().any(|fault| !fault.may_pass)
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings are not usable:")?;
        for fault in &self.0 {
            write!(f, "\n  {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
