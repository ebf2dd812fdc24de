//! Sessions: one row per login. No token is stored, only what it is computed from.

use battala_proto::id::{ServerId, SessionId, UserId};

use super::users::UserRow;
use crate::{Arg, Conn, DbError, Sql, args, row, sql};

row! {
    /// A session as it is stored.
    #[derive(Debug, Clone)]
    pub struct SessionRow {
        pub id: SessionId,
        pub user_id: UserId,
        pub counter: i64,
        pub salt: Vec<u8>,
        pub agent: String,
        pub address: String,
        pub created_at: i64,
        pub last_used_at: i64,
        pub idle_expires_at: i64,
        pub expires_at: i64,
    }
}

row! {
    /// A session that works, with its account.
    #[derive(Debug, Clone)]
    pub struct LiveSession {
        pub id: SessionId,
        pub user: UserRow as joined,
        /// When it must be used again.
        pub idle_expires_at: i64,
        /// When it ends in any case.
        pub expires_at: i64,
    }
}

/// Adds a session.
pub async fn insert(conn: &mut Conn, session: &SessionRow) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO sessions (",
        columns(SessionRow),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    let session = session.clone();
    let arguments = args![
        session.id,
        session.user_id,
        session.counter,
        session.salt,
        session.agent,
        session.address,
        session.created_at,
        session.last_used_at,
        session.idle_expires_at,
        session.expires_at
    ];
    conn.execute(statement, arguments).await?;
    Ok(())
}

/// The session of this id if nobody ended it, with its account.
pub async fn live(
    conn: &mut Conn,
    id: SessionId,
    user: UserId,
) -> Result<Option<LiveSession>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(s.LiveSession, u.user),
        " FROM sessions s JOIN users u ON u.id = s.user_id ",
        "WHERE s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL"
    );
    conn.fetch_optional(statement, args![id, user]).await
}

row! {
    /// What a session comes to at one moment: one row per server of its account, or one without any.
    #[derive(Debug, Clone, Copy)]
    pub struct PlaceRow {
        /// The session.
        pub id: SessionId,
        pub rev: i64,
        pub idle_expires_at: i64,
        pub expires_at: i64,
        pub server_id: Option<ServerId>,
    }
}

/// The servers of the session's account in its own order, with what tells whether the session and the
/// account are what they were. No rows when somebody has ended it.
pub const PLACES: Sql = sql!(
    "SELECT s.id, u.rev, s.idle_expires_at, s.expires_at, v.id AS server_id ",
    "FROM sessions s JOIN users u ON u.id = s.user_id ",
    "LEFT JOIN server_members m ON m.user_id = s.user_id ",
    "LEFT JOIN servers v ON v.id = m.server_id AND v.deleted_at IS NULL ",
    "WHERE s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL ORDER BY m.position, m.server_id LIMIT 1000"
);

/// See [`PLACES`].
pub async fn places(
    conn: &mut Conn,
    id: SessionId,
    user: UserId,
) -> Result<Vec<PlaceRow>, DbError> {
    conn.fetch_all(PLACES, args![id, user]).await
}

/// Whether the session still lives. Locks the row until the commit where engines write side by side,
/// so that it stays so.
pub async fn hold(conn: &mut Conn, id: SessionId, user: UserId, now: i64) -> Result<bool, DbError> {
    let statement = sql!(
        "UPDATE sessions SET last_used_at = last_used_at WHERE id = $1 AND user_id = $2 ",
        "AND revoked_at IS NULL AND idle_expires_at > $3 AND expires_at > $3"
    );
    Ok(conn.execute(statement, args![id, user, now]).await? == 1)
}

/// The session of this id if nobody ended it.
pub async fn get(conn: &mut Conn, id: SessionId) -> Result<Option<SessionRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(SessionRow),
        " FROM sessions WHERE id = $1 AND revoked_at IS NULL"
    );
    conn.fetch_optional(statement, args![id]).await
}

/// Which of these sessions nobody has ended.
pub async fn among(conn: &mut Conn, sessions: &[SessionId]) -> Result<Vec<SessionId>, DbError> {
    let statement = sql!(
        "SELECT id FROM sessions WHERE revoked_at IS NULL AND id ",
        ids(1)
    );
    conn.fetch_all(statement, args![Arg::ids(sessions.iter().copied())])
        .await
}

/// The statement of [`list`]; exported for the test that examines its plan.
pub const LIST: Sql = sql!(
    "SELECT ",
    columns(SessionRow),
    " FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND idle_expires_at > $2 AND expires_at > $2 ",
    "ORDER BY last_used_at DESC, id DESC LIMIT 200"
);

/// The sessions of an account that nobody ended and that have not expired, newest use first.
pub async fn list(conn: &mut Conn, user: UserId, now: i64) -> Result<Vec<SessionRow>, DbError> {
    conn.fetch_all(LIST, args![user, now]).await
}

/// When and from where a session was renewed.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// How many renewals there are with it.
    pub counter: i64,
    /// Now.
    pub now: i64,
    /// When it must be used again.
    pub idle_expires_at: i64,
    /// The network it was used from.
    pub address: String,
}

/// Moves the refresh token of a session on from `counter`; `false` when another was faster.
pub async fn rotate(
    conn: &mut Conn,
    id: SessionId,
    counter: i64,
    renewal: &Renewal,
) -> Result<bool, DbError> {
    let statement = sql!(
        "UPDATE sessions SET counter = $6, last_used_at = $3, idle_expires_at = $4, address = $5 ",
        "WHERE id = $1 AND counter = $2 AND revoked_at IS NULL"
    );
    let Renewal {
        counter: to,
        now,
        idle_expires_at,
        address,
    } = renewal.clone();
    let arguments = args![id, counter, now, idle_expires_at, address, to];
    Ok(conn.execute(statement, arguments).await? == 1)
}

/// Ends one session of an account; `false` when there is none that works.
pub async fn revoke(
    conn: &mut Conn,
    user: UserId,
    id: SessionId,
    now: i64,
) -> Result<bool, DbError> {
    let statement = sql!(
        "UPDATE sessions SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL"
    );
    Ok(conn.execute(statement, args![id, user, now]).await? == 1)
}

/// Ends these sessions of an account.
pub async fn revoke_these(
    conn: &mut Conn,
    user: UserId,
    ids: &[SessionId],
    now: i64,
) -> Result<(), DbError> {
    let statement = sql!(
        "UPDATE sessions SET revoked_at = $3 WHERE user_id = $1 AND revoked_at IS NULL AND id ",
        ids(2)
    );
    let ids = Arg::ids(ids.iter().copied());
    conn.execute(statement, args![user, ids, now]).await?;
    Ok(())
}

/// The statement of [`revoke_others`]; likewise.
pub const REVOKE_OTHERS: Sql = sql!(
    "UPDATE sessions SET revoked_at = $3 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL RETURNING id"
);

/// Ends all sessions of an account but one; the ended ones.
pub async fn revoke_others(
    conn: &mut Conn,
    user: UserId,
    except: Option<SessionId>,
    now: i64,
) -> Result<Vec<SessionId>, DbError> {
    let except = except.map_or(0, SessionId::raw);
    conn.fetch_all(REVOKE_OTHERS, args![user, except, now])
        .await
}

/// The statement of [`remove_ended`]; likewise. The three ways to end are one expression, of which
/// there is an index: joined by `OR` they would be served by none.
pub const REMOVE_ENDED: Sql = sql!(
    "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ",
    "(CASE WHEN revoked_at IS NOT NULL THEN revoked_at ",
    "WHEN idle_expires_at < expires_at THEN idle_expires_at ELSE expires_at END) < $1 LIMIT $2)"
);

/// Removes rows that ended before `before`, at most `limit`; how many went.
pub async fn remove_ended(conn: &mut Conn, before: i64, limit: u32) -> Result<u64, DbError> {
    conn.execute(REMOVE_ENDED, args![before, i64::from(limit)])
        .await
}
