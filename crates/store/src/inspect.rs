//! What a database holds, seen without a change to it.
//!
//! This module does not know what a hub needs beyond its schema.

use std::path::Path;

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, postgres::PgConnectOptions,
};

use crate::{
    DatabaseUrl, Migrations, OpenError, Options,
    installation::{refuse_another_postgres, refuse_another_sqlite},
    migrate::{self, Standing},
    pg::{CLAIM_KEY, connect},
    sqlite::{Suspicion, close, explain, look, refuse_strange_log},
};

/// The tables of a file, as a statement names them.
const TABLES: &str =
    "SELECT '\"' || replace(name, '\"', '\"\"') || '\"' FROM sqlite_master WHERE type = 'table'";

/// What is in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// There is no file yet; SQLite makes it.
    Missing,
    /// Nothing: a hub may begin there.
    Empty,
    /// A hub of an earlier version.
    Older,
    /// A hub of this version.
    Current,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspection {
    /// What is there.
    pub content: Content,
    /// Whether a hub serves it right now. Only a server tells.
    pub is_served: bool,
}

/// Looks at what is there, as a hub would that is about to serve it. Of a file it reads a few pages,
/// however large it is, unless somebody has said that it is damaged.
pub(crate) async fn inspect(
    options: &Options,
    migrations: &Migrations,
) -> Result<Inspection, OpenError> {
    match &options.url {
        DatabaseUrl::Sqlite(path) => {
            let content = content_of_file(path, options, migrations).await;
            // What is damaged may look like anything else.
            if is_there(path)? {
                refuse_suspected(path).await?;
            }
            let content = content?;
            if content != Content::Missing {
                refuse_damaged_beginnings(path).await?;
            }
            Ok(Inspection {
                content,
                is_served: false,
            })
        }
        DatabaseUrl::Postgres(server) => {
            let mut conn = connect(server).await?;
            migrate::refuse_unfit(&mut conn).await?;
            let standing = migrate::standing_postgres(migrations, &mut conn, server).await?;
            if matches!(standing, Standing::Current) {
                refuse_without_tables(&mut conn, server).await?;
            } else {
                refuse_without_right(&mut conn, server).await?;
            }
            refuse_another_postgres(options, &standing, (&mut conn, server)).await?;
            let content = standing.into();
            let is_served = is_served(&mut conn).await?;
            conn.close().await?;
            Ok(Inspection { content, is_served })
        }
    }
}

/// What of a hub is there. It takes a few pages of a file, however large it is, and nobody's word on
/// whether that is damaged: for who asks whether there is anything.
pub(crate) async fn content(
    options: &Options,
    migrations: &Migrations,
) -> Result<Content, OpenError> {
    match &options.url {
        DatabaseUrl::Sqlite(path) => content_of_file(path, options, migrations).await,
        DatabaseUrl::Postgres(server) => {
            let mut conn = connect(server).await?;
            let standing = migrations.compare_postgres((&mut conn, server), options);
            let content = standing.await?.into();
            conn.close().await?;
            Ok(content)
        }
    }
}

/// Fails unless a hub of this version is there: before something is read beside it.
pub(crate) async fn require_current(
    options: &Options,
    migrations: &Migrations,
) -> Result<(), OpenError> {
    let standing = match &options.url {
        DatabaseUrl::Sqlite(path) => {
            let standing = look_at_file(path, options, migrations).await?;
            refuse_suspected(path).await?;
            standing
        }
        DatabaseUrl::Postgres(server) => {
            let mut conn = connect(server).await?;
            let standing = migrate::standing_postgres(migrations, &mut conn, server).await?;
            refuse_another_postgres(options, &standing, (&mut conn, server)).await?;
            conn.close().await?;
            standing
        }
    };
    match standing {
        Standing::Current => Ok(()),
        Standing::Empty => Err(OpenError::NoHub(options.url.to_string())),
        Standing::Behind { found, known, .. } => Err(OpenError::SchemaOld { found, known }),
    }
}

/// Before anything is set in the file: it may be another program's or another hub's, or nothing where a hub
/// has to be.
pub(crate) async fn refuse_foreign(
    path: &Path,
    options: &Options,
    migrations: &Migrations,
) -> Result<(), OpenError> {
    look_at_file(path, options, migrations).await.map(drop)
}

/// Looks at every page and compares every index with its table, which takes long where there is much: for
/// a file of which it was said that it is damaged. A check of the pages alone would find nothing where an
/// index has lost a row, and each hub would end anew at the write that meets it.
pub(crate) async fn refuse_damaged(path: &Path) -> Result<(), OpenError> {
    tracing::info!(path = %path.display(), "the whole database is looked at: a hub found it damaged");
    let mut conn = look(path).await?;
    let verdict: Result<String, _> = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut conn)
        .await;
    close(conn).await;
    match verdict {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(_) => Err(OpenError::Damaged(path.to_owned())),
        Err(error) => Err(explain(path, error)),
    }
}

/// The same where somebody has said so of the file, and not otherwise.
async fn refuse_suspected(path: &Path) -> Result<(), OpenError> {
    let found = path.canonicalize();
    let path = found.map_err(|error| OpenError::File(path.to_owned(), error))?;
    if Suspicion::of(&path).is_left() {
        refuse_damaged(&path).await?;
    }
    Ok(())
}

/// Looks at the first entry of every table: for a file of which nobody has said anything. That takes a
/// few pages of each. To read all pages of a large file would take minutes, and whoever meets one that
/// is damaged says so.
async fn refuse_damaged_beginnings(path: &Path) -> Result<(), OpenError> {
    let mut conn = look(path).await?;
    let begun = begin_every_table(&mut conn).await;
    close(conn).await;
    begun.map_err(|error| explain(path, error))
}

async fn begin_every_table(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut *conn).await?;
    for table in tables {
        // An index could answer in the place of the table.
        let first = format!("SELECT 1 FROM {table} NOT INDEXED LIMIT 1");
        let first = sqlx::query(AssertSqlSafe(first));
        first.fetch_optional(&mut *conn).await?;
    }
    Ok(())
}

impl From<Standing> for Content {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Empty => Self::Empty,
            Standing::Behind { .. } => Self::Older,
            Standing::Current => Self::Current,
        }
    }
}

fn is_there(path: &Path) -> Result<bool, OpenError> {
    let is_there = path.try_exists();
    is_there.map_err(|error| OpenError::File(path.to_owned(), error))
}

/// What is in a file, or that there is none.
async fn content_of_file(
    path: &Path,
    options: &Options,
    migrations: &Migrations,
) -> Result<Content, OpenError> {
    if is_there(path)? {
        let standing = look_at_file(path, options, migrations).await?;
        return Ok(standing.into());
    }
    refuse_strange_log(path)?;
    if !options.may_begin {
        return Err(OpenError::NoHub(path.display().to_string()));
    }
    Ok(Content::Missing)
}

/// How far the schema has come of a file that is not another hub's, nor without one that has to be there.
async fn look_at_file(
    path: &Path,
    options: &Options,
    migrations: &Migrations,
) -> Result<Standing, OpenError> {
    let mut conn = look(path).await?;
    let looked = async {
        let standing = migrate::standing_sqlite(migrations, &mut conn, path).await?;
        refuse_another_sqlite(options, &standing, (&mut conn, path)).await?;
        Ok(standing)
    };
    let looked = looked.await;
    close(conn).await;
    looked
}

/// Since PostgreSQL 15 only the owner of a database may make tables in it.
async fn refuse_without_right(
    conn: &mut PgConnection,
    server: &PgConnectOptions,
) -> Result<(), OpenError> {
    let statement = "SELECT has_schema_privilege(current_schema(), 'CREATE')";
    let may: Option<bool> = sqlx::query_scalar(statement).fetch_one(conn).await?;
    if may == Some(true) {
        Ok(())
    } else {
        Err(OpenError::NoRight(server.get_username().to_owned()))
    }
}

/// The hub reads and writes every table but those of extensions, which are in its way by accident.
async fn refuse_without_tables(
    conn: &mut PgConnection,
    server: &PgConnectOptions,
) -> Result<(), OpenError> {
    let statement = "SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_class c \
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = to_regnamespace(quote_ident(current_schema())) \
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass \
        AND d.objid = c.oid AND d.deptype = 'e') \
        AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') \
        AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))";
    let tables: Option<String> = sqlx::query_scalar(statement).fetch_one(conn).await?;
    match tables {
        None => Ok(()),
        Some(tables) => {
            let user = server.get_username().to_owned();
            Err(OpenError::NoRightToTables { user, tables })
        }
    }
}

async fn is_served(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let statement = "SELECT EXISTS (SELECT 1 FROM pg_locks \
        WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND mode = 'ExclusiveLock' \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
        AND (classid::bigint << 32 | objid::bigint) = $1)";
    sqlx::query_scalar(statement)
        .bind(CLAIM_KEY)
        .fetch_one(conn)
        .await
}
