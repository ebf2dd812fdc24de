//! Permission bits, at the positions that Discord publishes for its API: the field's de facto
//! standard. Only bits that something checks are named here.

use std::fmt;
use std::ops::BitOr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{self, RefOr};

/// A set of permission bits; a decimal string in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Permissions(i64);

impl Permissions {
    /// Nothing at all.
    pub const NONE: Self = Self(0);
    /// Make invites to the server.
    pub const CREATE_INVITE: Self = Self(1);
    /// Remove members.
    pub const KICK_MEMBERS: Self = Self(1 << 1);
    /// Passes every check of the server but ownership.
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    /// Create, change, reorder and delete channels.
    pub const MANAGE_CHANNELS: Self = Self(1 << 4);
    /// Rename the server, see and revoke its invites.
    pub const MANAGE_SERVER: Self = Self(1 << 5);
    /// See a channel and read what arrives in it.
    pub const VIEW_CHANNEL: Self = Self(1 << 10);
    /// Write messages.
    pub const SEND_MESSAGES: Self = Self(1 << 11);
    /// Delete the messages of others.
    pub const MANAGE_MESSAGES: Self = Self(1 << 13);
    /// Read messages from before one came.
    pub const READ_MESSAGE_HISTORY: Self = Self(1 << 16);

    /// What the everyone role of a new server may do.
    pub const EVERYONE_DEFAULT: Self = Self(
        Self::CREATE_INVITE.0
            | Self::VIEW_CHANNEL.0
            | Self::SEND_MESSAGES.0
            | Self::READ_MESSAGE_HISTORY.0,
    );

    /// Takes the bits as they are stored; unknown bits are kept.
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits)
    }

    /// The bits as they are stored.
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// Whether every bit of `needed` is in the set.
    pub const fn contains(self, needed: Self) -> bool {
        self.0 & needed.0 == needed.0
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permissions({:#x})", self.0)
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(de::Error::custom)
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
