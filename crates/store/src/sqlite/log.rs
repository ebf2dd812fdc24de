//! The write-ahead log, and when it has to begin anew.
//!
//! SQLite copies the log into the file by itself, up to the oldest state that anybody reads, and
//! begins anew when all of it was copied and nobody reads in it
//! (<https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files>). Snapshots that overlap
//! leave it no such moment, so one is made for it. This module does not know what is written.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{LimitedConn, guard::log_of, readers::Readers, stamp::Stamps};
use crate::DbError;

/// Beyond this the log must begin anew; a burst of writes makes some megabytes.
const LOG_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// What a log that has begun anew keeps of its file.
pub(super) const LOG_KEPT_BYTES: &str = "4194304";
/// So long those who come wait for those who read. A request that is longer puts it off.
const PAUSE_MAX: Duration = Duration::from_millis(500);
/// Copies what is there and waits for nobody.
pub(super) const COPY: &str = "PRAGMA wal_checkpoint(PASSIVE)";

/// The log of one database.
pub(super) struct Log {
    path: PathBuf,
    readers: Arc<Readers>,
    /// The size at which it is looked after next.
    due_bytes: u64,
    stamps: Stamps,
}

impl Log {
    pub(super) fn new(database: &Path, readers: Arc<Readers>, stamps: Stamps) -> Self {
        Self {
            path: log_of(database),
            readers,
            stamps,
            due_bytes: LOG_BYTES_MAX,
        }
    }

    /// Called between two transactions of the only writer. An error is fatal.
    pub(super) async fn look_after(&mut self, writer: &mut LimitedConn) -> Result<(), DbError> {
        self.stamps.look_after(writer).await?;
        self.shorten(writer).await;
        Ok(())
    }

    async fn shorten(&mut self, writer: &mut LimitedConn) {
        let Some(bytes) = self.due() else { return };
        let Some(_pause) = self.readers.pause(PAUSE_MAX).await else {
            tracing::debug!(bytes, "the log goes on: a reader takes longer");
            return;
        };
        // The next commit begins at the start of the log, whoever reads the file then.
        if let Err(error) = writer.control(COPY).await {
            tracing::warn!(%error, bytes, "the log could not be copied into the database");
        }
    }

    /// The size of the log when it is too large, and again whenever it has grown by half as much.
    fn due(&mut self) -> Option<u64> {
        let bytes = match fs::metadata(&self.path) {
            Ok(file) => file.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => {
                tracing::debug!(%error, "the size of the log is not known");
                return None;
            }
        };
        if bytes < LOG_BYTES_MAX {
            self.due_bytes = LOG_BYTES_MAX;
        }
        if bytes < self.due_bytes {
            return None;
        }
        self.due_bytes = bytes + LOG_BYTES_MAX / 2;
        Some(bytes)
    }
}
