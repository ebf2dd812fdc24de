//! What the policy needs to know about a caller and a target, in one statement.

use battala_proto::id::{ChannelId, MessageId, ServerId, SessionId, UserId};

use super::members::MembershipRow;
use super::servers::Counters;
use crate::{Conn, DbError, args, row, sql};

/// What a caller names, and who it is.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who asks.
    pub user: UserId,
    /// Where what is named stands: a server, or a channel and with it its server.
    pub place: AskedPlace,
    /// A message of the channel.
    pub message: Option<MessageId>,
    /// The code of an invite of the server.
    pub invite: Option<&'a str>,
    /// Another account, who may be a member of the server.
    pub member: Option<UserId>,
}

/// Where something is.
#[derive(Debug, Clone, Copy)]
pub enum AskedPlace {
    /// In a server.
    Server(ServerId),
    /// In a channel of one.
    Channel(ChannelId),
}

impl Asked<'_> {
    /// A place alone.
    #[must_use]
    pub fn at(user: UserId, place: AskedPlace) -> Self {
        Self {
            user,
            place,
            message: None,
            invite: None,
            member: None,
        }
    }
}

row! {
    /// A server as the policy sees it, and what the caller is there.
    #[derive(Debug, Clone)]
    pub struct ScopeRow {
        pub server_id: ServerId = "@.id",
        pub counters: Counters as flattened,
        pub member: Option<MembershipRow> as joined,
    }

    /// What else was named: `None` for what is not there.
    #[derive(Debug, Clone, Default)]
    pub struct NamedRow {
        /// Unless it is deleted.
        pub message: Option<AuthorRow> as joined,
        pub invite: Option<CreatorRow> as joined,
        pub other: Option<MembershipRow> as joined,
    }

    /// Whose a message is.
    #[derive(Debug, Clone, Copy)]
    pub struct AuthorRow {
        pub id: MessageId,
        pub author_id: UserId,
    }

    /// Whose an invite is.
    #[derive(Debug, Clone, Copy)]
    pub struct CreatorRow {
        pub creator_id: UserId,
    }

    struct WholeRow {
        scope: ScopeRow as flattened,
        named: NamedRow as flattened,
    }
}

/// The server, what the caller is there, and what else was named in it. `None` without the server, and
/// for a channel without that.
pub async fn scope(
    conn: &mut Conn,
    asked: Asked<'_>,
) -> Result<Option<(ScopeRow, NamedRow)>, DbError> {
    if asked.message.is_some() || asked.invite.is_some() || asked.member.is_some() {
        return whole(conn, asked).await;
    }
    let found = match asked.place {
        AskedPlace::Server(server) => of_server(conn, asked.user, server).await?,
        AskedPlace::Channel(channel) => of_channel(conn, asked.user, channel).await?,
    };
    Ok(found.map(|row| (row, NamedRow::default())))
}

async fn of_server(
    conn: &mut Conn,
    user: UserId,
    server: ServerId,
) -> Result<Option<ScopeRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(s.ScopeRow, m.member),
        " FROM servers s LEFT JOIN server_members m ON m.server_id = s.id AND m.user_id = $2 ",
        "WHERE s.id = $1 AND s.deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![server, user]).await
}

/// What every message and every page asks for, and so no more than that.
async fn of_channel(
    conn: &mut Conn,
    user: UserId,
    channel: ChannelId,
) -> Result<Option<ScopeRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(s.ScopeRow, m.member),
        " FROM channels c JOIN servers s ON s.id = c.server_id ",
        "LEFT JOIN server_members m ON m.server_id = s.id AND m.user_id = $2 ",
        "WHERE c.id = $1 AND c.deleted_at IS NULL AND s.deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![channel, user]).await
}

async fn whole(conn: &mut Conn, asked: Asked<'_>) -> Result<Option<(ScopeRow, NamedRow)>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(s.WholeRow, m.member, g.message, i.invite, o.other),
        " FROM servers s ",
        "LEFT JOIN server_members m ON m.server_id = s.id AND m.user_id = $3 ",
        "LEFT JOIN messages g ON g.channel_id = $2 AND g.id = $4 AND g.deleted_at IS NULL ",
        "LEFT JOIN invites i ON i.code = $5 AND i.server_id = s.id ",
        "LEFT JOIN server_members o ON o.server_id = s.id AND o.user_id = $6 ",
        "WHERE s.id = COALESCE($1, (SELECT server_id FROM channels WHERE id = $2 AND deleted_at IS NULL)) ",
        "AND s.deleted_at IS NULL"
    );
    let (server, channel) = match asked.place {
        AskedPlace::Server(server) => (Some(server.raw()), None),
        AskedPlace::Channel(channel) => (None, Some(channel.raw())),
    };
    let arguments = args![
        server,
        channel,
        asked.user,
        asked.message.map(MessageId::raw),
        asked.invite.map(str::to_owned),
        asked.member.map(UserId::raw)
    ];
    let found = conn.fetch_optional(statement, arguments).await?;
    Ok(found.map(|WholeRow { scope, named }| (scope, named)))
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
