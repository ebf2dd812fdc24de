//! Leases of node numbers, which keep the ids of different processes apart.

use crate::{Conn, DbError, args, row, sql};

row! {
    /// A lease as it is stored.
    #[derive(Debug, Clone)]
    pub struct LeaseRow {
        pub node: i64,
        pub holder: String,
        pub expires_at: i64,
    }
}

/// All leases that were ever taken, by number; at most 1,024.
pub async fn list(conn: &mut Conn) -> Result<Vec<LeaseRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(LeaseRow),
        " FROM node_leases ORDER BY node LIMIT 1024"
    );
    conn.fetch_all(statement, args![]).await
}

/// Takes a number that is free or whose lease ran out before `now`; `false` when another was faster.
pub async fn take(
    conn: &mut Conn,
    node: i64,
    holder: &str,
    expires_at: i64,
    now: i64,
) -> Result<bool, DbError> {
    let statement = sql!(
        "INSERT INTO node_leases (node, holder, expires_at) VALUES ($1, $2, $3) ",
        "ON CONFLICT (node) DO UPDATE SET holder = $2, expires_at = $3 WHERE node_leases.expires_at <= $4"
    );
    Ok(conn
        .execute(statement, args![node, holder, expires_at, now])
        .await?
        == 1)
}

/// Moves the end of an own lease; `false` when it is no longer one's own.
pub async fn renew(
    conn: &mut Conn,
    node: i64,
    holder: &str,
    expires_at: i64,
) -> Result<bool, DbError> {
    let statement = sql!("UPDATE node_leases SET expires_at = $3 WHERE node = $1 AND holder = $2");
    Ok(conn
        .execute(statement, args![node, holder, expires_at])
        .await?
        == 1)
}
