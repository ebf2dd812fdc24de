//! What the policy needs to know about a caller and a target, in one statement each.

use battala_proto::id::{ChannelId, MessageId, ServerId, SessionId, UserId};

use crate::{Conn, DbError, FromRow, Row, args, row, sql};

row! {
    /// A server as the policy sees it.
    #[derive(Debug, Clone)]
    pub struct ServerScopeRow {
        pub server_id: ServerId,
        pub owner_id: UserId,
        pub epoch: i64,
        pub structure_rev: i64,
        pub rights_version: i64,
        pub permissions: i64,
        pub member_rev: Option<i64>,
    }
}

/// A channel as the policy sees it.
#[derive(Debug, Clone)]
pub struct ChannelScopeRow {
    /// Its server.
    pub server: ServerScopeRow,
    /// The channel.
    pub channel_id: ChannelId,
}

impl FromRow for ChannelScopeRow {
    fn from_row(row: Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            server: ServerScopeRow::from_row(row)?,
            channel_id: row.get("channel_id")?,
        })
    }
}

/// An invite as the policy sees it.
#[derive(Debug, Clone)]
pub struct InviteScopeRow {
    /// Where it leads.
    pub server: ServerScopeRow,
    /// Who made it.
    pub creator_id: UserId,
}

impl FromRow for InviteScopeRow {
    fn from_row(row: Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            server: ServerScopeRow::from_row(row)?,
            creator_id: row.get("creator_id")?,
        })
    }
}

/// A message as the policy sees it.
#[derive(Debug, Clone)]
pub struct MessageScopeRow {
    /// Its channel.
    pub channel: ChannelScopeRow,
    /// The message.
    pub message_id: MessageId,
    /// Who wrote it.
    pub author_id: UserId,
}

impl FromRow for MessageScopeRow {
    fn from_row(row: Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            channel: ChannelScopeRow::from_row(row)?,
            message_id: row.get("message_id")?,
            author_id: row.get("author_id")?,
        })
    }
}

/// The server, and what the user is in it.
pub async fn server_scope(
    conn: &mut Conn,
    user: UserId,
    server: ServerId,
) -> Result<Option<ServerScopeRow>, DbError> {
    let statement = sql!(
        "SELECT s.id AS server_id, s.owner_id, s.epoch, s.structure_rev, s.rights_version, ",
        "r.permissions, m.rev AS member_rev ",
        "FROM servers s JOIN roles r ON r.id = s.id ",
        "LEFT JOIN server_members m ON m.server_id = s.id AND m.user_id = $2 ",
        "WHERE s.id = $1 AND s.deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![server, user]).await
}

/// The channel, its server, and what the user is in it.
pub async fn channel_scope(
    conn: &mut Conn,
    user: UserId,
    channel: ChannelId,
) -> Result<Option<ChannelScopeRow>, DbError> {
    let statement = sql!(
        "SELECT s.id AS server_id, s.owner_id, s.epoch, s.structure_rev, s.rights_version, ",
        "r.permissions, m.rev AS member_rev, ",
        "c.id AS channel_id ",
        "FROM channels c JOIN servers s ON s.id = c.server_id JOIN roles r ON r.id = s.id ",
        "LEFT JOIN server_members m ON m.server_id = s.id AND m.user_id = $2 ",
        "WHERE c.id = $1 AND c.deleted_at IS NULL AND s.deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![channel, user]).await
}

/// The message that stands in this channel, its author, and what the user is in the server.
pub async fn message_scope(
    conn: &mut Conn,
    user: UserId,
    channel: ChannelId,
    message: MessageId,
) -> Result<Option<MessageScopeRow>, DbError> {
    let statement = sql!(
        "SELECT s.id AS server_id, s.owner_id, s.epoch, s.structure_rev, s.rights_version, ",
        "r.permissions, m.rev AS member_rev, ",
        "c.id AS channel_id, g.id AS message_id, g.author_id ",
        "FROM messages g JOIN channels c ON c.id = g.channel_id ",
        "JOIN servers s ON s.id = c.server_id JOIN roles r ON r.id = s.id ",
        "LEFT JOIN server_members m ON m.server_id = s.id AND m.user_id = $3 ",
        "WHERE g.channel_id = $1 AND g.id = $2 AND g.deleted_at IS NULL ",
        "AND c.deleted_at IS NULL AND s.deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![channel, message, user])
        .await
}

/// The invite of this code in this server, its creator, and what the user is in the server.
pub async fn invite_scope(
    conn: &mut Conn,
    user: UserId,
    server: ServerId,
    code: &str,
) -> Result<Option<InviteScopeRow>, DbError> {
    let statement = sql!(
        "SELECT s.id AS server_id, s.owner_id, s.epoch, s.structure_rev, s.rights_version, ",
        "r.permissions, m.rev AS member_rev, ",
        "i.creator_id FROM invites i JOIN servers s ON s.id = i.server_id JOIN roles r ON r.id = s.id ",
        "LEFT JOIN server_members m ON m.server_id = s.id AND m.user_id = $3 ",
        "WHERE i.server_id = $1 AND i.code = $2 AND s.deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![server, code, user])
        .await
}

row! {
    /// What a write in a server looks at again inside its transaction.
    #[derive(Debug, Clone)]
    pub struct WriteScopeRow {
        /// None when the server is deleted, and likewise the next.
        pub epoch: Option<i64>,
        pub rights_version: Option<i64>,
        pub member_rev: Option<i64>,
        pub has_session: bool,
    }
}

/// What a right of an account rests on in a server, and whether its session lives: in one statement,
/// because every message that is sent asks for it.
pub async fn write_scope(
    conn: &mut Conn,
    server: ServerId,
    (session, user): (Option<SessionId>, Option<UserId>),
    now: i64,
) -> Result<WriteScopeRow, DbError> {
    let statement = sql!(
        "SELECT s.epoch, s.rights_version, m.rev AS member_rev, ",
        "EXISTS (SELECT 1 FROM sessions WHERE id = $2 AND user_id = $3 AND revoked_at IS NULL ",
        "AND idle_expires_at > $4 AND expires_at > $4) AS has_session ",
        "FROM (SELECT 1 AS one) o LEFT JOIN servers s ON s.id = $1 AND s.deleted_at IS NULL ",
        "LEFT JOIN server_members m ON m.server_id = s.id AND m.user_id = $3"
    );
    let arguments = args![
        server,
        session.map(SessionId::raw),
        user.map(UserId::raw),
        now
    ];
    conn.fetch_one(statement, arguments).await
}
