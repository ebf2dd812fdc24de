//! An account as its row has it.

use battala_proto::users::{Me, PublicUser, UserKind};
use battala_store::tables::users;

pub(crate) fn me_of(row: users::UserRow) -> Me {
    Me {
        id: row.id,
        username: row.username,
        display_name: row.display_name,
        avatar: row.avatar,
        kind: UserKind::from_raw(row.kind),
        email: row.email,
        is_admin: row.is_admin,
        can_invite: row.can_invite,
        created_at: row.created_at,
        rev: row.rev,
    }
}

/// What others see of it.
pub(crate) fn public_of(row: users::UserBrief) -> PublicUser {
    PublicUser {
        id: row.id,
        username: row.username,
        display_name: row.display_name,
        avatar: row.avatar,
        kind: UserKind::from_raw(row.kind),
    }
}
