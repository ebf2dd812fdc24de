//! Servers and their roles.

use battala_proto::id::{RoleId, ServerId, UserId};

use super::members::MembershipRow;
use super::reads::READ_TO;
use crate::{Arg, Conn, DbError, Readable, args, row, sql};

row! {
    /// The counters of a server. Each counts one thing, and none ever goes down.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Counters {
        /// Orders its structural notices: every unit of work that changes its structure, its rights
        /// or its members raises it by one.
        pub epoch: i64,
        /// Moves with what members see of its structure.
        pub structure_rev: i64,
        /// Moves with what decides everybody's rights in it.
        pub rights_version: i64,
    }

    /// A server as it is stored.
    #[derive(Debug, Clone)]
    pub struct ServerRow {
        pub id: ServerId,
        pub name: String,
        pub icon: Option<String>,
        pub owner_id: UserId,
        pub counters: Counters as flattened,
        pub member_count: i64,
        pub created_at: i64,
    }

    /// A role as it is stored.
    #[derive(Debug, Clone)]
    pub struct RoleRow {
        pub id: RoleId,
        pub server_id: ServerId,
        pub name: String,
        pub permissions: i64,
        pub position: i64,
    }

    /// A server of one member, with what that member has not read.
    #[derive(Debug, Clone)]
    pub struct MemberServerRow {
        pub id: ServerId,
        pub name: String,
        pub icon: Option<String>,
        pub counters: Counters as flattened,
        pub member_count: i64,
        pub member: MembershipRow as joined,
        /// In any channel, be it seen or not.
        pub is_unread: bool as beside,
    }
}

/// Adds a server.
pub async fn insert(conn: &mut Conn, server: &ServerRow) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO servers (",
        columns(ServerRow),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let server = server.clone();
    let arguments = args![
        server.id,
        server.name,
        server.icon,
        server.owner_id,
        server.counters.epoch,
        server.counters.structure_rev,
        server.counters.rights_version,
        server.member_count,
        server.created_at
    ];
    conn.execute(statement, arguments).await?;
    Ok(())
}

/// Adds a role.
pub async fn insert_role(conn: &mut Conn, role: &RoleRow) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO roles (",
        columns(RoleRow),
        ") VALUES ($1, $2, $3, $4, $5)"
    );
    let role = role.clone();
    conn.execute(
        statement,
        args![
            role.id,
            role.server_id,
            role.name,
            role.permissions,
            role.position
        ],
    )
    .await?;
    Ok(())
}

/// The server of this id unless it is deleted.
pub async fn get(conn: &mut Conn, id: ServerId) -> Result<Option<ServerRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(ServerRow),
        " FROM servers WHERE id = $1 AND deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![id]).await
}

/// The roles of a server by position. One that cannot be read keeps nobody from the others.
pub async fn roles(conn: &mut Conn, id: ServerId) -> Result<Vec<Readable<RoleRow>>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(RoleRow),
        " FROM roles WHERE server_id = $1 ORDER BY position, id LIMIT 250"
    );
    conn.fetch_all(statement, args![id]).await
}

/// The servers of a user in the user's own order; those joined since come last.
pub async fn of_user(conn: &mut Conn, user: UserId) -> Result<Vec<ServerRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(s.ServerRow),
        " FROM server_members m JOIN servers s ON s.id = m.server_id ",
        "WHERE m.user_id = $1 AND s.deleted_at IS NULL ORDER BY m.position, s.id LIMIT 1000"
    );
    conn.fetch_all(statement, args![user]).await
}

/// The servers of a user with what was not read there, in the same order.
pub async fn with_unread(conn: &mut Conn, user: UserId) -> Result<Vec<MemberServerRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(s.MemberServerRow, m.member),
        ", EXISTS (SELECT 1 FROM channels c ",
        "LEFT JOIN read_states r ON r.channel_id = c.id AND r.user_id = m.user_id ",
        "WHERE c.server_id = m.server_id AND c.deleted_at IS NULL AND c.last_message_id > ",
        READ_TO,
        ") AS is_unread FROM server_members m JOIN servers s ON s.id = m.server_id ",
        "WHERE m.user_id = $1 AND s.deleted_at IS NULL ORDER BY m.position, s.id LIMIT 1000"
    );
    conn.fetch_all(statement, args![user]).await
}

/// Sets the name; the row as it is now.
pub async fn rename(
    conn: &mut Conn,
    id: ServerId,
    name: &str,
) -> Result<Option<ServerRow>, DbError> {
    let statement = sql!(
        "UPDATE servers SET name = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING ",
        columns(ServerRow)
    );
    conn.fetch_optional(statement, args![id, name]).await
}

row! {
    /// A server and its counters.
    #[derive(Debug, Clone, Copy)]
    pub struct CountersRow {
        pub id: ServerId,
        pub counters: Counters as flattened,
    }
}

/// The counters of those of these servers that are there.
pub async fn counters_among(
    conn: &mut Conn,
    servers: &[ServerId],
) -> Result<Vec<CountersRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(CountersRow),
        " FROM servers WHERE deleted_at IS NULL AND id ",
        ids(1)
    );
    conn.fetch_all(statement, args![Arg::ids(servers.iter().copied())])
        .await
}

/// The counters of a server that is not deleted.
pub async fn counters(conn: &mut Conn, id: ServerId) -> Result<Option<Counters>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(Counters),
        " FROM servers WHERE id = $1 AND deleted_at IS NULL"
    );
    conn.fetch_optional(statement, args![id]).await
}

/// Which counters of a server go up by one.
#[derive(Debug, Clone, Copy)]
pub struct Raise {
    /// The order of its notices.
    pub epoch: bool,
    /// What members see of its structure.
    pub structure_rev: bool,
    /// What decides rights.
    pub rights_version: bool,
}

/// Raises counters of a server that is not deleted; all of them as they are now.
pub async fn raise(
    conn: &mut Conn,
    id: ServerId,
    raise: Raise,
) -> Result<Option<Counters>, DbError> {
    let statement = sql!(
        "UPDATE servers SET epoch = epoch + $2, structure_rev = structure_rev + $3, ",
        "rights_version = rights_version + $4 WHERE id = $1 AND deleted_at IS NULL RETURNING ",
        columns(Counters)
    );
    let arguments = args![
        id,
        i64::from(raise.epoch),
        i64::from(raise.structure_rev),
        i64::from(raise.rights_version)
    ];
    conn.fetch_optional(statement, arguments).await
}

/// Marks a server as deleted; a job removes it. `false` when it was.
pub async fn mark_deleted(conn: &mut Conn, id: ServerId, now: i64) -> Result<bool, DbError> {
    let statement = sql!("UPDATE servers SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL");
    Ok(conn.execute(statement, args![id, now]).await? == 1)
}
