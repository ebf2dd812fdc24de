//! Accounts as others, their owner and an administrator see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fields::Patch;
use crate::id::UserId;
use crate::text::{DisplayName, Email, NewPassword, Password, SearchText};
use crate::{TimestampMs, request};

/// What stands behind an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// A person.
    Human,
    /// A program with an account.
    Bot,
    /// A source of messages without a login.
    Webhook,
    /// An author that came with an imported community.
    Imported,
    /// An account that was deleted; its messages stay.
    Deleted,
}

impl UserKind {
    /// The number that is stored.
    pub const fn to_raw(self) -> i64 {
        match self {
            Self::Human => 0,
            Self::Bot => 1,
            Self::Webhook => 2,
            Self::Imported => 3,
            Self::Deleted => 4,
        }
    }

    /// Reads the stored number; one that a newer hub wrote reads as deleted, the kind with the least power.
    pub const fn from_raw(raw: i64) -> Self {
        match raw {
            0 => Self::Human,
            1 => Self::Bot,
            2 => Self::Webhook,
            3 => Self::Imported,
            _ => Self::Deleted,
        }
    }
}

/// An account as everyone on the hub may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicUser {
    /// The account.
    pub id: UserId,
    /// Its unique name.
    pub username: String,
    /// The name to show.
    pub display_name: String,
    /// Key of the picture under `/api/media`, if there is one.
    #[schema(required)]
    pub avatar: Option<String>,
    /// What stands behind the account.
    pub kind: UserKind,
}

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The account.
    pub id: UserId,
    /// Its unique name.
    pub username: String,
    /// The name to show.
    pub display_name: String,
    /// Key of the picture under `/api/media`, if there is one.
    #[schema(required)]
    pub avatar: Option<String>,
    /// What stands behind the account.
    pub kind: UserKind,
    /// The address to sign in with, if one is set. Only the owner and administrators see it.
    #[schema(required)]
    pub email: Option<String>,
    /// Whether the account administers the hub.
    pub is_admin: bool,
    /// Whether an administrator named the account as one whose invites make accounts.
    pub can_invite: bool,
    /// When the account was made.
    pub created_at: TimestampMs,
    /// Grows with every change of what belongs to the account alone.
    pub rev: i64,
}

impl Me {
    /// What others see of the account.
    pub fn public(&self) -> PublicUser {
        PublicUser {
            id: self.id,
            username: self.username.clone(),
            display_name: self.display_name.clone(),
            avatar: self.avatar.clone(),
            kind: self.kind,
        }
    }
}

/// A link with which someone else sets a new password, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasswordResetLink {
    /// The whole link; it is shown only now.
    pub url: String,
    /// When it stops working.
    pub expires_at: TimestampMs,
}

request! {
    /// Changes the own profile.
    pub struct UpdateMe {
        /// The name to show.
        pub display_name: Option<DisplayName>,
        /// The address to sign in with; `null` removes it. Needs `current_password`.
        #[schema(value_type = Option<Email>)]
        pub email: Patch<Email>,
        /// The password of the account; needed to change the address.
        pub current_password: Option<Password>,
    }

    /// Changes the own password. Every other session ends.
    pub struct ChangePassword {
        /// The password until now.
        pub current_password: Password,
        /// The password from now on.
        pub new_password: NewPassword,
    }

    /// Makes a link with which someone else sets a new password.
    pub struct CreatePasswordReset {
        /// The password of whoever asks; needed where the link is for another administrator.
        pub current_password: Option<Password>,
    }

    /// Selects accounts of the hub.
    pub struct UserQuery {
        /// Words that the username, display name or address begins with.
        pub query: Option<SearchText>,
        /// Accounts after this one, in order of ids.
        pub after: Option<UserId>,
        /// Rows at most; 50 when absent.
        #[schema(minimum = 1, maximum = 100)]
        pub limit: Option<u32>,
    }
}
