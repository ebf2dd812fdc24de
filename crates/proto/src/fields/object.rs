//! The members of one object, read so that every fault of it comes to light.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{Fault, Faults, FieldValue, list};
use crate::error::{FieldCode, FieldError};

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
        self.keep(name, read)
    }

    /// Takes a list of at most `max` entries out; there is no list without a bound.
    pub fn take_list<T: FieldValue>(&mut self, name: &str, max: u64) -> Option<Vec<T>> {
        let read = match self.values.remove(name) {
            None => Err(Fault::new(FieldCode::Required, "is required").into()),
            Some(value) => list(value, max),
        };
        self.keep(name, read)
    }

    fn keep<T>(&mut self, name: &str, read: Result<T, Faults>) -> Option<T> {
        read.map_err(|faults| self.faults.extend(faults.of(name)))
            .ok()
    }

    /// The members of a nested object.
    ///
    /// # Errors
    /// That it is no object.
    pub fn nested(value: Value) -> Result<Self, Faults> {
        match value {
            Value::Object(values) => Ok(Self {
                values,
                ..Self::default()
            }),
            _ => Err(Fault::wrong_type("an object").into()),
        }
    }

    /// Adds faults of fields.
    pub fn refuse_all(&mut self, faults: Vec<FieldError>) {
        self.faults.extend(faults);
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
pub(super) const UNKNOWN_FIELDS_SHOWN_MAX: usize = 10;
/// Likewise a field's name.
pub(super) const FIELD_NAME_SHOWN_CHARS_MAX: usize = 64;

/// Reads an object and refuses keys that stand twice in it or below, which parsers resolve differently.
impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Fields, A::Error> {
        Ok(Fields {
            values: members(access)?,
            ..Fields::default()
        })
    }
}

/// Every member of an object, unless two have one name.
fn members<'de, A: MapAccess<'de>>(mut access: A) -> Result<Map<String, Value>, A::Error> {
    let mut values = Map::new();
    while let Some((name, Single(value))) = access.next_entry::<String, Single>()? {
        if values.insert(name, value).is_some() {
            return Err(de::Error::custom("a key stands more than once"));
        }
    }
    Ok(values)
}

/// A value in whose objects no key stands twice; of such keys `Value` keeps the last in silence.
struct Single(Value);

impl<'de> Deserialize<'de> for Single {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SingleVisitor).map(Single)
    }
}

struct SingleVisitor;

macro_rules! scalars {
    ($($visit:ident: $kind:ty),+) => {$(
        fn $visit<E: de::Error>(self, value: $kind) -> Result<Value, E> {
            Ok(value.into())
        }
    )+};
}

impl<'de> Visitor<'de> for SingleVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    scalars! { visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str, visit_string: String }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Single(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        members(access).map(Value::Object)
    }
}
