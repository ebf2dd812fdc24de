//! Reading rows, the same way from both engines.
//!
//! This module does not know any table: [`row!`](crate::row!) and [`column!`](crate::column!)
//! are called beside the tables they describe.

use std::error::Error as StdError;

use sqlx::{Row as _, ValueRef as _, postgres::PgRow, sqlite::SqliteRow};

use crate::{
    DbError, Sql,
    error::Cause,
    text::{RowColumn, Within, bare},
};

/// One row of a result, as it comes from either engine.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    raw: &'r RawRow,
    sql: Sql,
    /// The fields that the row stands in that is read of it.
    within: Option<&'r Within<'r>>,
    /// The columns of that row, of which the first is its key.
    columns: &'static [RowColumn],
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
    /// Whether it may be NULL.
    const MAY_BE_NULL: bool;
}

impl<T: RawColumn> RawColumn for Option<T> {
    const MAY_BE_NULL: bool = true;
}

/// A type that one row of a result becomes: a [`row!`](crate::row!) struct, a
/// tuple of columns, or a single column.
pub trait FromRow: Sized {
    /// Reads the row.
    fn from_row(row: Row<'_>) -> Result<Self, DbError>;
}

/// A row, or why it cannot be read: for rows that are read together where one that is damaged must not
/// keep anybody from the others.
#[derive(Debug, Clone)]
pub struct Readable<R>(pub Result<R, DbError>);

impl<R: FromRow> FromRow for Readable<R> {
    fn from_row(row: Row<'_>) -> Result<Self, DbError> {
        match R::from_row(row) {
            Err(damaged @ DbError::Corrupt { .. }) => Ok(Self(Err(damaged))),
            read => read.map(|row| Self(Ok(row))),
        }
    }
}

/// A [`row!`](crate::row!) struct: a statement lists its columns by `columns(…)` of
/// [`sql!`](crate::sql!).
pub trait RowColumns: FromRow {
    /// They, in the order of the fields.
    const COLUMNS: &'static [RowColumn];
    /// Whether the first of them is stored, and never NULL.
    const BEGINS_WITH_KEY: bool;
}

/// A row within a row, from another table. As an `Option` it may be absent, as an outer join has it:
/// then its first column is NULL, which otherwise never is. A row that does not begin so cannot be one.
pub trait Joined: Sized {
    /// Its columns.
    const COLUMNS: &'static [RowColumn];

    /// Reads it.
    fn from_joined(row: Row<'_>) -> Result<Self, DbError>;
}

impl<R: RowColumns> Joined for R {
    const COLUMNS: &'static [RowColumn] = <R as RowColumns>::COLUMNS;

    fn from_joined(row: Row<'_>) -> Result<Self, DbError> {
        let columns = <R as RowColumns>::COLUMNS;
        R::from_row(Row { columns, ..row })
    }
}

impl<R: RowColumns> Joined for Option<R> {
    const COLUMNS: &'static [RowColumn] = <R as RowColumns>::COLUMNS;

    fn from_joined(row: Row<'_>) -> Result<Self, DbError> {
        const {
            assert!(
                R::BEGINS_WITH_KEY,
                "a row that may be absent begins with a column that is never NULL"
            );
        }
        let look = |name: &str| match row.raw {
            RawRow::Sqlite(row) => row.try_get_raw(name).map(|value| value.is_null()),
            RawRow::Postgres(row) => row.try_get_raw(name).map(|value| value.is_null()),
        };
        match call_first(<R as RowColumns>::COLUMNS, row.within, look) {
            Some(Ok(true)) => Ok(None),
            Some(Err(error)) => Err(row.unreadable(&error)),
            _ => R::from_joined(row).map(Some),
        }
    }
}

/// Calls the first column of a row by the name that it has in its statement: where a row begins with
/// another, that of the other.
fn call_first<T>(
    columns: &[RowColumn],
    within: Option<&Within<'_>>,
    column: impl FnOnce(&str) -> T,
) -> Option<T> {
    match (columns, within) {
        ([], _) => None,
        ([RowColumn::Stored(name) | RowColumn::Computed(_, name), ..], None) => {
            Some(column(bare(name)))
        }
        ([RowColumn::Stored(name) | RowColumn::Computed(_, name), ..], Some(within)) => {
            Some(within.call(bare(name), column))
        }
        ([RowColumn::Flattened(part), ..], _) => call_first(part, within, column),
        ([RowColumn::Joined(field, row), ..], outer) => {
            let field = bare(field);
            call_first(row, Some(&Within { outer, field }), column)
        }
    }
}

impl<'r> Row<'r> {
    pub(crate) fn new(raw: &'r RawRow, sql: Sql) -> Self {
        Self {
            raw,
            sql,
            within: None,
            columns: &[],
        }
    }

    /// The column of this name. A raw identifier (`r#type`) is read without its mark.
    pub fn get<T: Column>(self, name: &str) -> Result<T, DbError> {
        match self.within {
            None => self.named(bare(name)),
            Some(within) => within.call(bare(name), |name| self.named(name)),
        }
    }

    /// The row of another table that is the field of this name: its columns have that before their own.
    pub fn joined<T: Joined>(self, field: &str) -> Result<T, DbError> {
        let within = Within {
            outer: self.within,
            field: bare(field),
        };
        T::from_joined(Row {
            raw: self.raw,
            sql: self.sql,
            within: Some(&within),
            columns: &[],
        })
    }

    fn named<T: Column>(self, name: &str) -> Result<T, DbError> {
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
            Err(error) => Err(self.unreadable(&error)),
        }
    }

    fn unreadable(self, error: &sqlx::Error) -> DbError {
        DbError::other(format!("{}: {error}", self.sql.position()))
    }

    fn corrupt(self, column: String, cause: Cause) -> DbError {
        DbError::Corrupt {
            statement: self.sql.position(),
            column,
            row: self.key(),
            cause,
        }
    }

    /// The first column of the row, or of that within it which is read, where it is a number; content is
    /// never shown.
    fn key(self) -> String {
        let named = |name: &str| match self.raw {
            RawRow::Sqlite(row) => row.try_get::<i64, _>(name),
            RawRow::Postgres(row) => row.try_get::<i64, _>(name),
        };
        let key = call_first(self.columns, self.within, named);
        let key = key.unwrap_or_else(|| match self.raw {
            RawRow::Sqlite(row) => row.try_get::<i64, _>(0),
            RawRow::Postgres(row) => row.try_get::<i64, _>(0),
        });
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
///
/// So its fields are the list of its columns, for `columns(…)` of [`sql!`](crate::sql!). A field can
/// also be
/// * computed: `pub size: i64 = "(SELECT COUNT(*) FROM parts p WHERE p.thing_id = @.id)"`, where `@`
///   stands for the table,
/// * another such struct that is `flattened`: its columns are of the same table, under their own names,
/// * another such struct that is [`joined`](Joined) from another table: `pub maker: UserBrief as joined`
///   has the columns `maker_id`, `maker_username` and so on,
/// * what the statement lists itself, `beside` the columns of the struct: `pub is_last: bool as beside`.
#[macro_export]
macro_rules! row {
    ($(
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {
            $(
                $(#[$field_attribute:meta])*
                $field_visibility:vis $field:ident: $type:ty $(as $kind:ident)? $(= $text:literal)?
            ),+ $(,)?
        }
    )+) => {$(
        $(#[$attribute])*
        $visibility struct $name {
            $($(#[$field_attribute])* $field_visibility $field: $type),+
        }

        impl $crate::FromRow for $name {
            fn from_row(row: $crate::Row<'_>) -> Result<Self, $crate::DbError> {
                Ok(Self { $($field: $crate::__row_field!(row $field $($kind)?)),+ })
            }
        }

        impl $crate::RowColumns for $name {
            const COLUMNS: &'static [$crate::RowColumn] =
                &[$($crate::__row_column!($type, $field $($kind)? $($text)?)),+];
            const BEGINS_WITH_KEY: bool = [$($crate::__row_key!($type $(, $kind)? $(, $text)?)),+][0];
        }
    )+};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __row_field {
    ($row:ident $field:ident flattened) => {
        $crate::FromRow::from_row($row)?
    };
    ($row:ident $field:ident joined) => {
        $row.joined(stringify!($field))?
    };
    ($row:ident $field:ident $(beside)?) => {
        $row.get(stringify!($field))?
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __row_key {
    ($type:ty, flattened) => {
        <$type as $crate::RowColumns>::BEGINS_WITH_KEY
    };
    ($type:ty, joined) => {
        false
    };
    ($type:ty, beside) => {
        false
    };
    ($type:ty, $text:literal) => {
        false
    };
    ($type:ty) => {
        !<<$type as $crate::Column>::Raw as $crate::RawColumn>::MAY_BE_NULL
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __row_column {
    ($type:ty, $field:ident flattened) => {
        $crate::RowColumn::Flattened(<$type as $crate::RowColumns>::COLUMNS)
    };
    ($type:ty, $field:ident joined) => {
        $crate::RowColumn::Joined(stringify!($field), <$type as $crate::Joined>::COLUMNS)
    };
    ($type:ty, $field:ident beside) => {
        $crate::RowColumn::Flattened(&[])
    };
    ($type:ty, $field:ident $text:literal) => {
        $crate::RowColumn::Computed($text, stringify!($field))
    };
    ($type:ty, $field:ident) => {
        $crate::RowColumn::Stored(stringify!($field))
    };
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
        impl RawColumn for $type {
            const MAY_BE_NULL: bool = false;
        }

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
