//! The account that registration, setup or the operator makes.

use battala_proto::text::{DisplayName, Email, Username};
use battala_proto::users::{Me, UserKind};
use battala_store::tables::{credentials, users};

use super::row::me_of;
use crate::access::Action;
use crate::error::{Error, Result};
use crate::work::Work;

/// An account to make.
pub(crate) struct NewAccount {
    pub(crate) username: Username,
    pub(crate) display_name: Option<DisplayName>,
    pub(crate) email: Option<Email>,
    /// The hash of its password.
    pub(crate) secret: String,
    pub(crate) is_admin: bool,
}

/// Adds the account. Names are public, so that a taken one is named; whether somebody has an address
/// is not for strangers, so that it is refused without saying which of the two it was.
pub(crate) async fn insert_account<A: Action>(
    work: &mut Work<'_, A>,
    account: NewAccount,
) -> Result<Me> {
    let email = account.email.map(Email::into_string);
    let username = account.username.into_string();
    refuse_occupied(work, &username, email.as_deref()).await?;
    let row = users::UserRow {
        id: work.make_id()?,
        display_name: account
            .display_name
            .map_or_else(|| username.clone(), DisplayName::into_string),
        username,
        email,
        avatar: None,
        kind: UserKind::Human.to_raw(),
        is_admin: account.is_admin,
        can_invite: false,
        rev: 1,
        created_at: work.now(),
    };
    // Two registrations at the same moment: the second finds here what the first has taken.
    if !users::insert(work.tx(), &row).await? {
        refuse_occupied(work, &row.username, row.email.as_deref()).await?;
        return Err(Error::Unavailable);
    }
    let now = work.now();
    credentials::set_password(work.tx(), row.id, &account.secret, now).await?;
    Ok(me_of(row))
}

async fn refuse_occupied<A: Action>(
    work: &mut Work<'_, A>,
    username: &str,
    email: Option<&str>,
) -> Result<()> {
    let occupied = users::occupied(work.tx(), username, email, None).await?;
    if occupied.username {
        return Err(Error::Taken("username"));
    }
    if occupied.email {
        return Err(Error::TakenTogether);
    }
    Ok(())
}
