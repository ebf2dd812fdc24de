//! Events: what the hub tells its clients over the socket.
//!
//! An event carries the whole new state of its noun, so that applying one twice or late is
//! harmless. Channel events carry the range of the channel's sequence numbers that they cover, one in
//! most cases, structural events the server's epoch, both taken in the transaction of the change; by
//! which of them an event is ordered stands in its declaration. No event has a field that depends on its reader, except those whose
//! description says that they go to one account, or to those who may do the same.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::TimestampMs;
use crate::channels::{
    Channel, ChannelForMember, ChannelHead, ChannelRights, PlacedChannel, WatchMode,
};
use crate::hub::HubInfo;
use crate::id::{ChannelId, MessageId, ServerId, SessionId};
use crate::members::ChosenStatus;
use crate::messages::Message;
use crate::permissions::Permissions;
use crate::servers::{Server, ServerState};
use crate::told::told;
use crate::users::{Me, PublicUser};

/// Where an event stands among others. Each says it where it is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// A change of a server's structure; several may have been made at one epoch.
    Structure {
        /// The server's epoch at the change.
        epoch: i64,
    },
    /// A change in a channel.
    Channel {
        /// The channel.
        id: ChannelId,
        /// The first of the sequence numbers that the change takes.
        first_seq: i64,
        /// The last of them: the channel's sequence number after the change.
        seq: i64,
        /// The server's epoch at the change.
        epoch: i64,
    },
    /// A change of what belongs to one account.
    Account {
        /// The account's counter at the change.
        rev: i64,
    },
    /// In no order: a reading of what is there now, or what nothing follows.
    Free,
}

macro_rules! position {
    (structure, $payload:ident) => {
        Position::Structure {
            epoch: $payload.epoch,
        }
    };
    (channel, $payload:ident) => {
        Position::Channel {
            id: $payload.message.channel_id,
            first_seq: $payload.first_seq,
            seq: $payload.seq,
            epoch: $payload.epoch,
        }
    };
    (account, $payload:ident) => {
        Position::Account {
            rev: $payload.rev(),
        }
    };
    (free, $payload:ident) => {{
        let _ = $payload;
        Position::Free
    }};
}

macro_rules! events {
    ($($(#[doc = $doc:literal])+ $variant:ident($payload:ty) = $name:literal, $order:ident;)+) => {
        told! {
            /// Everything that the hub can tell a client, and that is true whoever hears it: what
            /// may get lost is a [`Hint`](crate::Hint).
            Event {
                $($(#[doc = $doc])+ $variant($payload) = $name, stringify!($order);)+
            }
        }

        impl Event {
            /// Where the event stands among those that must be applied in order.
            pub fn position(&self) -> Position {
                match self { $(Self::$variant(payload) => position!($order, payload)),+ }
            }
        }
    };
}

events! {
    #[doc = "First event of a connection, to this connection: who one is and where one belongs."]
    Ready(Ready) = "ready", free;
    #[doc = "The whole structure of a server, to those who may do the same; replaces everything known of it."]
    ServerState(ServerState) = "server_state", free;
    #[doc = "More channels of a large server, after its `server_state`, likewise. Of each the newest state counts."]
    ServerChannels(ServerChannels) = "server_channels", free;
    #[doc = "How far the channels of a server have come and how far one has read, to one account."]
    ServerReads(ServerReads) = "server_reads", free;
    #[doc = "A server was changed."]
    ServerUpdated(ServerUpdated) = "server_updated", structure;
    #[doc = "One is no longer a member of a server, or it is gone."]
    ServerRemoved(ServerRemoved) = "server_removed", free;
    #[doc = "The own servers stand in a new order, to one account."]
    ServersReordered(ServersReordered) = "servers_reordered", account;
    #[doc = "A channel was made."]
    ChannelCreated(ChannelChanged) = "channel_created", structure;
    #[doc = "A channel was changed."]
    ChannelUpdated(ChannelChanged) = "channel_updated", structure;
    #[doc = "A channel was deleted."]
    ChannelDeleted(ChannelDeleted) = "channel_deleted", structure;
    #[doc = "The channels of a server stand in a new order."]
    ChannelsReordered(ChannelsReordered) = "channels_reordered", structure;
    #[doc = "What a member may see or do in a server has changed. Sent to all for whom it changed in the same way."]
    RightsUpdated(RightsUpdated) = "rights_updated", free;
    #[doc = "A message was written."]
    MessageCreated(MessageChanged) = "message_created", channel;
    #[doc = "A message was changed."]
    MessageUpdated(MessageChanged) = "message_updated", channel;
    #[doc = "A message was deleted; the payload is its tombstone."]
    MessageDeleted(MessageDeleted) = "message_deleted", channel;
    #[doc = "How far channels with recent activity have come: every 15 seconds, and to who listens to a list every second or every five, if anything was said."]
    Heads(Heads) = "heads", free;
    #[doc = "The own reading position moved, to one account."]
    ReadUpdated(ReadUpdated) = "read_updated", account;
    #[doc = "Someone who shares a server changed the profile."]
    UserUpdated(UserUpdated) = "user_updated", free;
    #[doc = "The own account changed, to one account."]
    MeUpdated(MeUpdated) = "me_updated", account;
    #[doc = "The hub's settings changed."]
    HubUpdated(HubUpdated) = "hub_updated", free;
    #[doc = "The session has ended; the hub closes the connection after this event."]
    SessionEnded(SessionEnded) = "session_ended", free;
}

/// Payload of `ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ready {
    /// The own account.
    pub me: Me,
    /// The session of the connection.
    pub session_id: SessionId,
    /// When the access token of the connection expires; renew it with `session_refresh` before.
    pub expires_at: TimestampMs,
    /// The hub.
    pub hub: HubInfo,
    /// The own servers in the own order; their structure follows as one `server_state` each.
    pub servers: Vec<ReadyServer>,
    /// The own chosen status.
    pub status: ChosenStatus,
    /// Of which channels the connection gets the events.
    pub watch: WatchMode,
}

/// A server in `ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadyServer {
    /// The server.
    pub id: ServerId,
    /// Its name.
    pub name: String,
    /// Key of its picture, if there is one.
    #[schema(required)]
    pub icon: Option<String>,
    /// Its epoch.
    pub epoch: i64,
    /// The number of its structure: what one holds of another number is old.
    pub structure_rev: i64,
    /// The number of one's own membership, which grows with every change of it.
    pub member_rev: i64,
    /// How many members it has.
    pub member_count: i64,
    /// Whether any of its channels that one sees has a message after one's reading position.
    pub is_unread: bool,
    /// How often one was mentioned since.
    pub mentions: i64,
}

/// Payload of `server_channels`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerChannels {
    /// The server.
    pub server_id: ServerId,
    /// Some of its channels; they replace what is known of them.
    pub channels: Vec<ChannelForMember>,
    /// The epoch at which they were read.
    pub epoch: i64,
    /// The number of the structure to which they belong.
    pub structure_rev: i64,
}

/// Payload of `server_reads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerReads {
    /// The server.
    pub server_id: ServerId,
    /// One row per visible channel.
    pub channels: Vec<ChannelHead>,
}

/// Payload of `server_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerUpdated {
    /// The server as it is now.
    pub server: Server,
    /// The server's epoch at the change.
    pub epoch: i64,
    /// The number of the structure that the change leads to.
    pub structure_rev: i64,
}

/// Why a server is gone for someone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemovalReason {
    /// One left.
    Left,
    /// One was removed by a moderator.
    Kicked,
    /// The server was deleted.
    Deleted,
}

/// Payload of `server_removed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerRemoved {
    /// The server.
    pub server_id: ServerId,
    /// Why it is gone.
    pub reason: RemovalReason,
}

/// Payload of `servers_reordered`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServersReordered {
    /// Every own server in the new order; one that is joined later comes after them.
    pub server_ids: Vec<ServerId>,
    /// Grows with every change; the greatest is the last.
    pub rev: i64,
}

impl ServersReordered {
    const fn rev(&self) -> i64 {
        self.rev
    }
}

/// Payload of `channel_created` and `channel_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelChanged {
    /// The channel as it is now.
    pub channel: Channel,
    /// The server's epoch at the change.
    pub epoch: i64,
    /// The number of the structure that the change leads to.
    pub structure_rev: i64,
}

/// Payload of `channel_deleted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelDeleted {
    /// The server.
    pub server_id: ServerId,
    /// The channel.
    pub channel_id: ChannelId,
    /// The server's epoch at the change.
    pub epoch: i64,
    /// The number of the structure that the change leads to.
    pub structure_rev: i64,
}

/// Payload of `channels_reordered`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelsReordered {
    /// The server.
    pub server_id: ServerId,
    /// Every channel that the reader sees, in the new order.
    pub channels: Vec<PlacedChannel>,
    /// The server's epoch at the change.
    pub epoch: i64,
    /// The number of the structure that the change leads to.
    pub structure_rev: i64,
}

/// Payload of `rights_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RightsUpdated {
    /// The server.
    pub server_id: ServerId,
    /// What one may do in the server as a whole.
    pub permissions: Permissions,
    /// Channels that one sees from now on, where they are at hand; else `server_state` follows. How far they
    /// have come, and how far one has read in them, `server_reads` says, which follows too.
    pub shown: Vec<ChannelForMember>,
    /// Channels that are there still, and that one does not see any more.
    pub hidden: Vec<ChannelId>,
    /// What one may do from now on in other channels that one sees, those that were made by the change among
    /// them.
    pub channels: Vec<ChannelRights>,
    /// The server's epoch after the change. The end of a timeout raises no epoch: then it is the current one.
    pub epoch: i64,
    /// The number of the structure to which this belongs.
    pub structure_rev: i64,
}

/// Payload of `message_created` and `message_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageChanged {
    /// The message as it is now.
    pub message: Message,
    /// The first of the channel's sequence numbers that the event covers.
    pub first_seq: i64,
    /// The last of them, and the channel's sequence number after the change.
    pub seq: i64,
    /// The server's epoch at the change.
    pub epoch: i64,
}

/// Payload of `message_deleted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageDeleted {
    /// What is left of the message.
    pub message: Message,
    /// The channel's newest message that stands, now that this one does not.
    #[schema(required)]
    pub last_message_id: Option<MessageId>,
    /// The first of the channel's sequence numbers that the event covers.
    pub first_seq: i64,
    /// The last of them, and the channel's sequence number after the change.
    pub seq: i64,
    /// The server's epoch at the change.
    pub epoch: i64,
}

/// Payload of `heads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Heads {
    /// The server.
    pub server_id: ServerId,
    /// Channels with recent activity.
    pub channels: Vec<Head>,
}

/// How far one channel has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Head {
    /// The channel.
    pub id: ChannelId,
    /// The sequence number of its last change.
    pub last_seq: i64,
    /// Its newest message that stands.
    #[schema(required)]
    pub last_message_id: Option<MessageId>,
}

/// Payload of `read_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadUpdated {
    /// The channel.
    pub channel_id: ChannelId,
    /// The newest message that was seen.
    pub last_read_id: MessageId,
    /// Grows with every change; the greatest is the last.
    pub rev: i64,
}

impl ReadUpdated {
    const fn rev(&self) -> i64 {
        self.rev
    }
}

/// Payload of `user_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserUpdated {
    /// The profile as it is now.
    pub user: PublicUser,
}

/// Payload of `me_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeUpdated {
    /// The account as it is now.
    pub me: Me,
}

impl MeUpdated {
    const fn rev(&self) -> i64 {
        self.me.rev
    }
}

/// Payload of `hub_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HubUpdated {
    /// The hub as it is now.
    pub hub: HubInfo,
}

/// Why a session has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Its owner signed out here.
    SignedOut,
    /// Its owner, or an administrator, ended it from elsewhere.
    Revoked,
    /// The password was changed.
    PasswordChanged,
    /// Its owner signed in anew and had as many sessions as can be: of them it was unused for longest.
    TooMany,
    /// A refresh token of it came again after it was used up: somebody else may have it.
    TokenReused,
    /// It was found ended, and nobody has said why.
    Unknown,
    /// The access token was not renewed in time, or the session is too old.
    Expired,
}

/// Payload of `session_ended`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionEnded {
    /// Why.
    pub reason: EndReason,
}
