//! What deleted messages leave, and its removal.
//!
//! There is no index of tombstones: they are found by their last change, which is their deletion,
//! so that each number of a channel is looked at once. This module does not know how long they are
//! kept, nor which of them a reader may still ask for.

use battala_proto::id::ChannelId;

use crate::{Conn, DbError, Sql, args, row, sql};

row! {
    /// A channel and the number of its last change.
    #[derive(Debug, Clone, Copy)]
    pub struct ChannelRow {
        pub id: ChannelId,
        pub last_seq: i64,
    }

    /// A tombstone.
    #[derive(Debug, Clone, Copy)]
    pub struct TombstoneRow {
        pub rev: i64,
        pub deleted_at: i64,
    }
}

/// Channels after one by id that have come further than a number of changes.
pub async fn channels_after(
    conn: &mut Conn,
    after: ChannelId,
    changes: i64,
    limit: u32,
) -> Result<Vec<ChannelRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(ChannelRow),
        " FROM channels WHERE id > $1 AND last_seq > $2 AND deleted_at IS NULL ORDER BY id LIMIT $3"
    );
    conn.fetch_all(statement, args![after, changes, i64::from(limit)])
        .await
}

/// The statement of [`between`]; exported for the test that examines its plan.
pub const BETWEEN: Sql = sql!(
    "SELECT ",
    columns(TombstoneRow),
    " FROM messages WHERE channel_id = $1 AND rev > $2 AND rev <= $3 ",
    "AND deleted_at IS NOT NULL ORDER BY rev"
);

/// The tombstones of a channel whose numbers are above one and up to another, which bounds them.
pub async fn between(
    conn: &mut Conn,
    channel: ChannelId,
    (above, through): (i64, i64),
) -> Result<Vec<TombstoneRow>, DbError> {
    conn.fetch_all(BETWEEN, args![channel, above, through])
        .await
}

/// The statement of [`remove`]; likewise.
pub const REMOVE: Sql = sql!(
    "DELETE FROM messages WHERE channel_id = $1 AND rev > $2 AND rev <= $3 AND deleted_at IS NOT NULL ",
    "AND id < (SELECT last_id FROM channels WHERE id = $1)"
);

/// Removes these tombstones; how many went. That of the channel's last id stays, because
/// the ids that follow are made above those that are there.
pub async fn remove(
    conn: &mut Conn,
    channel: ChannelId,
    (above, through): (i64, i64),
) -> Result<u64, DbError> {
    conn.execute(REMOVE, args![channel, above, through]).await
}
