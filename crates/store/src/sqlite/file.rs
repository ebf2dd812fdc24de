//! The database file on disk: its mode, and the lock that keeps a second process
//! out.
//!
//! This module does not know what is in the file.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::guard::refuse_strange_log;
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
    if is_new {
        // SQLite would remove the log beside a file in which nothing is.
        refuse_strange_log(path)?;
    }
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
    let lock_path = lock_of(&path);
    let lock = create_file(&lock_path);
    let lock = lock.map_err(|error| OpenError::File(lock_path.clone(), error))?;
    match lock.try_lock() {
        Ok(()) => Ok((path, FileLock(lock))),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(path)),
        Err(TryLockError::Error(error)) => Err(OpenError::File(lock_path, error)),
    }
}

/// Beside the file, whose own locks are SQLite's.
fn lock_of(path: &Path) -> PathBuf {
    let mut lock_path = path.to_owned().into_os_string();
    lock_path.push(".lock");
    lock_path.into()
}

/// That the file may be damaged, for the next process: it stands in the lock, which is otherwise empty.
pub(crate) struct Suspicion(PathBuf);

impl Suspicion {
    pub(crate) fn of(path: &Path) -> Self {
        Self(lock_of(path))
    }

    /// Whether a process has left one.
    pub(crate) fn is_left(&self) -> bool {
        fs::metadata(&self.0).is_ok_and(|lock| lock.len() > 0)
    }

    pub(super) fn leave(&self) -> io::Result<()> {
        // What was there stays the same file: others may wait for its lock.
        fs::write(&self.0, "the database may be damaged\n")
    }

    pub(super) fn take_back(&self) -> io::Result<()> {
        fs::write(&self.0, "")
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

fn create_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    // SQLite gives its `-wal` and `-shm` files the mode of the database.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
