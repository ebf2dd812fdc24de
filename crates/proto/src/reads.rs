//! How far someone has read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ChannelId, MessageId};
use crate::request;

/// The own reading position in a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadState {
    /// The channel.
    pub channel_id: ChannelId,
    /// The newest message that was seen. Before the first it is the moment of joining, as an id.
    #[schema(required)]
    pub last_read_id: Option<MessageId>,
    /// Messages of others among the 5,000 that follow it, counted up to 1,000. Less than there are
    /// where somebody wrote thousands without moving their position.
    pub unread: i64,
    /// Grows with every change, so that devices agree on the last one.
    pub rev: i64,
}

request! {
    /// Moves the own reading position, forwards or back.
    pub struct MarkRead {
        /// The newest message that was seen.
        pub message_id: MessageId,
    }
}
