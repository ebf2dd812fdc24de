//! Whether a database holds the installation that it has to.
//!
//! This module knows one column, which the first step of the schema has made and no step has changed: it
//! is read before any step is done.

use std::path::Path;

use sqlx::{PgConnection, SqliteConnection, postgres::PgConnectOptions};

use crate::{OpenError, Options, migrate::Standing, pg::place, sqlite::explain};

const MADE_AT: &str = "SELECT created_at FROM hub WHERE id = 1";

/// Fails where another installation is there than the one that was made then, and where none is there that
/// has to be: one that has not finished its first start is nobody's yet.
pub(crate) async fn refuse_another_sqlite(
    options: &Options,
    standing: &Standing,
    (conn, path): (&mut SqliteConnection, &Path),
) -> Result<(), OpenError> {
    let found = if is_asked(options, standing) {
        let found = sqlx::query_scalar(MADE_AT).fetch_optional(conn).await;
        found.map_err(|error| explain(path, error))?
    } else {
        None
    };
    compare(options, found, || path.display().to_string())
}

/// The same on a server.
pub(crate) async fn refuse_another_postgres(
    options: &Options,
    standing: &Standing,
    (conn, server): (&mut PgConnection, &PgConnectOptions),
) -> Result<(), OpenError> {
    let found = if is_asked(options, standing) {
        sqlx::query_scalar(MADE_AT).fetch_optional(conn).await?
    } else {
        None
    };
    compare(options, found, || place(server))
}

/// Whether there is something to ask for, and somebody to whom the answer matters.
fn is_asked(options: &Options, standing: &Standing) -> bool {
    let is_expected = options.made_at.is_some() || !options.may_begin;
    is_expected && !matches!(standing, Standing::Empty)
}

fn compare(
    options: &Options,
    found: Option<i64>,
    place: impl FnOnce() -> String,
) -> Result<(), OpenError> {
    match (found, options.made_at) {
        (None, _) if !options.may_begin => Err(OpenError::NoHub(place())),
        (Some(found), Some(known)) if found != known => Err(OpenError::AnotherHub),
        _ => Ok(()),
    }
}
