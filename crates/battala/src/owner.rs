//! Whose a file is that this user may not use, for the operator who has to change that.
//!
//! Does not know what the file is for.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use battala_store::OpenError;
use rustix::process::geteuid;

use crate::data_dir::DataDirError;
use crate::wiring::StartError;

/// Permission bits.
const MODE: u32 = 0o777;

/// An error of the system at this path, and whose the path is where that is the reason.
pub(crate) fn explain(path: &Path, error: &io::Error) -> String {
    match whose(path, error) {
        Some(whose) => format!("{error} ({whose})"),
        None => error.to_string(),
    }
}

/// Of an error that refuses a path to this user, whose the path is.
pub(crate) fn of_refused(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(OpenError::File(path, error)) = error.downcast_ref() {
        return whose(path, error);
    }
    let of_start = match error.downcast_ref() {
        Some(StartError::DataDir(error)) => Some(error),
        _ => None,
    };
    match error.downcast_ref().or(of_start) {
        Some(DataDirError::Io(path, error)) => whose(path, error),
        _ => None,
    }
}

/// Of the path, or of the folder above it behind which nothing can be seen.
fn whose(path: &Path, error: &io::Error) -> Option<String> {
    if error.kind() != ErrorKind::PermissionDenied {
        return None;
    }
    let (path, found) = path.ancestors().find_map(|path| {
        let is_here = path.as_os_str().is_empty();
        let path = if is_here { Path::new(".") } else { path };
        Some((path, path.metadata().ok()?))
    })?;
    let (path, owner, mode) = (path.display(), found.uid(), found.mode() & MODE);
    let user = geteuid();
    Some(format!(
        "{path} is user {owner}'s with mode {mode:03o}, and this is user {user}"
    ))
}
