//! The first connection to a server, and in words for an operator why there is none.
//!
//! This module does not know what the connection is for.

use std::{fs::File, io, path::PathBuf, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, error::DatabaseError,
    postgres::PgConnectOptions,
};
use tokio::time::timeout;

use crate::{Cause, DatabaseUrl, OpenError};

/// A server that does not answer for this long is away. A pool would go on trying for much longer.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Files that the address may name.
const FILES: [&str; 3] = ["sslrootcert", "sslcert", "sslkey"];

/// Connects, or says what is the matter.
pub(crate) async fn connect(server: &PgConnectOptions) -> Result<PgConnection, OpenError> {
    for path in files_of(server) {
        // The driver does not say which of them it misses.
        File::open(&path).map_err(|error| OpenError::File(path, error))?;
    }
    let connected = timeout(ANSWER_MAX, PgConnection::connect_with(server)).await;
    let connected = connected.unwrap_or_else(|_| {
        let late = io::Error::new(io::ErrorKind::TimedOut, "it does not answer in time");
        Err(late.into())
    });
    connected.map_err(|error| explain(server, error))
}

/// Where the server is, and which database is meant.
pub(crate) fn place(server: &PgConnectOptions) -> String {
    DatabaseUrl::Postgres(Box::new(server.clone())).to_string()
}

/// SQLSTATE codes: PostgreSQL documentation, appendix A.
fn explain(server: &PgConnectOptions, error: sqlx::Error) -> OpenError {
    let code = error.as_database_error().and_then(DatabaseError::code);
    let code = code.unwrap_or_default().into_owned();
    let is_away = matches!(error, sqlx::Error::Io(_));
    let (place, cause) = (place(server), Cause::of_driver(error));
    match code.as_str() {
        _ if is_away => OpenError::Away { place, cause },
        "3D000" => OpenError::NoDatabase { place, cause },
        // Invalid authorization.
        code if code.starts_with("28") => OpenError::SignIn { place, cause },
        // Starting or stopping; all places taken.
        code if code.starts_with("57P") || code.starts_with("53") => {
            OpenError::NotNow { place, cause }
        }
        _ => OpenError::Unusable { place, cause },
    }
}

fn files_of(server: &PgConnectOptions) -> Vec<PathBuf> {
    let url = server.to_url_lossy();
    let named = url
        .query_pairs()
        .filter(|(name, _)| FILES.contains(&&**name));
    // So the driver shows a file; a certificate can stand in the address itself.
    let files = named.filter_map(|(_, value)| Some(PathBuf::from(value.strip_prefix("file: ")?)));
    files.collect()
}
