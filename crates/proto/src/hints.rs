//! Hints: what the hub tells its clients over the socket and what may get lost.
//!
//! A hint is true for a moment, is never stored, and nothing waits for it; it is the first to go
//! where room is short. This is a type of its own, so that no event can be told as a hint and no
//! hint can leave with a commit, stand in an order or be repeated.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ChannelId, ServerId};
use crate::members::{ChosenStatus, ListedMember};
use crate::told::told;
use crate::users::PublicUser;

told! {
    /// Everything that the hub can tell a client and that may get lost.
    Hint {
        #[doc = "Someone is typing. Ephemeral; lasts 8 seconds."]
        TypingStarted(TypingStarted) = "typing_started", "hint";
        #[doc = "The watched ranges of a member list. Ephemeral."]
        MemberList(MemberList) = "member_list", "hint";
        #[doc = "The own chosen status changed, to one account. Ephemeral."]
        PresenceUpdated(PresenceUpdated) = "presence_updated", "hint";
    }
}

/// Payload of `typing_started`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TypingStarted {
    /// The channel.
    pub channel_id: ChannelId,
    /// Who types.
    pub user: PublicUser,
}

/// Payload of `member_list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberList {
    /// The server.
    pub server_id: ServerId,
    /// How many members are there now; they come first, by name.
    pub online: i64,
    /// How many members there are.
    pub total: i64,
    /// The watched ranges, each whole.
    pub ranges: Vec<MemberRange>,
}

/// A watched range of a member list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberRange {
    /// The index of its first row.
    pub first: u32,
    /// Its rows; fewer than asked for at the end of the list.
    pub items: Vec<ListedMember>,
}

/// Payload of `presence_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PresenceUpdated {
    /// The own chosen status.
    pub status: ChosenStatus,
}
