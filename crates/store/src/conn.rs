//! The one connection type that queries run on, over both engines.
//!
//! This module does not know pools, queues or COMMIT: it is handed a connection
//! that is ready and hands results back.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::{Executor as _, Postgres, pool::PoolConnection};

use crate::{
    Args, DbError, Engine, FromRow, Row, Sql, args,
    error::{Damage, classify},
    row::RawRow,
    sql,
    sqlite::{Alarm, LimitedConn},
};

/// A connection on which queries run.
///
/// Inside a transaction the first statement the engine refuses ends it, on both
/// engines alike: later statements fail with the same error and nothing is
/// committed, even if the closure returns `Ok`. (PostgreSQL demands this; SQLite
/// alone would carry on, and a defect would show up on one engine only.) Expect
/// conflicts with `ON CONFLICT`, or look before writing.
pub struct Conn {
    raw: RawConn,
    in_transaction: bool,
    failure: Option<Failure>,
    /// A statement has been sent; still set after it, its future was dropped.
    unfinished: bool,
    /// Since the transaction began, if there is one.
    statements: u32,
    /// The next statement begins a transaction that only reads; SQLite alone.
    begins_snapshot: bool,
    /// Told of a file that is damaged; of readers of SQLite.
    alarm: Option<Arc<Alarm>>,
}

pub(crate) enum RawConn {
    Sqlite(LimitedConn),
    Postgres(PoolConnection<Postgres>),
}

/// The first error inside a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) error: DbError,
    pub(crate) damage: Damage,
}

impl Conn {
    pub(crate) fn new(raw: RawConn) -> Self {
        Self {
            raw,
            in_transaction: false,
            failure: None,
            unfinished: false,
            statements: 0,
            begins_snapshot: false,
            alarm: None,
        }
    }

    pub(crate) fn with_alarm(self, alarm: Arc<Alarm>) -> Self {
        Self {
            alarm: Some(alarm),
            ..self
        }
    }

    /// Which engine this connection talks to.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.raw {
            RawConn::Sqlite(_) => Engine::Sqlite,
            RawConn::Postgres(_) => Engine::Postgres,
        }
    }

    /// How many statements have run here, of a transaction since it began: neither
    /// BEGIN nor COMMIT nor the savepoint of a group, but its locks.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.statements
    }

    /// The first row, if there is one.
    pub async fn fetch_optional<R: FromRow>(
        &mut self,
        sql: Sql,
        args: Args,
    ) -> Result<Option<R>, DbError> {
        let row = self.row(sql, args).await?;
        row.map(|row| R::from_row(Row::new(&row, sql))).transpose()
    }

    /// The only row; its absence is an error. For aggregates and `RETURNING`.
    pub async fn fetch_one<R: FromRow>(&mut self, sql: Sql, args: Args) -> Result<R, DbError> {
        let row = self.fetch_optional(sql, args).await?;
        row.ok_or_else(|| DbError::other(format!("{} returned no row", sql.position())))
    }

    /// All rows. The statement itself must limit how many there can be.
    pub async fn fetch_all<R: FromRow>(&mut self, sql: Sql, args: Args) -> Result<Vec<R>, DbError> {
        let rows = self.rows(sql, args).await?;
        rows.iter()
            .map(|row| R::from_row(Row::new(row, sql)))
            .collect()
    }

    /// Runs a statement and returns the number of rows it changed.
    pub async fn execute(&mut self, sql: Sql, args: Args) -> Result<u64, DbError> {
        let text = self.begin(sql, &args)?;
        let done = match &mut self.raw {
            RawConn::Sqlite(conn) => conn.execute(text, sql::to_sqlite(args)?).await,
            RawConn::Postgres(conn) => {
                let query = sqlx::query_with(text, sql::to_postgres(args)?);
                conn.execute(query).await.map(|done| done.rows_affected())
            }
        };
        self.unfinished = false;
        done.map_err(|error| self.fail(error))
    }

    async fn row(&mut self, sql: Sql, args: Args) -> Result<Option<RawRow>, DbError> {
        let text = self.begin(sql, &args)?;
        let row = match &mut self.raw {
            RawConn::Sqlite(conn) => {
                let row = conn.row(text, sql::to_sqlite(args)?);
                row.await.map(|row| row.map(RawRow::Sqlite))
            }
            RawConn::Postgres(conn) => {
                let query = sqlx::query_with(text, sql::to_postgres(args)?);
                conn.fetch_optional(query)
                    .await
                    .map(|row| row.map(RawRow::Postgres))
            }
        };
        self.unfinished = false;
        row.map_err(|error| self.fail(error))
    }

    async fn rows(&mut self, sql: Sql, args: Args) -> Result<Vec<RawRow>, DbError> {
        let text = self.begin(sql, &args)?;
        let rows = match &mut self.raw {
            RawConn::Sqlite(conn) => {
                let rows = conn.rows(text, sql::to_sqlite(args)?);
                rows.await
                    .map(|rows| rows.into_iter().map(RawRow::Sqlite).collect())
            }
            RawConn::Postgres(conn) => {
                let query = sqlx::query_with(text, sql::to_postgres(args)?);
                conn.fetch_all(query)
                    .await
                    .map(|rows| rows.into_iter().map(RawRow::Postgres).collect())
            }
        };
        self.unfinished = false;
        rows.map_err(|error| self.fail(error))
    }

    /// Marks the beginning of a statement, unless it must not run. Its text.
    fn begin(&mut self, sql: Sql, args: &[crate::Arg]) -> Result<&'static str, DbError> {
        if let Some(failure) = self.failure() {
            return Err(failure.error.clone());
        }
        sql::check(sql, args)?;
        self.unfinished = true;
        self.statements = self.statements.saturating_add(1);
        if std::mem::take(&mut self.begins_snapshot) {
            return Ok(sql.text_of_first());
        }
        Ok(sql.text(self.engine()))
    }

    /// From the next statement on all reads see one state of the database.
    pub(crate) async fn begin_snapshot(&mut self) -> Result<(), sqlx::Error> {
        match self.engine() {
            Engine::Sqlite => self.begins_snapshot = true,
            Engine::Postgres => {
                let text = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                self.control(text).await?;
            }
        }
        Ok(())
    }

    /// Whether a snapshot was asked for and nothing has been read in it.
    pub(crate) fn is_before_snapshot(&self) -> bool {
        self.begins_snapshot
    }

    fn fail(&mut self, error: sqlx::Error) -> DbError {
        let (error, damage) = classify(error);
        if let Some(alarm) = &self.alarm {
            alarm.note_read(&error, damage);
        }
        if self.in_transaction {
            self.failure = Some(Failure {
                error: error.clone(),
                damage,
            });
        }
        error
    }

    /// Runs text without arguments and without the checks above, for
    /// transaction control.
    pub(crate) async fn control(&mut self, text: &'static str) -> Result<(), sqlx::Error> {
        match &mut self.raw {
            RawConn::Sqlite(conn) => conn.control(text).await,
            RawConn::Postgres(conn) => conn.execute(sqlx::raw_sql(text)).await.map(drop),
        }
    }

    /// From here on an error ends the transaction.
    pub(crate) fn enter_transaction(&mut self) {
        self.in_transaction = true;
        self.failure = None;
        self.unfinished = false;
        self.statements = 0;
    }

    /// What ended the transaction early, if anything did. A statement whose
    /// future was dropped counts: nobody knows whether it succeeded.
    pub(crate) fn failure(&mut self) -> Option<&Failure> {
        if self.in_transaction && self.unfinished && self.failure.is_none() {
            self.failure = Some(Failure {
                error: DbError::other("a statement was given up inside a transaction"),
                damage: Damage::Transaction,
            });
        }
        self.failure.as_ref()
    }

    pub(crate) fn raw_mut(&mut self) -> &mut RawConn {
        &mut self.raw
    }

    pub(crate) fn into_raw(self) -> RawConn {
        self.raw
    }
}

/// A transaction that writes. Exists only inside the closure of
/// [`Db::write`](crate::Db::write).
pub struct Tx(Conn);

impl Tx {
    pub(crate) fn new(conn: Conn) -> Self {
        Self(conn)
    }

    pub(crate) fn into_conn(self) -> Conn {
        self.0
    }

    /// Lets this write run beside other writes of the same server, but not
    /// beside one that changes its rights; and where an account is named, as
    /// [`Tx::lock_account_shared`] does. Held until the transaction ends.
    ///
    /// SQLite has one writer, so there is nothing to lock.
    pub async fn lock_server_shared(
        &mut self,
        account: Option<i64>,
        server: impl Into<i64> + Send,
    ) -> Result<(), DbError> {
        // The order in which they stand is that in which they are taken, and a
        // NULL is no lock.
        let statement = sql!(
            sqlite: "SELECT $1, $2",
            postgres: "SELECT pg_advisory_xact_lock_shared($1) AS account, \
                pg_advisory_xact_lock_shared($2) AS server"
        );
        self.lock(statement, args![account, server.into()]).await
    }

    /// Lets this write, which changes a server's rights, run only when no other
    /// write of the server does; of the account as [`Tx::lock_server_shared`].
    /// Held until the transaction ends.
    pub async fn lock_server_exclusive(
        &mut self,
        account: Option<i64>,
        server: impl Into<i64> + Send,
    ) -> Result<(), DbError> {
        let statement = sql!(
            sqlite: "SELECT $1, $2",
            postgres: "SELECT pg_advisory_xact_lock_shared($1), pg_advisory_xact_lock($2)"
        );
        self.lock(statement, args![account, server.into()]).await
    }

    /// Lets this write of an account run beside its others, but not beside one
    /// that ends its sessions. Held until the transaction ends.
    pub async fn lock_account_shared(
        &mut self,
        account: impl Into<i64> + Send,
    ) -> Result<(), DbError> {
        let statement = sql!(
            sqlite: "SELECT $1",
            postgres: "SELECT pg_advisory_xact_lock_shared($1)"
        );
        self.lock(statement, args![account.into()]).await
    }

    /// Lets this write, which ends sessions of an account, run only when no
    /// other write of the account does. Held until the transaction ends. The
    /// account comes before every server and every row, so that two that lock
    /// more never wait for each other.
    pub async fn lock_account_exclusive(
        &mut self,
        account: impl Into<i64> + Send,
    ) -> Result<(), DbError> {
        let statement = sql!(
            sqlite: "SELECT $1",
            postgres: "SELECT pg_advisory_xact_lock($1)"
        );
        self.lock(statement, args![account.into()]).await
    }

    async fn lock(&mut self, sql: Sql, keys: Args) -> Result<(), DbError> {
        match self.engine() {
            Engine::Sqlite => Ok(()),
            Engine::Postgres => self.execute(sql, keys).await.map(drop),
        }
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}
