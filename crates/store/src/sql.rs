//! Statements and their arguments, the same for both engines.
//!
//! This module does not know what any statement means, and runs none.

use sqlx::{Arguments as _, postgres::PgArguments, sqlite::SqliteArguments};

use crate::{DbError, Engine};

/// One statement: its text for each engine (nearly always the same) and the
/// number of its arguments. Made by [`sql!`](crate::sql!).
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    position: &'static str,
    sqlite: &'static str,
    sqlite_first: &'static str,
    postgres: &'static str,
    arguments: usize,
}

impl Sql {
    /// Used by [`sql!`](crate::sql!), in constant evaluation, so that a text that
    /// cannot run on both engines does not compile.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        position: &'static str,
        (sqlite, sqlite_first): (&'static str, &'static str),
        postgres: &'static str,
    ) -> Self {
        let arguments = count_arguments(sqlite);
        assert!(
            arguments == count_arguments(postgres),
            "both texts must take the same arguments"
        );
        Self {
            position,
            sqlite,
            sqlite_first,
            postgres,
            arguments,
        }
    }

    /// The text for one engine.
    #[must_use]
    pub const fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }

    /// The same for SQLite where it is the first of a transaction that only reads, with the beginning
    /// of that: one exchange with the connection's thread in place of two.
    pub(crate) const fn text_of_first(&self) -> &'static str {
        self.sqlite_first
    }

    /// Where the statement stands in the source: `module::path:line`.
    #[must_use]
    pub const fn position(&self) -> &'static str {
        self.position
    }

    /// The highest `$n` in the text.
    #[must_use]
    pub const fn arguments(&self) -> usize {
        self.arguments
    }
}

/// The highest `$n` outside of quotes; also refuses what only one engine knows.
const fn count_arguments(text: &str) -> usize {
    let text = text.as_bytes();
    let (mut highest, mut position, mut quoted) = (0, 0, false);
    while position < text.len() {
        match text[position] {
            b'\'' => quoted = !quoted,
            b'$' if !quoted => {
                let mut number = 0;
                while position + 1 < text.len() && text[position + 1].is_ascii_digit() {
                    position += 1;
                    number = number * 10 + (text[position] - b'0') as usize;
                }
                if number > highest {
                    highest = number;
                }
            }
            b'?' if !quoted => panic!("write $1, not ?: the text must run on both engines"),
            _ => {}
        }
        position += 1;
    }
    highest
}

/// A statement with `$1…$n` for both engines: `sql!("SELECT … WHERE id = $1")`.
///
/// The text is one string literal, with these exceptions:
/// * `ids(n)` between literals stands for "is one of the list in argument `$n`":
///   `sql!("DELETE FROM t WHERE id ", ids(1), " AND kind = $2")`. The argument
///   is an [`Arg::Ids`].
/// * `ordered(n)` between literals stands for a table `(id, place)` of the list in argument `$n`,
///   an [`Arg::Ids`] too, with places from 0: `sql!("UPDATE t SET position = o.place FROM ",
///   ordered(1), " AS o WHERE t.id = o.id")`.
/// * `sql!(sqlite: "…", postgres: "…")` where the engines truly differ (full-text
///   search, locks); such statements stand in `conn.rs` only.
///
/// A test finds every `sql!` of this crate and prepares it on both engines.
#[macro_export]
macro_rules! sql {
    (sqlite: $sqlite:literal, postgres: $postgres:literal $(,)?) => {
        const {
            $crate::Sql::new(
                concat!(module_path!(), ":", line!()),
                ($sqlite, concat!("BEGIN; ", $sqlite)),
                $postgres,
            )
        }
    };
    ($($part:tt)+) => {
        const {
            $crate::Sql::new(
                concat!(module_path!(), ":", line!()),
                (
                    $crate::__sql_text!(sqlite [] $($part)+),
                    $crate::__sql_text!(sqlite [] "BEGIN; " $($part)+),
                ),
                $crate::__sql_text!(postgres [] $($part)+),
            )
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __sql_text {
    ($engine:ident [$($done:tt)*]) => { concat!($($done)*) };
    ($engine:ident [$($done:tt)*] , $($rest:tt)*) => {
        $crate::__sql_text!($engine [$($done)*] $($rest)*)
    };
    (sqlite [$($done:tt)*] ids($n:literal) $($rest:tt)*) => {
        $crate::__sql_text!(sqlite
            [$($done)* "IN (SELECT value FROM json_each($", $n, "))",] $($rest)*)
    };
    (postgres [$($done:tt)*] ids($n:literal) $($rest:tt)*) => {
        $crate::__sql_text!(postgres [$($done)* "= ANY($", $n, ")",] $($rest)*)
    };
    (sqlite [$($done:tt)*] ordered($n:literal) $($rest:tt)*) => {
        $crate::__sql_text!(sqlite
            [$($done)* "(SELECT value AS id, key AS place FROM json_each($", $n, "))",] $($rest)*)
    };
    (postgres [$($done:tt)*] ordered($n:literal) $($rest:tt)*) => {
        $crate::__sql_text!(postgres
            [$($done)* "(SELECT id, place - 1 AS place FROM unnest($", $n,
             "::BIGINT[]) WITH ORDINALITY AS listed (id, place))",] $($rest)*)
    };
    ($engine:ident [$($done:tt)*] $text:literal $($rest:tt)*) => {
        $crate::__sql_text!($engine [$($done)* $text,] $($rest)*)
    };
}

/// One argument of a statement. `None` is SQL's NULL of the same type.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// BIGINT
    Int(Option<i64>),
    /// TEXT
    Text(Option<String>),
    /// BOOLEAN
    Bool(Option<bool>),
    /// BYTEA, BLOB
    Bytes(Option<Vec<u8>>),
    /// DOUBLE PRECISION, REAL
    Float(Option<f64>),
    /// A list of integers for `ids(n)` and `ordered(n)` of [`sql!`](crate::sql!).
    Ids(Vec<i64>),
}

/// The arguments of one statement, in order. Made by [`args!`](crate::args!).
pub type Args = Vec<Arg>;

/// `args![id, name]`: anything that is `Into<Arg>`, in the order of `$1…$n`.
#[macro_export]
macro_rules! args {
    () => { ::std::vec::Vec::<$crate::Arg>::new() };
    ($($value:expr),+ $(,)?) => { ::std::vec![$($crate::Arg::from($value)),+] };
}

impl Arg {
    /// A list for `ids(n)` and `ordered(n)` of [`sql!`](crate::sql!).
    pub fn ids<I: Into<i64>>(ids: impl IntoIterator<Item = I>) -> Self {
        Self::Ids(ids.into_iter().map(Into::into).collect())
    }
}

macro_rules! arg_from {
    ($($variant:ident: $($type:ty),+;)+) => {$($(
        impl From<$type> for Arg {
            fn from(value: $type) -> Self {
                Self::$variant(Some(value.into()))
            }
        }
        impl From<Option<$type>> for Arg {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map(Into::into))
            }
        }
    )+)+};
}

arg_from! {
    Int: i64, i32, u32, i16, u16, u8;
    Text: String, &str, &String;
    Bool: bool;
    Bytes: Vec<u8>, &[u8];
    Float: f64;
}

/// Refuses what one engine would accept in silence and the other would not.
pub(crate) fn check(sql: Sql, args: &[Arg]) -> Result<(), DbError> {
    if args.len() != sql.arguments {
        return Err(DbError::other(format!(
            "{} takes {} arguments, got {}",
            sql.position,
            sql.arguments,
            args.len()
        )));
    }
    let has_nul = |arg: &Arg| matches!(arg, Arg::Text(Some(text)) if text.contains('\0'));
    if args.iter().any(has_nul) {
        return Err(DbError::other(format!("{}: NUL in text", sql.position)));
    }
    Ok(())
}

pub(crate) fn to_sqlite(args: Args) -> Result<SqliteArguments, DbError> {
    let mut bound = SqliteArguments::default();
    bound.reserve(args.len(), 0);
    for arg in args {
        match arg {
            Arg::Int(value) => bound.add(value),
            Arg::Text(value) => bound.add(value),
            Arg::Bool(value) => bound.add(value),
            Arg::Bytes(value) => bound.add(value),
            Arg::Float(value) => bound.add(value),
            Arg::Ids(ids) => bound.add(json_list(&ids)),
        }
        .map_err(DbError::other)?;
    }
    Ok(bound)
}

pub(crate) fn to_postgres(args: Args) -> Result<PgArguments, DbError> {
    let mut bound = PgArguments::default();
    bound.reserve(args.len(), args.len() * 16);
    for arg in args {
        match arg {
            Arg::Int(value) => bound.add(value),
            Arg::Text(value) => bound.add(value),
            Arg::Bool(value) => bound.add(value),
            Arg::Bytes(value) => bound.add(value),
            Arg::Float(value) => bound.add(value),
            Arg::Ids(ids) => bound.add(ids),
        }
        .map_err(DbError::other)?;
    }
    Ok(bound)
}

fn json_list(ids: &[i64]) -> String {
    let items: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("[{}]", items.join(","))
}
