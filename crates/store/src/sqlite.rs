//! The SQLite engine: one writer that commits in groups, a few readers.
//!
//! This module does not know what the writes do, nor any table.

mod alarm;
mod file;
mod frames;
mod group;
mod guard;
mod limit;
mod log;
mod look;
mod readers;
mod stamp;

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinHandle,
};

pub(crate) use self::{
    alarm::Alarm, file::Suspicion, guard::refuse_strange_log, limit::LimitedConn, look::close,
    look::look, readers::ReaderHome,
};
use self::{group::Writer, log::Log, readers::Readers, stamp::Stamps};
use crate::{
    DbError, Migrations, OpenError, Options, Synchronous,
    conn::{Conn, RawConn},
    error::sqlite_code,
    inspect::{refuse_damaged, refuse_foreign},
    writer::{BoxJob, QUEUE_MAX, Slot, WritePermit},
};

/// Page cache of one connection; negative means KiB. Memory at rest is a feature.
const CACHE_KIB: &str = "-8192";
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const STATEMENT_CACHE: usize = 200;
/// Rows on their way from the connection's thread; a whole page without a stall.
const ROW_BUFFER: usize = 256;

pub(crate) struct Sqlite {
    queue: mpsc::Sender<BoxJob>,
    readers: Arc<Readers>,
    closing: Arc<Notify>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// Tells why the process must end.
pub(crate) type FatalSender = watch::Sender<Option<Arc<str>>>;

impl Sqlite {
    pub(crate) async fn open(
        path: &Path,
        options: &Options,
        migrations: &Migrations,
        fatal: FatalSender,
    ) -> Result<Self, OpenError> {
        let timeout = options.statement_timeout;
        if path.is_file() {
            // Before a lock is made beside what is not ours.
            refuse_foreign(path, options, migrations).await?;
        }
        let (path, lock) = file::prepare(path, options.may_begin)?;
        // It may have been another file until now, or none.
        refuse_foreign(&path, options, migrations).await?;
        let suspicion = Suspicion::of(&path);
        if suspicion.is_left() {
            refuse_damaged(&path).await?;
            let taken = suspicion.take_back();
            taken.map_err(|error| OpenError::File(path.clone(), error))?;
        }
        let options = connect_options(&path, options.synchronous);
        let writer = LimitedConn::connect(&options, timeout).await;
        let mut writer = writer.map_err(|error| explain(&path, error))?;
        // SQLite itself finds some logs of other files, before anything is written.
        let copied = stamp::copy(&mut writer).await;
        copied.map_err(|error| guard::explain_log(&path, error))?;
        // Before anything else is written. The log is there for as long as the writer is.
        let stamps = Stamps::begin(&mut writer, &path).await;
        let stamps = stamps.map_err(|error| explain(&path, error))?;
        if let Err(error) = migrations.apply_sqlite(&options, &path).await {
            drop(writer.close().await);
            return Err(error);
        }
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        let closing = Arc::new(Notify::new());
        let alarm = Arc::new(Alarm::new(fatal, suspicion));
        let readers = Readers::open(options, timeout, Arc::clone(&alarm)).await?;
        let log = Log::new(&path, Arc::clone(&readers), stamps);
        let writer = Writer::new((writer, log), jobs, Arc::clone(&closing), lock);
        Ok(Self {
            queue,
            readers,
            closing,
            writer: Mutex::new(Some(writer.spawn(alarm))),
        })
    }

    /// Another process may have the file: this does not take the hub's lock.
    pub(crate) async fn read_beside(path: &Path, timeout: Duration) -> Result<Conn, OpenError> {
        let conn = LimitedConn::limit(look(path).await?, timeout).await;
        let conn = conn.map_err(|error| explain(path, error))?;
        Ok(Conn::new(RawConn::Sqlite(conn)))
    }

    pub(crate) async fn reserve(&self) -> Result<WritePermit, DbError> {
        let permit = self.queue.clone().reserve_owned().await;
        let permit = permit.map_err(|_| DbError::unavailable("the database is closed"))?;
        Ok(WritePermit::new(Slot::Sqlite(permit)))
    }

    pub(crate) fn try_reserve(&self) -> Result<WritePermit, DbError> {
        match self.queue.clone().try_reserve_owned() {
            Ok(permit) => Ok(WritePermit::new(Slot::Sqlite(permit))),
            Err(mpsc::error::TrySendError::Full(_)) => {
                Err(DbError::busy("the queue of writes is full"))
            }
            Err(mpsc::error::TrySendError::Closed(_)) => {
                Err(DbError::unavailable("the database is closed"))
            }
        }
    }

    pub(crate) async fn read(&self) -> Result<(Conn, ReaderHome), DbError> {
        self.readers.acquire().await
    }

    pub(crate) async fn close(&self) {
        // Readers first: the connection that closes last checkpoints the log,
        // and only the writer's can write.
        self.readers.close().await;
        self.closing.notify_one();
        let writer = lock(&self.writer).take();
        if let Some(writer) = writer {
            drop(writer.await);
        }
    }
}

/// Why a file cannot be opened, in words for an operator. Result codes:
/// <https://www.sqlite.org/rescode.html>.
pub(crate) fn explain(path: &Path, error: sqlx::Error) -> OpenError {
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const READONLY: i32 = 8;
    const CORRUPT: i32 = 11;
    const CANTOPEN: i32 = 14;
    const NOTADB: i32 = 26;

    let path = path.to_owned();
    match sqlite_code(&error).unwrap_or_default() {
        BUSY | LOCKED => OpenError::Held(path),
        NOTADB => OpenError::NotADatabase(path),
        CORRUPT => OpenError::Damaged(path),
        READONLY | CANTOPEN => {
            let (path, reason) =
                guard::closed_beside(&path).unwrap_or_else(|| (path, io::Error::other(error)));
            OpenError::File(path, reason)
        }
        _ => error.into(),
    }
}

/// The driver sets the busy timeout while it opens the file, before any pragma,
/// so that connections opened side by side wait for each other.
fn connect_options(path: &Path, synchronous: Synchronous) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        })
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", CACHE_KIB)
        // What is deleted is overwritten, in pages that become free as well. It costs deletions, and
        // nothing else, the writing of those pages.
        .pragma("secure_delete", "ON")
        .pragma("journal_size_limit", log::LOG_KEPT_BYTES)
        .statement_cache_capacity(STATEMENT_CACHE)
        .row_buffer_size(ROW_BUFFER)
        .thread_name(|number| format!("sqlite-{number}"))
        .disable_statement_logging()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
