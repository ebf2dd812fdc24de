//! What decides rights in a server, in one statement: all of it is of one moment.

use std::collections::HashMap;

use battala_proto::id::{ChannelId, RoleId, ServerId, UserId};

use crate::{Arg, Conn, DbError, args, row, sql};

/// Rows of one structure at most, several times what the limits of the contract allow.
const ROWS_MAX: i64 = 50_000;

/// What decides rights in a server.
#[derive(Debug, Clone)]
pub struct StructureRows {
    /// Its owner.
    pub owner_id: UserId,
    /// The version of its rights.
    pub rights_version: i64,
    /// Its roles.
    pub roles: Vec<RoleRow>,
    /// Its channels and categories, each with the category that it stands in.
    pub channels: Vec<(ChannelId, Option<ChannelId>)>,
    /// The overwrites of those.
    pub overwrites: Vec<OverwriteRow>,
}

/// A role, as far as it decides rights.
#[derive(Debug, Clone, Copy)]
pub struct RoleRow {
    /// The role.
    pub id: RoleId,
    /// What it grants.
    pub permissions: i64,
    /// Its place among the roles.
    pub position: i64,
}

/// An overwrite, for a role or for a member.
#[derive(Debug, Clone, Copy)]
pub struct OverwriteRow {
    /// The channel or category.
    pub channel_id: ChannelId,
    /// The role that it is for.
    pub role_id: Option<RoleId>,
    /// The member that it is for.
    pub user_id: Option<UserId>,
    /// What it grants.
    pub allow: i64,
    /// What it takes.
    pub deny: i64,
}

row! {
    /// What `kind` says: 0 the server, 1 a role, 2 a channel, 3 an overwrite.
    struct AnyRow {
        server_id: ServerId,
        kind: i64,
        id: i64,
        a: Option<i64>,
        b: Option<i64>,
        c: Option<i64>,
        d: Option<i64>,
    }
}

/// What decides rights in this server, unless it is deleted.
pub async fn get(conn: &mut Conn, server: ServerId) -> Result<Option<StructureRows>, DbError> {
    Ok(among(conn, &[server]).await?.remove(&server))
}

/// What decides rights in those of these servers that are not deleted. A bounded number at a time is the
/// caller's duty.
pub async fn among(
    conn: &mut Conn,
    servers: &[ServerId],
) -> Result<HashMap<ServerId, StructureRows>, DbError> {
    let statement = sql!(
        "SELECT server_id, kind, id, a, b, c, d FROM (",
        "SELECT id AS server_id, CAST(0 AS BIGINT) AS kind, id, owner_id AS a, rights_version AS b, ",
        "CAST(NULL AS BIGINT) AS c, CAST(NULL AS BIGINT) AS d ",
        "FROM servers WHERE deleted_at IS NULL AND id ",
        ids(1),
        " UNION ALL SELECT server_id, 1, id, permissions, position, NULL, NULL ",
        "FROM roles WHERE server_id ",
        ids(1),
        " UNION ALL SELECT server_id, 2, id, parent_id, NULL, NULL, NULL FROM channels ",
        "WHERE deleted_at IS NULL AND server_id ",
        ids(1),
        " UNION ALL SELECT c.server_id, 3, o.channel_id, o.role_id, o.user_id, o.allow, o.deny ",
        "FROM channels c JOIN channel_overwrites o ON o.channel_id = c.id ",
        "WHERE c.deleted_at IS NULL AND c.server_id ",
        ids(1),
        ") parts LIMIT $2"
    );
    let limit = ROWS_MAX.saturating_mul(i64::try_from(servers.len()).unwrap_or(i64::MAX));
    let arguments = args![Arg::ids(servers.iter().copied()), limit.saturating_add(1)];
    let rows: Vec<AnyRow> = conn.fetch_all(statement, arguments).await?;
    let mut by_server: HashMap<ServerId, Vec<AnyRow>> = HashMap::new();
    for row in rows {
        by_server.entry(row.server_id).or_default().push(row);
    }
    let is_too_large = |rows: &Vec<AnyRow>| i64::try_from(rows.len()).is_ok_and(|it| it > ROWS_MAX);
    if let Some((server, _)) = by_server.iter().find(|(_, rows)| is_too_large(rows)) {
        // What a part of the rows says may be more than what all of them say.
        return Err(DbError::other(format!(
            "server {server} has more than {ROWS_MAX} roles, channels and overwrites"
        )));
    }
    let found = by_server.into_iter();
    let found = found.filter_map(|(server, rows)| Some((server, sorted(rows)?)));
    Ok(found.collect())
}

fn sorted(rows: Vec<AnyRow>) -> Option<StructureRows> {
    let server = rows.iter().find(|row| row.kind == 0)?;
    let mut found = StructureRows {
        owner_id: UserId::from_raw(server.a.unwrap_or(0)),
        rights_version: server.b.unwrap_or(0),
        roles: Vec::new(),
        channels: Vec::new(),
        overwrites: Vec::new(),
    };
    for row in rows {
        match row.kind {
            1 => found.roles.push(RoleRow {
                id: RoleId::from_raw(row.id),
                permissions: row.a.unwrap_or(0),
                position: row.b.unwrap_or(0),
            }),
            2 => {
                let parent = row.a.map(ChannelId::from_raw);
                found.channels.push((ChannelId::from_raw(row.id), parent));
            }
            3 => found.overwrites.push(OverwriteRow {
                channel_id: ChannelId::from_raw(row.id),
                role_id: row.a.map(RoleId::from_raw),
                user_id: row.b.map(UserId::from_raw),
                allow: row.c.unwrap_or(0),
                deny: row.d.unwrap_or(0),
            }),
            _ => {}
        }
    }
    Some(found)
}
