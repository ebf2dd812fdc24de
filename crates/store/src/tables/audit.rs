//! The audit log: rows are only ever added.

use battala_proto::id::{ServerId, UserId};

use crate::{Conn, DbError, args, sql};

/// One entry.
#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    /// The entry's id.
    pub id: i64,
    /// Where it happened; `None` is the hub.
    pub server_id: Option<ServerId>,
    /// Who did it.
    pub actor_id: UserId,
    /// What was done.
    pub action: &'a str,
    /// What it was done to.
    pub target_id: Option<i64>,
    /// What changed, as JSON.
    pub detail: String,
    /// When.
    pub created_at: i64,
}

/// Adds an entry.
pub async fn insert(conn: &mut Conn, entry: NewEntry<'_>) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO audit_log (id, server_id, actor_id, action, target_id, detail, created_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let NewEntry {
        id,
        server_id,
        actor_id,
        action,
        target_id,
        detail,
        created_at,
    } = entry;
    conn.execute(
        statement,
        args![
            id, server_id, actor_id, action, target_id, detail, created_at
        ],
    )
    .await?;
    Ok(())
}
