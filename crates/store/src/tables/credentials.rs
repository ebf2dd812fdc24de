//! Passwords (hashed), the count of failed guesses, and one-time links to set a new one.

use battala_proto::id::UserId;

use crate::{Conn, DbError, args, row, sql};

row! {
    /// A password as it is stored.
    #[derive(Debug, Clone)]
    pub struct PasswordRow {
        pub secret: String,
        pub failures: i64,
        pub retry_at: i64,
    }
}

/// The password of an account.
pub async fn password(conn: &mut Conn, user: UserId) -> Result<Option<PasswordRow>, DbError> {
    let statement = sql!(
        "SELECT secret, failures, retry_at FROM credentials WHERE user_id = $1 AND kind = 'password'"
    );
    conn.fetch_optional(statement, args![user]).await
}

/// Sets the password and forgets failed guesses.
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
    Ok(())
}

/// Counts a guess before it is made, so that parallel guesses all count; the row with the new count.
/// `None` while guesses have to wait, which is decided with the row locked. No wait ends later than
/// `latest`: one that seems to was begun before the clock was set back.
pub async fn count_guess(
    conn: &mut Conn,
    user: UserId,
    now: i64,
    latest: i64,
) -> Result<Option<PasswordRow>, DbError> {
    let statement = sql!(
        "UPDATE credentials SET failures = failures + 1 WHERE user_id = $1 AND kind = 'password' ",
        "AND (retry_at <= $2 OR retry_at > $3) RETURNING secret, failures, retry_at"
    );
    conn.fetch_optional(statement, args![user, now, latest])
        .await
}

/// Says from when on the next guess is allowed.
pub async fn delay_guesses(conn: &mut Conn, user: UserId, retry_at: i64) -> Result<(), DbError> {
    let statement =
        sql!("UPDATE credentials SET retry_at = $2 WHERE user_id = $1 AND kind = 'password'");
    conn.execute(statement, args![user, retry_at]).await?;
    Ok(())
}

/// Forgets failed guesses.
pub async fn clear_guesses(conn: &mut Conn, user: UserId) -> Result<(), DbError> {
    let statement = sql!(
        "UPDATE credentials SET failures = 0, retry_at = 0 WHERE user_id = $1 AND kind = 'password' AND failures > 0"
    );
    conn.execute(statement, args![user]).await?;
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
    conn.execute(
        sql!("DELETE FROM password_resets WHERE user_id = $1"),
        args![user],
    )
    .await?;
    let statement = sql!(
        "INSERT INTO password_resets (token_hash, user_id, expires_at, created_at) VALUES ($1, $2, $3, $4)"
    );
    conn.execute(statement, args![token_hash, user, expires_at, now])
        .await?;
    Ok(())
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
