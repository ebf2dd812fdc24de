//! Whether a folder is there, or can be made, and files in it. Makes nothing.
//!
//! Does not know what is kept in it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use battala_store::OpenError;
use rustix::fs::{Access, access, statfs};

use crate::data_dir::DataDirError;
use crate::owner;

/// File systems of the kernel's own, in which nobody makes anything and of which a mode says nothing:
/// `proc` and `sysfs` (<https://man7.org/linux/man-pages/man2/statfs.2.html>).
const OF_THE_SYSTEM: [i64; 2] = [0x9fa0, 0x6265_6572];

/// Whether it is there; where it is not, it is none that can never be made.
pub(crate) fn look(path: &Path) -> Result<bool, DataDirError> {
    for place in path.ancestors().map(or_here) {
        match place.metadata() {
            Ok(found) if !found.is_dir() => {
                return Err(DataDirError::NotAFolder(place.to_owned()));
            }
            Ok(_) if is_of_the_system(place) => {
                return Err(DataDirError::OfTheSystem(place.to_owned()));
            }
            Ok(_) => return Ok(place == or_here(path)),
            Err(error) if error.kind() == ErrorKind::NotFound && place.is_symlink() => {
                return Err(DataDirError::LeadsNowhere(place.to_owned()));
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(DataDirError::Io(place.to_owned(), error)),
        }
    }
    Ok(false)
}

/// The nearest folder above that is there.
pub(crate) fn above(path: &Path) -> PathBuf {
    let mut folders = path.ancestors().skip(1).map(or_here);
    let found = folders.find(|folder| folder.exists());
    found.unwrap_or(Path::new(".")).to_owned()
}

/// Whether what is in the folder can be looked at.
pub(crate) fn may_enter(folder: &Path) -> bool {
    access(folder, Access::EXEC_OK).is_ok()
}

/// Whether files can be made in the folder, by its mode and that of the file system.
pub(crate) fn writable(folder: &Path) -> Result<(), String> {
    access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(|error| {
        let reason = owner::explain(folder, &error.into());
        format!("{} cannot be written: {reason}", folder.display())
    })
}

/// SQLite makes files beside the database, and the database. The data directory may still be made.
pub(crate) fn beside(path: &Path, data_dir: &Path) -> Result<(), String> {
    let folder = or_here(path.parent().unwrap_or(path));
    match folder.try_exists() {
        Ok(true) => writable(folder),
        Ok(false) if folder == data_dir => Ok(()),
        Ok(false) => Err(OpenError::NoFolder(folder.to_owned()).to_string()),
        Err(error) => Err(format!(
            "cannot use {}: {}",
            folder.display(),
            owner::explain(folder, &error)
        )),
    }
}

/// What a path without a folder begins in.
fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

fn is_of_the_system(folder: &Path) -> bool {
    statfs(folder).is_ok_and(|found| OF_THE_SYSTEM.contains(&found.f_type))
}
