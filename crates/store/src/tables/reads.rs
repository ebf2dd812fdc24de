//! How far users have read.

use std::error::Error;

use battala_proto::id::{ChannelId, MessageId, UserId};

use crate::{Column, Conn, DbError, Part, args, fragment, row, sql};

/// Up to where a member `m` has read, whose position `r` may be absent: nothing that was said before one
/// joined is new. The least message id of a moment is that of [`battala_proto::id`].
pub(super) const READ_TO: &[Part] =
    fragment!("COALESCE(r.last_read_id, (m.joined_at - 1420070400000) << 22)");

/// An id up to which somebody has read, be it of a message or of the moment of joining; none where no id
/// is so small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadTo(pub Option<MessageId>);

impl Column for ReadTo {
    type Raw = Option<i64>;

    fn from_raw(raw: Option<i64>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let id = raw.and_then(|raw| MessageId::try_from(raw).ok());
        Ok(Self(id))
    }
}

row! {
    /// A reading position as it is stored.
    #[derive(Debug, Clone, Copy)]
    pub struct ReadRow {
        pub channel_id: ChannelId,
        pub last_read_id: MessageId,
        pub rev: i64,
    }

    /// How far somebody has read.
    #[derive(Debug, Clone, Copy)]
    pub struct ReachedRow {
        pub read: Option<ReadRow> as joined,
        pub read_to: ReadTo as beside,
    }
}

/// How far a user has read in a channel that is there.
pub async fn reached(
    conn: &mut Conn,
    user: UserId,
    channel: ChannelId,
) -> Result<Option<ReachedRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(c.ReachedRow, r.read),
        ", ",
        READ_TO,
        " AS read_to FROM channels c ",
        "LEFT JOIN read_states r ON r.channel_id = c.id AND r.user_id = $1 ",
        "LEFT JOIN server_members m ON m.server_id = c.server_id AND m.user_id = $1 ",
        "WHERE c.id = $2 AND c.deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![user, channel]).await
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

#[cfg(test)]
mod tests {
    use battala_proto::id::{EPOCH_MS, TIMESTAMP_SHIFT};

    use super::*;

    #[test]
    fn the_least_id_of_a_moment_is_as_ids_are_made() {
        let [Part::Text(text)] = READ_TO else {
            panic!("it is one text")
        };
        let floor = format!("(m.joined_at - {EPOCH_MS}) << {TIMESTAMP_SHIFT}");
        assert!(text.contains(&floor), "{text}");
    }
}
