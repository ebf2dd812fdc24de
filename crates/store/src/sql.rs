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
/// * `columns(Row)` between literals lists the columns of a [`row!`](crate::row!), `columns(t.Row)` those
///   of the table `t`, and `columns(m.MessageRow, u.author)` with them those of the row within it whose
///   field is `author`, from the table `u`: `sql!("SELECT ", columns(t.Row), " FROM things t")`.
/// * A constant between literals is a [`fragment!`](crate::fragment!) that several statements have.
/// * `ids(n)` between literals stands for "is one of the list in argument `$n`":
///   `sql!("DELETE FROM t WHERE id ", ids(1), " AND kind = $2")`. The argument
///   is an [`Arg::Ids`].
/// * `ordered(n)` between literals stands for a table `(id, place)` of the list in argument `$n`,
///   an [`Arg::Ids`] too, with places from 0: `sql!("UPDATE t SET position = o.place FROM ",
///   ordered(1), " AS o WHERE t.id = o.id")`.
/// * `sql!(sqlite: "…", postgres: "…")` where the engines truly differ; the place says in what.
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
            const __PARTS_OF_SQL: &[$crate::Part] = $crate::fragment!($($part)+);
            $crate::Sql::new(
                concat!(module_path!(), ":", line!()),
                (
                    $crate::__sql_text!("", __PARTS_OF_SQL, Sqlite),
                    $crate::__sql_text!("BEGIN; ", __PARTS_OF_SQL, Sqlite),
                ),
                $crate::__sql_text!("", __PARTS_OF_SQL, Postgres),
            )
        }
    };
}

/// What several statements have in common, with all that a [`sql!`](crate::sql!) can have in it:
/// `const OPEN: &[Part] = fragment!("closed_at IS NULL AND id ", ids(1));`
#[macro_export]
macro_rules! fragment {
    ($($part:tt)+) => { &$crate::__sql_parts!([] $($part)+) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __sql_text {
    ($beginning:literal, $parts:ident, $engine:ident) => {{
        const NEEDS: usize =
            $crate::Text::<0>::of($beginning, $parts, $crate::Engine::$engine).needs();
        const TEXT: &$crate::Text<NEEDS> =
            &$crate::Text::of($beginning, $parts, $crate::Engine::$engine);
        TEXT.as_str()
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __sql_parts {
    ([$($done:expr,)*]) => { [$($done),*] };
    ([$($done:expr,)*] , $($rest:tt)*) => {
        $crate::__sql_parts!([$($done,)*] $($rest)*)
    };
    ([$($done:expr,)*] ids($n:literal) $($rest:tt)*) => {
        $crate::__sql_parts!([$($done,)* $crate::Part::Ids(stringify!($n)),] $($rest)*)
    };
    ([$($done:expr,)*] ordered($n:literal) $($rest:tt)*) => {
        $crate::__sql_parts!([$($done,)* $crate::Part::Ordered(stringify!($n)),] $($rest)*)
    };
    ([$($done:expr,)*] columns($row:ident $(, $table:ident . $field:ident)*) $($rest:tt)*) => {
        $crate::__sql_parts!([$($done,)* $crate::Part::Columns($crate::Columns {
            row: <$row as $crate::RowColumns>::COLUMNS,
            of: "",
            joined: &[$((stringify!($table), stringify!($field))),*],
        }),] $($rest)*)
    };
    ([$($done:expr,)*] columns($of:ident . $row:ident $(, $table:ident . $field:ident)*) $($rest:tt)*) => {
        $crate::__sql_parts!([$($done,)* $crate::Part::Columns($crate::Columns {
            row: <$row as $crate::RowColumns>::COLUMNS,
            of: stringify!($of),
            joined: &[$((stringify!($table), stringify!($field))),*],
        }),] $($rest)*)
    };
    ([$($done:expr,)*] $text:literal $($rest:tt)*) => {
        $crate::__sql_parts!([$($done,)* $crate::Part::Text($text),] $($rest)*)
    };
    ([$($done:expr,)*] $fragment:ident $($rest:tt)*) => {
        $crate::__sql_parts!([$($done,)* $crate::Part::Fragment($fragment),] $($rest)*)
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
