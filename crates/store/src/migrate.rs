//! Brings a database to the schema this program knows, or refuses it.
//!
//! This module does not know any table but its own record of what was applied.
//! The list of steps stands in [`migrations`](crate::migrations).

use std::{fmt::Write as _, path::Path};

use sha2::{Digest as _, Sha256};
use sqlx::{
    Connection as _, Executor as _, PgConnection, SqliteConnection, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use tokio::time::{Duration, Instant, sleep};

use crate::installation::refuse_another_postgres;
use crate::pg::{CLAIM_KEY, connect, is_served_unclaimed, place};
use crate::sqlite::explain;
use crate::{DbError, OpenError, Options, Purpose};

/// How long the claim of a process that has ended may still stand.
const CLEANED_UP: Duration = Duration::from_secs(2);
/// Between two looks at it.
const AGAIN: Duration = Duration::from_millis(50);

/// The steps that lead from an empty database to the known schema.
#[derive(Debug, Clone, Copy)]
pub struct Migrations(&'static [Migration]);

/// One step, written for both engines. It runs in one transaction, together with
/// the note that it ran; it must not contain transaction control itself.
///
/// On SQLite foreign keys are not enforced while a step runs, so that a table
/// can be rebuilt; all of them are checked before it commits.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// `0001_name`: the number is the position in the list, counted from 1.
    pub name: &'static str,
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
}

/// `migrations!["0001_base", …]`: the steps from `migrations/{sqlite,postgres}/`.
/// A file that exists for one engine only does not compile.
macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        $crate::Migrations::new(&[$(
            $crate::Migration {
                name: $name,
                sqlite: include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite/", $name, ".sql"
                )),
                postgres: include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"), "/migrations/postgres/", $name, ".sql"
                )),
            }
        ),*])
    };
}
pub(crate) use migrations;

/// What a database says about a step that ran on it.
struct Applied {
    number: i64,
    name: String,
    checksum: String,
}

const CREATE_APPLIED_SQLITE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL
)";
const CREATE_APPLIED_POSTGRES: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL
)";
const READ_APPLIED: &str = "SELECT number, name, checksum FROM schema_migrations ORDER BY number";
const INSERT_APPLIED: &str =
    "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)";

/// Servers that start together on one database take turns. An arbitrary number,
/// far below every id, which are the other keys of advisory locks.
pub(crate) const LOCK_KEY: i64 = 0x0062_6174_7461_6c61;

impl Migrations {
    /// A list of steps; panics, at compile time where it is a constant, if a
    /// step's number is not its position.
    #[must_use]
    pub const fn new(steps: &'static [Migration]) -> Self {
        let mut position = 0;
        while position < steps.len() {
            assert!(
                number_of(steps[position].name) == position + 1,
                "migrations are numbered 0001, 0002, … without gaps"
            );
            position += 1;
        }
        Self(steps)
    }

    /// The steps in order.
    #[must_use]
    pub const fn steps(&self) -> &'static [Migration] {
        self.0
    }

    pub(crate) async fn apply_sqlite(
        &self,
        options: &SqliteConnectOptions,
        path: &Path,
    ) -> Result<(), OpenError> {
        let options = options.clone().foreign_keys(false);
        let conn = SqliteConnection::connect_with(&options).await;
        let mut conn = conn.map_err(|error| explain(path, error))?;
        let pending = match standing_sqlite(self, &mut conn, path).await? {
            Standing::Current => Vec::new(),
            Standing::Behind { pending, .. } => pending,
            Standing::Empty => {
                let made = conn.execute(CREATE_APPLIED_SQLITE).await;
                made.map_err(|error| explain(path, error))?;
                self.pending(Vec::new())?
            }
        };
        let began = Instant::now();
        for (number, step) in &pending {
            let done = apply_sqlite_step(&mut conn, *number, step).await;
            done.map_err(|error| OpenError::Migration(step.name, error))?;
        }
        log_steps(&pending, began);
        // What earlier versions counted when they stopped. Statistics of a small hub make the plans
        // of a large one bad until they are counted anew; without any, every statement goes by its
        // index.
        let forgotten = conn.execute("DROP TABLE IF EXISTS sqlite_stat1").await;
        forgotten.map_err(|error| explain(path, error))?;
        conn.close().await?;
        Ok(())
    }

    /// A visitor changes nothing under a hub that serves: it may be an older one.
    pub(crate) async fn apply_postgres(
        &self,
        server: &PgConnectOptions,
        options: &Options,
    ) -> Result<(), OpenError> {
        let purpose = options.purpose;
        let mut conn = connect(server).await?;
        refuse_unfit(&mut conn).await?;
        // A large table may take long; the session's end releases the lock.
        conn.execute("SET statement_timeout = 0").await?;
        lock(&mut conn, purpose).await?;
        let standing = self.compare_postgres((&mut conn, server), options).await?;
        let pending = match standing {
            Standing::Current => Vec::new(),
            Standing::Behind { pending, .. } => pending,
            Standing::Empty => self.pending(Vec::new())?,
        };
        if purpose == Purpose::Visit && !pending.is_empty() && is_served(&mut conn).await? {
            return Err(OpenError::ServedByOlder);
        }
        if pending.len() == self.0.len() {
            // It may be there, of a first step that failed. Asking would have the server say so.
            conn.execute(CREATE_APPLIED_POSTGRES).await?;
        }
        let began = Instant::now();
        for (number, step) in &pending {
            let done = apply_postgres_step(&mut conn, *number, step).await;
            done.map_err(|error| OpenError::Migration(step.name, error))?;
        }
        log_steps(&pending, began);
        conn.close().await?;
        Ok(())
    }

    /// How far the schema has come, of a database that is not another hub's, nor without one that has to
    /// be there. Changes nothing and waits for nobody.
    pub(crate) async fn compare_postgres(
        &self,
        (conn, server): (&mut PgConnection, &PgConnectOptions),
        options: &Options,
    ) -> Result<Standing, OpenError> {
        let standing = standing_postgres(self, conn, server).await?;
        refuse_another_postgres(options, &standing, (conn, server)).await?;
        Ok(standing)
    }

    fn standing(&self, applied: Vec<(i64, String, String)>) -> Result<Standing, OpenError> {
        let found = applied.last().map(|(_, name, _)| name.clone());
        let pending = self.pending(applied)?;
        Ok(match (found, self.0.last()) {
            (Some(found), Some(last)) if !pending.is_empty() => Standing::Behind {
                found,
                known: last.name,
                pending,
            },
            (None, Some(_)) => Standing::Empty,
            _ => Standing::Current,
        })
    }

    /// The steps that have not run yet, after a check of those that have.
    fn pending(
        &self,
        applied: Vec<(i64, String, String)>,
    ) -> Result<Vec<(i64, &'static Migration)>, OpenError> {
        let newest = applied.last().map(|(_, name, _)| name.clone());
        let mut numbered = (1..).zip(self.0);
        for (number, name, checksum) in applied {
            let applied = Applied {
                number,
                name,
                checksum,
            };
            match numbered.next() {
                None => {
                    return Err(OpenError::SchemaTooNew {
                        found: newest.unwrap_or(applied.name),
                        known: self.0.last().map_or("none", |step| step.name),
                    });
                }
                Some((number, step)) => applied.verify(number, step)?,
            }
        }
        Ok(numbered.collect())
    }
}

/// How far a database has come.
pub(crate) enum Standing {
    /// No step has run, and nothing is in the way of the first.
    Empty,
    Behind {
        /// The last step that ran.
        found: String,
        /// The last known one.
        known: &'static str,
        pending: Vec<(i64, &'static Migration)>,
    },
    Current,
}

/// The columns of our record of steps (three, unless the table is another program's of the same
/// name), and the tables in all.
const COUNT_SQLITE: &str = "SELECT \
    (SELECT COUNT(*) FROM pragma_table_info('schema_migrations') \
    WHERE name IN ('number', 'name', 'checksum')), \
    (SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%')";
/// Tables of an extension are in nobody's way.
const COUNT_POSTGRES: &str = "SELECT \
    (SELECT COUNT(*) FROM pg_attribute WHERE attrelid = to_regclass('schema_migrations') \
    AND attname IN ('number', 'name', 'checksum') AND NOT attisdropped), \
    (SELECT COUNT(*) FROM pg_class c WHERE c.relkind IN ('r', 'p') \
    AND c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND NOT EXISTS \
    (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid \
    AND d.deptype = 'e'))";
const COLUMNS: i64 = 3;

pub(crate) async fn standing_sqlite(
    migrations: &Migrations,
    conn: &mut SqliteConnection,
    path: &Path,
) -> Result<Standing, OpenError> {
    let at = |error| explain(path, error);
    let counted = sqlx::query_as(COUNT_SQLITE).fetch_one(&mut *conn).await;
    match counted.map_err(at)? {
        (COLUMNS, _) => {
            let applied = sqlx::query_as(READ_APPLIED).fetch_all(conn).await;
            migrations.standing(applied.map_err(at)?)
        }
        (_, 0_i64) => Ok(Standing::Empty),
        _ => Err(OpenError::Foreign(path.display().to_string())),
    }
}

pub(crate) async fn standing_postgres(
    migrations: &Migrations,
    conn: &mut PgConnection,
    server: &PgConnectOptions,
) -> Result<Standing, OpenError> {
    match sqlx::query_as(COUNT_POSTGRES).fetch_one(&mut *conn).await? {
        (COLUMNS, _) => migrations.standing(sqlx::query_as(READ_APPLIED).fetch_all(conn).await?),
        (_, 0_i64) => Ok(Standing::Empty),
        _ => Err(OpenError::Foreign(place(server))),
    }
}

/// A server that nothing can be written to, or not every text.
pub(crate) async fn refuse_unfit(conn: &mut PgConnection) -> Result<(), OpenError> {
    let statement = "SELECT current_setting('server_encoding'), pg_is_in_recovery()";
    let (encoding, is_standby): (String, bool) = sqlx::query_as(statement).fetch_one(conn).await?;
    if encoding != "UTF8" {
        return Err(OpenError::Encoding(encoding));
    }
    if is_standby {
        return Err(OpenError::Standby);
    }
    Ok(())
}

/// Waits for its turn; a visitor not for longer than somebody would who sits before it.
async fn lock(conn: &mut PgConnection, purpose: Purpose) -> Result<(), OpenError> {
    if purpose == Purpose::Visit {
        conn.execute("SET lock_timeout = '10s'").await?;
    }
    let locked = sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(LOCK_KEY)
        .execute(&mut *conn)
        .await;
    match locked.map_err(DbError::from) {
        Ok(_) => {}
        Err(DbError::Busy(_)) => return Err(OpenError::Upgrading),
        Err(error) => return Err(error.into()),
    }
    conn.execute("SET lock_timeout = 0").await?;
    Ok(())
}

/// Whether a process has the claim, or serves without one. If none does, this session has the claim
/// from now on, so that none begins to serve in the middle of a step.
async fn is_served(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let began = Instant::now();
    loop {
        let is_taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
            .bind(CLAIM_KEY)
            .fetch_one(&mut *conn)
            .await?;
        let is_free = is_taken && !is_served_unclaimed(conn).await?;
        // The server may still be cleaning up after one that has just ended.
        if is_free || began.elapsed() > CLEANED_UP {
            return Ok(!is_free);
        }
        sleep(AGAIN).await;
    }
}

/// Says what was done to the schema; nothing, where there was nothing to do.
fn log_steps(done: &[(i64, &'static Migration)], began: Instant) {
    let (Some((first, _)), Some((to, _))) = (done.first(), done.last()) else {
        return;
    };
    let from = first - 1;
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if from == 0 {
        tracing::info!(to, took_ms, "a new schema was made");
    } else {
        tracing::info!(from, to, took_ms, "the schema was brought up to date");
    }
}

impl Applied {
    fn verify(&self, number: i64, step: &Migration) -> Result<(), OpenError> {
        let same =
            self.number == number && self.name == step.name && self.checksum == checksum(step);
        if same {
            Ok(())
        } else {
            Err(OpenError::SchemaDiffers {
                found: self.name.clone(),
                known: step.name,
            })
        }
    }
}

async fn apply_sqlite_step(
    conn: &mut SqliteConnection,
    number: i64,
    step: &Migration,
) -> Result<(), DbError> {
    conn.execute("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(step.sqlite).execute(&mut *conn).await?;
    sqlx::query(INSERT_APPLIED)
        .bind(number)
        .bind(step.name)
        .bind(checksum(step))
        .execute(&mut *conn)
        .await?;
    let broken = conn.fetch_optional("PRAGMA foreign_key_check").await?;
    if broken.is_some() {
        return Err(DbError::other("a row refers to one that does not exist"));
    }
    // A failure before this point drops the connection and all the step did.
    conn.execute("COMMIT").await?;
    Ok(())
}

async fn apply_postgres_step(
    conn: &mut PgConnection,
    number: i64,
    step: &Migration,
) -> Result<(), DbError> {
    conn.execute("BEGIN").await?;
    sqlx::raw_sql(step.postgres).execute(&mut *conn).await?;
    sqlx::query(INSERT_APPLIED)
        .bind(number)
        .bind(step.name)
        .bind(checksum(step))
        .execute(&mut *conn)
        .await?;
    conn.execute("COMMIT").await?;
    Ok(())
}

/// Over both texts, so that an edited step is noticed on either engine.
fn checksum(step: &Migration) -> String {
    let mut hash = Sha256::new();
    hash.update(step.sqlite);
    hash.update([0]);
    hash.update(step.postgres);
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The number at the head of a step's name, or 0 if there is none.
const fn number_of(name: &str) -> usize {
    let name = name.as_bytes();
    if name.len() < 6 || name[4] != b'_' {
        return 0;
    }
    let (mut number, mut position) = (0, 0);
    while position < 4 {
        if !name[position].is_ascii_digit() {
            return 0;
        }
        number = number * 10 + (name[position] - b'0') as usize;
        position += 1;
    }
    number
}
