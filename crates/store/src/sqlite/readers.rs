//! Read-only connections and who may use one now.
//!
//! This module does not know what is read.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlx::sqlite::SqliteConnectOptions;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{LimitedConn, alarm::Alarm, lock};
use crate::{
    DbError, OpenError,
    conn::{Conn, RawConn},
    error::classify,
};

/// A request that waits longer than this for a reader is refused.
const READER_TIMEOUT: Duration = Duration::from_secs(5);

/// Read-only connections, made when first needed and kept.
pub(super) struct Readers {
    options: SqliteConnectOptions,
    timeout: Duration,
    alarm: Arc<Alarm>,
    idle: Mutex<Vec<LimitedConn>>,
    slots: Arc<Semaphore>,
    count: u32,
}

/// Where a reader's connection goes back to.
pub(crate) struct ReaderHome {
    readers: Arc<Readers>,
    _slot: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) async fn open(
        options: SqliteConnectOptions,
        timeout: Duration,
        alarm: Arc<Alarm>,
    ) -> Result<Arc<Self>, OpenError> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let count = (2 * cores).clamp(4, 16);
        // The file is in WAL mode by now; a reader could not change it anyway.
        let options = options.read_only(true).pragma("query_only", "ON");
        let first = LimitedConn::connect(&options, timeout).await?;
        Ok(Arc::new(Self {
            options,
            timeout,
            alarm,
            idle: Mutex::new(vec![first]),
            slots: Arc::new(Semaphore::new(count)),
            count: u32::try_from(count).unwrap_or(u32::MAX),
        }))
    }

    pub(super) async fn acquire(self: &Arc<Self>) -> Result<(Conn, ReaderHome), DbError> {
        let slot = match Arc::clone(&self.slots).try_acquire_owned() {
            Ok(slot) => slot,
            Err(_) => self.wait_for_slot().await?,
        };
        let idle = lock(&self.idle).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.connect().await?,
        };
        let home = ReaderHome {
            readers: Arc::clone(self),
            _slot: slot,
        };
        let conn = Conn::new(RawConn::Sqlite(conn)).with_alarm(Arc::clone(&self.alarm));
        Ok((conn, home))
    }

    async fn connect(&self) -> Result<LimitedConn, DbError> {
        let connected = LimitedConn::connect(&self.options, self.timeout).await;
        connected.map_err(|error| {
            let (error, damage) = classify(error);
            self.alarm.note_read(&error, damage);
            error
        })
    }

    async fn wait_for_slot(&self) -> Result<OwnedSemaphorePermit, DbError> {
        let waiting = Arc::clone(&self.slots).acquire_owned();
        match tokio::time::timeout(READER_TIMEOUT, waiting).await {
            Ok(Ok(slot)) => Ok(slot),
            Ok(Err(_)) => Err(DbError::unavailable("the database is closed")),
            Err(_) => Err(DbError::busy("no reader became free")),
        }
    }

    /// Lets nobody begin to read, until it is dropped, once all have ended; `None` when they take
    /// longer than this. Whoever comes meanwhile waits.
    pub(super) async fn pause(&self, max: Duration) -> Option<OwnedSemaphorePermit> {
        let all = Arc::clone(&self.slots).acquire_many_owned(self.count);
        tokio::time::timeout(max, all).await.ok()?.ok()
    }

    pub(super) async fn close(&self) {
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
    pub(crate) fn give_back(self, conn: LimitedConn) {
        if !self.readers.slots.is_closed() {
            lock(&self.readers.idle).push(conn);
        }
    }
}
