//! Commands: what a client asks of the hub over the socket.
//!
//! Every command takes one object and is acknowledged with `{"ok": …}` or `{"error": …}`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::FieldError;
use crate::fields::{Fault, Faults, FieldValue, Fields, Request, list};
use crate::id::{ChannelId, MessageId, ServerId};
use crate::limits;
use crate::members::ChosenStatus;
use crate::messages::{Message, SendMessage};
use crate::{FieldCode, TimestampMs, request};

macro_rules! commands {
    ($($(#[doc = $doc:literal])+ $variant:ident($body:ty) = $name:literal -> $answer:ty,)+) => {
        /// Everything that a client can ask over the socket.
        #[derive(Debug, Clone)]
        pub enum Command {
            $($(#[doc = $doc])+ $variant($body),)+
        }

        impl Command {
            /// The names of all commands.
            pub const NAMES: &[&str] = &[$($name),+];

            /// Reads a command; `None` when there is no such command.
            pub fn read(name: &str, fields: Fields) -> Option<Result<Self, Vec<FieldError>>> {
                match name {
                    $($name => Some(<$body as Request>::from_fields(fields).map(Self::$variant)),)+
                    _ => None,
                }
            }

            /// Names, schema names and descriptions for the generated contract.
            pub fn catalogue() -> Vec<CommandSchema> {
                vec![$(CommandSchema {
                    name: $name,
                    body: <$body as ToSchema>::name().into_owned(),
                    answer: <$answer as ToSchema>::name().into_owned(),
                    description: concat!($($doc),+),
                }),+]
            }

            /// Every schema that the commands and their answers need.
            pub fn schemas() -> Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
                let mut schemas = Vec::new();
                $(
                    schemas.push((<$body as ToSchema>::name().into_owned(), <$body as utoipa::PartialSchema>::schema()));
                    <$body as ToSchema>::schemas(&mut schemas);
                    schemas.push((<$answer as ToSchema>::name().into_owned(), <$answer as utoipa::PartialSchema>::schema()));
                    <$answer as ToSchema>::schemas(&mut schemas);
                )+
                schemas
            }
        }
    };
}

/// One command of the generated contract.
#[derive(Debug, Clone)]
pub struct CommandSchema {
    /// The name on the wire.
    pub name: &'static str,
    /// The name of the body's schema.
    pub body: String,
    /// The name of the answer's schema.
    pub answer: String,
    /// What the command does.
    pub description: &'static str,
}

commands! {
    #[doc = "Writes a message. Acknowledged after the commit."]
    MessageSend(MessageSend) = "message_send" -> MessageSent,
    #[doc = "Says that one is typing. Ephemeral; repeat every 4 seconds at most."]
    TypingStart(TypingStart) = "typing_start" -> Done,
    #[doc = "Moves the own reading position, forwards or back."]
    ChannelRead(ChannelRead) = "channel_read" -> ReadMoved,
    #[doc = "Chooses the status that others see. Ephemeral."]
    PresenceSet(PresenceSet) = "presence_set" -> Done,
    #[doc = "Watches ranges of a server's member list; replaces what was watched, an empty list ends it."]
    MembersSubscribe(MembersSubscribe) = "members_subscribe" -> Done,
    #[doc = "Asks for everything that changed in a channel after a sequence number."]
    ChannelSync(ChannelSync) = "channel_sync" -> ChannelChanges,
    #[doc = "Watches channels, so that their events come whole; replaces what was watched. What one does not see is left out of the answer."]
    ChannelsWatch(ChannelsWatch) = "channels_watch" -> ChannelsWatched,
    #[doc = "Renews the access token of the connection."]
    SessionRefresh(SessionRefresh) = "session_refresh" -> SessionRefreshed,
}

/// The answer of a command that has nothing to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {}

/// Answer of `message_send`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageSent {
    /// The message.
    pub id: MessageId,
    /// Its sequence number.
    pub seq: i64,
}

/// Answer of `channel_read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadMoved {
    /// The newest message that was seen.
    pub last_read_id: MessageId,
    /// The number of the change.
    pub rev: i64,
}

/// Answer of `channel_sync`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelChanges {
    /// Messages with a `rev` above `after`, by `rev`, tombstones included. Empty on a reset.
    pub rows: Vec<Message>,
    /// The channel's newest message that stands.
    #[schema(required)]
    pub last_message_id: Option<MessageId>,
    /// The sequence number that the client has reached with these rows.
    pub through: i64,
    /// Whether there is more after `through`.
    pub more: bool,
    /// The client is too far behind, or ahead of the hub: drop the channel and load it anew.
    pub reset: bool,
}

/// Answer of `channels_watch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelsWatched {
    /// The channels that are watched from now on, in the order in which they were named.
    pub channels: Vec<WatchedChannel>,
}

/// A channel that is watched, and how far it has come: what follows comes whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WatchedChannel {
    /// The channel.
    pub id: ChannelId,
    /// The sequence number of its last change; `null` where `server_reads` is still to say it.
    #[schema(required)]
    pub last_seq: Option<i64>,
    /// Its newest message that stands.
    #[schema(required)]
    pub last_message_id: Option<MessageId>,
}

/// Answer of `session_refresh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionRefreshed {
    /// When the new access token expires.
    pub expires_at: TimestampMs,
}

/// First and last row of a watched range, both included.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
pub struct RowRange(pub u32, pub u32);

impl FieldValue for RowRange {
    fn from_json(value: serde_json::Value) -> Result<Self, Faults> {
        let malformed = |message| Err(Fault::new(FieldCode::InvalidFormat, message).into());
        let &[first, last] = list::<u32>(value, 2)?.as_slice() else {
            return malformed("must be [first, last]");
        };
        if last < first {
            return malformed("must not end before it begins");
        }
        let max = limits::MEMBER_RANGE_ROWS_MAX;
        if last - first >= max {
            let message = format!("must have at most {max} rows");
            return Err(Fault::limit(FieldCode::TooLarge, message, max.into()).into());
        }
        Ok(Self(first, last))
    }
}

request! {
    /// Body of `message_send`.
    pub struct MessageSend {
        /// Where to.
        pub channel_id: ChannelId,
        ..message: SendMessage
    }

    /// Body of `typing_start`.
    pub struct TypingStart {
        /// Where.
        pub channel_id: ChannelId,
    }

    /// Body of `channel_read`.
    pub struct ChannelRead {
        /// The channel.
        pub channel_id: ChannelId,
        /// The newest message that was seen.
        pub message_id: MessageId,
    }

    /// Body of `presence_set`.
    pub struct PresenceSet {
        /// What others shall see.
        pub status: ChosenStatus,
    }

    /// Body of `members_subscribe`.
    pub struct MembersSubscribe {
        /// The server.
        pub server_id: ServerId,
        /// The ranges to watch.
        pub ranges: Vec<RowRange> [at_most limits::MEMBER_RANGES_MAX as u64],
    }

    /// Body of `channel_sync`.
    pub struct ChannelSync {
        /// The channel.
        pub channel_id: ChannelId,
        /// The sequence number that the client has reached.
        #[schema(minimum = 0)]
        pub after: i64,
    }
    check |this| {
        let fault = || Fault::limit(FieldCode::TooSmall, "must not be negative", 0);
        (this.after < 0).then(|| fault().of("after")).into_iter().collect()
    }

    /// Body of `channels_watch`.
    pub struct ChannelsWatch {
        /// The channels to watch; an empty list ends it.
        pub channels: Vec<ChannelId> [at_most limits::CHANNELS_WATCHED_MAX as u64],
    }

    /// Body of `session_refresh`.
    pub struct SessionRefresh {
        /// The new access token of the same session.
        pub token: String,
    }
}
