//! A connection for the reads of one request, and its way home.
//!
//! This module does not know what is read.

use std::ops::{Deref, DerefMut};

use crate::{Conn, DbError, conn::RawConn, error::classify, sqlite::ReaderHome};

/// One connection that cannot write. Take one per request, run all of the
/// request's reads on it, and drop it before anything slow.
pub struct Reader {
    /// Present until the drop.
    conn: Option<Conn>,
    /// Where an SQLite connection goes back to; PostgreSQL's pool knows itself.
    home: Option<ReaderHome>,
    in_snapshot: bool,
}

impl Reader {
    pub(crate) fn new(conn: Conn, home: Option<ReaderHome>) -> Self {
        tracing::trace!("a connection to read on is taken");
        Self {
            conn: Some(conn),
            home,
            in_snapshot: false,
        }
    }

    /// Makes all further reads see one state of the database, that of the next one. Costs a statement at the
    /// end, and on PostgreSQL at the beginning: use it where two reads must agree with each other. Keep it
    /// short: it holds back the clean-up of what later writes replace.
    pub async fn begin_snapshot(&mut self) -> Result<(), DbError> {
        // First, so that a caller who goes away meanwhile still rolls back.
        self.in_snapshot = true;
        let begun = Conn::begin_snapshot(self).await;
        begun.map_err(|error| classify(error).0)
    }

    /// Waits until a connection of [`Db::read_beside`](crate::Db::read_beside) is closed: the last one
    /// takes the files away that SQLite made beside its own, and a process that ends before that leaves
    /// them there. Of any other it is no more than a drop.
    pub async fn close(mut self) {
        if self.home.is_some() {
            return;
        }
        if let Some(RawConn::Sqlite(conn)) = self.conn.take().map(Conn::into_raw) {
            // Nothing was written: what fails at the end is nobody's loss.
            drop(conn.close().await);
        }
    }
}

impl Deref for Reader {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn.as_ref().expect("present until the drop")
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("present until the drop")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else {
            return;
        };
        let home = self.home.take();
        if self.in_snapshot && !conn.is_before_snapshot() {
            end_snapshot(conn, home);
        } else {
            give_back(conn, home);
        }
    }
}

fn give_back(conn: Conn, home: Option<ReaderHome>) {
    if let (RawConn::Sqlite(conn), Some(home)) = (conn.into_raw(), home) {
        home.give_back(conn);
    }
}

/// Ends the transaction before anybody else gets the connection.
fn end_snapshot(mut conn: Conn, home: Option<ReaderHome>) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        // The runtime is gone, and the pools with it.
        return;
    };
    runtime.spawn(async move {
        match conn.control("ROLLBACK").await {
            Ok(()) => give_back(conn, home),
            Err(error) => {
                tracing::debug!(%error, "closing a reader that did not end its snapshot");
                if let RawConn::Postgres(conn) = conn.raw_mut() {
                    conn.close_on_drop();
                }
            }
        }
    });
}
