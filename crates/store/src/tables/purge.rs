//! Removal of what was marked as deleted, in batches that never hold the writer for long.

use crate::{Conn, DbError, args, sql};

/// Removes up to `limit` rows of deleted channels and servers; how many went. Zero means done.
///
/// A server's channels count as deleted with it. Rows go in the order of their references, so that
/// a crash in between leaves nothing that the next run would not find. What was marked by another
/// transaction after its rows were looked for still has them, and waits for the next run.
pub async fn run(conn: &mut Conn, limit: u32) -> Result<u64, DbError> {
    let limit = i64::from(limit);
    let statement = sql!(
        "UPDATE channels SET deleted_at = created_at WHERE deleted_at IS NULL ",
        "AND server_id IN (SELECT id FROM servers WHERE deleted_at IS NOT NULL)"
    );
    conn.execute(statement, args![]).await?;
    for statement in [
        sql!(
            "DELETE FROM messages WHERE (channel_id, id) IN (SELECT m.channel_id, m.id FROM messages m ",
            "WHERE m.channel_id IN (SELECT id FROM channels WHERE deleted_at IS NOT NULL) LIMIT $1)"
        ),
        sql!(
            "DELETE FROM read_states WHERE (user_id, channel_id) IN (SELECT r.user_id, r.channel_id ",
            "FROM read_states r WHERE r.channel_id IN ",
            "(SELECT id FROM channels WHERE deleted_at IS NOT NULL) LIMIT $1)"
        ),
        sql!(
            "DELETE FROM channels WHERE id IN ",
            "(SELECT c.id FROM channels c WHERE c.deleted_at IS NOT NULL ",
            "AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.channel_id = c.id) ",
            "AND NOT EXISTS (SELECT 1 FROM read_states r WHERE r.channel_id = c.id) LIMIT $1)"
        ),
        sql!(
            "DELETE FROM invites WHERE code IN (SELECT i.code FROM invites i WHERE i.server_id IN ",
            "(SELECT id FROM servers WHERE deleted_at IS NOT NULL) LIMIT $1)"
        ),
        sql!(
            "DELETE FROM server_members WHERE (server_id, user_id) IN (SELECT m.server_id, m.user_id ",
            "FROM server_members m WHERE m.server_id IN ",
            "(SELECT id FROM servers WHERE deleted_at IS NOT NULL) LIMIT $1)"
        ),
        sql!(
            "DELETE FROM roles WHERE id IN (SELECT r.id FROM roles r WHERE r.server_id IN ",
            "(SELECT id FROM servers WHERE deleted_at IS NOT NULL) LIMIT $1)"
        ),
        sql!(
            "DELETE FROM servers WHERE id IN ",
            "(SELECT s.id FROM servers s WHERE s.deleted_at IS NOT NULL ",
            "AND NOT EXISTS (SELECT 1 FROM channels c WHERE c.server_id = s.id) ",
            "AND NOT EXISTS (SELECT 1 FROM invites i WHERE i.server_id = s.id) ",
            "AND NOT EXISTS (SELECT 1 FROM server_members m WHERE m.server_id = s.id) ",
            "AND NOT EXISTS (SELECT 1 FROM roles r WHERE r.server_id = s.id) LIMIT $1)"
        ),
    ] {
        let removed = conn.execute(statement, args![limit]).await?;
        if removed > 0 {
            return Ok(removed);
        }
    }
    Ok(0)
}
