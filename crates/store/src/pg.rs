//! The PostgreSQL engine: a pool, and transactions in tasks of their own.
//!
//! This module does not know what the writes do, nor any table.

mod claim;
mod fence;
mod place;
mod reach;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Executor as _, PgConnection, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgDatabaseError, PgPoolOptions, PgSeverity},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot, watch},
    time::timeout,
};

pub use self::place::Place;

use self::{
    claim::{Asking, Claim},
    fence::Fence,
};
pub(crate) use self::{
    fence::{CLAIM_KEY, is_served_unclaimed},
    reach::{connect, place},
};

use crate::{
    Cause, DbError, Migrations, OpenError, Options, Purpose, Tx,
    conn::{Conn, RawConn},
    error::Damage,
    line::Line,
    writer::{BoxJob, Fate, QUEUE_MAX, Slot as AnySlot, WritePermit},
};

const STATEMENT_CACHE: usize = 200;

/// How long the answer to a COMMIT is waited for. The server's own limit is that of a statement and
/// does not count what comes after the decision, the wait for its disk and for a standby.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(30);

/// Safety nets for every session, whatever the database or the role say. A plain
/// statement, outside of [`Db::write`], cannot write: the same as on SQLite,
/// whose readers open the file read-only. Each statement sees what is committed
/// when it begins: after it has waited for a lock, too. And what is acknowledged
/// is on the disk; a setting that asks for more than that stays.
///
/// [`Db::write`]: crate::Db::write
fn session(statement_timeout: Duration) -> AssertSqlSafe<String> {
    let timeout_ms = statement_timeout.as_millis();
    AssertSqlSafe(format!(
        "SET idle_in_transaction_session_timeout = '10s'; \
         SET statement_timeout = {timeout_ms}; \
         SET default_transaction_isolation = 'read committed'; \
         SET default_transaction_read_only = on; \
         SELECT set_config('synchronous_commit', 'on', false) \
         WHERE current_setting('synchronous_commit') = 'off'"
    ))
}

/// Sets a new session up and waits until it may be used. One that breaks meanwhile is no error of
/// the pool, which would try again for as long as its caller waits: it fails at its first use.
async fn begin(
    conn: &mut PgConnection,
    statement_timeout: Duration,
    fence: Option<&Fence>,
) -> Result<(), sqlx::Error> {
    let begun = async {
        conn.execute(session(statement_timeout)).await?;
        match fence {
            Some(fence) => fence.admit(conn).await,
            None => Ok(()),
        }
    };
    match begun.await {
        Err(error) if is_broken(&error) => {
            tracing::debug!(%error, "a new connection broke");
            Ok(())
        }
        begun => begun,
    }
}

pub(crate) struct Pg {
    pool: PgPool,
    /// Bounds the writes that exist at once.
    queue: Arc<Semaphore>,
    /// Bounds the writes that hold a connection, so that reads find one.
    writing: Arc<Semaphore>,
    fence: Option<Arc<Fence>>,
    claim: Option<Claim>,
}

impl Pg {
    pub(crate) async fn open(
        server: PgConnectOptions,
        options: &Options,
        migrations: &Migrations,
        fatal: watch::Sender<Option<Arc<str>>>,
    ) -> Result<Self, OpenError> {
        let mut server = server
            .application_name("battala visit")
            .statement_cache_capacity(STATEMENT_CACHE)
            .disable_statement_logging();
        let claim = match options.purpose {
            Purpose::Visit => None,
            Purpose::Serve => {
                let mut asking = Asking::connect(&server).await?;
                // Whoever has the claim would be shut out, by a hub that has no business here.
                let asked = (asking.session(), &server);
                migrations.compare_postgres(asked, options).await?;
                // Before the schema is touched: the process that serves it may be older.
                Some(Claim::take(asking, fatal).await?)
            }
        };
        let fence = claim.as_ref().map(|claim| Arc::clone(claim.fence()));
        if let Some(fence) = &fence {
            server = server.application_name(fence.name());
        }
        migrations.apply_postgres(&server, options).await?;

        let connections_max = options.connections_max.max(2);
        let timeout = options.statement_timeout;
        let (gate, usable) = (fence.clone(), fence.clone());
        let pool = PgPoolOptions::new()
            .max_connections(connections_max)
            .min_connections(2)
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(Duration::from_mins(10))
            .max_lifetime(Duration::from_mins(30))
            .test_before_acquire(false)
            .after_connect(move |conn, _| {
                let gate = gate.clone();
                Box::pin(async move { begin(conn, timeout, gate.as_deref()).await })
            })
            .before_acquire(move |_, session| {
                let age = session.age;
                let is_current = usable.as_ref().is_none_or(|fence| fence.is_current(age));
                Box::pin(std::future::ready(Ok(is_current)))
            })
            .connect_with(server)
            .await?;
        let writing = (connections_max - connections_max.div_ceil(5)).max(1);
        Ok(Self {
            pool,
            queue: Arc::new(Semaphore::new(QUEUE_MAX)),
            writing: Arc::new(Semaphore::new(writing as usize)),
            fence,
            claim,
        })
    }

    /// One session that only reads, beside whoever serves the database.
    pub(crate) async fn read_beside(
        server: PgConnectOptions,
        statement_timeout: Duration,
    ) -> Result<Conn, OpenError> {
        let server = server
            .application_name("battala visit")
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(move |conn, _| Box::pin(begin(conn, statement_timeout, None)))
            .connect_with(server)
            .await?;
        Ok(Conn::new(RawConn::Postgres(pool.acquire().await?)))
    }

    pub(crate) async fn reserve(&self, lane: Option<&Arc<Tail>>) -> Result<WritePermit, DbError> {
        let place = Arc::clone(&self.queue).acquire_owned().await;
        let place = place.map_err(|_| DbError::unavailable("the database is closed"))?;
        Ok(self.permit(place, lane))
    }

    pub(crate) fn try_reserve(&self, lane: Option<&Arc<Tail>>) -> Result<WritePermit, DbError> {
        match Arc::clone(&self.queue).try_acquire_owned() {
            Ok(place) => Ok(self.permit(place, lane)),
            Err(TryAcquireError::NoPermits) => Err(DbError::busy("the queue of writes is full")),
            Err(TryAcquireError::Closed) => Err(DbError::unavailable("the database is closed")),
        }
    }

    fn permit(&self, place: OwnedSemaphorePermit, lane: Option<&Arc<Tail>>) -> WritePermit {
        WritePermit::new(AnySlot::Postgres(Slot {
            pool: self.pool.clone(),
            fence: self.fence.clone(),
            writing: Arc::clone(&self.writing),
            lane: lane.map(Arc::clone),
            place,
        }))
    }

    pub(crate) async fn read(&self) -> Result<Conn, DbError> {
        let conn = acquire(&self.pool, self.fence.as_deref()).await?;
        Ok(Conn::new(RawConn::Postgres(conn)))
    }

    /// The furthest place of the database that this process has seen.
    pub(crate) fn place(&self) -> Option<Place> {
        self.fence.as_ref().and_then(|fence| fence.place())
    }

    pub(crate) fn went_back(&self) -> bool {
        self.fence.as_ref().is_some_and(|fence| fence.went_back())
    }

    /// Ready when the server is known to be away. Who only visits does not know.
    pub(crate) async fn lost(&self) {
        match &self.fence {
            Some(fence) => fence.lost().await,
            None => std::future::pending().await,
        }
    }

    pub(crate) async fn close(&self) {
        // Every write holds a place until it is answered.
        let all = u32::try_from(QUEUE_MAX).unwrap_or(u32::MAX);
        drop(Arc::clone(&self.queue).acquire_many_owned(all).await);
        self.queue.close();
        self.pool.close().await;
        if let Some(claim) = &self.claim {
            claim.give_back().await;
        }
    }
}

/// A place among the writes that may exist at once.
pub(crate) struct Slot {
    pool: PgPool,
    fence: Option<Arc<Fence>>,
    writing: Arc<Semaphore>,
    lane: Option<Arc<Tail>>,
    place: OwnedSemaphorePermit,
}

/// The end of a lane's queue: done when the newest write has been answered.
#[derive(Default)]
pub(crate) struct Tail(Mutex<Option<oneshot::Receiver<()>>>);

impl Slot {
    /// Runs the write in a task, which a caller that goes away cannot cancel:
    /// a future dropped inside BEGIN would leave the transaction open in the
    /// pool (transact-rs/sqlx #4385).
    #[expect(
        clippy::disallowed_methods,
        reason = "tracked by its place in the queue, which close waits for"
    )]
    pub(crate) fn start(self, job: BoxJob) {
        let turn = self.lane.as_ref().map(|lane| lane.join());
        tokio::spawn(async move {
            let Self {
                pool,
                fence,
                writing,
                place,
                ..
            } = self;
            let done = match turn {
                Some(turn) => Some(turn.come().await),
                None => None,
            };
            if let Ok(_writing) = writing.acquire_owned().await {
                run(&pool, fence.as_deref(), job).await;
            } else {
                let closed = DbError::unavailable("the database is closed");
                job.settle(Fate::Refused(closed));
            }
            drop(done);
            drop(place);
        });
    }
}

/// A write's place in its lane.
struct Turn {
    previous: Option<oneshot::Receiver<()>>,
    /// Dropped when the write has been answered.
    done: oneshot::Sender<()>,
}

impl Turn {
    async fn come(self) -> oneshot::Sender<()> {
        if let Some(previous) = self.previous {
            // Nothing is ever sent: the sender's end is the signal.
            drop(previous.await);
        }
        self.done
    }
}

impl Tail {
    fn join(&self) -> Turn {
        let (done, next) = oneshot::channel();
        let mut tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Turn {
            previous: tail.replace(next),
            done,
        }
    }
}

async fn run(pool: &PgPool, fence: Option<&Fence>, mut job: BoxJob) {
    if let Err(error) = fence.map_or(Ok(()), Fence::pass) {
        return job.settle(Fate::Refused(error));
    }
    let fate = match acquire(pool, fence).await {
        Ok(conn) => transact(conn, &mut job).await.map_err(DbError::from),
        Err(error) => Err(error),
    };
    job.settle(fate.unwrap_or_else(Fate::Refused));
}

/// A connection of the pool. The pool cannot say why there was none in time: because all are in
/// use, or because none can be opened. The claim is a connection, too, and is lost with the server.
async fn acquire(
    pool: &PgPool,
    fence: Option<&Fence>,
) -> Result<PoolConnection<Postgres>, DbError> {
    let away = || DbError::unavailable("no connection to it can be opened");
    let acquired = match fence {
        None => pool.acquire().await,
        Some(fence) => tokio::select! {
            biased;
            acquired = pool.acquire() => acquired,
            () = fence.away() => return Err(away()),
        },
    };
    acquired.map_err(|error| match error {
        sqlx::Error::PoolTimedOut if fence.is_none_or(|fence| fence.pass().is_ok()) => error.into(),
        sqlx::Error::PoolTimedOut => away(),
        // However one fails to open, nothing was asked on it: a server that hangs up during the
        // greeting looks to the driver like one that speaks another protocol.
        error => DbError::Unavailable(Cause::of_driver(error)),
    })
}

/// An error says that there was no COMMIT.
async fn transact(conn: PoolConnection<Postgres>, job: &mut BoxJob) -> Result<Fate, sqlx::Error> {
    let mut open = OpenTransaction(Some(Tx::new(Conn::new(RawConn::Postgres(conn)))));
    let Some(tx) = open.0.as_mut() else {
        return Ok(Fate::Ended);
    };
    tx.control("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        .await?;
    tx.enter_transaction();
    let keep = job.run(tx).await;
    if tx
        .failure()
        .is_some_and(|failure| failure.damage > Damage::Closure)
    {
        // A statement may still be running; the server ends it on its own.
        return Ok(Fate::Ended);
    }
    let fate = if keep {
        commit(tx).await
    } else {
        tx.control("ROLLBACK").await.map(|()| Fate::Ended)?
    };
    if matches!(fate, Fate::Ended) {
        // Only a connection whose transaction is known to have ended is used again.
        drop(open.0.take());
    }
    Ok(fate)
}

async fn commit(tx: &mut Tx) -> Fate {
    let lost = match timeout(COMMIT_TIMEOUT, tx.control("COMMIT")).await {
        Ok(Ok(())) => return Fate::Ended,
        Ok(Err(error)) if is_refusal(&error) => return Fate::Refused(error.into()),
        Ok(Err(error)) => Cause::of_driver(error),
        Err(late) => Cause::new(late),
    };
    note_doubt(&lost);
    Fate::InDoubt(DbError::Unavailable(lost))
}

/// A server that goes away does so under as many COMMITs as there are connections: once a minute is
/// enough, for the whole process as the log is.
fn note_doubt(lost: &Cause) {
    static LOST: Mutex<Line> = Mutex::new(Line::new());
    let mut line = LOST.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(left_out) = line.due() else {
        tracing::debug!(error = %lost, "the answer to a COMMIT was lost");
        return;
    };
    tracing::warn!(
        error = %lost,
        left_out,
        "the answer to a COMMIT was lost; what it concerns is read anew"
    );
}

/// Whether the server said that it did not commit. A session that it ends may have committed before.
fn is_refusal(error: &sqlx::Error) -> bool {
    severity(error).is_some_and(|severity| severity == PgSeverity::Error)
}

/// Whether the session is over.
fn is_broken(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(_))
        || severity(error).is_some_and(|severity| severity != PgSeverity::Error)
}

fn severity(error: &sqlx::Error) -> Option<PgSeverity> {
    let database = error.as_database_error()?;
    let told = database.try_downcast_ref::<PgDatabaseError>()?;
    Some(told.severity())
}

/// Closes its connection instead of handing it back with a transaction open.
struct OpenTransaction(Option<Tx>);

impl Drop for OpenTransaction {
    fn drop(&mut self) {
        if let Some(mut tx) = self.0.take()
            && let RawConn::Postgres(conn) = tx.raw_mut()
        {
            conn.close_on_drop();
        }
    }
}
