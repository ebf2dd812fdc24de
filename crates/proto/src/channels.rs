//! Channels of a server.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ChannelId, MessageId, ServerId};
use crate::kinds::kinds;
use crate::limits;
use crate::permissions::Permissions;
use crate::text::{ChannelName, Topic};
use crate::{TimestampMs, request};

kinds! {
    /// What kind of channel it is, by number.
    pub enum ChannelKind {
        /// A text channel.
        Text = 0,
    }
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Channel {
    /// The channel.
    pub id: ChannelId,
    /// The server it belongs to.
    pub server_id: ServerId,
    /// What kind of channel it is.
    #[serde(rename = "type")]
    pub kind: ChannelKind,
    /// Its name.
    pub name: String,
    /// What it is about; empty when nothing is said.
    pub topic: String,
    /// Its place in the list, from 0; the places of channels that one does not see are left out.
    pub position: i64,
    /// When it was made.
    pub created_at: TimestampMs,
}

/// A channel as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelForMember {
    /// The channel.
    #[serde(flatten)]
    pub channel: Channel,
    /// What one may do in it.
    pub permissions: Permissions,
}

/// What one may do in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelRights {
    /// The channel.
    pub id: ChannelId,
    /// What one may do in it.
    pub permissions: Permissions,
}

/// Where a channel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlacedChannel {
    /// The channel.
    pub id: ChannelId,
    /// Its place in the list, as [`Channel::position`].
    pub position: i64,
}

/// Of which of the channels that it sees a connection gets the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WatchMode {
    /// Of all of them.
    All,
    /// Of those that it watches; `heads` says how far the others have come.
    Listed,
}

/// How far a channel has come, and how far the reader has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelHead {
    /// The channel.
    pub id: ChannelId,
    /// The sequence number of its last change.
    pub last_seq: i64,
    /// Its newest message that stands; it is unread while it is newer than `last_read_id`.
    #[schema(required)]
    pub last_message_id: Option<MessageId>,
    /// The newest message that the reader has seen. Before the first it is the moment of joining, as an
    /// id.
    #[schema(required)]
    pub last_read_id: Option<MessageId>,
    /// The number of the change that made it so; 0 before the first.
    pub read_rev: i64,
}

request! {
    /// Makes a text channel at the end of the list.
    pub struct CreateChannel {
        /// Its name.
        pub name: ChannelName,
        /// What it is about.
        pub topic: Option<Topic>,
    }

    /// Changes a channel.
    pub struct UpdateChannel {
        /// Its name.
        pub name: Option<ChannelName>,
        /// What it is about.
        pub topic: Option<Topic>,
    }

    /// Moves channels of a server to other places. Those that it does not name keep their order
    /// among each other around them. Of two moves of the same channel the last counts, of two to the
    /// same place the first stands before the other.
    pub struct ReorderChannels {
        /// The channels to move.
        pub channels: Vec<ChannelPlace> [at_most limits::CHANNELS_PER_SERVER_MAX.unsigned_abs()],
    }

    /// Where a channel shall stand.
    pub struct ChannelPlace {
        /// The channel.
        pub id: ChannelId,
        /// Its place afterwards in the list of those that one sees, from 0; beyond the end is the end.
        pub position: u32,
    }
}
