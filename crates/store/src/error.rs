//! What can go wrong in the database, in the words a caller can act on.
//!
//! This module does not know tables, statements or transport codes. Absence is
//! not an error: lookups return `Option`.

use std::{error::Error as StdError, fmt, sync::Arc};

use sqlx::error::ErrorKind;

/// A failed database operation.
///
/// It is `Clone` because one failed COMMIT fails every write of its batch.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// The write contradicts what is stored. Only the kind is known: SQLite does
    /// not name the constraint, so a statement whose conflicts must be told
    /// apart checks them beforehand in the same transaction.
    #[error("conflicts with stored data: {0}")]
    Conflict(Constraint),
    /// Nothing was done and a retry may work: a full queue, no free connection,
    /// a deadlock, a serialisation failure or a statement that took too long.
    #[error("the database is busy: {0}")]
    Busy(Cause),
    /// The database cannot be reached or has been closed. After a write this
    /// may mean "unknown": the connection can break during COMMIT.
    #[error("the database is unavailable: {0}")]
    Unavailable(Cause),
    /// No space is left. The write was undone; later writes work again as soon
    /// as there is space.
    #[error("the database's storage is full: {0}")]
    StorageFull(Cause),
    /// A stored value does not fit the type it is read into.
    #[error("corrupt value in column {column} of row {row} ({statement}): {cause}")]
    Corrupt {
        /// Source position of the statement that read the value.
        statement: &'static str,
        /// Name or position of the column.
        column: String,
        /// The first column of the row, or of that within it where the column stands, which is its key by
        /// convention.
        row: String,
        /// Why the value was refused.
        cause: Cause,
    },
    /// Anything else: a defect in a statement, a closure that panicked.
    #[error("database error: {0}")]
    Other(Cause),
}

/// The kind of constraint that a write ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// A unique or primary key exists already.
    Unique,
    /// A referenced row is missing, or the row is still referred to.
    ForeignKey,
    /// A value breaks a `CHECK` or `NOT NULL` rule of its table.
    Check,
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unique => "unique key",
            Self::ForeignKey => "foreign key",
            Self::Check => "check",
        })
    }
}

/// The reason behind a [`DbError`], shared between its clones. For logs only.
#[derive(Clone)]
pub struct Cause(Arc<dyn StdError + Send + Sync>);

impl Cause {
    /// Wraps an error, or a message.
    pub fn new(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Arc::from(error.into()))
    }

    /// What the driver says. Of a refusal by the server its text and code: it also names the line
    /// of its own source at which it refused, which is nothing to an operator.
    pub(crate) fn of_driver(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(refusal) => {
                let code = refusal.code().unwrap_or_default();
                Self::new(format!("{} (code {code})", refusal.message()))
            }
            None => Self::new(error),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl DbError {
    /// An error without a class of its own.
    pub fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Other(Cause::new(error))
    }

    pub(crate) fn busy(reason: &'static str) -> Self {
        Self::Busy(Cause::new(reason))
    }

    pub(crate) fn unavailable(reason: &'static str) -> Self {
        Self::Unavailable(Cause::new(reason))
    }
}

/// How far the damage of a failed statement reaches, inside a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Damage {
    /// The closure's own work is lost, nothing else.
    Closure,
    /// The engine may have rolled back the whole transaction by itself, with
    /// all neighbours in it. <https://www.sqlite.org/lang_transaction.html>
    Transaction,
    /// Nothing more can be promised about what is written to the file; the process must end.
    Fatal,
    /// The file does not hold what was written to it: nothing that is read can be trusted, either.
    File,
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        classify(error).0
    }
}

/// Translates a driver error and tells how far its damage reaches.
pub(crate) fn classify(error: sqlx::Error) -> (DbError, Damage) {
    match error {
        sqlx::Error::Database(ref database) => {
            let constraint = match database.kind() {
                ErrorKind::UniqueViolation | ErrorKind::ExclusionViolation => {
                    Some(Constraint::Unique)
                }
                ErrorKind::ForeignKeyViolation => Some(Constraint::ForeignKey),
                ErrorKind::NotNullViolation | ErrorKind::CheckViolation => Some(Constraint::Check),
                _ => None,
            };
            if let Some(constraint) = constraint {
                return (DbError::Conflict(constraint), Damage::Closure);
            }
            let code = database.code().unwrap_or_default().into_owned();
            match database.try_downcast_ref::<sqlx::sqlite::SqliteError>() {
                Some(_) => classify_sqlite(&code, error),
                None => (classify_postgres(&code, error), Damage::Closure),
            }
        }
        sqlx::Error::PoolTimedOut => (DbError::Busy(Cause::of_driver(error)), Damage::Closure),
        sqlx::Error::WorkerCrashed => {
            (DbError::Unavailable(Cause::of_driver(error)), Damage::Fatal)
        }
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed => (
            DbError::Unavailable(Cause::of_driver(error)),
            Damage::Closure,
        ),
        _ => (DbError::Other(Cause::of_driver(error)), Damage::Closure),
    }
}

/// Whether SQLite says that its files do not hold what they have to.
pub(crate) fn is_damage(error: &sqlx::Error) -> bool {
    const CORRUPT: i32 = 11;
    const NOTADB: i32 = 26;
    matches!(sqlite_code(error), Some(CORRUPT | NOTADB))
}

/// The primary result code of SQLite.
pub(crate) fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    Some(code.parse::<i32>().ok()? & 0xff)
}

/// Result codes: <https://www.sqlite.org/rescode.html>. The low byte is the
/// primary code, the driver reports the extended one.
fn classify_sqlite(code: &str, error: sqlx::Error) -> (DbError, Damage) {
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const NOMEM: i32 = 7;
    const INTERRUPT: i32 = 9;
    const IOERR: i32 = 10;
    const CORRUPT: i32 = 11;
    const FULL: i32 = 13;
    const CANTOPEN: i32 = 14;
    const NOTADB: i32 = 26;
    // Of the errors of the file system those that say so of the content: the others may come from a
    // lack of memory or of descriptors, which concerns no file.
    const IOERR_READ: i32 = 266;
    const IOERR_SHORT_READ: i32 = 522;
    const IOERR_CORRUPTFS: i32 = 8458;

    let cause = Cause::of_driver(error);
    let code = code.parse::<i32>().unwrap_or_default();
    if matches!(code, IOERR_READ | IOERR_SHORT_READ | IOERR_CORRUPTFS) {
        return (DbError::Unavailable(cause), Damage::File);
    }
    match code & 0xff {
        BUSY | LOCKED | INTERRUPT => (DbError::Busy(cause), Damage::Transaction),
        NOMEM => (DbError::Unavailable(cause), Damage::Transaction),
        FULL => (DbError::StorageFull(cause), Damage::Transaction),
        CORRUPT | NOTADB => (DbError::Unavailable(cause), Damage::File),
        IOERR | CANTOPEN => (DbError::Unavailable(cause), Damage::Fatal),
        _ => (DbError::Other(cause), Damage::Closure),
    }
}

/// SQLSTATE codes: PostgreSQL documentation, appendix A.
fn classify_postgres(code: &str, error: sqlx::Error) -> DbError {
    let cause = Cause::of_driver(error);
    match code {
        // Serialisation failure, deadlock, lock not available, statement timeout.
        "40001" | "40P01" | "55P03" | "57014" => DbError::Busy(cause),
        // Disk full.
        "53100" => DbError::StorageFull(cause),
        // Connection exceptions, insufficient resources, operator intervention,
        // idle in transaction for too long.
        _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => {
            DbError::Unavailable(cause)
        }
        "25P03" => DbError::Unavailable(cause),
        // A constraint raised by a trigger or a check at COMMIT.
        _ if code.starts_with("23") => DbError::Conflict(Constraint::Check),
        _ => DbError::Other(cause),
    }
}
