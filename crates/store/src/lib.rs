//! The only crate that knows SQL: the database engines, and one module per
//! family of tables.
//!
//! It does not know who may do what, nor who is told about it: `hub` does.
//!
//! All writes go through [`Db::write`] and its variants, all reads through
//! [`Db::read`]. A query function takes `&mut Tx` to write or `&mut Conn` to
//! read ([`Tx`] and [`Reader`] dereference to it), and is written once:
//!
//! ```
//! use battala_store::{Conn, DbError, args, sql};
//!
//! pub async fn name_of(conn: &mut Conn, id: i64) -> Result<Option<String>, DbError> {
//!     conn.fetch_optional(sql!("SELECT name FROM things WHERE id = $1"), args![id])
//!         .await
//! }
//! ```

mod address;
mod conn;
mod error;
mod inspect;
mod installation;
pub mod line;
mod migrate;
mod migrations;
mod options;
mod pg;
mod reader;
mod row;
mod sql;
mod sqlite;
pub mod tables;
mod text;
mod writer;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::watch;

pub use address::DatabaseUrl;
pub use conn::{Conn, Tx};
pub use error::{Cause, Constraint, DbError};
pub use inspect::{Content, Inspection};
pub use migrate::{Migration, Migrations};
pub use migrations::MIGRATIONS;
pub use options::{Engine, OpenError, Options, Purpose, Synchronous};
pub use pg::Place;
pub use reader::Reader;
pub use row::{Column, FromRow, Joined, RawColumn, Readable, Row, RowColumns};
pub use sql::{Arg, Args, Sql};
pub use text::{Columns, Part, RowColumn, Text};
pub use writer::{QUEUE_MAX, WritePermit, Written};

/// The database. A cheap handle: clone it freely.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    backend: Backend,
    fatal: watch::Sender<Option<Arc<str>>>,
}

enum Backend {
    Sqlite(sqlite::Sqlite),
    Postgres(pg::Pg),
}

impl Db {
    /// Opens the database, makes it if it is missing (SQLite), and brings its
    /// schema up to date.
    pub async fn open(options: &Options) -> Result<Self, OpenError> {
        Self::open_with_migrations(options, &MIGRATIONS).await
    }

    /// The same with another schema, for tests of this crate.
    pub async fn open_with_migrations(
        options: &Options,
        migrations: &Migrations,
    ) -> Result<Self, OpenError> {
        let fatal = watch::Sender::new(None);
        let backend = match &options.url {
            DatabaseUrl::Sqlite(path) => Backend::Sqlite(
                sqlite::Sqlite::open(path, options, migrations, fatal.clone()).await?,
            ),
            DatabaseUrl::Postgres(url) => {
                let server = (**url).clone();
                Backend::Postgres(pg::Pg::open(server, options, migrations, fatal.clone()).await?)
            }
        };
        Ok(Self(Arc::new(Inner { backend, fatal })))
    }

    /// Which engine it runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.0.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs `closure` in a transaction of its own and returns after its COMMIT.
    /// On `Err`, or a panic, nothing of it remains.
    ///
    /// Waits while the queue of writes is full. Dropping the future before then
    /// means that nothing happens; afterwards the write happens in any case.
    ///
    /// The closure must be short and await nothing but its transaction: on
    /// SQLite all writers wait for it. It may share a COMMIT with others, but
    /// neither sees nor suffers from their failures.
    pub async fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        self.reserve().await?.submit(closure).await
    }

    /// [`Db::write_then`] with a hook that only looks.
    pub async fn write_with<T, E, F, H>(&self, closure: F, on_commit: H) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        H: FnOnce(&T) + Send + 'static,
    {
        let look = |value: T| {
            on_commit(&value);
            value
        };
        self.write_then(closure, look).await
    }

    /// Like [`Db::write`], with a hook between COMMIT and answer.
    ///
    /// The hook takes what the closure returned and gives what the caller gets.
    /// It runs if and only if the COMMIT succeeded, even when the caller has
    /// gone away. On SQLite hooks run one after the other in the order of
    /// commits, and before any later write begins; on PostgreSQL hooks of
    /// concurrent writes may overlap. It must neither block nor panic.
    pub async fn write_then<T, U, E, F, H>(&self, closure: F, on_commit: H) -> Result<U, E>
    where
        T: Send + 'static,
        U: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        H: FnOnce(T) -> U + Send + 'static,
    {
        let permit = self.reserve().await?;
        permit.submit_then(closure, on_commit).await
    }

    /// Queues the write before it returns, so that a caller can queue the next
    /// one without waiting for this one's COMMIT. On SQLite they commit in the
    /// order of the calls; on PostgreSQL use a [`Lane`] for that.
    ///
    /// When the queue is full ([`QUEUE_MAX`]), the write is refused: the future
    /// gives [`DbError::Busy`]. Use [`Db::reserve`] to wait for a place instead.
    pub fn write_queued<T, E, F>(&self, closure: F) -> Written<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        match self.try_reserve() {
            Ok(permit) => permit.submit(closure),
            Err(error) => Written::refused(E::from(error)),
        }
    }

    /// Waits for a place in the queue of writes; callers are served in order.
    pub async fn reserve(&self) -> Result<WritePermit, DbError> {
        self.reserve_in(None).await
    }

    /// A place in the queue of writes, or [`DbError::Busy`] when it is full.
    pub fn try_reserve(&self) -> Result<WritePermit, DbError> {
        self.try_reserve_in(None)
    }

    /// A sequence of writes that commit in order on both engines.
    #[must_use]
    pub fn lane(&self) -> Lane {
        Lane {
            db: self.clone(),
            tail: Arc::default(),
        }
    }

    /// A connection for the reads of one request. Waits up to 5 s for one to
    /// become free, then gives [`DbError::Busy`].
    pub async fn read(&self) -> Result<Reader, DbError> {
        match &self.0.backend {
            Backend::Sqlite(sqlite) => {
                let (conn, home) = sqlite.read().await?;
                Ok(Reader::new(conn, Some(home)))
            }
            Backend::Postgres(pg) => Ok(Reader::new(pg.read().await?, None)),
        }
    }

    /// What is there, for whoever is about to open it, be it nothing. Changes nothing.
    pub async fn inspect(options: &Options) -> Result<Inspection, OpenError> {
        inspect::inspect(options, &MIGRATIONS).await
    }

    /// What of a hub is there, for whoever asks whether there is anything. Changes nothing.
    pub async fn content(options: &Options) -> Result<Content, OpenError> {
        inspect::content(options, &MIGRATIONS).await
    }

    /// Why a database does not answer that was open a moment ago, where that is its file's fault: no file
    /// is away. Looks at all of it.
    pub async fn refuse_damaged(url: &DatabaseUrl) -> Result<(), OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) => inspect::refuse_damaged(path).await,
            DatabaseUrl::Postgres(_) => Ok(()),
        }
    }

    /// A connection that reads beside the process that has the database open, on SQLite too. Changes
    /// nothing, not even the schema, and makes nothing that is missing. Refuses what is not the schema
    /// of this program.
    pub async fn read_beside(options: &Options) -> Result<Reader, OpenError> {
        inspect::require_current(options, &MIGRATIONS).await?;
        let timeout = options.statement_timeout;
        let conn = match &options.url {
            DatabaseUrl::Sqlite(path) => sqlite::Sqlite::read_beside(path, timeout).await?,
            DatabaseUrl::Postgres(url) => pg::Pg::read_beside((**url).clone(), timeout).await?,
        };
        Ok(Reader::new(conn, None))
    }

    /// Like [`Db::read`], but all reads see one state of the database, see [`Reader::begin_snapshot`].
    pub async fn read_snapshot(&self) -> Result<Reader, DbError> {
        let mut reader = self.read().await?;
        reader.begin_snapshot().await?;
        Ok(reader)
    }

    /// Ready when the database can no longer be trusted, with the reason: the
    /// writer has died, or the file system failed under it. The process must
    /// end and start anew; what was acknowledged is safe.
    pub async fn fatal(&self) -> Arc<str> {
        let mut fatal = self.0.fatal.subscribe();
        loop {
            if let Some(reason) = fatal.borrow_and_update().clone() {
                return reason;
            }
            if fatal.changed().await.is_err() {
                // Cannot happen while `self` holds the sender.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Makes [`Db::fatal`] ready: whoever uses the database found out that it must not go on.
    pub fn give_up(&self, reason: &str) {
        self.0.fatal.send_replace(Some(Arc::from(reason)));
    }

    /// Where the database stood when this process looked last, which is about once in a second.
    /// `None` where there is no such place: on SQLite, and where a server keeps it to itself.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        match &self.0.backend {
            Backend::Sqlite(_) => None,
            Backend::Postgres(pg) => pg.place(),
        }
    }

    /// Whether [`Db::fatal`] is ready because the database went on from another place than that.
    #[must_use]
    pub fn went_back(&self) -> bool {
        match &self.0.backend {
            Backend::Sqlite(_) => false,
            Backend::Postgres(pg) => pg.went_back(),
        }
    }

    /// Ready when the database is known to be away for now: before a read of it gives up waiting for a
    /// connection. A file is not away.
    pub async fn lost(&self) {
        match &self.0.backend {
            Backend::Sqlite(_) => std::future::pending().await,
            Backend::Postgres(pg) => pg.lost().await,
        }
    }

    /// Refuses new work, finishes what was accepted, and closes the files or
    /// connections. Waits for open permits.
    pub async fn close(&self) {
        match &self.0.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(pg) => pg.close().await,
        }
    }

    async fn reserve_in(&self, lane: Option<&Arc<pg::Tail>>) -> Result<WritePermit, DbError> {
        match &self.0.backend {
            Backend::Sqlite(sqlite) => sqlite.reserve().await,
            Backend::Postgres(pg) => pg.reserve(lane).await,
        }
    }

    fn try_reserve_in(&self, lane: Option<&Arc<pg::Tail>>) -> Result<WritePermit, DbError> {
        match &self.0.backend {
            Backend::Sqlite(sqlite) => sqlite.try_reserve(),
            Backend::Postgres(pg) => pg.try_reserve(lane),
        }
    }
}

/// Writes that run and commit one after the other, in the order in which they
/// are submitted, on both engines: one per socket. SQLite orders all writes
/// anyway and groups them into one COMMIT; on PostgreSQL each write of a lane
/// starts when the one before it has been answered.
pub struct Lane {
    db: Db,
    tail: Arc<pg::Tail>,
}

impl Lane {
    /// [`Db::reserve`] for this lane.
    pub async fn reserve(&self) -> Result<WritePermit, DbError> {
        self.db.reserve_in(Some(&self.tail)).await
    }

    /// [`Db::try_reserve`] for this lane.
    pub fn try_reserve(&self) -> Result<WritePermit, DbError> {
        self.db.try_reserve_in(Some(&self.tail))
    }
}
