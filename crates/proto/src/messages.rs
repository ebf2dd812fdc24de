//! Messages and their pages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ChannelId, MessageId, ServerId};
use crate::kinds::kinds;
use crate::text::{MessageText, Nonce};
use crate::users::PublicUser;
use crate::{TimestampMs, request};

kinds! {
    /// What kind of message it is, by number.
    pub enum MessageKind {
        /// A written one.
        Default = 0,
    }
}

/// A message, or the tombstone that a deleted one leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// The message; within its channel, id order is sequence order.
    pub id: MessageId,
    /// The channel it stands in.
    pub channel_id: ChannelId,
    /// The server of the channel.
    pub server_id: ServerId,
    /// Who wrote it.
    pub author: PublicUser,
    /// What kind of message it is.
    #[serde(rename = "type")]
    pub kind: MessageKind,
    /// Bits that change how it is shown.
    pub flags: i64,
    /// The text; empty in a tombstone.
    pub content: String,
    /// The author's own name for it.
    #[schema(required)]
    pub nonce: Option<String>,
    /// The channel's sequence number at its creation.
    pub seq: i64,
    /// The channel's sequence number at its last change.
    pub rev: i64,
    /// When it was written.
    pub created_at: TimestampMs,
    /// When its text was last changed.
    #[schema(required)]
    pub edited_at: Option<TimestampMs>,
    /// Whether only the tombstone is left.
    pub is_deleted: bool,
}

/// A page of a channel's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessagePage {
    /// The messages, oldest first. Deleted ones are left out.
    pub items: Vec<Message>,
    /// Whether there are messages before the first.
    pub has_older: bool,
    /// Whether there are messages after the last.
    pub has_newer: bool,
}

request! {
    /// Writes a message.
    pub struct SendMessage {
        /// The text.
        pub content: MessageText,
        /// The sender's own name for the message. A retry with the same nonce gives the first message.
        pub nonce: Nonce,
    }

    /// Changes the text of an own message.
    pub struct EditMessage {
        /// The text from now on.
        pub content: MessageText,
    }

    /// Selects a page of history; `before`, `after` and `around` exclude each other.
    pub struct MessageQuery {
        /// The page that ends right before this message.
        pub before: Option<MessageId>,
        /// The page that begins right after this message.
        pub after: Option<MessageId>,
        /// The page around this message.
        pub around: Option<MessageId>,
        /// Rows at most; 50 when absent.
        #[schema(minimum = 1, maximum = 100)]
        pub limit: Option<u32>,
    }
    one_of [before, after, around]
}
