//! Identifiers: 64-bit snowflakes, one newtype per kind of thing.
//!
//! `milliseconds since 2015-01-01 << 22 | node (10 bit) | counter (12 bit)`: ids sort by time,
//! are integers at rest and decimal strings in JSON (they exceed 2^53). The generator lives in
//! `hub`; this module only knows the layout.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{self, RefOr};

use crate::fields::string_values;

/// First millisecond that an id can express, as Unix milliseconds: 2015-01-01T00:00:00Z.
pub const EPOCH_MS: i64 = 1_420_070_400_000;
/// Bits below the timestamp: ten for the node, twelve for the counter.
pub const TIMESTAMP_SHIFT: u32 = 22;
/// Bits of the counter within one millisecond of one node.
pub const COUNTER_BITS: u32 = 12;

/// The text is not a decimal 63-bit id above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is a decimal number above zero")]
pub struct InvalidId;

/// Parses the canonical form only: digits, no sign, no leading zero, above zero, at most `i64::MAX`.
fn parse(text: &str) -> Result<i64, InvalidId> {
    let canonical = !text.is_empty() && text.len() <= 19 && !text.starts_with('0');
    if canonical && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_err(|_| InvalidId)
    } else {
        Err(InvalidId)
    }
}

/// The canonical form as a regular expression: one to eighteen digits, or nineteen up to `i64::MAX`.
fn pattern() -> String {
    let max = i64::MAX.to_string();
    let below = max.char_indices().filter_map(|(at, digit)| {
        // The same digits up to here, a lower one, and any after it.
        let lower = char::from_digit(digit.to_digit(10)?.checked_sub(1)?, 10)?;
        let least = if at == 0 { '1' } else { '0' };
        let rest = max.len() - at - 1;
        let same = max.get(..at)?;
        (least <= lower).then(|| format!("{same}[{least}-{lower}][0-9]{{{rest}}}"))
    });
    let alternatives: Vec<String> = std::iter::once("[1-9][0-9]{0,17}".to_owned())
        .chain(below)
        .chain([max.clone()])
        .collect();
    format!("^(?:{})$", alternatives.join("|"))
}

/// Schema shared by every id: a decimal string.
fn schema() -> RefOr<openapi::Schema> {
    openapi::ObjectBuilder::new()
        .schema_type(openapi::schema::Type::String)
        .description(Some("64-bit id as a decimal string"))
        .pattern(Some(pattern()))
        .examples([serde_json::json!("1289467123456789504")])
        .into()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Takes an id from the database or the generator; `raw` is above zero.
            pub const fn from_raw(raw: i64) -> Self {
                Self(raw)
            }

            /// The integer that is stored.
            pub const fn raw(self) -> i64 {
                self.0
            }

            /// When the id was made, in Unix milliseconds.
            pub const fn created_at_ms(self) -> i64 {
                (self.0 >> TIMESTAMP_SHIFT) + EPOCH_MS
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        /// Reads what is stored.
        impl TryFrom<i64> for $name {
            type Error = InvalidId;

            fn try_from(raw: i64) -> Result<Self, InvalidId> {
                if raw > 0 { Ok(Self(raw)) } else { Err(InvalidId) }
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<openapi::Schema> {
                schema()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

ids! {
    /// A text channel of a server.
    ChannelId,
    /// Something that the hub has still to do by itself.
    JobId,
    /// A message of a channel. Within a channel, id order is sequence order.
    MessageId,
    /// A role of a server. The everyone role has its server's id.
    RoleId,
    /// A community on this hub.
    ServerId,
    /// One login of an account; tokens, sockets and signed links belong to it.
    SessionId,
    /// An account.
    UserId,
}

string_values! { "an id (a decimal number in quotes)": ChannelId, MessageId, ServerId, SessionId, UserId }

impl ServerId {
    /// The role that every member of the server has.
    pub const fn everyone_role(self) -> RoleId {
        RoleId(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_string_in_json_and_an_integer_at_rest() {
        let id: UserId = "1289467123456789504".parse().unwrap();
        assert_eq!(id.raw(), 1_289_467_123_456_789_504);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"1289467123456789504\"");
        assert_eq!(serde_json::from_str::<UserId>(&json).unwrap(), id);
    }

    #[test]
    fn only_the_canonical_decimal_form_is_an_id() {
        for text in [
            "",
            "0",
            "-1",
            "+1",
            "01",
            " 1",
            "1 ",
            "1.0",
            "0x1",
            "9223372036854775808",
            "१",
        ] {
            assert!(text.parse::<UserId>().is_err(), "{text:?} was accepted");
        }
        assert_eq!("9223372036854775807".parse(), Ok(UserId(i64::MAX)));
        assert!(
            serde_json::from_str::<UserId>("1").is_err(),
            "a number is no id"
        );
    }
}
