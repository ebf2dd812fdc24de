//! The one row that describes the installation.

use crate::{Conn, DbError, args, row, sql};

row! {
    /// The installation as it is stored.
    #[derive(Debug, Clone)]
    pub struct HubRow {
        pub name: String,
        pub registration: String,
        pub generation: i64,
        pub setup_token: Option<String>,
        pub inviters: String,
        pub rev: i64,
    }
}

row! {
    struct MadeAt {
        pub created_at: i64,
    }
}

/// The row; `None` before the first start has finished.
pub async fn get(conn: &mut Conn) -> Result<Option<HubRow>, DbError> {
    let statement = sql!("SELECT ", columns(HubRow), " FROM hub WHERE id = 1");
    conn.fetch_optional(statement, args![]).await
}

/// When the installation was made; `None` before the first start has finished. No two that one operator
/// has are made in the same millisecond, and a backup keeps it.
pub async fn made_at(conn: &mut Conn) -> Result<Option<i64>, DbError> {
    let statement = sql!("SELECT created_at FROM hub WHERE id = 1");
    let row: Option<MadeAt> = conn.fetch_optional(statement, args![]).await?;
    Ok(row.map(|row| row.created_at))
}

/// Writes, and changes nothing: to see whether there is room.
pub async fn touch(conn: &mut Conn) -> Result<(), DbError> {
    let statement = sql!("UPDATE hub SET generation = generation WHERE id = 1");
    conn.execute(statement, args![]).await?;
    Ok(())
}

/// Raises the generation by one, and at least to this.
pub async fn raise_generation(conn: &mut Conn, least: i64) -> Result<(), DbError> {
    let statement = sql!(
        "UPDATE hub SET generation = CASE WHEN generation < $1 THEN $1 ELSE generation + 1 END, ",
        "rev = rev + 1 WHERE id = 1"
    );
    conn.execute(statement, args![least]).await?;
    Ok(())
}

/// Makes the row of a fresh installation; the first caller wins.
pub async fn init(conn: &mut Conn, name: &str, setup_token: &str, now: i64) -> Result<(), DbError> {
    let statement = sql!(
        "INSERT INTO hub (id, name, registration, setup_token, generation, created_at) ",
        "VALUES (1, $1, 'invite', $2, 1, $3) ON CONFLICT (id) DO NOTHING"
    );
    conn.execute(statement, args![name, setup_token, now])
        .await?;
    Ok(())
}

/// Ends the setup; `false` when the token is not the one or the setup is over.
pub async fn complete_setup(
    conn: &mut Conn,
    setup_token: &str,
    name: &str,
    registration: &str,
) -> Result<bool, DbError> {
    let statement = sql!(
        "UPDATE hub SET setup_token = NULL, name = $2, registration = $3, rev = rev + 1 ",
        "WHERE id = 1 AND setup_token = $1"
    );
    Ok(conn
        .execute(statement, args![setup_token, name, registration])
        .await?
        == 1)
}

/// What is to change.
#[derive(Debug, Clone, Copy, Default)]
pub struct Changes<'a> {
    /// The name.
    pub name: Option<&'a str>,
    /// Who may make an account.
    pub registration: Option<&'a str>,
    /// Whose invites make accounts.
    pub inviters: Option<&'a str>,
}

impl Changes<'_> {
    /// Whether the row has all of it already.
    pub fn change_nothing_of(&self, row: &HubRow) -> bool {
        let pairs = [
            (self.name, &row.name),
            (self.registration, &row.registration),
            (self.inviters, &row.inviters),
        ];
        let mut pairs = pairs.into_iter();
        pairs.all(|(wanted, present)| wanted.is_none_or(|wanted| wanted == present))
    }
}

/// Changes what is given.
pub async fn update(conn: &mut Conn, changes: Changes<'_>) -> Result<(), DbError> {
    let statement = sql!(
        "UPDATE hub SET name = COALESCE($1, name), registration = COALESCE($2, registration), ",
        "inviters = COALESCE($3, inviters), rev = rev + 1 WHERE id = 1"
    );
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let arguments = args![
        owned(changes.name),
        owned(changes.registration),
        owned(changes.inviters)
    ];
    conn.execute(statement, arguments).await?;
    Ok(())
}
