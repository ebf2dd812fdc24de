//! Where the history of the database stands, for telling that an older one came back.

use crate::{Conn, DbError, args, row, sql};

row! {
    /// A place in a history.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct MarkRow {
        pub mark: String,
        pub beat: i64,
    }
}

/// The place; `None` before any hub has served the database.
pub async fn get(conn: &mut Conn) -> Result<Option<MarkRow>, DbError> {
    let statement = sql!("SELECT ", columns(MarkRow), " FROM hub_mark WHERE id = 1");
    conn.fetch_optional(statement, args![]).await
}

/// Sets the place.
pub async fn set(conn: &mut Conn, mark: &str, beat: i64) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO hub_mark (id, mark, beat) VALUES (1, $1, $2) ",
        "ON CONFLICT (id) DO UPDATE SET mark = $1, beat = $2"
    );
    conn.execute(statement, args![mark, beat]).await?;
    Ok(())
}

/// Lets what follows be another history, so that the next start begins one.
pub async fn end(conn: &mut Conn, fresh: &str) -> Result<(), DbError> {
    let statement = sql!("UPDATE hub_mark SET mark = $1 WHERE id = 1");
    conn.execute(statement, args![fresh]).await?;
    Ok(())
}

/// Moves the place one step on; the new one. `None` when the history is another, or an earlier place
/// in it than `known`: then it stays there, for the next start to see.
pub async fn advance(conn: &mut Conn, mark: &str, known: i64) -> Result<Option<i64>, DbError> {
    let statement = sql!(
        "UPDATE hub_mark SET beat = beat + 1 WHERE id = 1 AND mark = $1 AND beat >= $2 RETURNING beat"
    );
    conn.fetch_optional(statement, args![mark, known]).await
}
