//! From JSON objects and query strings to typed requests.
//!
//! A request is declared once with [`request!`](crate::request!); reading it collects **every** fault, so that a
//! form can show all of them at once: missing, unknown and mistyped fields, and what the field's
//! own type refuses, each with its path (`attachments[2].name`). Serde alone stops at the first
//! fault and says it in prose.
//!
//! Nothing here knows any particular request.

mod object;
mod request;
mod values;

use serde_json::Value;

use crate::error::{FieldCode, FieldError};

pub use object::Fields;
pub use request::{Request, at_most_one, page_rows, shape};
pub use values::list;
pub(crate) use values::string_values;

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

/// Why a value was refused: for what it is itself, or for what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(
    /// Each fault with its path below the value: empty, or steps like `.name` and `[2]`.
    Vec<FieldError>,
);

impl Faults {
    /// Of the fields of an object.
    pub fn of_fields(errors: Vec<FieldError>) -> Self {
        Self(errors).below(".")
    }

    /// Of what holds the value: every path is one step longer.
    fn below(mut self, step: &str) -> Self {
        for fault in &mut self.0 {
            fault.field.insert_str(0, step);
        }
        self
    }

    /// Of a field of this name.
    fn of(self, field: &str) -> Vec<FieldError> {
        self.below(field).0
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault.of("")])
    }
}

/// A value that a field or an entry of a list can hold.
pub trait FieldValue: Sized {
    /// Reads the value from JSON.
    ///
    /// # Errors
    /// Every fault of it and of what is in it.
    fn from_json(value: Value) -> Result<Self, Faults>;

    /// Reads the value from a query string.
    ///
    /// # Errors
    /// As [`FieldValue::from_json`].
    fn from_query(text: &str) -> Result<Self, Faults> {
        Self::from_json(Value::String(text.to_owned()))
    }

    /// What an absent field means.
    ///
    /// # Errors
    /// That it is required.
    fn absent() -> Result<Self, Faults> {
        Err(Fault::new(FieldCode::Required, "is required").into())
    }
}

/// An optional field: absent and `null` are the same.
impl<T: FieldValue> FieldValue for Option<T> {
    fn from_json(value: Value) -> Result<Self, Faults> {
        if value.is_null() {
            Ok(None)
        } else {
            T::from_json(value).map(Some)
        }
    }

    fn from_query(text: &str) -> Result<Self, Faults> {
        T::from_query(text).map(Some)
    }

    fn absent() -> Result<Self, Faults> {
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
    fn from_json(value: Value) -> Result<Self, Faults> {
        if value.is_null() {
            Ok(Self::Clear)
        } else {
            T::from_json(value).map(Self::Set)
        }
    }

    fn absent() -> Result<Self, Faults> {
        Ok(Self::Keep)
    }
}

#[cfg(test)]
mod tests;
