//! Messages. A page is one range scan; nothing here runs a query per row.

use battala_proto::id::{ChannelId, MessageId, UserId};
use battala_proto::messages::MessageKind;

use super::users::UserBrief;
use crate::{Conn, DbError, Part, Sql, args, fragment, row, sql};

row! {
    /// A message as it is stored, with its author.
    #[derive(Debug, Clone)]
    pub struct MessageRow {
        pub id: MessageId,
        pub channel_id: ChannelId,
        pub r#type: MessageKind,
        pub flags: i64,
        pub content: String,
        pub nonce: Option<String>,
        pub seq: i64,
        pub rev: i64,
        pub created_at: i64,
        pub edited_at: Option<i64>,
        pub deleted_at: Option<i64>,
        pub author: UserBrief as joined,
    }
}

/// Messages with their authors, of those that the rest of a statement says.
const MESSAGES: &[Part] = fragment!(
    "SELECT ",
    columns(m.MessageRow, u.author),
    " FROM messages m JOIN users u ON u.id = m.author_id WHERE "
);

/// A message to add.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// Its channel.
    pub channel_id: ChannelId,
    /// Who wrote it.
    pub author_id: UserId,
    /// What kind of message it is.
    pub kind: MessageKind,
    /// The text.
    pub content: String,
    /// The author's own name for it.
    pub nonce: String,
    /// When it was written.
    pub created_at: i64,
}

/// What became of a message that was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It stands at this place of its channel.
    At {
        /// Its sequence number.
        seq: i64,
        /// The account's counter, raised, which is the number of the author's new reading position.
        rev: i64,
    },
    /// It does not, and nothing has changed: its id is not above every other of the channel, or there
    /// is no such channel, or its author has used the nonce before.
    Not,
    /// A transaction beside this one has used the nonce meanwhile. The channel's number is used up, so
    /// this one must not commit.
    NonceTaken,
}

row! {
    struct AddedRow {
        seq: Option<i64>,
        rev: Option<i64>,
    }
}

/// Adds a message at the next place of its channel, and moves its author's reading position to it.
///
/// One exchange with the engine, since every message waits for it: on SQLite four statements, each of
/// which looks whether the one before has changed a row; on PostgreSQL one. The channel's row stays
/// locked until the transaction ends, so sequence order is commit order.
pub async fn add(conn: &mut Conn, message: NewMessage) -> Result<Added, DbError> {
    let statement = sql!(
        sqlite: "\
    UPDATE channels SET last_seq = last_seq + 1, last_id = $1, last_message_id = $1 \
    WHERE id = $2 AND deleted_at IS NULL AND last_id < $1 \
    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.author_id = $3 AND m.nonce = $6); \
    INSERT INTO messages (id, channel_id, author_id, type, flags, content, nonce, seq, rev, created_at) \
    SELECT $1, id, $3, $4, 0, $5, $6, last_seq, last_seq, $7 FROM channels WHERE id = $2 AND changes() = 1; \
    UPDATE users SET rev = rev + 1 WHERE id = $3 AND changes() = 1; \
    INSERT INTO read_states (user_id, channel_id, last_read_id, rev) \
    SELECT id, $2, $1, rev FROM users WHERE id = $3 AND changes() = 1 \
    ON CONFLICT (user_id, channel_id) DO UPDATE SET last_read_id = excluded.last_read_id, rev = excluded.rev \
    RETURNING rev, (SELECT c.last_seq FROM channels c WHERE c.id = $2) AS seq",
        postgres: "\
    WITH advanced AS (\
    UPDATE channels SET last_seq = last_seq + 1, last_id = $1, last_message_id = $1 \
    WHERE id = $2 AND deleted_at IS NULL AND last_id < $1 \
    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.author_id = $3 AND m.nonce = $6) RETURNING last_seq), \
    added AS (\
    INSERT INTO messages (id, channel_id, author_id, type, flags, content, nonce, seq, rev, created_at) \
    SELECT $1, $2, $3, $4, 0, $5, $6, last_seq, last_seq, $7 FROM advanced \
    ON CONFLICT (author_id, nonce) DO NOTHING RETURNING author_id), \
    raised AS (UPDATE users SET rev = rev + 1 FROM added WHERE users.id = added.author_id RETURNING users.id, users.rev), \
    moved AS (\
    INSERT INTO read_states (user_id, channel_id, last_read_id, rev) SELECT id, $2, $1, rev FROM raised \
    ON CONFLICT (user_id, channel_id) DO UPDATE SET last_read_id = excluded.last_read_id, rev = excluded.rev \
    RETURNING rev) \
    SELECT (SELECT last_seq FROM advanced) AS seq, (SELECT rev FROM moved) AS rev"
    );
    let arguments = args![
        message.id,
        message.channel_id,
        message.author_id,
        message.kind,
        message.content,
        message.nonce,
        message.created_at
    ];
    let row: Option<AddedRow> = conn.fetch_optional(statement, arguments).await?;
    Ok(match row.map_or((None, None), |row| (row.seq, row.rev)) {
        (Some(seq), Some(rev)) => Added::At { seq, rev },
        (Some(_), None) => Added::NonceTaken,
        (None, _) => Added::Not,
    })
}

/// Adds a message at a place that [`super::channels::advance`] gave it, and moves its author's reading
/// position to it. The account's counter, raised, which is the number of that move; `None` when the
/// author has used the nonce before, and then nothing has changed.
pub async fn insert(
    conn: &mut Conn,
    message: NewMessage,
    seq: i64,
) -> Result<Option<i64>, DbError> {
    let statement = sql!(
        sqlite: "\
    INSERT INTO messages (id, channel_id, author_id, type, flags, content, nonce, seq, rev, created_at) \
    VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $7, $8) ON CONFLICT (author_id, nonce) DO NOTHING; \
    UPDATE users SET rev = rev + 1 WHERE id = $3 AND changes() = 1; \
    INSERT INTO read_states (user_id, channel_id, last_read_id, rev) \
    SELECT id, $2, $1, rev FROM users WHERE id = $3 AND changes() = 1 \
    ON CONFLICT (user_id, channel_id) DO UPDATE SET last_read_id = excluded.last_read_id, rev = excluded.rev \
    RETURNING rev",
        postgres: "\
    WITH added AS (\
    INSERT INTO messages (id, channel_id, author_id, type, flags, content, nonce, seq, rev, created_at) \
    VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $7, $8) ON CONFLICT (author_id, nonce) DO NOTHING RETURNING author_id), \
    raised AS (UPDATE users SET rev = rev + 1 FROM added WHERE users.id = added.author_id RETURNING users.id, users.rev) \
    INSERT INTO read_states (user_id, channel_id, last_read_id, rev) SELECT id, $2, $1, rev FROM raised \
    ON CONFLICT (user_id, channel_id) DO UPDATE SET last_read_id = excluded.last_read_id, rev = excluded.rev \
    RETURNING rev"
    );
    let arguments = args![
        message.id,
        message.channel_id,
        message.author_id,
        message.kind,
        message.content,
        message.nonce,
        seq,
        message.created_at
    ];
    conn.fetch_optional(statement, arguments).await
}

/// The id that a new message must be above where the clock says no such one. On SQLite, where ids
/// are one key for all channels, that of the newest message; else that of the channel's last.
pub async fn id_to_follow(
    conn: &mut Conn,
    channel: ChannelId,
) -> Result<Option<MessageId>, DbError> {
    let statement = sql!(
        sqlite: "SELECT id FROM messages WHERE $1 > 0 ORDER BY id DESC LIMIT 1",
        postgres: "SELECT last_id FROM channels WHERE id = $1"
    );
    conn.fetch_optional(statement, args![channel]).await
}

/// The message that an author sent with this nonce, in whatever channel, tombstones included.
pub async fn by_nonce(
    conn: &mut Conn,
    author: UserId,
    nonce: &str,
) -> Result<Option<MessageRow>, DbError> {
    let statement = sql!(MESSAGES, "m.author_id = $1 AND m.nonce = $2");
    conn.fetch_optional(statement, args![author, nonce]).await
}

/// One message of a channel, tombstones included.
pub async fn get(
    conn: &mut Conn,
    channel: ChannelId,
    id: MessageId,
) -> Result<Option<MessageRow>, DbError> {
    let statement = sql!(MESSAGES, "m.channel_id = $1 AND m.id = $2");
    conn.fetch_optional(statement, args![channel, id]).await
}

/// A page query; these are exported for the test that examines their plans.
///
/// What was deleted leaves a row each. The index `messages_standing` has none of them, so that a
/// page and a count cost what they show, wherever a moderator has cleaned up.
pub const PAGE_BEFORE: Sql = sql!(
    MESSAGES,
    "m.channel_id = $1 AND m.id < $2 AND m.deleted_at IS NULL ORDER BY m.id DESC LIMIT $3"
);

/// The newest `limit` messages before an id, newest first.
pub async fn page_before(
    conn: &mut Conn,
    channel: ChannelId,
    before: i64,
    limit: u32,
) -> Result<Vec<MessageRow>, DbError> {
    conn.fetch_all(PAGE_BEFORE, args![channel, before, i64::from(limit)])
        .await
}

/// The page query in the other direction.
pub const PAGE_AFTER: Sql = sql!(
    MESSAGES,
    "m.channel_id = $1 AND m.id > $2 AND m.deleted_at IS NULL ORDER BY m.id LIMIT $3"
);

/// The oldest `limit` messages after an id, oldest first.
pub async fn page_after(
    conn: &mut Conn,
    channel: ChannelId,
    after: i64,
    limit: u32,
) -> Result<Vec<MessageRow>, DbError> {
    conn.fetch_all(PAGE_AFTER, args![channel, after, i64::from(limit)])
        .await
}

/// The page query in both directions.
pub const PAGE_AROUND: Sql = sql!(
    "SELECT * FROM (",
    MESSAGES,
    "m.channel_id = $1 AND m.id < $2 AND m.deleted_at IS NULL ORDER BY m.id DESC LIMIT $3) AS older ",
    "UNION ALL SELECT * FROM (",
    MESSAGES,
    "m.channel_id = $1 AND m.id >= $2 AND m.deleted_at IS NULL ORDER BY m.id LIMIT $4) AS newer"
);

/// What stands on both sides of an id, in one statement: the newest `older` messages before it,
/// newest first, and the oldest `newer` from it on, oldest first.
pub async fn page_around(
    conn: &mut Conn,
    channel: ChannelId,
    id: i64,
    (older, newer): (u32, u32),
) -> Result<(Vec<MessageRow>, Vec<MessageRow>), DbError> {
    let arguments = args![channel, id, i64::from(older), i64::from(newer)];
    let rows: Vec<MessageRow> = conn.fetch_all(PAGE_AROUND, arguments).await?;
    // No engine promises the order of a union.
    let (mut older, mut newer): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.id.raw() < id);
    older.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    newer.sort_unstable_by_key(|row| row.id);
    Ok((older, newer))
}

/// Messages that changed after a sequence number, in the order of their last change, tombstones
/// included.
pub async fn changed_after(
    conn: &mut Conn,
    channel: ChannelId,
    after: i64,
    limit: u32,
) -> Result<Vec<MessageRow>, DbError> {
    let statement = sql!(
        MESSAGES,
        "m.channel_id = $1 AND m.rev > $2 ORDER BY m.rev LIMIT $3"
    );
    conn.fetch_all(statement, args![channel, after, i64::from(limit)])
        .await
}

/// Sets the text of a message that is not deleted; whether there was one.
pub async fn set_content(
    conn: &mut Conn,
    (channel, id): (ChannelId, MessageId),
    content: &str,
    rev: i64,
    now: i64,
) -> Result<bool, DbError> {
    let statement = sql!(
        "UPDATE messages SET content = $3, rev = $4, edited_at = $5 ",
        "WHERE channel_id = $1 AND id = $2 AND deleted_at IS NULL"
    );
    Ok(conn
        .execute(statement, args![channel, id, content, rev, now])
        .await?
        == 1)
}

/// Turns a message into a tombstone without content; whether there was one.
pub async fn set_deleted(
    conn: &mut Conn,
    (channel, id): (ChannelId, MessageId),
    rev: i64,
    now: i64,
) -> Result<bool, DbError> {
    let statement = sql!(
        "UPDATE messages SET content = '', rev = $3, deleted_at = $4 ",
        "WHERE channel_id = $1 AND id = $2 AND deleted_at IS NULL"
    );
    Ok(conn
        .execute(statement, args![channel, id, rev, now])
        .await?
        == 1)
}

/// The count of what was not read. The innermost `LIMIT` bounds the rows that are looked at, whoever
/// wrote them.
pub const COUNT_UNREAD: Sql = sql!(
    "SELECT COUNT(*) FROM (SELECT 1 FROM (SELECT author_id FROM messages WHERE channel_id = $1 AND id > $3 ",
    "AND deleted_at IS NULL ORDER BY id LIMIT $5) AS following WHERE author_id <> $2 LIMIT $4) AS unread"
);

/// Messages of others among the `among` that follow an id, counted up to `max`.
pub async fn count_unread(
    conn: &mut Conn,
    channel: ChannelId,
    reader: UserId,
    after: i64,
    (max, among): (i64, i64),
) -> Result<i64, DbError> {
    conn.fetch_one(COUNT_UNREAD, args![channel, reader, after, max, among])
        .await
}
