//! Members of a server, and who of them is there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fields::string_values;
use crate::id::UserId;
use crate::users::PublicUser;
use crate::{TimestampMs, request};

/// A user in a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// The account.
    pub user: PublicUser,
    /// When it joined.
    pub joined_at: TimestampMs,
    /// Whether the server belongs to it.
    pub is_owner: bool,
}

/// Whether someone is there, as others see it. Ephemeral: never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// There.
    Online,
    /// There, but away from the keyboard.
    Idle,
    /// There, and not to be disturbed.
    Dnd,
    /// Not there, or invisible.
    Offline,
}

/// What someone wants others to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChosenStatus {
    /// There.
    #[default]
    Online,
    /// Away from the keyboard.
    Idle,
    /// Not to be disturbed.
    Dnd,
    /// There, but shown as offline.
    Invisible,
}

string_values! { "\"online\", \"idle\", \"dnd\" or \"invisible\"": ChosenStatus }

impl ChosenStatus {
    /// What others see while at least one connection is open.
    pub const fn shown(self) -> Status {
        match self {
            Self::Online => Status::Online,
            Self::Idle => Status::Idle,
            Self::Dnd => Status::Dnd,
            Self::Invisible => Status::Offline,
        }
    }
}

/// A row of a live member list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListedMember {
    /// The account.
    pub user: PublicUser,
    /// When it joined.
    pub joined_at: TimestampMs,
    /// Whether the server belongs to it.
    pub is_owner: bool,
    /// Whether it is there.
    pub status: Status,
}

request! {
    /// Selects members in order of user ids.
    pub struct MemberQuery {
        /// Members after this user.
        pub after: Option<UserId>,
        /// Rows at most; 50 when absent.
        #[schema(minimum = 1, maximum = 100)]
        pub limit: Option<u32>,
    }
}
