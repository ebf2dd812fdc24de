//! The address of a database, as an operator writes it, and which part of it is wrong.
//!
//! This module does not look whether anything is there. Nothing of a faulty address is repeated that
//! may belong to a password.

use std::{fmt, path::PathBuf, str::FromStr};

use sqlx::postgres::PgConnectOptions;

use crate::{Engine, OpenError};

/// Where the database is: `sqlite:path`, or `postgres://…`.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file; it is made if it is missing, and its folder is not.
    Sqlite(PathBuf),
    /// A server. A socket directory is given as `?host=/directory`.
    Postgres(Box<PgConnectOptions>),
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
        let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
        let server = match scheme {
            "postgres" | "postgresql" => rest.strip_prefix("//"),
            _ => return wrong("it begins with neither of these schemes"),
        };
        let Some(server) = server else {
            return wrong("two slashes and the host follow postgres:");
        };
        check(server).or_else(wrong)?;
        url.parse::<PgConnectOptions>()
            .map(|options| Self::Postgres(Box::new(options)))
            .map_err(|_| OpenError::Url("this PostgreSQL address is malformed".to_owned()))
    }
}

fn wrong<T>(reason: impl Into<String>) -> Result<T, OpenError> {
    Err(OpenError::Url(reason.into()))
}

/// The parts of a PostgreSQL address behind its scheme, from the left. The driver says only that
/// something is wrong, and overlooks a misspelt `sslmode` and with it the encryption.
fn check(server: &str) -> Result<(), String> {
    if server.contains('#') {
        return Err("user and password: # is written as %23".to_owned());
    }
    let (place, query) = server.split_once('?').unwrap_or((server, ""));
    let (authority, database) = place.split_once('/').unwrap_or((place, ""));
    let (first, _) = query.split_once('=').unwrap_or((query, ""));
    // Without an @ before it, what is behind the ? may as well be the rest of a password.
    let is_query = place.contains('@') && PARAMETERS.contains(&first);
    if database.contains('@') || (query.contains('@') && !is_query) {
        // A / or a ? in a password: what is behind it is the rest of it.
        return Err(
            "in a user or password, : / ? and @ are written as %3A, %2F, %3F and %40; @ behind the ? of \
             parameters, too"
                .to_owned(),
        );
    }
    let (user, host_and_port) = authority.rsplit_once('@').unwrap_or(("", authority));
    let is_ipv6 = host_and_port.starts_with('[');
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) if !is_ipv6 || host.ends_with(']') => (host, port),
        _ => (host_and_port, ""),
    };
    if !(port.is_empty() || matches!(port.parse::<u16>(), Ok(1..))) {
        return Err(
            "the port must be a number from 1 to 65535; in a user or password, : / ? and @ are \
             written as %3A, %2F, %3F and %40"
                .to_owned(),
        );
    }
    let parts = [
        ("user or password", format!("postgres://{user}@localhost")),
        ("host", format!("postgres://{host}")),
        (
            "database's name",
            format!("postgres://localhost/{database}"),
        ),
    ];
    for (name, alone) in parts {
        if alone.parse::<PgConnectOptions>().is_err() {
            return Err(format!("the {name} is malformed"));
        }
    }
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .try_for_each(parameter)
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

fn parameter(pair: &str) -> Result<(), String> {
    let (name, _) = pair.split_once('=').unwrap_or((pair, ""));
    if !(PARAMETERS.contains(&name) || name.starts_with("options[")) {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        // Behind a `?` in a password, the rest of it would stand here.
        let named = if name.bytes().all(is_word) {
            name
        } else {
            "…"
        };
        return Err(format!("PostgreSQL has no parameter \"{named}\" here"));
    }
    if format!("postgres://localhost/?{pair}")
        .parse::<PgConnectOptions>()
        .is_ok()
    {
        return Ok(());
    }
    let hint = match name {
        "sslmode" | "ssl-mode" => {
            ": it is disable, allow, prefer, require, verify-ca or verify-full"
        }
        "port" => ": it is a number from 1 to 65535",
        "hostaddr" => ": it is an address like 192.0.2.1",
        _ => "",
    };
    Err(format!(
        "the value of the parameter \"{name}\" is malformed{hint}"
    ))
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

/// Without user or password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(server) => {
                let name = server.get_database().unwrap_or_default();
                if let Some(socket) = server.get_socket() {
                    return write!(f, "postgres:///{name}?host={}", socket.display());
                }
                let (host, port) = (server.get_host(), server.get_port());
                write!(f, "postgres://{host}:{port}/{name}")
            }
        }
    }
}

/// The same.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
