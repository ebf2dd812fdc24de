//! Membership of servers.

use std::error::Error;

use battala_proto::id::{RoleId, ServerId, UserId};

use super::servers::Counters;
use super::users::UserBrief;
use crate::{Arg, Column, Conn, DbError, args, row, sql};

row! {
    /// A member as it is stored, with the account.
    #[derive(Debug, Clone)]
    pub struct MemberRow {
        pub user: UserBrief as joined,
        pub joined_at: i64,
    }

    /// What is a member's own of what decides rights.
    #[derive(Debug, Clone)]
    pub struct MembershipRow {
        pub user_id: UserId,
        pub server_id: ServerId,
        pub rev: i64,
        pub timeout_until: Option<i64>,
        pub role_ids: RoleIds = "(SELECT string_agg(CAST(g.role_id AS TEXT), ',') \
            FROM member_roles g WHERE g.server_id = @.server_id AND g.user_id = @.user_id)",
    }

    /// A membership, with the server and its counters.
    #[derive(Debug, Clone)]
    pub struct MemberPlaceRow {
        pub server_id: ServerId = "@.id",
        pub counters: Counters as flattened,
        pub membership: MembershipRow as joined,
    }
}

/// The roles of a member beside that of everyone. They are read as one text with commas between.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleIds {
    /// They, by id; those as well that are none, as in [`structure`](super::structure): what such a role
    /// takes, and how high it stands, must not be lost where the role itself is still there.
    pub ids: Vec<RoleId>,
    /// Whether one of them is no id. Memberships are read together, and one that could not be read would
    /// keep all from where they belong.
    pub is_damaged: bool,
}

impl Column for RoleIds {
    type Raw = Option<String>;

    fn from_raw(raw: Option<String>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut roles = Self::default();
        for text in raw.iter().flat_map(|text| text.split(',')) {
            // What is no number is in no structure either.
            let raw: Option<i64> = text.parse().ok();
            roles.is_damaged |= raw.is_none_or(|raw| RoleId::try_from(raw).is_err());
            roles.ids.extend(raw.map(RoleId::from_raw));
        }
        roles.ids.sort_unstable();
        Ok(roles)
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
        "SELECT ",
        columns(m.MemberRow, u.user),
        " FROM server_members m JOIN users u ON u.id = m.user_id WHERE m.server_id = $1 AND m.user_id = $2"
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
        "SELECT ",
        columns(m.MemberRow, u.user),
        " FROM server_members m JOIN users u ON u.id = m.user_id ",
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

/// The memberships of those of these users who are members of any of these servers.
pub async fn among(
    conn: &mut Conn,
    servers: &[ServerId],
    users: &[UserId],
) -> Result<Vec<MembershipRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(m.MembershipRow),
        " FROM server_members m WHERE m.server_id ",
        ids(1),
        " AND m.user_id ",
        ids(2)
    );
    let servers = Arg::ids(servers.iter().copied());
    let users = Arg::ids(users.iter().copied());
    conn.fetch_all(statement, args![servers, users]).await
}

/// The servers of these users, each in the user's own order.
pub async fn of_users(conn: &mut Conn, users: &[UserId]) -> Result<Vec<MemberPlaceRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(s.MemberPlaceRow, m.membership),
        " FROM server_members m JOIN servers s ON s.id = m.server_id ",
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
