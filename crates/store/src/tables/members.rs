//! Membership of servers.

use battala_proto::id::{ServerId, UserId};

use crate::{Arg, Conn, DbError, args, row, sql};

row! {
    /// A member as it is stored, with the account.
    #[derive(Debug, Clone)]
    pub struct MemberRow {
        pub user_id: UserId,
        pub username: String,
        pub display_name: String,
        pub avatar: Option<String>,
        pub kind: i64,
        pub joined_at: i64,
    }
}

row! {
    /// Where one user is a member, the counters there, and what the membership has of rights.
    #[derive(Debug, Clone)]
    pub struct MembershipRow {
        pub user_id: UserId,
        pub server_id: ServerId,
        pub epoch: i64,
        pub structure_rev: i64,
        pub rights_version: i64,
        pub rev: i64,
        pub timeout_until: Option<i64>,
        /// With commas between.
        pub role_ids: Option<String>,
    }

    /// A membership of one server, likewise.
    #[derive(Debug, Clone)]
    pub struct MembershipOfRow {
        pub user_id: UserId,
        pub rev: i64,
        pub timeout_until: Option<i64>,
        /// With commas between.
        pub role_ids: Option<String>,
    }
}

/// Adds a member at an epoch and counts it; `false` when the user is a member already. In the user's
/// own list the server comes last.
pub async fn insert(
    conn: &mut Conn,
    (server, user): (ServerId, UserId),
    epoch: i64,
    now: i64,
) -> Result<bool, DbError> {
    let statement = sql!(
        "INSERT INTO server_members (server_id, user_id, joined_at, rev, position) ",
        "SELECT $1, $2, $3, $4, COALESCE(MAX(position) + 1, 0) FROM server_members WHERE user_id = $2 ",
        "ON CONFLICT DO NOTHING"
    );
    let arguments = args![server, user, now, epoch];
    let is_new = conn.execute(statement, arguments).await? == 1;
    if is_new {
        change_count(conn, server, 1).await?;
    }
    Ok(is_new)
}

/// What went with a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Overwrites of channels that were made for the member: what decides rights in the server is
    /// other than it was.
    pub overwrites: u64,
}

/// Removes a member with its roles and overwrites, and counts that; `None` when the user is none.
pub async fn remove(
    conn: &mut Conn,
    server: ServerId,
    user: UserId,
) -> Result<Option<Removed>, DbError> {
    let statement = sql!("DELETE FROM channel_overwrites WHERE server_id = $1 AND user_id = $2");
    let overwrites = conn.execute(statement, args![server, user]).await?;
    let statement = sql!("DELETE FROM member_roles WHERE server_id = $1 AND user_id = $2");
    conn.execute(statement, args![server, user]).await?;
    let statement = sql!("DELETE FROM server_members WHERE server_id = $1 AND user_id = $2");
    if conn.execute(statement, args![server, user]).await? != 1 {
        return Ok(None);
    }
    change_count(conn, server, -1).await?;
    Ok(Some(Removed { overwrites }))
}

/// Sets the number of a membership; `false` when there is none.
pub async fn set_rev(
    conn: &mut Conn,
    (server, user): (ServerId, UserId),
    epoch: i64,
) -> Result<bool, DbError> {
    let statement =
        sql!("UPDATE server_members SET rev = $3 WHERE server_id = $1 AND user_id = $2");
    Ok(conn.execute(statement, args![server, user, epoch]).await? == 1)
}

async fn change_count(conn: &mut Conn, server: ServerId, by: i64) -> Result<(), DbError> {
    let statement = sql!("UPDATE servers SET member_count = member_count + $2 WHERE id = $1");
    conn.execute(statement, args![server, by]).await?;
    Ok(())
}

/// The member of this user id.
pub async fn get(
    conn: &mut Conn,
    server: ServerId,
    user: UserId,
) -> Result<Option<MemberRow>, DbError> {
    let statement = sql!(
        "SELECT u.id AS user_id, u.username, u.display_name, u.avatar, u.kind, m.joined_at ",
        "FROM server_members m JOIN users u ON u.id = m.user_id WHERE m.server_id = $1 AND m.user_id = $2"
    );
    conn.fetch_optional(statement, args![server, user]).await
}

/// Members after `after`, by user id.
pub async fn list(
    conn: &mut Conn,
    server: ServerId,
    after: i64,
    limit: u32,
) -> Result<Vec<MemberRow>, DbError> {
    let statement = sql!(
        "SELECT u.id AS user_id, u.username, u.display_name, u.avatar, u.kind, m.joined_at ",
        "FROM server_members m JOIN users u ON u.id = m.user_id ",
        "WHERE m.server_id = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3"
    );
    conn.fetch_all(statement, args![server, after, i64::from(limit)])
        .await
}

/// The servers of a user in the user's own order, without those that are deleted and still to be
/// removed.
pub async fn server_ids(conn: &mut Conn, user: UserId) -> Result<Vec<ServerId>, DbError> {
    let statement = sql!(
        "SELECT m.server_id FROM server_members m JOIN servers s ON s.id = m.server_id ",
        "WHERE m.user_id = $1 AND s.deleted_at IS NULL ORDER BY m.position, s.id LIMIT 1000"
    );
    conn.fetch_all(statement, args![user]).await
}

/// Puts the servers of a user in this order, for that user alone.
pub async fn set_order(conn: &mut Conn, user: UserId, order: &[ServerId]) -> Result<(), DbError> {
    let statement = sql!(
        "UPDATE server_members SET position = o.place FROM ",
        ordered(2),
        " AS o WHERE server_members.server_id = o.id AND server_members.user_id = $1 ",
        "AND server_members.position <> o.place"
    );
    let order = Arg::ids(order.iter().copied());
    conn.execute(statement, args![user, order]).await?;
    Ok(())
}

/// The memberships of those of these users who are members.
pub async fn among(
    conn: &mut Conn,
    server: ServerId,
    users: &[UserId],
) -> Result<Vec<MembershipOfRow>, DbError> {
    let statement = sql!(
        "SELECT m.user_id, m.rev, m.timeout_until, ",
        "(SELECT string_agg(CAST(g.role_id AS TEXT), ',') FROM member_roles g ",
        "WHERE g.server_id = m.server_id AND g.user_id = m.user_id) AS role_ids ",
        "FROM server_members m WHERE m.server_id = $1 AND m.user_id ",
        ids(2)
    );
    conn.fetch_all(statement, args![server, Arg::ids(users.iter().copied())])
        .await
}

/// The servers of these users, each in the user's own order.
pub async fn of_users(conn: &mut Conn, users: &[UserId]) -> Result<Vec<MembershipRow>, DbError> {
    let statement = sql!(
        "SELECT m.user_id, m.server_id, s.epoch, s.structure_rev, s.rights_version, m.rev, ",
        "m.timeout_until, (SELECT string_agg(CAST(g.role_id AS TEXT), ',') FROM member_roles g ",
        "WHERE g.server_id = m.server_id AND g.user_id = m.user_id) AS role_ids ",
        "FROM server_members m JOIN servers s ON s.id = m.server_id ",
        "WHERE s.deleted_at IS NULL AND m.user_id ",
        ids(1),
        " ORDER BY m.user_id, m.position, m.server_id"
    );
    conn.fetch_all(statement, args![Arg::ids(users.iter().copied())])
        .await
}

/// How many servers a user is a member of, without those that are deleted and still to be removed.
pub async fn count_of_user(conn: &mut Conn, user: UserId) -> Result<i64, DbError> {
    let statement = sql!(
        "SELECT COUNT(*) FROM server_members m JOIN servers s ON s.id = m.server_id ",
        "WHERE m.user_id = $1 AND s.deleted_at IS NULL"
    );
    conn.fetch_one(statement, args![user]).await
}
