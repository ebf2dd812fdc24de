//! The SQLite engine: one writer that commits in groups, a few readers.
//!
//! This module does not know what the writes do, nor any table.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, watch},
    task::JoinHandle,
};

use crate::{
    DbError, Migrations, OpenError, Synchronous, Tx,
    conn::{Conn, Failure, RawConn},
    error::{Damage, classify},
    writer::{BoxJob, QUEUE_MAX, Slot, WritePermit},
};

/// Closures in one transaction at most, so that one COMMIT answers soon.
const BATCH_MAX: usize = 256;
/// Page cache of one connection; negative means KiB. Memory at rest is a feature.
const CACHE_KIB: &str = "-8192";
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const STATEMENT_CACHE: usize = 200;
/// Rows on their way from the connection's thread; a whole page without a stall.
const ROW_BUFFER: usize = 256;
/// A request that waits longer than this for a reader is refused.
const READER_TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) struct Sqlite {
    queue: mpsc::Sender<BoxJob>,
    readers: Arc<Readers>,
    closing: Arc<Notify>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// What the writer's end means for the process.
pub(crate) type FatalSender = watch::Sender<Option<Arc<str>>>;

impl Sqlite {
    pub(crate) async fn open(
        path: &Path,
        synchronous: Synchronous,
        migrations: &Migrations,
        fatal: FatalSender,
    ) -> Result<Self, OpenError> {
        let (path, lock) = prepare_file(path)?;
        let options = connect_options(&path, synchronous);
        migrations.apply_sqlite(&options).await?;

        let writer = options
            .clone()
            .optimize_on_close(true, 400)
            .connect()
            .await?;
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        let closing = Arc::new(Notify::new());
        let writer = Writer {
            tx: Tx::new(Conn::new(RawConn::Sqlite(writer))),
            jobs,
            closing: Arc::clone(&closing),
            _lock: lock,
        };
        Ok(Self {
            queue,
            readers: Readers::open(options).await?,
            closing,
            writer: Mutex::new(Some(spawn(writer, fatal))),
        })
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

/// Makes the file (0600) and its directory (0700) where they are missing, and
/// takes the lock that keeps a second process out.
fn prepare_file(path: &Path) -> Result<(PathBuf, FileLock), OpenError> {
    let io = |error| OpenError::File(path.to_owned(), error);
    if let Some(directory) = path.parent().filter(|path| !path.as_os_str().is_empty()) {
        create_directory(directory).map_err(io)?;
    }
    create_file(path).map_err(io)?;
    // One file has one lock, whatever path leads to it.
    let path = path.canonicalize().map_err(io)?;
    let mut lock_path = path.clone().into_os_string();
    lock_path.push(".lock");
    let lock = create_file(Path::new(&lock_path)).map_err(io)?;
    match lock.try_lock() {
        Ok(()) => Ok((path, FileLock(lock))),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(path)),
        Err(TryLockError::Error(error)) => Err(OpenError::File(lock_path.into(), error)),
    }
}

/// Keeps other processes out while it lives.
struct FileLock(File);

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing alone would not do while a child process that is just being
        // started still shares the descriptor.
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the lock of the database was not released");
        }
    }
}

fn create_directory(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn create_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    // SQLite gives its `-wal` and `-shm` files the mode of the database.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
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
        .statement_cache_capacity(STATEMENT_CACHE)
        .row_buffer_size(ROW_BUFFER)
        .thread_name(|number| format!("sqlite-{number}"))
        .disable_statement_logging()
}

// --- Writing ---------------------------------------------------------------

const BEGIN: &str = "BEGIN IMMEDIATE";
const BEGIN_GROUP: &str = "BEGIN IMMEDIATE; SAVEPOINT job";
/// Between two closures: one trip to the connection's thread, not two.
const KEEP: &str = "RELEASE job; SAVEPOINT job";
/// Leaves the savepoint open, for the next closure.
const UNDO: &str = "ROLLBACK TO job";
const COMMIT: &str = "COMMIT";
const UNDO_LAST_AND_COMMIT: &str = "ROLLBACK TO job; COMMIT";
const ROLLBACK: &str = "ROLLBACK";

struct Writer {
    tx: Tx,
    jobs: mpsc::Receiver<BoxJob>,
    closing: Arc<Notify>,
    _lock: FileLock,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one writer task; its handle is kept and awaited by close"
)]
fn spawn(writer: Writer, fatal: FatalSender) -> JoinHandle<()> {
    let guard = DeathGuard {
        fatal,
        reason: Some(Arc::from("the writer task ended early")),
    };
    tokio::spawn(guard.watch(writer))
}

/// Reports the writer's end, however it came about, unless it was orderly.
struct DeathGuard {
    fatal: FatalSender,
    reason: Option<Arc<str>>,
}

impl DeathGuard {
    async fn watch(mut self, writer: Writer) {
        let ended = writer.run().await;
        self.reason = ended.err().map(|error| Arc::from(error.to_string()));
    }
}

impl Drop for DeathGuard {
    fn drop(&mut self) {
        if let Some(reason) = self.reason.take() {
            tracing::error!(%reason, "the database writer has died");
            self.fatal.send_replace(Some(reason));
        }
    }
}

impl Writer {
    /// Runs until closed, or until the file can no longer be trusted.
    async fn run(mut self) -> Result<(), DbError> {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while self.receive(&mut batch).await {
            if let Err(error) = self.commit_all(&mut batch).await {
                self.refuse_all(batch, &error);
                return Err(error);
            }
        }
        if let RawConn::Sqlite(conn) = self.tx.into_conn().into_raw()
            && let Err(error) = conn.close().await
        {
            tracing::warn!(%error, "the database did not close cleanly");
        }
        Ok(())
    }

    /// Waits for whatever has queued up; `false` when nothing will come any more.
    async fn receive(&mut self, batch: &mut Vec<BoxJob>) -> bool {
        loop {
            tokio::select! {
                received = self.jobs.recv_many(batch, BATCH_MAX) => return received > 0,
                // What was accepted is still received.
                () = self.closing.notified() => self.jobs.close(),
            }
        }
    }

    async fn commit_all(&mut self, batch: &mut Vec<BoxJob>) -> Result<(), DbError> {
        while !batch.is_empty() {
            commit_group(&mut self.tx, batch).await?;
        }
        Ok(())
    }

    fn refuse_all(&mut self, batch: Vec<BoxJob>, error: &DbError) {
        self.jobs.close();
        for job in batch {
            job.settle(Err(error.clone()));
        }
        while let Ok(job) = self.jobs.try_recv() {
            job.settle(Err(error.clone()));
        }
    }
}

/// Commits the longest possible head of `batch` in one transaction, answers it
/// and removes it. What is left over (only after a failure of the whole
/// transaction) has not run yet. An error is fatal.
async fn commit_group(tx: &mut Tx, batch: &mut Vec<BoxJob>) -> Result<(), DbError> {
    let mut ran = 0;
    let outcome = transact(tx, batch, &mut ran).await;
    let (committed, fatal) = match outcome {
        Ok(()) => (Ok(()), None),
        Err(failure) => {
            let after = roll_back(tx).await;
            let fatal = failure.damage == Damage::Fatal || after == Damage::Fatal;
            let error = failure.error;
            (Err(error.clone()), fatal.then_some(error))
        }
    };
    for job in batch.drain(..ran) {
        job.settle(committed.clone());
    }
    fatal.map_or(Ok(()), Err)
}

/// Runs the batch from BEGIN to COMMIT. `ran` counts the jobs whose fate is
/// bound to the outcome.
async fn transact(tx: &mut Tx, batch: &mut [BoxJob], ran: &mut usize) -> Result<(), Failure> {
    let group = batch.len() > 1;
    let mut boundary = if group { BEGIN_GROUP } else { BEGIN };
    let (mut any_kept, mut last_kept) = (false, false);
    for job in batch.iter_mut() {
        *ran += 1;
        control(tx, boundary).await?;
        tx.enter_transaction();
        last_kept = job.run(tx).await;
        if let Some(failure) = tx.failure().filter(|f| f.damage > Damage::Closure) {
            return Err(failure.clone());
        }
        any_kept |= last_kept;
        boundary = if last_kept { KEEP } else { UNDO };
    }
    let end = match (any_kept, last_kept) {
        (false, _) => ROLLBACK,
        (true, true) => COMMIT,
        (true, false) => UNDO_LAST_AND_COMMIT,
    };
    control(tx, end).await
}

/// A refused BEGIN, RELEASE or COMMIT always concerns the whole transaction.
async fn control(tx: &mut Tx, text: &'static str) -> Result<(), Failure> {
    tx.control(text).await.map_err(|error| {
        let (error, damage) = classify(error);
        Failure {
            error,
            damage: damage.max(Damage::Transaction),
        }
    })
}

/// SQLite may have rolled back already and then refuses to do so again.
async fn roll_back(tx: &mut Tx) -> Damage {
    match tx.control(ROLLBACK).await {
        Ok(()) => Damage::Closure,
        Err(error) => classify(error).1,
    }
}

// --- Reading ---------------------------------------------------------------

/// Read-only connections, made when first needed and kept.
pub(crate) struct Readers {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<SqliteConnection>>,
    slots: Arc<Semaphore>,
    count: u32,
}

/// Where a reader's connection goes back to.
pub(crate) struct ReaderHome {
    readers: Arc<Readers>,
    _slot: OwnedSemaphorePermit,
}

impl Readers {
    async fn open(options: SqliteConnectOptions) -> Result<Arc<Self>, OpenError> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let count = (2 * cores).clamp(4, 16);
        // The file is in WAL mode by now; a reader could not change it anyway.
        let options = options.read_only(true).pragma("query_only", "ON");
        let first = options.connect().await?;
        Ok(Arc::new(Self {
            options,
            idle: Mutex::new(vec![first]),
            slots: Arc::new(Semaphore::new(count)),
            count: u32::try_from(count).unwrap_or(u32::MAX),
        }))
    }

    async fn acquire(self: &Arc<Self>) -> Result<(Conn, ReaderHome), DbError> {
        let slot = match Arc::clone(&self.slots).try_acquire_owned() {
            Ok(slot) => slot,
            Err(_) => self.wait_for_slot().await?,
        };
        let idle = lock(&self.idle).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.options.connect().await?,
        };
        let home = ReaderHome {
            readers: Arc::clone(self),
            _slot: slot,
        };
        Ok((Conn::new(RawConn::Sqlite(conn)), home))
    }

    async fn wait_for_slot(&self) -> Result<OwnedSemaphorePermit, DbError> {
        let waiting = Arc::clone(&self.slots).acquire_owned();
        match tokio::time::timeout(READER_TIMEOUT, waiting).await {
            Ok(Ok(slot)) => Ok(slot),
            Ok(Err(_)) => Err(DbError::unavailable("the database is closed")),
            Err(_) => Err(DbError::busy("no reader became free")),
        }
    }

    async fn close(&self) {
        let all = Arc::clone(&self.slots).acquire_many_owned(self.count);
        // A reader that is still busy closes its connection when it is dropped.
        drop(tokio::time::timeout(READER_TIMEOUT, all).await);
        self.slots.close();
        let idle = std::mem::take(&mut *lock(&self.idle));
        for conn in idle {
            drop(conn.close().await);
        }
    }
}

impl ReaderHome {
    /// Takes the connection back; the slot becomes free afterwards.
    pub(crate) fn give_back(self, conn: SqliteConnection) {
        if !self.readers.slots.is_closed() {
            lock(&self.readers.idle).push(conn);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
