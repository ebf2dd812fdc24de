//! How a file is opened by whoever only looks at what it holds, beside its hub or where none runs: no file
//! that is there changes.
//!
//! This module does not know what is read.

use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    path::Path,
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, SqliteConnection,
    sqlite::SqliteConnectOptions,
};

use super::{
    explain,
    guard::{has_index, has_log, refuse_strange_log, resolved},
};
use crate::{OpenError, error::sqlite_code};

/// How long another program may keep a file locked.
const LOCKED_MAX: Duration = Duration::from_secs(3);
/// Something would have to be written, or made, for what is asked: <https://www.sqlite.org/rescode.html>.
const READONLY: i32 = 8;
const CANTOPEN: i32 = 14;
/// What is read afterwards is of the state that this finds.
const BEGIN: &str = "BEGIN; SELECT 1 FROM sqlite_master LIMIT 1";

/// A connection that reads one state of the file, and can do nothing else. SQLite itself says of every file
/// only that it cannot open it.
pub(crate) async fn look(path: &Path) -> Result<SqliteConnection, OpenError> {
    let at = |error| OpenError::File(path.to_owned(), error);
    // To read it, too, SQLite writes to the files beside it.
    if !fs::metadata(path).map_err(at)?.is_file() {
        return Err(OpenError::NotAFile(path.to_owned()));
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).open(path).map_err(at)?;
    refuse_strange_log(path)?;
    open(path).await.map_err(|error| explain(path, error))
}

/// Whoever may write copies a log that nobody else has open into the file at the end, and removes it;
/// whoever may not leaves the empty ones behind that it makes where there are none.
async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    if has_log(path) && has_index(path) {
        let untouched = SqliteConnectOptions::new()
            .filename(with_index_as_it_is(path))
            .read_only(true);
        match begin(untouched).await {
            // A hub that runs changes the index in any case, and one that ends removes it.
            Err(error) if matches!(sqlite_code(&error), Some(READONLY | CANTOPEN)) => {}
            begun => return begun,
        }
    }
    let options = SqliteConnectOptions::new().filename(path);
    begin(options.read_only(has_log(path))).await
}

async fn begin(options: SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    let options = options
        .create_if_missing(false)
        .busy_timeout(LOCKED_MAX)
        .pragma("temp_store", "MEMORY")
        .pragma("query_only", "ON")
        .disable_statement_logging();
    let mut conn = options.connect().await?;
    match conn.execute(BEGIN).await {
        Ok(_) => Ok(conn),
        Err(error) => {
            close(conn).await;
            Err(error)
        }
    }
}

/// Nothing was written: what fails at the end is nobody's loss.
pub(crate) async fn close(conn: SqliteConnection) {
    drop(conn.close().await);
}

/// The index of a log that nobody has open is made anew by whoever reads it: in its file, or as here in
/// memory (<https://www.sqlite.org/wal.html#read_only_databases>).
fn with_index_as_it_is(path: &Path) -> String {
    let mut address = "file:".to_owned();
    for byte in resolved(path).as_os_str().as_encoded_bytes() {
        let written = if byte.is_ascii_alphanumeric() {
            address.write_char(char::from(*byte))
        } else {
            write!(address, "%{byte:02X}")
        };
        written.expect("a text takes what is written to it");
    }
    address + "?readonly_shm=1"
}
