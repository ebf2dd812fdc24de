//! From JSON objects and query strings to typed requests.
//!
//! A request is declared once with [`request!`](crate::request!); reading it collects **every** fault, so that a
//! form can show all of them at once: missing, unknown and mistyped fields, and what the field's
//! own type refuses. Serde alone stops at the first fault and says it in prose.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::error::{FieldCode, FieldError};

/// Why one value was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The reason for programs.
    pub code: FieldCode,
    /// The reason for people.
    pub message: String,
    /// The limit that was passed.
    pub limit: Option<u64>,
}

impl Fault {
    /// A fault without a limit.
    pub fn new(code: FieldCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            limit: None,
        }
    }

    /// A fault that names the limit it stands for.
    pub fn limit(code: FieldCode, message: impl Into<String>, limit: u64) -> Self {
        Self {
            code,
            message: message.into(),
            limit: Some(limit),
        }
    }

    fn wrong_type(expected: &str) -> Self {
        Self::new(FieldCode::WrongType, format!("must be {expected}"))
    }

    /// Names the field that the fault belongs to.
    pub fn of(self, field: &str) -> FieldError {
        FieldError {
            field: field.to_owned(),
            code: self.code,
            message: self.message,
            limit: self.limit,
        }
    }
}

/// A value that a field can hold.
pub trait FieldValue: Sized {
    /// Reads the value from JSON.
    fn from_json(value: Value) -> Result<Self, Fault>;

    /// Reads the value from a query string.
    fn from_query(text: &str) -> Result<Self, Fault> {
        Self::from_json(Value::String(text.to_owned()))
    }

    /// What an absent field means.
    fn absent() -> Result<Self, Fault> {
        Err(Fault::new(FieldCode::Required, "is required"))
    }
}

/// An optional field: absent and `null` are the same.
impl<T: FieldValue> FieldValue for Option<T> {
    fn from_json(value: Value) -> Result<Self, Fault> {
        if value.is_null() {
            Ok(None)
        } else {
            T::from_json(value).map(Some)
        }
    }

    fn from_query(text: &str) -> Result<Self, Fault> {
        T::from_query(text).map(Some)
    }

    fn absent() -> Result<Self, Fault> {
        Ok(None)
    }
}

/// A field of a partial update that can also be cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field is absent: leave it as it is.
    #[default]
    Keep,
    /// The field is `null`: clear it.
    Clear,
    /// The field has a value: set it.
    Set(T),
}

impl<T> Patch<T> {
    /// `None` keeps, `Some(None)` clears, `Some(Some(value))` sets.
    pub fn into_change(self) -> Option<Option<T>> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(None),
            Self::Set(value) => Some(Some(value)),
        }
    }
}

impl<T: FieldValue> FieldValue for Patch<T> {
    fn from_json(value: Value) -> Result<Self, Fault> {
        if value.is_null() {
            Ok(Self::Clear)
        } else {
            T::from_json(value).map(Self::Set)
        }
    }

    fn absent() -> Result<Self, Fault> {
        Ok(Self::Keep)
    }
}

impl FieldValue for String {
    fn from_json(value: Value) -> Result<Self, Fault> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err(Fault::wrong_type("a text")),
        }
    }
}

impl FieldValue for bool {
    fn from_json(value: Value) -> Result<Self, Fault> {
        value
            .as_bool()
            .ok_or_else(|| Fault::wrong_type("true or false"))
    }

    fn from_query(text: &str) -> Result<Self, Fault> {
        text.parse().map_err(|_| Fault::wrong_type("true or false"))
    }
}

macro_rules! integers {
    ($($kind:ty: $max:literal),+) => {$(
        impl FieldValue for $kind {
            fn from_json(value: Value) -> Result<Self, Fault> {
                let Value::Number(number) = value else {
                    return Err(Fault::wrong_type("a whole number"));
                };
                // In JSON `1.0` is a whole number, too.
                let number = whole(&number).unwrap_or(number);
                match (number.as_i64(), number.as_u64()) {
                    (Some(whole), _) if whole < 0 && <$kind>::MIN == 0 => {
                        Err(Fault::limit(FieldCode::TooSmall, "must not be negative", 0))
                    }
                    (Some(whole), _) => <$kind>::try_from(whole).map_err(|_| out_of_range($max)),
                    (None, Some(_)) => Err(out_of_range($max)),
                    (None, None) => Err(Fault::wrong_type("a whole number")),
                }
            }

            fn from_query(text: &str) -> Result<Self, Fault> {
                let number = text.parse::<serde_json::Number>();
                Self::from_json(number.map_or(Value::Null, Value::Number))
            }
        }
    )+};
}

/// The same number without a fraction of zero.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the value is checked to be in range"
)]
fn whole(number: &serde_json::Number) -> Option<serde_json::Number> {
    let value = number
        .as_f64()
        .filter(|value| number.is_f64() && value.fract() == 0.0)?;
    if value.abs() <= EXACT_MAX {
        Some((value as i64).into())
    } else if value > 0.0 {
        // Which number was meant cannot be told any more: out of every range.
        Some(u64::MAX.into())
    } else {
        Some(i64::MIN.into())
    }
}

/// Greatest whole number up to which floats are exact: 2^53.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

fn out_of_range(limit: u64) -> Fault {
    Fault::limit(
        FieldCode::TooLarge,
        format!("must be at most {limit}"),
        limit,
    )
}

integers!(u32: 4_294_967_295, i64: 9_223_372_036_854_775_807);

impl<T: FieldValue> FieldValue for Vec<T> {
    fn from_json(value: Value) -> Result<Self, Fault> {
        let Value::Array(items) = value else {
            return Err(Fault::wrong_type("a list"));
        };
        items.into_iter().map(T::from_json).collect()
    }
}

/// Ids and string enums: read by `FromStr` or by serde from a JSON string.
macro_rules! string_values {
    ($expected:literal: $($kind:ty),+ $(,)?) => {$(
        impl FieldValue for $kind {
            fn from_json(value: Value) -> Result<Self, Fault> {
                if !value.is_string() {
                    return Err(Fault::wrong_type("a text"));
                }
                serde_json::from_value(value).map_err(|_| {
                    Fault::new(FieldCode::InvalidFormat, concat!("must be ", $expected))
                })
            }
        }
    )+};
}

string_values! { "an id (a decimal number in quotes)":
    crate::id::ChannelId, crate::id::MessageId, crate::id::ServerId, crate::id::SessionId, crate::id::UserId,
}
string_values! { "\"open\" or \"invite\"": crate::hub::Registration }
string_values! { "\"named\" or \"everyone\"": crate::hub::Inviters }
string_values! { "\"online\", \"idle\", \"dnd\" or \"invisible\"": crate::members::ChosenStatus }

/// The members of one JSON object or query string, taken out one by one.
#[derive(Debug, Default)]
pub struct Fields {
    values: Map<String, Value>,
    faults: Vec<FieldError>,
    is_query: bool,
}

impl Fields {
    /// Reads the members of a query string; a name that stands twice is a fault.
    pub fn from_query<'a>(
        pairs: impl Iterator<Item = (std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>,
    ) -> Self {
        let mut fields = Self {
            is_query: true,
            ..Self::default()
        };
        let mut doubled = BTreeSet::new();
        for (name, text) in pairs {
            let value = Value::String(text.into_owned());
            if fields
                .values
                .insert(name.clone().into_owned(), value)
                .is_some()
            {
                doubled.insert(name.into_owned());
            }
        }
        for name in doubled.iter().take(UNKNOWN_FIELDS_SHOWN_MAX) {
            fields.refuse(
                &shown(name),
                Fault::new(FieldCode::InvalidFormat, "stands more than once"),
            );
        }
        fields
    }

    /// Takes a field out; a fault is kept for [`Fields::finish`].
    pub fn take<T: FieldValue>(&mut self, name: &str) -> Option<T> {
        let read = match self.values.remove(name) {
            None => T::absent(),
            Some(Value::String(text)) if self.is_query => T::from_query(&text),
            Some(value) => T::from_json(value),
        };
        read.map_err(|fault| self.refuse(name, fault)).ok()
    }

    /// Adds a fault of a field.
    pub fn refuse(&mut self, name: &str, fault: Fault) {
        self.faults.push(fault.of(name));
    }

    /// All faults, those of the fields nobody took among them.
    ///
    /// # Errors
    /// The collected faults, when there are any.
    pub fn finish(mut self) -> Result<(), Vec<FieldError>> {
        let unknown = std::mem::take(&mut self.values);
        for name in unknown.keys().take(UNKNOWN_FIELDS_SHOWN_MAX) {
            self.refuse(
                &shown(name),
                Fault::new(FieldCode::UnknownField, "is not a field of this request"),
            );
        }
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(self.faults)
        }
    }
}

/// A name that somebody else chose, short enough to be repeated.
fn shown(name: &str) -> String {
    name.chars().take(FIELD_NAME_SHOWN_CHARS_MAX).collect()
}

/// A hostile body of thousands of fields, or a query that repeats some, must not become a large
/// answer.
const UNKNOWN_FIELDS_SHOWN_MAX: usize = 10;
/// Likewise a field's name.
const FIELD_NAME_SHOWN_CHARS_MAX: usize = 64;

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Fields, A::Error> {
        let mut values = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if values.insert(name, value).is_some() {
                return Err(de::Error::custom("a key stands more than once"));
            }
        }
        Ok(Fields {
            values,
            ..Fields::default()
        })
    }
}

/// Reads an object and refuses duplicate keys, which parsers resolve differently.
impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// A body, query or command that can be read from [`Fields`].
pub trait Request: Sized {
    /// Fields of which at most one can be given.
    const EXCLUSIVE: &'static [&'static str] = &[];

    /// Reads the request.
    ///
    /// # Errors
    /// Every fault of every field.
    fn from_fields(fields: Fields) -> Result<Self, Vec<FieldError>>;
}

/// The empty request.
impl Request for () {
    fn from_fields(fields: Fields) -> Result<Self, Vec<FieldError>> {
        fields.finish()
    }
}

/// Declares request types: a plain struct, its schema, and its reader.
///
/// A field of type `Option<T>` is optional, one of type `Patch<T>` can also be cleared by `null`;
/// every other field is required. The wire name is the field's name. An optional
/// `one_of [a, b]` after the fields names those that exclude each other; an optional
/// `check |this| { … }` block after the fields returns further faults as `Vec<FieldError>`.
#[macro_export]
macro_rules! request {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$field_meta:meta])* pub $field:ident: $kind:ty,)+
        }
        $(one_of [$($one:ident),+])?
        $(check |$this:ident| $check:block)?
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $kind,)+
        }

        impl $crate::fields::Request for $name {
            $(const EXCLUSIVE: &'static [&'static str] = &[$(stringify!($one)),+];)?

            fn from_fields(mut fields: $crate::fields::Fields) -> Result<Self, Vec<$crate::FieldError>> {
                $(let $field = fields.take::<$kind>(stringify!($field));)+
                fields.finish()?;
                match ($($field,)+) {
                    ($(Some($field),)+) => {
                        let request = Self { $($field),+ };
                        $(
                            let given = [$(request.$one.is_some()),+];
                            $crate::fields::at_most_one(Self::EXCLUSIVE, &given)?;
                        )?
                        $(
                            let $this = &request;
                            let faults: Vec<$crate::FieldError> = $check;
                            if !faults.is_empty() {
                                return Err(faults);
                            }
                        )?
                        Ok(request)
                    }
                    // `finish` has returned the fault of every field that is missing here.
                    _ => Err(Vec::new()),
                }
            }
        }
    )+};
}

/// Refuses fields that exclude each other when more than one of them is given.
///
/// # Errors
/// A fault of each field that is one too many.
pub fn at_most_one(names: &[&str], given: &[bool]) -> Result<(), Vec<FieldError>> {
    let message = format!("{} exclude each other", names.join(", "));
    let named = names.iter().zip(given).filter(|(_, is_given)| **is_given);
    let faults: Vec<FieldError> = named
        .skip(1)
        .map(|(name, _)| Fault::new(FieldCode::InvalidFormat, message.clone()).of(name))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

/// The fault of a list that has more than `max` entries.
pub fn too_many(field: &str, len: usize, max: u64) -> Option<FieldError> {
    let fault = || {
        Fault::limit(
            FieldCode::TooMany,
            format!("must have at most {max} entries"),
            max,
        )
    };
    (len as u64 > max).then(|| fault().of(field))
}

/// The number of rows to give: the default when absent, at least 1 and at most the page limit.
///
/// # Errors
/// The fault of the field `limit`.
pub fn page_rows(limit: Option<u32>) -> Result<u32, FieldError> {
    let max = crate::limits::PAGE_ROWS_MAX;
    match limit {
        None => Ok(crate::limits::PAGE_ROWS_DEFAULT),
        Some(0) => Err(Fault::limit(FieldCode::TooSmall, "must be at least 1", 1).of("limit")),
        Some(rows) if rows > max => Err(Fault::limit(
            FieldCode::TooLarge,
            format!("must be at most {max}"),
            max.into(),
        )
        .of("limit")),
        Some(rows) => Ok(rows),
    }
}

#[cfg(test)]
mod tests;
