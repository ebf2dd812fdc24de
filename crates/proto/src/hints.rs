//! Hints: what the hub tells its clients over the socket and what may get lost.
//!
//! A hint is true for a moment, is never stored, and nothing waits for it; it is the first to go
//! where room is short. This is a type of its own, so that no event can be told as a hint and no
//! hint can leave with a commit, stand in an order or be repeated.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ChannelId, RoleId, ServerId};
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
    /// How many members are there now.
    pub online: i64,
    /// How many members there are: the rows of all groups.
    pub total: i64,
    /// The groups that the rows fall into, in their order, those without a row left out; within a
    /// group rows stand by name.
    pub groups: Vec<MemberGroup>,
    /// The watched ranges, each whole.
    pub ranges: Vec<MemberRange>,
}

/// Consecutive rows of a member list that stand under one head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberGroup {
    /// What its members have in common.
    pub id: MemberGroupId,
    /// How many rows it has, at least 1. Indices of rows do not count its head.
    pub count: i64,
}

/// What the members of a group have in common: that they are there, that they are not, or a role,
/// by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum MemberGroupId {
    /// Whether they are there.
    Presence(PresenceGroup),
    /// A role whose members who are there are shown apart; the first of such roles counts.
    Role(RoleId),
}

/// A group by presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PresenceGroup {
    /// There, and of no group before.
    Online,
    /// Not there, or invisible.
    Offline,
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
