//! What a field can hold: texts, numbers, lists.

use serde_json::Value;

use super::{Fault, Faults, FieldValue};
use crate::error::FieldCode;

impl FieldValue for String {
    fn from_json(value: Value) -> Result<Self, Faults> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err(Fault::wrong_type("a text").into()),
        }
    }
}

impl FieldValue for bool {
    fn from_json(value: Value) -> Result<Self, Faults> {
        value
            .as_bool()
            .ok_or_else(|| Fault::wrong_type("true or false").into())
    }

    fn from_query(text: &str) -> Result<Self, Faults> {
        text.parse()
            .map_err(|_| Fault::wrong_type("true or false").into())
    }
}

macro_rules! integers {
    ($($kind:ty: $max:literal),+) => {$(
        impl FieldValue for $kind {
            fn from_json(value: Value) -> Result<Self, Faults> {
                let Value::Number(number) = value else {
                    return Err(Fault::wrong_type("a whole number").into());
                };
                // In JSON `1.0` is a whole number, too.
                let number = whole(&number).unwrap_or(number);
                match (number.as_i64(), number.as_u64()) {
                    (Some(whole), _) if whole < 0 && <$kind>::MIN == 0 => {
                        Err(Fault::limit(FieldCode::TooSmall, "must not be negative", 0).into())
                    }
                    (Some(whole), _) => <$kind>::try_from(whole).map_err(|_| out_of_range($max).into()),
                    (None, Some(_)) => Err(out_of_range($max).into()),
                    (None, None) => Err(Fault::wrong_type("a whole number").into()),
                }
            }

            fn from_query(text: &str) -> Result<Self, Faults> {
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

/// Reads a list of at most `max` entries. A longer one is refused whole, so that its entries are not
/// even looked at.
///
/// # Errors
/// The faults of the entries, as far as they fit into an answer.
pub fn list<T: FieldValue>(value: Value, max: u64) -> Result<Vec<T>, Faults> {
    let Value::Array(items) = value else {
        return Err(Fault::wrong_type("a list").into());
    };
    if items.len() as u64 > max {
        let message = format!("must have at most {max} entries");
        return Err(Fault::limit(FieldCode::TooMany, message, max).into());
    }
    let (mut read, mut faults) = (Vec::with_capacity(items.len()), Faults::default());
    for (index, item) in items.into_iter().enumerate() {
        match T::from_json(item) {
            Ok(item) => read.push(item),
            Err(found) => faults.0.extend(found.below(&format!("[{index}]")).0),
        }
        if faults.0.len() >= LIST_FAULTS_SHOWN_MAX {
            faults.0.truncate(LIST_FAULTS_SHOWN_MAX);
            break;
        }
    }
    if faults.0.is_empty() {
        Ok(read)
    } else {
        Err(faults)
    }
}

/// A hostile list of hundreds of faulty entries must not become a large answer.
pub(super) const LIST_FAULTS_SHOWN_MAX: usize = 10;

/// Ids and string enums: read by serde from a JSON string.
macro_rules! string_values {
    ($expected:literal: $($kind:ty),+ $(,)?) => {$(
        impl $crate::fields::FieldValue for $kind {
            fn from_json(value: serde_json::Value) -> Result<Self, $crate::fields::Faults> {
                use $crate::fields::Fault;
                if !value.is_string() {
                    return Err(Fault::new($crate::FieldCode::WrongType, "must be a text").into());
                }
                serde_json::from_value(value).map_err(|_| {
                    Fault::new(
                        $crate::FieldCode::InvalidFormat,
                        concat!("must be ", $expected),
                    )
                    .into()
                })
            }
        }
    )+};
}
pub(crate) use string_values;
