//! Which database to open, and how.
//!
//! This module does not know where the settings come from.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use sqlx::postgres::PgConnectOptions;

use crate::DbError;

/// Which engine a database runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// One file, this process only.
    Sqlite,
    /// A server, shared by any number of processes.
    Postgres,
}

/// Where the database is: `sqlite:path`, or `postgres://…`.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file; it is made if it is missing, and its folder is not.
    Sqlite(PathBuf),
    /// A server. A socket directory is given as `?host=/directory`.
    Postgres(Box<PgConnectOptions>),
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
    /// What for. SQLite files belong to one process in any case.
    pub purpose: Purpose,
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
        /// The first unknown step.
        found: String,
        /// The last known one.
        known: &'static str,
    },
    /// The database was made by other steps than this program has.
    #[error("the database's schema step {found} is not this version's {known}")]
    SchemaDiffers {
        /// The step that ran.
        found: String,
        /// The step that should have run.
        known: &'static str,
    },
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
        }
    }
}

impl DatabaseUrl {
    /// The engine behind it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = OpenError;

    fn from_str(url: &str) -> Result<Self, OpenError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return file_of(path)
                .map(Self::Sqlite)
                .map_err(|reason| OpenError::Url(reason.to_owned()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The driver overlooks them, and with a misspelt `sslmode` the encryption.
            if let Some(name) = unknown_parameter(url) {
                let reason = format!("PostgreSQL has no parameter \"{name}\" here");
                return Err(OpenError::Url(reason));
            }
            return url
                .parse::<PgConnectOptions>()
                .map(|options| Self::Postgres(Box::new(options)))
                .map_err(|_| OpenError::Url("this PostgreSQL address is malformed".to_owned()));
        }
        Err(OpenError::Url("unknown scheme".to_owned()))
    }
}

/// The file that the path names, unless it is plainly a mistake: SQLite would make it.
fn file_of(path: &str) -> Result<PathBuf, &'static str> {
    let file = PathBuf::from(path);
    // Several connections must see the same data: there is no database in memory.
    if path.is_empty() || path.starts_with(":memory:") {
        Err("SQLite needs a file")
    } else if path.starts_with("file:") || path.contains("://") {
        Err("a path stands behind sqlite:, not another address")
    } else if path.contains('?') {
        Err("SQLite takes no parameters here")
    } else if path.trim() != path {
        Err("the path begins or ends with a space")
    } else if path.ends_with('/') || file.file_name().is_none() {
        Err("the path names a folder, not a file")
    } else {
        Ok(file)
    }
}

/// What the driver takes behind the `?` of an address.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

fn unknown_parameter(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let names = query.split('&').filter(|pair| !pair.is_empty());
    let mut names = names.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    names.find(|name| !PARAMETERS.contains(name) && !name.starts_with("options["))
}

/// Without user or password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(options) => write!(
                f,
                "postgres://{}:{}/{}",
                options.get_host(),
                options.get_port(),
                options.get_database().unwrap_or_default()
            ),
        }
    }
}

/// The same.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
