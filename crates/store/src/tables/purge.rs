//! Removal of what was marked as deleted, in batches that never hold the writer for long.
//!
//! Only what is marked goes, whoever asks. Rows go in the order of their references, so that a batch
//! that is the last for a while leaves nothing that the next one would not find.

use battala_proto::id::{ChannelId, ServerId};

use crate::{Conn, DbError, Sql, args, sql};

/// What a batch has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purged {
    /// Nothing.
    All,
    /// Some rows, for the next batch.
    Some,
    /// It found nothing to remove, and yet something is there: another transaction put it there
    /// after it had been looked for.
    Stuck,
}

/// Channels that stand in another go before it: with a category, in the batch after theirs.
const OF_SERVER: [Sql; 9] = [
    sql!(
        "DELETE FROM messages WHERE (channel_id, id) IN (SELECT m.channel_id, m.id FROM messages m ",
        "WHERE m.channel_id IN (SELECT c.id FROM channels c JOIN servers s ON s.id = c.server_id ",
        "WHERE s.id = $1 AND s.deleted_at IS NOT NULL) LIMIT $2)"
    ),
    sql!(
        "DELETE FROM read_states WHERE (user_id, channel_id) IN (SELECT r.user_id, r.channel_id ",
        "FROM read_states r WHERE r.channel_id IN (SELECT c.id FROM channels c JOIN servers s ",
        "ON s.id = c.server_id WHERE s.id = $1 AND s.deleted_at IS NOT NULL) LIMIT $2)"
    ),
    sql!(
        "DELETE FROM channel_overwrites WHERE (channel_id, target_id) IN ",
        "(SELECT o.channel_id, o.target_id FROM channel_overwrites o WHERE o.channel_id IN ",
        "(SELECT c.id FROM channels c JOIN servers s ON s.id = c.server_id ",
        "WHERE s.id = $1 AND s.deleted_at IS NOT NULL) LIMIT $2)"
    ),
    sql!(
        "DELETE FROM channels WHERE id IN (SELECT c.id FROM channels c JOIN servers s ",
        "ON s.id = c.server_id WHERE s.id = $1 AND s.deleted_at IS NOT NULL ",
        "AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.channel_id = c.id) ",
        "AND NOT EXISTS (SELECT 1 FROM channels k WHERE k.parent_id = c.id) ",
        "AND NOT EXISTS (SELECT 1 FROM channel_overwrites o WHERE o.channel_id = c.id) ",
        "AND NOT EXISTS (SELECT 1 FROM read_states r WHERE r.channel_id = c.id) LIMIT $2)"
    ),
    sql!(
        "DELETE FROM invites WHERE code IN (SELECT i.code FROM invites i WHERE i.server_id IN ",
        "(SELECT id FROM servers WHERE id = $1 AND deleted_at IS NOT NULL) LIMIT $2)"
    ),
    sql!(
        "DELETE FROM member_roles WHERE (server_id, user_id, role_id) IN ",
        "(SELECT g.server_id, g.user_id, g.role_id FROM member_roles g WHERE g.server_id IN ",
        "(SELECT id FROM servers WHERE id = $1 AND deleted_at IS NOT NULL) LIMIT $2)"
    ),
    sql!(
        "DELETE FROM server_members WHERE (server_id, user_id) IN (SELECT m.server_id, m.user_id ",
        "FROM server_members m WHERE m.server_id IN ",
        "(SELECT id FROM servers WHERE id = $1 AND deleted_at IS NOT NULL) ",
        "AND NOT EXISTS (SELECT 1 FROM channel_overwrites o ",
        "WHERE o.server_id = m.server_id AND o.user_id = m.user_id) ",
        "AND NOT EXISTS (SELECT 1 FROM member_roles g ",
        "WHERE g.server_id = m.server_id AND g.user_id = m.user_id) LIMIT $2)"
    ),
    sql!(
        "DELETE FROM roles WHERE id IN (SELECT r.id FROM roles r WHERE r.server_id IN ",
        "(SELECT id FROM servers WHERE id = $1 AND deleted_at IS NOT NULL) ",
        "AND NOT EXISTS (SELECT 1 FROM channel_overwrites o WHERE o.role_id = r.id) ",
        "AND NOT EXISTS (SELECT 1 FROM member_roles g WHERE g.role_id = r.id) LIMIT $2)"
    ),
    sql!(
        "DELETE FROM servers WHERE id IN (SELECT s.id FROM servers s ",
        "WHERE s.id = $1 AND s.deleted_at IS NOT NULL ",
        "AND NOT EXISTS (SELECT 1 FROM channels c WHERE c.server_id = s.id) ",
        "AND NOT EXISTS (SELECT 1 FROM invites i WHERE i.server_id = s.id) ",
        "AND NOT EXISTS (SELECT 1 FROM server_members m WHERE m.server_id = s.id) ",
        "AND NOT EXISTS (SELECT 1 FROM roles r WHERE r.server_id = s.id) LIMIT $2)"
    ),
];

const OF_CHANNEL: [Sql; 4] = [
    sql!(
        "DELETE FROM messages WHERE (channel_id, id) IN (SELECT m.channel_id, m.id FROM messages m ",
        "WHERE m.channel_id IN (SELECT id FROM channels WHERE id = $1 AND deleted_at IS NOT NULL) ",
        "LIMIT $2)"
    ),
    sql!(
        "DELETE FROM read_states WHERE (user_id, channel_id) IN (SELECT r.user_id, r.channel_id ",
        "FROM read_states r WHERE r.channel_id IN ",
        "(SELECT id FROM channels WHERE id = $1 AND deleted_at IS NOT NULL) LIMIT $2)"
    ),
    sql!(
        "DELETE FROM channel_overwrites WHERE (channel_id, target_id) IN ",
        "(SELECT o.channel_id, o.target_id FROM channel_overwrites o WHERE o.channel_id IN ",
        "(SELECT id FROM channels WHERE id = $1 AND deleted_at IS NOT NULL) LIMIT $2)"
    ),
    sql!(
        "DELETE FROM channels WHERE id IN ",
        "(SELECT c.id FROM channels c WHERE c.id = $1 AND c.deleted_at IS NOT NULL ",
        "AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.channel_id = c.id) ",
        "AND NOT EXISTS (SELECT 1 FROM channels k WHERE k.parent_id = c.id) ",
        "AND NOT EXISTS (SELECT 1 FROM channel_overwrites o WHERE o.channel_id = c.id) ",
        "AND NOT EXISTS (SELECT 1 FROM read_states r WHERE r.channel_id = c.id) LIMIT $2)"
    ),
];

/// What is marked as deleted, has no job and would have none later.
const FORGOTTEN: [Sql; 2] = [
    sql!(
        "INSERT INTO jobs (id, kind, subject, payload, asked, attempts, run_after, created_at) ",
        "SELECT s.id, 'purge_server', s.id, '{\"server_id\":\"' || s.id || '\"}', 1, 0, 0, s.deleted_at ",
        "FROM servers s WHERE s.deleted_at IS NOT NULL AND NOT EXISTS ",
        "(SELECT 1 FROM jobs j WHERE j.kind = 'purge_server' AND j.subject = s.id) LIMIT $1"
    ),
    sql!(
        "INSERT INTO jobs (id, kind, subject, payload, asked, attempts, run_after, created_at) ",
        "SELECT c.id, 'purge_channel', c.id, '{\"channel_id\":\"' || c.id || '\"}', 1, 0, 0, c.deleted_at ",
        "FROM channels c JOIN servers s ON s.id = c.server_id ",
        "WHERE c.deleted_at IS NOT NULL AND s.deleted_at IS NULL AND NOT EXISTS ",
        "(SELECT 1 FROM jobs j WHERE j.kind = 'purge_channel' AND j.subject = c.id) LIMIT $1"
    ),
];

/// Queues the removal of up to `limit` deleted servers and as many channels for which no job is
/// there; how many jobs that are. The ids of what was made are free as ids of jobs.
pub async fn queue_forgotten(conn: &mut Conn, limit: u32) -> Result<u64, DbError> {
    let mut queued = 0;
    for statement in FORGOTTEN {
        queued += conn.execute(statement, args![i64::from(limit)]).await?;
    }
    Ok(queued)
}

/// Removes up to `limit` rows of a deleted server. Its channels count as deleted with it.
pub async fn server(conn: &mut Conn, id: ServerId, limit: u32) -> Result<Purged, DbError> {
    let rest = sql!("SELECT COUNT(*) FROM servers WHERE id = $1 AND deleted_at IS NOT NULL");
    run(conn, &OF_SERVER, rest, (id.raw(), limit)).await
}

/// Removes up to `limit` rows of a deleted channel.
pub async fn channel(conn: &mut Conn, id: ChannelId, limit: u32) -> Result<Purged, DbError> {
    let rest = sql!("SELECT COUNT(*) FROM channels WHERE id = $1 AND deleted_at IS NOT NULL");
    run(conn, &OF_CHANNEL, rest, (id.raw(), limit)).await
}

async fn run(
    conn: &mut Conn,
    statements: &[Sql],
    rest: Sql,
    (id, limit): (i64, u32),
) -> Result<Purged, DbError> {
    let mut room = u64::from(limit);
    for statement in statements {
        let most = i64::try_from(room).unwrap_or(i64::MAX);
        room = room.saturating_sub(conn.execute(*statement, args![id, most]).await?);
        if room == 0 {
            return Ok(Purged::Some);
        }
    }
    let rest: i64 = conn.fetch_one(rest, args![id]).await?;
    Ok(match rest {
        0 => Purged::All,
        _ if room < u64::from(limit) => Purged::Some,
        _ => Purged::Stuck,
    })
}
