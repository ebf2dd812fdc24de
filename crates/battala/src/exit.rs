//! What the exit code says of an error, to a service manager that decides whether to try again.
//!
//! Does not know how the error is told.

use std::error::Error;
use std::process::ExitCode;

use battala_store::OpenError;

use crate::config::Faults;
use crate::data_dir::DataDirError;
use crate::wiring::StartError;

/// It stays so until somebody changes it: `EX_CONFIG` of `sysexits.h`.
const LASTING: u8 = 78;

/// The code of a command that has failed.
pub(crate) fn code_of(error: &(dyn Error + 'static)) -> ExitCode {
    let is_lasting = error.downcast_ref().is_some_and(Faults::is_lasting)
        || error.downcast_ref().is_some_and(StartError::is_lasting)
        || error.downcast_ref().is_some_and(OpenError::is_lasting)
        || error.downcast_ref().is_some_and(DataDirError::is_lasting);
    if is_lasting {
        ExitCode::from(LASTING)
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_does_not_try_again_what_lasts_nor_a_wrong_command_line() {
        let unit = include_str!("../../../deploy/battala.service");
        // The parser of the command line ends with 2.
        let line = format!("RestartPreventExitStatus=2 {LASTING}\n");
        assert!(unit.contains(&line), "{line}");
    }
}
