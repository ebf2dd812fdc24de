//! The database file on disk: its mode, and the lock that keeps a second process
//! out.
//!
//! This module does not know what is in the file.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use crate::OpenError;

/// Makes the file (0600) if it is missing, and takes the lock that keeps a
/// second process out. Its folder is not made: where the path is misspelt, a
/// new hub would begin in silence beside the old one.
pub(super) fn prepare(path: &Path, may_begin: bool) -> Result<(PathBuf, FileLock), OpenError> {
    let io = |error| OpenError::File(path.to_owned(), error);
    let folder = path.parent().filter(|path| !path.as_os_str().is_empty());
    if let Some(folder) = folder
        && !folder.try_exists().map_err(io)?
    {
        return Err(OpenError::NoFolder(folder.to_owned()));
    }
    let is_new = !path.try_exists().map_err(io)?;
    if is_new && !may_begin {
        return Err(OpenError::NoHub(path.display().to_string()));
    }
    if !is_new && !path.metadata().map_err(io)?.is_file() {
        // A device or a folder: the files of SQLite would be made beside it.
        return Err(OpenError::NotAFile(path.to_owned()));
    }
    create_file(path).map_err(io)?;
    // One file has one lock, whatever path leads to it.
    let path = path.canonicalize().map_err(io)?;
    if is_new {
        tracing::info!(path = %path.display(), "made a new database");
    }
    let mut lock_path = path.clone().into_os_string();
    lock_path.push(".lock");
    let lock_path = PathBuf::from(lock_path);
    let lock = create_file(&lock_path);
    let lock = lock.map_err(|error| OpenError::File(lock_path.clone(), error))?;
    match lock.try_lock() {
        Ok(()) => Ok((path, FileLock(lock))),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(path)),
        Err(TryLockError::Error(error)) => Err(OpenError::File(lock_path, error)),
    }
}

/// Keeps other processes out while it lives.
pub(super) struct FileLock(File);

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing alone would not do while a child process that is just being
        // started still shares the descriptor.
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the lock of the database was not released");
        }
    }
}

fn create_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    // SQLite gives its `-wal` and `-shm` files the mode of the database.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
