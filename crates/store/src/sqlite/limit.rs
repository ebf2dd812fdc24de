//! Ends statements that run too long, or whose caller has gone away.
//!
//! SQLite has no timeout of its own, and the driver lets a statement run on when
//! its future is dropped; the connection's next user would wait behind it. This
//! module does not know what the statements do.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, SqliteConnection,
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow},
};

/// SQLite asks whether to go on after this many steps of its machine: some tens
/// of microseconds.
const STEPS_BETWEEN_CHECKS: i32 = 4096;

/// A connection whose statements have a limit.
pub(crate) struct LimitedConn {
    conn: SqliteConnection,
    limit: Arc<Limit>,
}

/// When the running statement must end, in milliseconds since `origin`.
struct Limit {
    origin: Instant,
    timeout: Duration,
    end_ms: AtomicU64,
}

/// No statement runs, or it may take as long as it needs.
const NEVER: u64 = u64::MAX;
/// The caller of the statement has gone away.
const AT_ONCE: u64 = 0;

/// A statement that is running. Dropped unfinished, it is interrupted.
struct Running<'c>(&'c Limit);

impl LimitedConn {
    pub(crate) async fn connect(
        options: &SqliteConnectOptions,
        timeout: Duration,
    ) -> Result<Self, sqlx::Error> {
        Self::limit(options.connect().await?, timeout).await
    }

    pub(super) async fn limit(
        mut conn: SqliteConnection,
        timeout: Duration,
    ) -> Result<Self, sqlx::Error> {
        let limit = Arc::new(Limit::new(timeout));
        let watched = Arc::clone(&limit);
        conn.lock_handle()
            .await?
            .set_progress_handler(STEPS_BETWEEN_CHECKS, move || watched.may_go_on());
        Ok(Self { conn, limit })
    }

    pub(crate) async fn execute(
        &mut self,
        text: &'static str,
        args: SqliteArguments,
    ) -> Result<u64, sqlx::Error> {
        let (conn, running) = self.start().await?;
        let done = conn.execute(sqlx::query_with(text, args)).await;
        running.finish();
        done.map(|done| done.rows_affected())
    }

    pub(crate) async fn row(
        &mut self,
        text: &'static str,
        args: SqliteArguments,
    ) -> Result<Option<SqliteRow>, sqlx::Error> {
        let (conn, running) = self.start().await?;
        let row = conn.fetch_optional(sqlx::query_with(text, args)).await;
        running.finish();
        row
    }

    pub(crate) async fn rows(
        &mut self,
        text: &'static str,
        args: SqliteArguments,
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let (conn, running) = self.start().await?;
        let rows = conn.fetch_all(sqlx::query_with(text, args)).await;
        running.finish();
        rows
    }

    /// Transaction control: without a limit, but kept prepared like the rest.
    pub(crate) async fn control(&mut self, text: &'static str) -> Result<(), sqlx::Error> {
        self.settle().await?;
        let query = sqlx::query_with(text, SqliteArguments::default());
        self.conn.execute(query).await.map(drop)
    }

    /// The number in the head of the file that is a program's own.
    pub(crate) async fn user_version(&mut self) -> Result<i32, sqlx::Error> {
        self.settle().await?;
        let read = sqlx::query_scalar("PRAGMA user_version");
        read.fetch_one(&mut self.conn).await
    }

    /// Without a limit; a transaction of its own.
    pub(crate) async fn set_user_version(&mut self, number: i32) -> Result<(), sqlx::Error> {
        self.settle().await?;
        // A pragma takes no argument.
        let text = AssertSqlSafe(format!("PRAGMA user_version = {number}"));
        self.conn.execute(text).await.map(drop)
    }

    async fn start(&mut self) -> Result<(&mut SqliteConnection, Running<'_>), sqlx::Error> {
        self.settle().await?;
        let end_ms = self.limit.now_ms().saturating_add(self.limit.timeout_ms());
        self.limit.set(end_ms);
        Ok((&mut self.conn, Running(&self.limit)))
    }

    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        self.conn.close().await
    }

    /// Waits for the end of an interrupted statement, so that the next one is
    /// not taken for it.
    async fn settle(&mut self) -> Result<(), sqlx::Error> {
        if self.limit.end_ms.load(Ordering::Relaxed) == AT_ONCE {
            self.conn.ping().await?;
            self.limit.set(NEVER);
        }
        Ok(())
    }
}

impl Limit {
    #[expect(
        clippy::disallowed_methods,
        reason = "measures work in a thread of its own, which no test's clock drives"
    )]
    fn new(timeout: Duration) -> Self {
        Self {
            origin: Instant::now(),
            timeout,
            end_ms: AtomicU64::new(NEVER),
        }
    }

    /// Never 0, so that no moment is mistaken for [`AT_ONCE`].
    fn now_ms(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_millis()).map_or(NEVER, |now| now + 1)
    }

    fn timeout_ms(&self) -> u64 {
        u64::try_from(self.timeout.as_millis()).unwrap_or(u64::from(u32::MAX))
    }

    fn set(&self, end_ms: u64) {
        // Only this number is shared; nothing is read through it.
        self.end_ms.store(end_ms, Ordering::Relaxed);
    }

    fn may_go_on(&self) -> bool {
        match self.end_ms.load(Ordering::Relaxed) {
            NEVER => true,
            AT_ONCE => false,
            end_ms => self.now_ms() < end_ms,
        }
    }
}

impl Running<'_> {
    /// The statement has ended by itself.
    fn finish(self) {
        self.0.set(NEVER);
        std::mem::forget(self);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(AT_ONCE);
    }
}
