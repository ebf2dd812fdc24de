//! Channels and their counters.

use battala_proto::channels::ChannelKind;
use battala_proto::id::{ChannelId, MessageId, ServerId, UserId};

use super::reads::{READ_TO, ReadRow, ReadTo};
use crate::{Arg, Conn, DbError, Readable, args, row, sql};

row! {
    /// A channel as it is stored.
    #[derive(Debug, Clone)]
    pub struct ChannelRow {
        pub id: ChannelId,
        pub server_id: ServerId,
        pub r#type: ChannelKind,
        pub name: String,
        pub topic: String,
        pub position: i64,
        pub created_at: i64,
    }

    /// How far a channel has come, and how far one user has read.
    #[derive(Debug, Clone)]
    pub struct HeadRow {
        pub come: ComeRow as flattened,
        pub read: Option<ReadRow> as joined,
        pub read_to: ReadTo as beside,
    }

    /// The counters of a channel after one more message, which has this id.
    #[derive(Debug, Clone, Copy)]
    pub struct AdvancedRow {
        pub id: ChannelId,
        pub last_seq: i64,
        pub last_id: MessageId,
    }

    /// How far a channel has come: its last change, and its newest message that stands.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct ComeRow {
        pub id: ChannelId,
        pub last_seq: i64,
        pub last_message_id: Option<MessageId>,
    }
}

/// Adds a channel.
pub async fn insert(conn: &mut Conn, channel: &ChannelRow) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO channels (",
        columns(ChannelRow),
        ", last_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)"
    );
    let channel = channel.clone();
    let arguments = args![
        channel.id,
        channel.server_id,
        channel.r#type,
        channel.name,
        channel.topic,
        channel.position,
        channel.created_at
    ];
    conn.execute(statement, arguments).await?;
    Ok(())
}

/// The channel of this id unless it is deleted.
pub async fn get(conn: &mut Conn, id: ChannelId) -> Result<Option<ChannelRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(ChannelRow),
        " FROM channels WHERE id = $1 AND deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![id]).await
}

/// The channels of a server by position. One that cannot be read keeps nobody from the others.
pub async fn list(conn: &mut Conn, server: ServerId) -> Result<Vec<Readable<ChannelRow>>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(ChannelRow),
        " FROM channels WHERE server_id = $1 AND deleted_at IS NULL ORDER BY position, id LIMIT 1000"
    );
    conn.fetch_all(statement, args![server]).await
}

/// The channels of these servers by position. One that cannot be read keeps nobody from the others. A bounded
/// number of servers at a time is the caller's duty.
pub async fn of_servers(
    conn: &mut Conn,
    servers: &[ServerId],
) -> Result<Vec<Readable<ChannelRow>>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(ChannelRow),
        " FROM channels WHERE deleted_at IS NULL AND server_id ",
        ids(1),
        " ORDER BY position, id"
    );
    conn.fetch_all(statement, args![Arg::ids(servers.iter().copied())])
        .await
}

/// The ids of the channels of a server by position. One that cannot be read keeps nobody from the others.
pub async fn ids(conn: &mut Conn, server: ServerId) -> Result<Vec<Readable<ChannelId>>, DbError> {
    let statement = sql!(
        "SELECT id FROM channels WHERE server_id = $1 AND deleted_at IS NULL ",
        "ORDER BY position, id LIMIT 1000"
    );
    conn.fetch_all(statement, args![server]).await
}

/// How far the channels of a server have come and how far one user has read. One that cannot be read keeps
/// nobody from the others.
pub async fn heads(
    conn: &mut Conn,
    server: ServerId,
    user: UserId,
) -> Result<Vec<Readable<HeadRow>>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(c.HeadRow, r.read),
        ", ",
        READ_TO,
        " AS read_to FROM channels c ",
        "LEFT JOIN read_states r ON r.channel_id = c.id AND r.user_id = $2 ",
        "LEFT JOIN server_members m ON m.server_id = c.server_id AND m.user_id = $2 ",
        "WHERE c.server_id = $1 AND c.deleted_at IS NULL ORDER BY c.position, c.id LIMIT 1000"
    );
    conn.fetch_all(statement, args![server, user]).await
}

row! {
    /// A channel with messages that a user has not read.
    #[derive(Debug, Clone, Copy)]
    pub struct UnreadRow {
        pub id: ChannelId,
        pub server_id: ServerId,
    }
}

/// The channels of these servers in which the newest message is after what a member has read. One that cannot be read keeps nobody from the others. A bounded number of servers at a time is the caller's
/// duty.
pub async fn unread(
    conn: &mut Conn,
    user: UserId,
    servers: &[ServerId],
) -> Result<Vec<Readable<UnreadRow>>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(c.UnreadRow),
        " FROM channels c ",
        "JOIN server_members m ON m.server_id = c.server_id AND m.user_id = $1 ",
        "LEFT JOIN read_states r ON r.channel_id = c.id AND r.user_id = $1 ",
        "WHERE c.deleted_at IS NULL AND c.last_message_id > ",
        READ_TO,
        " AND c.server_id ",
        ids(2)
    );
    conn.fetch_all(statement, args![user, Arg::ids(servers.iter().copied())])
        .await
}

row! {
    /// How far one channel has come.
    #[derive(Debug, Clone, Copy)]
    pub struct LastSeqRow {
        pub id: ChannelId,
        pub server_id: ServerId,
        pub last_seq: i64,
    }
}

/// How far all channels of these servers have come. One that cannot be read keeps nobody from the others.
pub async fn last_seqs(
    conn: &mut Conn,
    servers: &[ServerId],
) -> Result<Vec<Readable<LastSeqRow>>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(LastSeqRow),
        " FROM channels WHERE deleted_at IS NULL AND server_id ",
        ids(1)
    );
    conn.fetch_all(statement, args![Arg::ids(servers.iter().copied())])
        .await
}

/// How many channels a server has.
pub async fn count(conn: &mut Conn, server: ServerId) -> Result<i64, DbError> {
    let statement =
        sql!("SELECT COUNT(*) FROM channels WHERE server_id = $1 AND deleted_at IS NULL");
    conn.fetch_one(statement, args![server]).await
}

/// Bytes of all topics of a server.
pub async fn topics_bytes(conn: &mut Conn, server: ServerId) -> Result<i64, DbError> {
    let statement = sql!(
        "SELECT COALESCE(SUM(OCTET_LENGTH(topic)), 0) FROM channels ",
        "WHERE server_id = $1 AND deleted_at IS NULL"
    );
    conn.fetch_one(statement, args![server]).await
}

/// Sets name and topic where given; the row as it is now.
pub async fn update(
    conn: &mut Conn,
    id: ChannelId,
    name: Option<&str>,
    topic: Option<&str>,
) -> Result<Option<ChannelRow>, DbError> {
    let statement = sql!(
        "UPDATE channels SET name = COALESCE($2, name), topic = COALESCE($3, topic) ",
        "WHERE id = $1 AND deleted_at IS NULL RETURNING ",
        columns(ChannelRow)
    );
    let (name, topic) = (name.map(str::to_owned), topic.map(str::to_owned));
    conn.fetch_optional(statement, args![id, name, topic]).await
}

/// Puts the channels of a server in this order.
pub async fn set_order(
    conn: &mut Conn,
    server: ServerId,
    order: &[ChannelId],
) -> Result<(), DbError> {
    let statement = sql!(
        "UPDATE channels SET position = o.place FROM ",
        ordered(2),
        " AS o WHERE channels.id = o.id AND channels.server_id = $1 AND channels.position <> o.place"
    );
    let order = Arg::ids(order.iter().copied());
    conn.execute(statement, args![server, order]).await?;
    Ok(())
}

/// Marks a channel as deleted and closes the gap in the order; a job removes the rest. What stood in it,
/// where it is a category, stands in none. How many channels moved up, or `None` when there is no such channel.
pub async fn mark_deleted(
    conn: &mut Conn,
    server: ServerId,
    id: ChannelId,
    now: i64,
) -> Result<Option<u64>, DbError> {
    let statement = sql!(
        "UPDATE channels SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING position"
    );
    let Some(position) = conn
        .fetch_optional::<i64>(statement, args![id, now])
        .await?
    else {
        return Ok(None);
    };
    let statement = sql!("UPDATE channels SET parent_id = NULL WHERE parent_id = $1");
    conn.execute(statement, args![id]).await?;
    let statement = sql!(
        "UPDATE channels SET position = position - 1 WHERE server_id = $1 AND position > $2 AND deleted_at IS NULL"
    );
    let moved = conn.execute(statement, args![server, position]).await?;
    Ok(Some(moved))
}

/// Takes the next sequence number for a new message. Its id is `candidate` or the first above every
/// id of the channel, whichever is greater: within a channel, id order is sequence order.
///
/// `None` when there is no such channel, and when the author has used the nonce before: a message
/// that is sent again must not use up a sequence number.
///
/// The row stays locked until the transaction ends, so sequence order is commit order.
pub async fn advance(
    conn: &mut Conn,
    id: ChannelId,
    candidate: MessageId,
    (author, nonce): (UserId, &str),
) -> Result<Option<AdvancedRow>, DbError> {
    let statement = sql!(
        "UPDATE channels SET last_seq = last_seq + 1, ",
        "last_id = CASE WHEN last_id >= $2 THEN last_id + 1 ELSE $2 END, ",
        "last_message_id = CASE WHEN last_id >= $2 THEN last_id + 1 ELSE $2 END ",
        "WHERE id = $1 AND deleted_at IS NULL ",
        "AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.author_id = $3 AND m.nonce = $4) ",
        "RETURNING ",
        columns(AdvancedRow)
    );
    conn.fetch_optional(statement, args![id, candidate, author, nonce])
        .await
}

/// Moves the id of a new message, the channel's last, up; `false` when it is not below `id`.
pub async fn raise_last_id(
    conn: &mut Conn,
    channel: ChannelId,
    id: MessageId,
) -> Result<bool, DbError> {
    let statement = sql!(
        "UPDATE channels SET last_id = $2, last_message_id = $2 WHERE id = $1 AND last_id < $2"
    );
    Ok(conn.execute(statement, args![channel, id]).await? == 1)
}

/// The newest id of a message in any channel, deleted ones included; 0 before the first.
pub async fn newest_message(conn: &mut Conn) -> Result<i64, DbError> {
    let statement = sql!("SELECT COALESCE(MAX(last_id), 0) FROM channels");
    conn.fetch_one(statement, args![]).await
}

/// Takes the next sequence number for a change of an existing message.
pub async fn next_seq(conn: &mut Conn, id: ChannelId) -> Result<Option<i64>, DbError> {
    let statement = sql!(
        "UPDATE channels SET last_seq = last_seq + 1 WHERE id = $1 AND deleted_at IS NULL RETURNING last_seq"
    );
    conn.fetch_optional(statement, args![id]).await
}

/// Takes the next sequence number for the deletion of a message that still stands. Where that is the
/// newest one, the one before it is the newest from now on.
pub async fn advance_without(
    conn: &mut Conn,
    id: ChannelId,
    message: MessageId,
) -> Result<Option<ComeRow>, DbError> {
    // A lock where engines write side by side, and a statement of its own: the next one sees what
    // was deleted by whoever had the channel before.
    let lock = sql!("UPDATE channels SET last_seq = last_seq WHERE id = $1");
    conn.execute(lock, args![id]).await?;
    let statement = sql!(
        "UPDATE channels SET last_seq = last_seq + 1, last_message_id = ",
        "CASE WHEN last_message_id = $2 THEN (SELECT MAX(m.id) FROM messages m WHERE m.channel_id = $1 ",
        "AND m.id < $2 AND m.deleted_at IS NULL) ELSE last_message_id END ",
        "WHERE id = $1 AND deleted_at IS NULL RETURNING ",
        columns(ComeRow)
    );
    conn.fetch_optional(statement, args![id, message]).await
}

/// How far a channel has come.
pub async fn come(conn: &mut Conn, id: ChannelId) -> Result<Option<ComeRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(ComeRow),
        " FROM channels WHERE id = $1 AND deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![id]).await
}
