//! Permission bits, at the positions that Discord publishes for its API: the field's de facto
//! standard. Only bits that something checks are named here.

use bitflags::bitflags;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{self, RefOr};

bitflags! {
    /// A set of permission bits; a decimal string in JSON. Bits that nothing here names are kept as
    /// they are stored ([`Permissions::from_bits_retain`]): they are of a later version.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Permissions: i64 {
        /// Make invites to the server.
        const CREATE_INVITE = 1;
        /// Remove members.
        const KICK_MEMBERS = 1 << 1;
        /// Passes every check of the server but ownership.
        const ADMINISTRATOR = 1 << 3;
        /// Create, change, reorder and delete channels.
        const MANAGE_CHANNELS = 1 << 4;
        /// Rename the server, see and revoke its invites.
        const MANAGE_SERVER = 1 << 5;
        /// See a channel and read what arrives in it.
        const VIEW_CHANNEL = 1 << 10;
        /// Write messages.
        const SEND_MESSAGES = 1 << 11;
        /// Delete the messages of others.
        const MANAGE_MESSAGES = 1 << 13;
        /// Read messages from before one came.
        const READ_MESSAGE_HISTORY = 1 << 16;
    }
}

impl Permissions {
    /// Nothing at all.
    pub const NONE: Self = Self::empty();

    /// What the everyone role of a new server may do.
    pub const EVERYONE_DEFAULT: Self = Self::CREATE_INVITE
        .union(Self::VIEW_CHANNEL)
        .union(Self::SEND_MESSAGES)
        .union(Self::READ_MESSAGE_HISTORY);
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.bits())
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse()
            .map(Self::from_bits_retain)
            .map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Permissions {
    fn schema() -> RefOr<openapi::Schema> {
        openapi::ObjectBuilder::new()
            .schema_type(openapi::schema::Type::String)
            .description(Some("Permission bits as a decimal string"))
            .pattern(Some("^[0-9]{1,19}$"))
            .into()
    }
}

impl utoipa::ToSchema for Permissions {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_a_decimal_string_in_json_and_keeps_bits_that_nobody_knows() {
        let json = serde_json::to_string(&Permissions::EVERYONE_DEFAULT).unwrap();
        assert_eq!(json, "\"68609\"");
        let later = Permissions::from_bits_retain(1 << 40) | Permissions::VIEW_CHANNEL;
        let json = serde_json::to_string(&later).unwrap();
        assert_eq!(json, "\"1099511628800\"");
        assert_eq!(serde_json::from_str::<Permissions>(&json).unwrap(), later);
        assert!(serde_json::from_str::<Permissions>("68609").is_err());
        assert!(serde_json::from_str::<Permissions>("\"VIEW_CHANNEL\"").is_err());
    }

    #[test]
    fn every_bit_is_needed_where_several_are() {
        let both = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
        assert!(Permissions::EVERYONE_DEFAULT.contains(both));
        assert!(!Permissions::VIEW_CHANNEL.contains(both));
        assert!(Permissions::NONE.contains(Permissions::NONE));
    }
}
