//! Reading rows, the same way from both engines.
//!
//! This module does not know any table: [`row!`](crate::row!) and [`column!`](crate::column!)
//! are called beside the tables they describe.

use std::error::Error as StdError;

use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};

use crate::{DbError, Sql, error::Cause};

/// One row of a result, as it comes from either engine.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    raw: &'r RawRow,
    sql: Sql,
}

pub(crate) enum RawRow {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A value that is stored in one column.
///
/// Engines agree on five raw types: `i64`, `bool`, `String`, `Vec<u8>`, `f64`,
/// each also as an `Option`. Everything else is made from one of them.
pub trait Column: Sized {
    /// What is stored.
    type Raw: RawColumn;

    /// Turns the stored value into this type; an error is reported as
    /// [`DbError::Corrupt`].
    fn from_raw(raw: Self::Raw) -> Result<Self, Box<dyn StdError + Send + Sync>>;
}

/// What both drivers can read.
pub trait RawColumn:
    sqlx::Type<sqlx::Sqlite>
    + sqlx::Type<sqlx::Postgres>
    + for<'r> sqlx::Decode<'r, sqlx::Sqlite>
    + for<'r> sqlx::Decode<'r, sqlx::Postgres>
{
}

impl<T> RawColumn for T where
    T: sqlx::Type<sqlx::Sqlite>
        + sqlx::Type<sqlx::Postgres>
        + for<'r> sqlx::Decode<'r, sqlx::Sqlite>
        + for<'r> sqlx::Decode<'r, sqlx::Postgres>
{
}

/// A type that one row of a result becomes: a [`row!`](crate::row!) struct, a
/// tuple of columns, or a single column.
pub trait FromRow: Sized {
    /// Reads the row.
    fn from_row(row: Row<'_>) -> Result<Self, DbError>;
}

impl<'r> Row<'r> {
    pub(crate) fn new(raw: &'r RawRow, sql: Sql) -> Self {
        Self { raw, sql }
    }

    /// The column of this name. A raw identifier (`r#type`) is read without its mark.
    pub fn get<T: Column>(self, name: &str) -> Result<T, DbError> {
        let name = name.strip_prefix("r#").unwrap_or(name);
        let raw = match self.raw {
            RawRow::Sqlite(row) => row.try_get::<T::Raw, _>(name),
            RawRow::Postgres(row) => row.try_get::<T::Raw, _>(name),
        };
        self.finish(raw, || name.to_owned())
    }

    /// The column at this position, counted from 0.
    pub fn at<T: Column>(self, position: usize) -> Result<T, DbError> {
        let raw = match self.raw {
            RawRow::Sqlite(row) => row.try_get::<T::Raw, _>(position),
            RawRow::Postgres(row) => row.try_get::<T::Raw, _>(position),
        };
        self.finish(raw, || position.to_string())
    }

    fn finish<T: Column>(
        self,
        raw: Result<T::Raw, sqlx::Error>,
        column: impl FnOnce() -> String,
    ) -> Result<T, DbError> {
        match raw {
            Ok(raw) => T::from_raw(raw).map_err(|error| self.corrupt(column(), Cause::new(error))),
            Err(sqlx::Error::ColumnDecode { source, .. }) => {
                Err(self.corrupt(column(), Cause::new(source)))
            }
            Err(error) => Err(DbError::other(format!("{}: {error}", self.sql.position()))),
        }
    }

    fn corrupt(self, column: String, cause: Cause) -> DbError {
        DbError::Corrupt {
            statement: self.sql.position(),
            column,
            row: self.key(),
            cause,
        }
    }

    /// The first column where it is a number; content is never shown.
    fn key(self) -> String {
        let key = match self.raw {
            RawRow::Sqlite(row) => row.try_get::<i64, _>(0),
            RawRow::Postgres(row) => row.try_get::<i64, _>(0),
        };
        key.map_or_else(|_| "?".to_owned(), |key| key.to_string())
    }
}

/// Declares a struct that is read from a row, column by column, by name:
///
/// ```
/// battala_store::row! {
///     /// A thing as it is stored.
///     #[derive(Debug, Clone)]
///     pub struct ThingRow {
///         pub id: i64,
///         pub name: Option<String>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! row {
    ($(
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {
            $($(#[$field_attribute:meta])* $field_visibility:vis $field:ident: $type:ty),+ $(,)?
        }
    )+) => {$(
        $(#[$attribute])*
        $visibility struct $name {
            $($(#[$field_attribute])* $field_visibility $field: $type),+
        }

        impl $crate::FromRow for $name {
            fn from_row(row: $crate::Row<'_>) -> Result<Self, $crate::DbError> {
                Ok(Self { $($field: row.get(stringify!($field))?),+ })
            }
        }
    )+};
}

/// Makes types usable as columns and arguments. What is an integer at rest:
/// `column!(int: UserId, ChannelKind)` needs `TryFrom<i64>` and `Into<i64>`. Anything
/// stored as text: `column!(text: Kind)` needs `FromStr` and `AsRef<str>`.
#[macro_export]
macro_rules! column {
    (int: $($type:ty),+ $(,)?) => {$(
        impl $crate::Column for $type {
            type Raw = i64;

            fn from_raw(
                raw: i64,
            ) -> Result<Self, Box<dyn ::std::error::Error + Send + Sync>> {
                Ok(<$type>::try_from(raw)?)
            }
        }
        $crate::column!(@arg Int, $type, |value: $type| i64::from(value));
    )+};
    (text: $($type:ty),+ $(,)?) => {$(
        impl $crate::Column for $type {
            type Raw = String;

            fn from_raw(
                raw: String,
            ) -> Result<Self, Box<dyn ::std::error::Error + Send + Sync>> {
                Ok(raw.parse::<$type>()?)
            }
        }
        $crate::column!(@arg Text, $type, |value: $type| AsRef::<str>::as_ref(&value).to_owned());
    )+};
    (@arg $variant:ident, $type:ty, $convert:expr) => {
        impl From<$type> for $crate::Arg {
            fn from(value: $type) -> Self {
                Self::$variant(Some($convert(value)))
            }
        }
        impl From<Option<$type>> for $crate::Arg {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map($convert))
            }
        }
    };
}

macro_rules! raw_column {
    ($($type:ty),+) => {$(
        impl Column for $type {
            type Raw = Self;

            fn from_raw(raw: Self) -> Result<Self, Box<dyn StdError + Send + Sync>> {
                Ok(raw)
            }
        }
    )+};
}

raw_column!(i64, bool, String, Vec<u8>, f64);

macro_rules! small_integer_column {
    ($($type:ty),+) => {$(
        impl Column for $type {
            type Raw = i64;

            fn from_raw(raw: i64) -> Result<Self, Box<dyn StdError + Send + Sync>> {
                Ok(Self::try_from(raw)?)
            }
        }
    )+};
}

small_integer_column!(u64, u32, i32, u16, i16, u8);

impl<T: Column> Column for Option<T> {
    type Raw = Option<T::Raw>;

    fn from_raw(raw: Self::Raw) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        raw.map(T::from_raw).transpose()
    }
}

impl<T: Column> FromRow for T {
    fn from_row(row: Row<'_>) -> Result<Self, DbError> {
        row.at(0)
    }
}

macro_rules! tuple_row {
    ($($name:ident $position:literal),+) => {
        impl<$($name: Column),+> FromRow for ($($name,)+) {
            fn from_row(row: Row<'_>) -> Result<Self, DbError> {
                Ok(($(row.at::<$name>($position)?,)+))
            }
        }
    };
}

tuple_row!(A 0);
tuple_row!(A 0, B 1);
tuple_row!(A 0, B 1, C 2);
tuple_row!(A 0, B 1, C 2, D 3);
tuple_row!(A 0, B 1, C 2, D 3, E 4);
tuple_row!(A 0, B 1, C 2, D 3, E 4, F 5);
