//! How far users have read.

use battala_proto::id::{ChannelId, MessageId, UserId};

use crate::{Conn, DbError, args, row, sql};

row! {
    /// A reading position as it is stored.
    #[derive(Debug, Clone, Copy)]
    pub struct ReadRow {
        pub channel_id: ChannelId,
        pub last_read_id: MessageId,
        pub rev: i64,
    }
}

/// The position of a user in a channel.
pub async fn get(
    conn: &mut Conn,
    user: UserId,
    channel: ChannelId,
) -> Result<Option<ReadRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(ReadRow),
        " FROM read_states WHERE user_id = $1 AND channel_id = $2"
    );
    conn.fetch_optional(statement, args![user, channel]).await
}

/// Sets the position; `rev` is the account's new counter.
pub async fn set(
    conn: &mut Conn,
    user: UserId,
    channel: ChannelId,
    last_read: MessageId,
    rev: i64,
) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO read_states (user_id, channel_id, last_read_id, rev) VALUES ($1, $2, $3, $4) ",
        "ON CONFLICT (user_id, channel_id) DO UPDATE SET last_read_id = $3, rev = $4"
    );
    conn.execute(statement, args![user, channel, last_read, rev])
        .await?;
    Ok(())
}
