//! Group commit: one task writes, and what queues up while it does so shares the
//! next COMMIT.
//!
//! This module does not know what the jobs do.

use std::sync::Arc;

use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
};

use super::{LimitedConn, alarm::Alarm, file::FileLock, log::Log};
use crate::{
    DbError, Tx,
    conn::{Conn, Failure, RawConn},
    error::{Damage, classify},
    writer::{BoxJob, Fate},
};

/// Closures in one transaction at most, so that one COMMIT answers soon.
const BATCH_MAX: usize = 256;

const BEGIN: &str = "BEGIN IMMEDIATE";
const BEGIN_GROUP: &str = "BEGIN IMMEDIATE; SAVEPOINT job";
/// Between two closures: one trip to the connection's thread, not two.
const KEEP: &str = "RELEASE job; SAVEPOINT job";
/// Leaves the savepoint open, for the next closure.
const UNDO: &str = "ROLLBACK TO job";
const COMMIT: &str = "COMMIT";
const UNDO_LAST_AND_COMMIT: &str = "ROLLBACK TO job; COMMIT";
const ROLLBACK: &str = "ROLLBACK";

pub(super) struct Writer {
    tx: Tx,
    log: Log,
    jobs: mpsc::Receiver<BoxJob>,
    closing: Arc<Notify>,
    _lock: FileLock,
}

impl Writer {
    pub(super) fn new(
        (conn, log): (LimitedConn, Log),
        jobs: mpsc::Receiver<BoxJob>,
        closing: Arc<Notify>,
        lock: FileLock,
    ) -> Self {
        Self {
            tx: Tx::new(Conn::new(RawConn::Sqlite(conn))),
            log,
            jobs,
            closing,
            _lock: lock,
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one writer task; its handle is kept and awaited by close"
    )]
    pub(super) fn spawn(self, alarm: Arc<Alarm>) -> JoinHandle<()> {
        let guard = DeathGuard {
            alarm,
            is_dead: true,
        };
        tokio::spawn(guard.watch(self))
    }

    /// Runs until closed, or until the file can no longer be trusted.
    async fn run(mut self) -> Result<(), DbError> {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while self.receive(&mut batch).await {
            let mut done = self.commit_all(&mut batch).await;
            if let (Ok(()), RawConn::Sqlite(conn)) = (&done, self.tx.raw_mut()) {
                done = self.log.look_after(conn).await;
            }
            if let Err(error) = done {
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
            job.settle(Fate::Refused(error.clone()));
        }
        while let Ok(job) = self.jobs.try_recv() {
            job.settle(Fate::Refused(error.clone()));
        }
    }
}

/// Reports the writer's end, however it came about, unless it was orderly.
struct DeathGuard {
    alarm: Arc<Alarm>,
    is_dead: bool,
}

impl DeathGuard {
    async fn watch(mut self, writer: Writer) {
        let ended = writer.run().await;
        self.is_dead = false;
        if let Err(error) = ended {
            let reason = self.alarm.raise(&error);
            tracing::error!(%reason, "the database writer has died");
        }
    }
}

impl Drop for DeathGuard {
    fn drop(&mut self) {
        if self.is_dead {
            let reason = "the writer task ended early";
            tracing::error!(%reason, "the database writer has died");
            self.alarm.give_up(reason.into());
        }
    }
}

/// Commits the longest possible head of `batch` in one transaction, answers it
/// and removes it. What is left over (only after a failure of the whole
/// transaction) has not run yet. An error is fatal.
async fn commit_group(tx: &mut Tx, batch: &mut Vec<BoxJob>) -> Result<(), DbError> {
    let mut ran = 0;
    let outcome = transact(tx, batch, &mut ran).await;
    let (fate, fatal) = match outcome {
        Ok(()) => (Fate::Ended, None),
        Err(failure) => {
            let after = roll_back(tx).await;
            let fatal = failure.damage.max(after) >= Damage::Fatal;
            let error = failure.error;
            if fatal {
                // What a broken file holds is seen by whoever opens it next.
                (Fate::InDoubt(error.clone()), Some(error))
            } else {
                (Fate::Refused(error), None)
            }
        }
    };
    for job in batch.drain(..ran) {
        job.settle(fate.clone());
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
