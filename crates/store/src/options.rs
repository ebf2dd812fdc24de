//! Which database to open, and how.
//!
//! This module does not know where the settings come from.

use std::{path::PathBuf, time::Duration};

use crate::{Cause, DatabaseUrl, DbError};

/// Which engine a database runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// One file, this process only.
    Sqlite,
    /// A server. One process serves the database; others may visit it meanwhile ([`Purpose`]).
    Postgres,
}

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it is.
    pub url: DatabaseUrl,
    /// When a commit counts as durable. SQLite only: on PostgreSQL the server's
    /// own setting decides, but never less than the disk of the server itself.
    pub synchronous: Synchronous,
    /// PostgreSQL connections of this process, at least 2. SQLite takes one to
    /// write and up to two per core to read.
    pub connections_max: u32,
    /// A statement that runs longer is interrupted and fails with
    /// [`DbError::Busy`].
    pub statement_timeout: Duration,
    /// What for. SQLite files belong to one process in any case, but for [`Db::read_beside`].
    ///
    /// [`Db::read_beside`]: crate::Db::read_beside
    pub purpose: Purpose,
    /// Whether the schema is made where there is nothing yet; otherwise that is
    /// [`OpenError::NoHub`].
    pub may_begin: bool,
    /// When the installation was made that has to be there, where that is known; another is
    /// [`OpenError::AnotherHub`], and stays as it is.
    pub made_at: Option<i64>,
}

/// What a PostgreSQL database is opened for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Purpose {
    /// For a while, beside the process that serves it.
    #[default]
    Visit,
    /// To serve it: there can be one such process, and it ends when another has taken its place.
    Serve,
}

/// When SQLite considers a commit done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// When it is on the disk. An acknowledged write survives a power cut.
    #[default]
    Full,
    /// When the operating system has it: faster on slow disks. A power cut may
    /// lose the last moments; a crash of the process loses nothing.
    Normal,
}

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address cannot be understood. It is not repeated: it may hold a password.
    #[error("the database address must be sqlite:<path> or postgres://<host>/<name>: {0}")]
    Url(String),
    /// The folder of the file is not there: more likely misspelt than meant.
    #[error("the folder {0} does not exist; correct the path of the database, or make the folder")]
    NoFolder(PathBuf),
    /// The file or its lock cannot be made or opened.
    #[error("cannot open {0}")]
    File(PathBuf, #[source] std::io::Error),
    /// Another process uses this file.
    #[error("{0} is in use by another process")]
    Locked(PathBuf),
    /// The database was used by a newer version of this program.
    #[error(
        "the database was upgraded by a newer version: its schema is at {found}, \
         this version knows {known}; install the newer version or restore a backup"
    )]
    SchemaTooNew {
        /// The last step that ran.
        found: String,
        /// The last known one.
        known: &'static str,
    },
    /// The database was made by other steps than this program has.
    #[error(
        "the database's schema step {found} is not this version's {known}: another program, or a \
         version that was never released, has made it; use that one, or restore a backup"
    )]
    SchemaDiffers {
        /// The step that ran.
        found: String,
        /// The step that should have run.
        known: &'static str,
    },
    /// The database was used by older versions only, and must not be changed now.
    #[error(
        "the database is of an older version: its schema is at {found}, this version's is {known}; \
         start the hub of this version once, which brings it up to date"
    )]
    SchemaOld {
        /// The last step that ran.
        found: String,
        /// The last known one.
        known: &'static str,
    },
    /// Nobody has begun in the database, which must not be changed now.
    #[error(
        "there is no hub in {0}: give this command the hub's own settings (data_dir, database_url)"
    )]
    NoHub(String),
    /// Another installation is there than the one that has to be.
    #[error("the database holds another hub; correct data_dir or database_url")]
    AnotherHub,
    /// Another program's tables are there, and none of ours.
    #[error("{0} holds tables of another program; the hub needs a database of its own")]
    Foreign(String),
    /// What is there is no file.
    #[error("{0} is not a file; a path stands behind sqlite:")]
    NotAFile(PathBuf),
    /// The file is no database.
    #[error("{0} is not a database of SQLite; correct the path, or restore a backup")]
    NotADatabase(PathBuf),
    /// The file was a database.
    #[error("{0} is damaged; restore a backup")]
    Damaged(PathBuf),
    /// What a hub wrote last stands beside a file into which it was not going to be written.
    #[error(
        "{} is the log of another state than {} holds, and writing it there would do damage; nothing was \
         changed: remove the log where the database is a restored copy (what was written after the copy \
         is lost), or put back the file that stood there before", .log.display(), .database.display()
    )]
    StrangeLog {
        /// The log of SQLite.
        log: PathBuf,
        /// The database beside it.
        database: PathBuf,
    },
    /// What a hub wrote last stands beside nothing.
    #[error(
        "{} is the log of a database, and {} beside it is missing or empty; nothing was changed: put back \
         the file that stood there, or restore a backup and remove the log (what was written after the \
         backup is lost)", .log.display(), .database.file_name().unwrap_or_default().display()
    )]
    LogAlone {
        /// The log of SQLite.
        log: PathBuf,
        /// The database that is not there.
        database: PathBuf,
    },
    /// Another program, which does not know the hub's lock, keeps the file to itself.
    #[error(
        "another program holds {0} locked (a shell of SQLite, a backup?); end it, and try again"
    )]
    Held(PathBuf),
    /// Nobody answers at the server's address.
    #[error("no PostgreSQL answers at {place}: {cause}; start it, or correct the address")]
    Away {
        /// Where it was looked for.
        place: String,
        /// What came instead of an answer.
        cause: Cause,
    },
    /// The server takes nobody in at this moment.
    #[error("PostgreSQL at {place} cannot take this in now: {cause}; try again in a moment")]
    NotNow {
        /// Where it is.
        place: String,
        /// Why not.
        cause: Cause,
    },
    /// The server does not know the user, or the password is another.
    #[error("PostgreSQL at {place} does not let this user in: {cause}; correct user and password")]
    SignIn {
        /// Where it is.
        place: String,
        /// Why not.
        cause: Cause,
    },
    /// The server has no database of this name.
    #[error("PostgreSQL at {place} has no such database: {cause}; make it, or correct the name")]
    NoDatabase {
        /// Where it was looked for.
        place: String,
        /// What the server says.
        cause: Cause,
    },
    /// The server refuses the connection for another reason, or TLS fails.
    #[error("PostgreSQL at {place} cannot be used: {cause}")]
    Unusable {
        /// Where it is.
        place: String,
        /// Why not.
        cause: Cause,
    },
    /// The user may make no tables.
    #[error(
        "the user {0} may make no tables in this database; have its owner run: \
         GRANT CREATE ON SCHEMA public TO {0}"
    )]
    NoRight(String),
    /// The hub's tables are another user's.
    #[error(
        "{user} may not read and write these tables: {tables}; GRANT it SELECT, INSERT, UPDATE and \
         DELETE on them, or use the user who made them"
    )]
    NoRightToTables {
        /// The user of the address.
        user: String,
        /// Their names, with commas between.
        tables: String,
    },
    /// Another process changes the schema.
    #[error("another process is bringing the schema up to date; try again when it is done")]
    Upgrading,
    /// A schema step failed and was undone.
    #[error("schema step {0} failed and was undone")]
    Migration(&'static str, #[source] DbError),
    /// The server stores text in another encoding.
    #[error("the database must be encoded in UTF8, not {0}")]
    Encoding(String),
    /// Another process serves this database.
    #[error("another hub serves this database")]
    Served,
    /// A process serves this database that knows fewer steps of the schema.
    #[error("the hub that serves this database is older than this program; restart it first")]
    ServedByOlder,
    /// The server follows another one.
    #[error("the database is a standby, which nobody can write to; connect to the primary server")]
    Standby,
    /// Sessions of the server are shared between clients.
    #[error(
        "the database is behind a pooler that gives every transaction another session (PgBouncer \
         in transaction mode?); connect to PostgreSQL itself, or let it pool by session"
    )]
    Pooled,
    /// The database itself refused.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl OpenError {
    /// Whether it stays so until somebody changes the address or what is there. All else may pass by
    /// itself, or by what is done elsewhere: on the server, to its users, by another process.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Url(_)
            | Self::SchemaTooNew { .. }
            | Self::SchemaDiffers { .. }
            | Self::SchemaOld { .. }
            | Self::NoHub(_)
            | Self::AnotherHub
            | Self::Foreign(_)
            | Self::NotAFile(_)
            | Self::NotADatabase(_)
            | Self::Damaged(_)
            | Self::StrangeLog { .. }
            | Self::LogAlone { .. }
            | Self::Encoding(_)
            | Self::Pooled => true,
            Self::NoFolder(_)
            | Self::File(..)
            | Self::Locked(_)
            | Self::Held(_)
            | Self::Away { .. }
            | Self::NotNow { .. }
            | Self::SignIn { .. }
            | Self::NoDatabase { .. }
            | Self::Unusable { .. }
            | Self::NoRight(_)
            | Self::NoRightToTables { .. }
            | Self::Upgrading
            | Self::Migration(..)
            | Self::Served
            | Self::ServedByOlder
            | Self::Standby
            | Self::Database(_) => false,
        }
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Options {
    /// The recommended settings for this database.
    #[must_use]
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            synchronous: Synchronous::Full,
            connections_max: 10,
            statement_timeout: Duration::from_secs(15),
            purpose: Purpose::Visit,
            may_begin: true,
            made_at: None,
        }
    }
}
