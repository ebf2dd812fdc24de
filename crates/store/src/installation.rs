//! Whether a database holds the installation that it has to.
//!
//! This module knows one column, which the first step of the schema has made and no step has changed: it
//! is read before any step is done.

use std::path::Path;

use sqlx::{PgConnection, SqliteConnection};

use crate::{OpenError, migrate::Standing, sqlite::explain};

const MADE_AT: &str = "SELECT created_at FROM hub WHERE id = 1";

/// Fails where another installation is there than the one that was made then. One that has not finished
/// its first start is nobody's yet.
pub(crate) async fn refuse_another_sqlite(
    made_at: Option<i64>,
    standing: &Standing,
    (conn, path): (&mut SqliteConnection, &Path),
) -> Result<(), OpenError> {
    let Some(known) = known(made_at, standing) else {
        return Ok(());
    };
    let found = sqlx::query_scalar(MADE_AT).fetch_optional(conn).await;
    compare(known, found.map_err(|error| explain(path, error))?)
}

/// The same on a server.
pub(crate) async fn refuse_another_postgres(
    made_at: Option<i64>,
    standing: &Standing,
    conn: &mut PgConnection,
) -> Result<(), OpenError> {
    let Some(known) = known(made_at, standing) else {
        return Ok(());
    };
    compare(
        known,
        sqlx::query_scalar(MADE_AT).fetch_optional(conn).await?,
    )
}

/// What there is to compare with.
fn known(made_at: Option<i64>, standing: &Standing) -> Option<i64> {
    made_at.filter(|_| !matches!(standing, Standing::Empty))
}

fn compare(known: i64, found: Option<i64>) -> Result<(), OpenError> {
    if found.is_some_and(|found| found != known) {
        return Err(OpenError::AnotherHub);
    }
    Ok(())
}
