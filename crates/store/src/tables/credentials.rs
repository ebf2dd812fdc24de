//! Passwords (hashed), and one-time links to set a new one.
//!
//! The columns `failures` and `retry_at` are those of an earlier release, which counted guesses
//! here; nothing reads them.

use battala_proto::id::UserId;

use crate::{Conn, DbError, args, sql};

/// The password of an account.
pub async fn password(conn: &mut Conn, user: UserId) -> Result<Option<String>, DbError> {
    let statement = sql!("SELECT secret FROM credentials WHERE user_id = $1 AND kind = 'password'");
    conn.fetch_optional(statement, args![user]).await
}

/// Sets the password, whatever it was, and removes the one-time links of before.
pub async fn set_password(
    conn: &mut Conn,
    user: UserId,
    secret: &str,
    now: i64,
) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO credentials (user_id, kind, secret, failures, retry_at, updated_at) ",
        "VALUES ($1, 'password', $2, 0, 0, $3) ",
        "ON CONFLICT (user_id, kind) DO UPDATE SET secret = $2, failures = 0, retry_at = 0, updated_at = $3"
    );
    conn.execute(statement, args![user, secret, now]).await?;
    remove_resets(conn, user).await
}

/// Puts another secret in the place of the one that was compared; `false` when it has changed since.
/// Locks the row where engines write side by side.
pub async fn swap_password(
    conn: &mut Conn,
    user: UserId,
    compared: &str,
    secret: &str,
    now: i64,
) -> Result<bool, DbError> {
    let statement = sql!(
        "UPDATE credentials SET secret = $3, updated_at = $4 ",
        "WHERE user_id = $1 AND kind = 'password' AND secret = $2"
    );
    let arguments = args![user, compared, secret, now];
    Ok(conn.execute(statement, arguments).await? == 1)
}

/// Whether the secret is still the one that was compared. Locks the row until the commit where
/// engines write side by side, so that it stays so.
pub async fn hold_password(conn: &mut Conn, user: UserId, compared: &str) -> Result<bool, DbError> {
    let statement = sql!(
        "UPDATE credentials SET updated_at = updated_at ",
        "WHERE user_id = $1 AND kind = 'password' AND secret = $2"
    );
    Ok(conn.execute(statement, args![user, compared]).await? == 1)
}

/// Locks the password until the commit, whatever it is, where engines write side by side. Whoever
/// changes it locks it before anything else, so that two changes never wait for each other.
pub async fn lock_password(conn: &mut Conn, user: UserId) -> Result<(), DbError> {
    let statement = sql!(
        "UPDATE credentials SET updated_at = updated_at WHERE user_id = $1 AND kind = 'password'"
    );
    conn.execute(statement, args![user]).await?;
    Ok(())
}

/// Removes the one-time links of the account.
pub async fn remove_resets(conn: &mut Conn, user: UserId) -> Result<(), DbError> {
    conn.execute(
        sql!("DELETE FROM password_resets WHERE user_id = $1"),
        args![user],
    )
    .await?;
    Ok(())
}

/// Adds a one-time link and removes the earlier ones of the account.
pub async fn insert_reset(
    conn: &mut Conn,
    token_hash: &str,
    user: UserId,
    expires_at: i64,
    now: i64,
) -> Result<(), DbError> {
    remove_resets(conn, user).await?;
    let statement = sql!(
        "INSERT INTO password_resets (token_hash, user_id, expires_at, created_at) VALUES ($1, $2, $3, $4)"
    );
    conn.execute(statement, args![token_hash, user, expires_at, now])
        .await?;
    Ok(())
}

/// The account that a one-time link was made for, if it works.
pub async fn find_reset(
    conn: &mut Conn,
    token_hash: &str,
    now: i64,
) -> Result<Option<UserId>, DbError> {
    let statement =
        sql!("SELECT user_id FROM password_resets WHERE token_hash = $1 AND expires_at > $2");
    conn.fetch_optional(statement, args![token_hash, now]).await
}

/// Uses a one-time link up; the account it was made for, if it still worked.
pub async fn take_reset(
    conn: &mut Conn,
    token_hash: &str,
    now: i64,
) -> Result<Option<UserId>, DbError> {
    let statement = sql!(
        "DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > $2 RETURNING user_id"
    );
    conn.fetch_optional(statement, args![token_hash, now]).await
}
