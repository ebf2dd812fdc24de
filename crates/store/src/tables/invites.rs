//! Invites.

use battala_proto::id::{ServerId, UserId};

use super::users::UserBrief;
use crate::{Conn, DbError, args, row, sql};

row! {
    /// An invite as it is stored, with its creator.
    #[derive(Debug, Clone)]
    pub struct InviteRow {
        pub code: String,
        pub server_id: ServerId,
        pub created_at: i64,
        pub expires_at: Option<i64>,
        pub uses: i64,
        pub uses_max: Option<i64>,
        pub creator: CreatorRow as joined,
    }

    /// Who has made an invite.
    #[derive(Debug, Clone)]
    pub struct CreatorRow {
        pub brief: UserBrief as flattened,
        /// Whether an administrator, or named by one.
        pub is_inviter: bool = "(@.is_admin OR @.can_invite)",
    }
}

row! {
    /// How many invites of a server still work.
    #[derive(Debug, Clone, Copy)]
    pub struct OpenCounts {
        pub of_server: i64,
        /// Those of one creator among them.
        pub of_creator: i64,
    }
}

/// An invite to add.
#[derive(Debug, Clone)]
pub struct NewInvite {
    /// The code.
    pub code: String,
    /// Where it leads.
    pub server_id: ServerId,
    /// Who made it.
    pub creator_id: UserId,
    /// When it was made.
    pub created_at: i64,
    /// When it stops working.
    pub expires_at: Option<i64>,
    /// How many can join by it.
    pub uses_max: Option<i64>,
}

/// Adds an invite.
pub async fn insert(conn: &mut Conn, invite: NewInvite) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO invites (code, server_id, creator_id, created_at, expires_at, uses, uses_max) ",
        "VALUES ($1, $2, $3, $4, $5, 0, $6)"
    );
    let NewInvite {
        code,
        server_id,
        creator_id,
        created_at,
        expires_at,
        uses_max,
    } = invite;
    conn.execute(
        statement,
        args![
            code, server_id, creator_id, created_at, expires_at, uses_max
        ],
    )
    .await?;
    Ok(())
}

/// The invite of this code if it still works.
pub async fn usable(conn: &mut Conn, code: &str, now: i64) -> Result<Option<InviteRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(i.InviteRow, u.creator),
        " FROM invites i JOIN users u ON u.id = i.creator_id JOIN servers s ON s.id = i.server_id ",
        "WHERE i.code = $1 AND s.deleted_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > $2) ",
        "AND (i.uses_max IS NULL OR i.uses < i.uses_max)"
    );
    conn.fetch_optional(statement, args![code, now]).await
}

/// The code of the newest invite of one creator into a server with these terms that works beyond a moment.
/// The terms are how long it lives from when it is made, and how many can join by it.
pub async fn newest_like(
    conn: &mut Conn,
    (server, creator): (ServerId, UserId),
    (lives_ms, uses_max): (Option<i64>, Option<i64>),
    beyond: i64,
) -> Result<Option<String>, DbError> {
    // Neither is ever 0.
    let (lives_ms, uses_max) = (lives_ms.unwrap_or(0), uses_max.unwrap_or(0));
    let statement = sql!(
        "SELECT code FROM invites WHERE server_id = $1 AND creator_id = $2 ",
        "AND COALESCE(expires_at - created_at, 0) = $3 AND COALESCE(uses_max, 0) = $4 ",
        "AND (expires_at IS NULL OR expires_at > $5) AND (uses_max IS NULL OR uses < uses_max) ",
        "ORDER BY created_at DESC, code LIMIT 1"
    );
    let args = args![server, creator, lives_ms, uses_max, beyond];
    conn.fetch_optional(statement, args).await
}

/// The invites of a server that still work, newest first.
pub async fn list(conn: &mut Conn, server: ServerId, now: i64) -> Result<Vec<InviteRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(i.InviteRow, u.creator),
        " FROM invites i JOIN users u ON u.id = i.creator_id ",
        "WHERE i.server_id = $1 AND (i.expires_at IS NULL OR i.expires_at > $2) ",
        "AND (i.uses_max IS NULL OR i.uses < i.uses_max) ORDER BY i.created_at DESC, i.code LIMIT 1000"
    );
    conn.fetch_all(statement, args![server, now]).await
}

/// How many invites of a server still work, and how many of one creator. Those that do not are removed
/// first.
pub async fn prune_and_count(
    conn: &mut Conn,
    (server, creator): (ServerId, UserId),
    now: i64,
) -> Result<OpenCounts, DbError> {
    let statement =
        sql!("DELETE FROM invites WHERE server_id = $1 AND (expires_at <= $2 OR uses >= uses_max)");
    conn.execute(statement, args![server, now]).await?;
    let statement = sql!(
        "SELECT COUNT(*) AS of_server, COUNT(CASE WHEN creator_id = $2 THEN 1 END) AS of_creator ",
        "FROM invites WHERE server_id = $1"
    );
    conn.fetch_one(statement, args![server, creator]).await
}

/// Counts one use, in one conditional statement; the server it leads to, if the invite still worked.
pub async fn take_use(conn: &mut Conn, code: &str, now: i64) -> Result<Option<ServerId>, DbError> {
    let statement = sql!(
        "UPDATE invites SET uses = uses + 1 WHERE code = $1 AND (expires_at IS NULL OR expires_at > $2) ",
        "AND (uses_max IS NULL OR uses < uses_max) RETURNING server_id"
    );
    conn.fetch_optional(statement, args![code, now]).await
}

/// Removes an invite; whether there was one.
pub async fn remove(conn: &mut Conn, server: ServerId, code: &str) -> Result<bool, DbError> {
    let statement = sql!("DELETE FROM invites WHERE server_id = $1 AND code = $2");
    Ok(conn.execute(statement, args![server, code]).await? == 1)
}

/// Removes what someone has made of a server's invites.
pub async fn remove_by(conn: &mut Conn, server: ServerId, creator: UserId) -> Result<(), DbError> {
    let statement = sql!("DELETE FROM invites WHERE server_id = $1 AND creator_id = $2");
    conn.execute(statement, args![server, creator]).await?;
    Ok(())
}
