//! Kinds that are a number on the wire and at rest: `type` of a channel and of a message.
//!
//! The numbers follow those that Discord publishes for its API, and a number keeps its meaning for
//! good. One that is not declared is refused where it is read, on the wire and at rest.

/// The number stands for no kind that this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no kind that this version knows")]
pub struct UnknownKind(pub i64);

/// Declares an enum of kinds, each with its number.
macro_rules! kinds {
    (
        #[doc = $doc:literal]
        pub enum $name:ident { $(#[doc = $kind_doc:literal] $kind:ident = $raw:literal,)+ }
    ) => {
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $kind_doc] $kind,)+
        }

        impl From<$name> for i64 {
            fn from(kind: $name) -> Self {
                match kind {
                    $($name::$kind => $raw,)+
                }
            }
        }

        impl TryFrom<i64> for $name {
            type Error = $crate::kinds::UnknownKind;

            fn try_from(raw: i64) -> Result<Self, $crate::kinds::UnknownKind> {
                match raw {
                    $($raw => Ok(Self::$kind),)+
                    _ => Err($crate::kinds::UnknownKind(raw)),
                }
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64((*self).into())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = <i64 as ::serde::Deserialize>::deserialize(deserializer)?;
                Self::try_from(raw).map_err(::serde::de::Error::custom)
            }
        }

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::Schema> {
                let known: [i64; _] = [$($raw),+];
                let described = [$(concat!($raw, ":", $kind_doc)),+];
                let description = format!("{} {}", $doc.trim(), described.join(" "));
                ::utoipa::openapi::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::schema::Type::Integer)
                    .description(Some(description))
                    .enum_values(Some(known))
                    .into()
            }
        }

        impl ::utoipa::ToSchema for $name {}
    };
}

pub(crate) use kinds;

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use crate::channels::ChannelKind;
    use crate::messages::MessageKind;

    fn is_the_number<K>(kind: K, raw: i64)
    where
        K: Copy + Debug + PartialEq + Into<i64> + TryFrom<i64> + Serialize + DeserializeOwned,
        K::Error: Debug + PartialEq,
    {
        assert_eq!((kind.into(), K::try_from(raw).ok()), (raw, Some(kind)));
        assert_eq!(serde_json::to_string(&kind).ok(), Some(raw.to_string()));
        let read: K = serde_json::from_str(&raw.to_string()).expect("its number");
        assert_eq!(read, kind);
        for text in [
            "-1",
            "1",
            "7",
            "0.0",
            "1e0",
            "\"0\"",
            "\"text\"",
            "null",
            "true",
            "[0]",
            "{}",
            "9223372036854775807",
            "18446744073709551616",
        ] {
            assert!(serde_json::from_str::<K>(text).is_err(), "{text}");
        }
        for raw in [i64::MIN, -1, 1, 7, 1 << 32, i64::MAX] {
            assert!(K::try_from(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn a_kind_is_its_number_and_no_other_value_is_one() {
        is_the_number(ChannelKind::Text, 0);
        is_the_number(MessageKind::Default, 0);
    }
}
