//! Invites: the way into a server.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{FieldCode, FieldError};
use crate::fields::{Fault, Patch};
use crate::id::ServerId;
use crate::users::PublicUser;
use crate::{TimestampMs, limits, request};

/// An invite, as those who may see the codes of a server see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invite {
    /// The code; who knows it can join.
    pub code: String,
    /// The server it leads to.
    pub server_id: ServerId,
    /// Who made it.
    pub creator: PublicUser,
    /// When it was made.
    pub created_at: TimestampMs,
    /// When it stops working; `null` is never.
    #[schema(required)]
    pub expires_at: Option<TimestampMs>,
    /// How many have joined by it.
    pub uses: i64,
    /// How many can; `null` is any number.
    #[schema(required)]
    pub uses_max: Option<i64>,
    /// Whether someone without an account can make one with it, as things stand now.
    pub opens_hub: bool,
}

/// A server as the holder of an invite sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitedServer {
    /// The server.
    pub id: ServerId,
    /// Its name.
    pub name: String,
    /// Key of its picture, if there is one.
    #[schema(required)]
    pub icon: Option<String>,
    /// How many members it has.
    pub member_count: i64,
}

/// What an invite shows before one joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitePreview {
    /// The code.
    pub code: String,
    /// Where it leads.
    pub server: InvitedServer,
    /// Who made it.
    pub inviter: PublicUser,
    /// When it stops working; `null` is never.
    #[schema(required)]
    pub expires_at: Option<TimestampMs>,
    /// Whether someone without an account can make one with it, as things stand now.
    pub opens_hub: bool,
}

request! {
    /// Makes an invite.
    pub struct CreateInvite {
        /// Seconds that it lives; `null` is for ever, absent is seven days.
        #[schema(value_type = Option<u32>, minimum = 60, maximum = 2_592_000)]
        pub expires_in_s: Patch<u32>,
        /// How many can join by it; `null` or absent is any number.
        #[schema(minimum = 1, maximum = 1000)]
        pub uses_max: Option<u32>,
        /// Whether the newest own invite that was made with the same terms does, if it is not used up and
        /// works for another hour and half of its lifetime; `null` or absent is no: another one is made.
        pub reuse: Option<bool>,
    }
    check |this| {
        let mut faults: Vec<FieldError> = Vec::new();
        if let Patch::Set(seconds) = this.expires_in_s {
            let (min, max) = (limits::INVITE_EXPIRES_IN_S_MIN, limits::INVITE_EXPIRES_IN_S_MAX);
            faults.extend(outside("expires_in_s", seconds, min, max));
        }
        if let Some(uses) = this.uses_max {
            faults.extend(outside("uses_max", uses, 1, limits::INVITE_USES_MAX));
        }
        faults
    }
}

fn outside(field: &str, value: u32, min: u32, max: u32) -> Option<FieldError> {
    if value < min {
        Some(
            Fault::limit(
                FieldCode::TooSmall,
                format!("must be at least {min}"),
                min.into(),
            )
            .of(field),
        )
    } else if value > max {
        Some(
            Fault::limit(
                FieldCode::TooLarge,
                format!("must be at most {max}"),
                max.into(),
            )
            .of(field),
        )
    } else {
        None
    }
}

impl CreateInvite {
    /// Seconds that the invite lives; `None` is for ever.
    pub fn lifetime_s(&self) -> Option<u32> {
        match self.expires_in_s {
            Patch::Keep => Some(limits::INVITE_EXPIRES_IN_S_DEFAULT),
            Patch::Clear => None,
            Patch::Set(seconds) => Some(seconds),
        }
    }
}
