//! A directory that is gone after the test.

use std::{
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

/// How long a directory that is still in use is waited for: one second.
const ATTEMPTS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(10);

/// A new, empty directory; removed with its content on drop.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes the directory below the system's place for temporary files.
    pub fn new() -> io::Result<Self> {
        loop {
            let path = unique_path("scratch");
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                // A process of the same number was killed before it could take its own away.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A thread of the test may still be closing, or even making, a file in it.
        for _ in 0..ATTEMPTS {
            match std::fs::remove_dir_all(&self.0) {
                Ok(()) => return,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return,
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }
}

/// `<temporary>/battala-<kind>-<process>-<number>`, used by nobody else.
pub(crate) fn unique_path(kind: &str) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let process = std::process::id();
    std::env::temp_dir().join(format!("battala-{kind}-{process}-{number}"))
}
