//! Accounts.

use battala_proto::fields::Patch;
use battala_proto::id::UserId;
use battala_proto::text::fold;

use crate::{Arg, Conn, DbError, args, row, sql};

row! {
    /// An account as it is stored.
    #[derive(Debug, Clone)]
    pub struct UserRow {
        pub id: UserId,
        pub username: String,
        pub display_name: String,
        pub email: Option<String>,
        pub avatar: Option<String>,
        pub kind: i64,
        pub is_admin: bool,
        pub can_invite: bool,
        pub rev: i64,
        pub created_at: i64,
    }

    /// What everybody may know of an account, for rows that have one.
    #[derive(Debug, Clone)]
    pub struct UserBrief {
        pub id: UserId,
        pub username: String,
        pub display_name: String,
        pub avatar: Option<String>,
        pub kind: i64,
    }
}

row! {
    /// Which unique field of an account already belongs to another.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Occupied {
        pub username: bool,
        pub email: bool,
    }
}

/// Adds an account; `false` when its name or address was taken meanwhile.
pub async fn insert(conn: &mut Conn, user: &UserRow) -> Result<bool, DbError> {
    let statement = sql!(
        "INSERT INTO users (",
        columns(UserRow),
        ", display_name_folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
    );
    let folded = fold(&user.display_name);
    let user = user.clone();
    let arguments = args![
        user.id,
        user.username,
        user.display_name,
        user.email,
        user.avatar,
        user.kind,
        user.is_admin,
        user.can_invite,
        user.rev,
        user.created_at,
        folded
    ];
    Ok(conn.execute(statement, arguments).await? == 1)
}

/// Whether another account has the name or the address.
pub async fn occupied(
    conn: &mut Conn,
    username: &str,
    email: Option<&str>,
    except: Option<UserId>,
) -> Result<Occupied, DbError> {
    let statement = sql!(
        "SELECT EXISTS (SELECT 1 FROM users WHERE username = $1 AND id <> $3) AS username, ",
        "EXISTS (SELECT 1 FROM users WHERE email = $2 AND id <> $3) AS email"
    );
    let except = except.map_or(0, UserId::raw);
    let arguments = args![username, email.map(str::to_owned), except];
    conn.fetch_one(statement, arguments).await
}

/// The account of this id.
pub async fn get(conn: &mut Conn, id: UserId) -> Result<Option<UserRow>, DbError> {
    let statement = sql!("SELECT ", columns(UserRow), " FROM users WHERE id = $1");
    conn.fetch_optional(statement, args![id]).await
}

/// Those of these accounts that are there.
pub async fn among(conn: &mut Conn, users: &[UserId]) -> Result<Vec<UserRow>, DbError> {
    let statement = sql!("SELECT ", columns(UserRow), " FROM users WHERE id ", ids(1));
    conn.fetch_all(statement, args![Arg::ids(users.iter().copied())])
        .await
}

/// The account of this name.
pub async fn by_username(conn: &mut Conn, username: &str) -> Result<Option<UserRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(UserRow),
        " FROM users WHERE username = $1"
    );
    conn.fetch_optional(statement, args![username]).await
}

/// The account of this address.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<UserRow>, DbError> {
    let statement = sql!("SELECT ", columns(UserRow), " FROM users WHERE email = $1");
    conn.fetch_optional(statement, args![email]).await
}

/// Accounts after `after` whose name, display name or address begins with `prefix`, which is folded
/// already, by id.
pub async fn list(
    conn: &mut Conn,
    prefix: &str,
    after: i64,
    limit: u32,
) -> Result<Vec<UserRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(UserRow),
        " FROM users WHERE id > $2 AND (username LIKE $1 ESCAPE '!' OR display_name_folded LIKE $1 ESCAPE '!' ",
        "OR email LIKE $1 ESCAPE '!') ORDER BY id LIMIT $3"
    );
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for c in prefix.chars() {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    conn.fetch_all(statement, args![pattern, after, i64::from(limit)])
        .await
}

/// What is set of a profile; the rest stays as it is.
#[derive(Debug, Clone, Copy)]
pub struct Changes<'a> {
    /// The display name.
    pub display_name: Option<&'a str>,
    /// The address, which can be cleared.
    pub email: Patch<&'a str>,
}

impl Changes<'_> {
    /// Whether the row is so already.
    pub fn change_nothing_of(self, row: &UserRow) -> bool {
        let is_same_name = self
            .display_name
            .is_none_or(|name| name == row.display_name);
        let email = self.email.into_change();
        is_same_name && email.is_none_or(|email| email == row.email.as_deref())
    }
}

/// Changes the profile and raises `rev`; the row as it is now.
pub async fn update(
    conn: &mut Conn,
    id: UserId,
    changes: Changes<'_>,
) -> Result<Option<UserRow>, DbError> {
    // What is kept is kept by the statement: a change beside this one may be committed meanwhile.
    let statement = sql!(
        "UPDATE users SET display_name = COALESCE($2, display_name), ",
        "display_name_folded = COALESCE($3, display_name_folded), ",
        "email = CASE WHEN $4 THEN $5 ELSE email END, rev = rev + 1 WHERE id = $1 RETURNING ",
        columns(UserRow)
    );
    let name = changes.display_name.map(str::to_owned);
    let folded = name.as_deref().map(fold);
    let email = changes.email.into_change();
    let is_set = email.is_some();
    let email = email.flatten().map(str::to_owned);
    conn.fetch_optional(statement, args![id, name, folded, is_set, email])
        .await
}

/// Raises the counter of what belongs to the account alone, and returns it.
pub async fn raise_rev(conn: &mut Conn, id: UserId) -> Result<i64, DbError> {
    conn.fetch_one(
        sql!("UPDATE users SET rev = rev + 1 WHERE id = $1 RETURNING rev"),
        args![id],
    )
    .await
}

/// The accounts that an administrator named as inviters, by id.
pub async fn inviters(conn: &mut Conn, limit: i64) -> Result<Vec<UserRow>, DbError> {
    let statement = sql!(
        "SELECT ",
        columns(UserRow),
        " FROM users WHERE can_invite ORDER BY id LIMIT $1"
    );
    conn.fetch_all(statement, args![limit]).await
}

/// How many accounts an administrator named as inviters.
pub async fn count_inviters(conn: &mut Conn) -> Result<i64, DbError> {
    conn.fetch_one(sql!("SELECT COUNT(*) FROM users WHERE can_invite"), args![])
        .await
}

/// Names an account as inviter, or no longer; the row as it is now, `None` when it was so already.
pub async fn set_can_invite(
    conn: &mut Conn,
    id: UserId,
    can_invite: bool,
) -> Result<Option<UserRow>, DbError> {
    let statement = sql!(
        "UPDATE users SET can_invite = $2, rev = rev + 1 WHERE id = $1 AND can_invite <> $2 RETURNING ",
        columns(UserRow)
    );
    conn.fetch_optional(statement, args![id, can_invite]).await
}
