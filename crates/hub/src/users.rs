//! Accounts: the own profile and password, public profiles, and what an administrator does.

pub(crate) mod names;
pub(crate) mod new;
pub(crate) mod row;

use std::sync::Arc;

use battala_proto::Event;
use battala_proto::auth::ResetPassword;
use battala_proto::error::FieldCode;
use battala_proto::events::{EndReason, MeUpdated, UserUpdated};
use battala_proto::fields::{Patch, page_rows};
use battala_proto::id::UserId;
use battala_proto::text::{DisplayName, Email, Password, SearchText};
use battala_proto::users::{
    ChangePassword, CreatePasswordReset, Me, PasswordResetLink, PublicUser, UpdateMe, UserQuery,
};
use battala_store::tables::{credentials, members, users};
use battala_store::{Constraint, DbError};

use crate::access::{self, Action, Can, HashesPassword};
use crate::auth::confirm::{Confirmation, Confirmed, confirm_password, hold, replace_password};
use crate::bus::{Audience, Notice};
use crate::credentials::devices::Credential;
use crate::credentials::passwords::{self, is_too_common};
use crate::credentials::tokens::hash_of_link;
use crate::error::{Error, Result};
use crate::limits::Bucket;
use crate::sessions::Client;
use crate::work::{Entry, Work};
use crate::{Hub, sessions};

use self::names::refuse_names_of_the_hub;
use self::row::me_of;

/// How long a one-time link to a new password works.
const RESET_LINK_MS: i64 = 24 * 60 * 60 * 1000;

/// The public profile of an account.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(hub: &Hub, can: Can<access::ReadUser>, id: UserId) -> Result<PublicUser> {
    let mut reader = hub.read(&can).await?;
    let row = users::get(&mut reader, id).await?.ok_or(Error::NotFound)?;
    Ok(me_of(row).public())
}

/// The own account.
///
/// # Errors
/// [`Error::Unauthenticated`] is impossible here, but the type cannot say so.
pub fn me(can: &Can<access::ReadMe>) -> Result<Me> {
    Ok((**can.me()?).clone())
}

/// Changes the own profile. A new address needs the password. What is so already is told to nobody:
/// many would hear of it.
///
/// # Errors
/// [`Error::Taken`] for an address that another account has, [`Error::InvalidInput`] for the password,
/// [`Error::ChangedTooOften`] for the display name.
pub async fn update(
    hub: &Hub,
    can: Can<access::UpdateMe>,
    request: UpdateMe,
    client: Client,
) -> Result<Me> {
    let before = Arc::clone(can.me()?);
    let email = request
        .email
        .into_change()
        .map(|email| email.map(Email::into_string));
    let email = email.filter(|email| *email != before.email);
    let display_name = request.display_name.map(DisplayName::into_string);
    let other_name = display_name.as_deref();
    let other_name = other_name.filter(|name| *name != before.display_name);
    if !before.is_admin {
        refuse_names_of_the_hub(&[("display_name", other_name)])?;
    }
    let mut confirmed = None;
    if email.is_some() {
        let missing = "is needed to change the address";
        let password = request.current_password;
        confirmed = Some(confirm(hub, &can, (password, missing), &client).await?);
    }
    hub.write(can, move |work| {
        Box::pin(async move {
            if let Some(confirmed) = &confirmed {
                hold(work, confirmed).await?;
                // Links of before may lie where the old address leads.
                credentials::remove_resets(work.tx(), before.id).await?;
            }
            let changes = users::Changes {
                display_name: display_name.as_deref(),
                email: match &email {
                    None => Patch::Keep,
                    Some(None) => Patch::Clear,
                    Some(Some(email)) => Patch::Set(email.as_str()),
                },
            };
            let (row, has_changed) = change(work, before.id, changes).await?;
            let me = me_of(row);
            if !has_changed {
                return Ok(me);
            }
            let servers = members::server_ids(work.tx(), me.id).await?;
            work.emit(
                Audience::Servers(servers),
                Event::UserUpdated(UserUpdated { user: me.public() }),
            );
            work.emit(
                Audience::User(me.id),
                Event::MeUpdated(MeUpdated { me: me.clone() }),
            );
            work.notify(Notice::UserChanged(Arc::new(me.clone())));
            Ok(me)
        })
    })
    .await
}

/// Checks the password that a change may need, and says why where it is missing.
async fn confirm<A: HashesPassword>(
    hub: &Hub,
    can: &Can<A>,
    (password, missing): (Option<Password>, &'static str),
    client: &Client,
) -> Result<Confirmed> {
    let password = password.ok_or_else(|| Error::Mismatch {
        field: "current_password".into(),
        code: FieldCode::Required,
        message: missing,
    })?;
    let confirmation = Confirmation {
        password: password.as_str(),
        field: "current_password",
        client,
    };
    confirm_password(hub, can, confirmation).await
}

/// Changes an account in the transaction of the cause; the row, and whether it was otherwise before.
async fn change<A: Action>(
    work: &mut Work<'_, A>,
    id: UserId,
    changes: users::Changes<'_>,
) -> Result<(users::UserRow, bool)> {
    let row = users::get(work.tx(), id).await?.ok_or(Error::NotFound)?;
    if changes.change_nothing_of(&row) {
        return Ok((row, false));
    }
    if let Patch::Set(email) = changes.email {
        let occupied = users::occupied(work.tx(), "", Some(email), Some(id));
        if occupied.await?.email {
            return Err(Error::Taken("email"));
        }
    }
    // Last, so that what is refused for something else takes none.
    let name = changes.display_name;
    if name.is_some_and(|name| name != row.display_name) {
        work.charge_name(Bucket::DisplayName, "display_name")?;
    }
    let row = users::update(work.tx(), id, changes).await;
    // Another account may have set the address since, where engines write side by side.
    let row = row.map_err(|error| match error {
        DbError::Conflict(Constraint::Unique) => Error::Taken("email"),
        other => other.into(),
    })?;
    Ok((row.ok_or(Error::NotFound)?, true))
}

/// Changes the own password and ends every other session.
///
/// # Errors
/// [`Error::InvalidInput`] on the field that is wrong.
pub async fn change_password(
    hub: &Hub,
    can: Can<access::ChangePassword>,
    request: ChangePassword,
    client: Client,
) -> Result<()> {
    let me = Arc::clone(can.me()?);
    refuse_common(request.new_password.as_str(), &me, "new_password")?;
    // Seen before any hash, and told whether or not the current one is right: it tells nothing.
    if passwords::is_same(
        request.current_password.as_str(),
        request.new_password.as_str(),
    ) {
        return Err(Error::field(
            "new_password",
            FieldCode::Unchanged,
            "is the same as the current password",
        ));
    }
    let confirmation = Confirmation {
        password: request.current_password.as_str(),
        field: "current_password",
        client: &client,
    };
    let confirmed = confirm_password(hub, &can, confirmation).await?;
    let secret = hub
        .passwords(&can)
        .hash(client.caller_as(me.id), request.new_password.as_str())
        .await?;
    let current = can.session_id()?;
    hub.write_rights(can, move |work| {
        Box::pin(async move {
            replace_password(work, &confirmed, &secret).await?;
            work.audit(Entry::on_hub(Some(me.id.raw()))).await?;
            sessions::revoke_sessions(work, me.id, Some(current), EndReason::PasswordChanged).await
        })
    })
    .await
}

fn refuse_common(password: &str, me: &Me, field: &str) -> Result<()> {
    if is_too_common(
        password,
        &[&me.username, me.email.as_deref().unwrap_or_default()],
    ) {
        return Err(Error::field(
            field,
            FieldCode::TooCommon,
            "is among the first that anyone would guess",
        ));
    }
    Ok(())
}

/// Accounts of the hub in order of ids.
///
/// # Errors
/// [`Error::InvalidInput`] for the page size.
pub async fn list(hub: &Hub, can: Can<access::ListUsers>, query: UserQuery) -> Result<Vec<Me>> {
    let limit = page_rows(query.limit).map_err(|fault| vec![fault])?;
    let after = query.after.map_or(0, UserId::raw);
    let prefix = query.query.map(SearchText::into_string).unwrap_or_default();
    let mut reader = hub.read(&can).await?;
    let rows = users::list(&mut reader, &prefix, after, limit).await?;
    Ok(rows.into_iter().map(me_of).collect())
}

/// Makes a one-time link with which someone sets a new password. Earlier links stop working. With a
/// session alone nobody takes over what administers the hub: there is none for oneself, and one for
/// another administrator needs the password.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account, [`Error::Conflict`] for the own one,
/// [`Error::Mismatch`] for the password.
pub async fn create_password_reset(
    hub: &Hub,
    can: Can<access::CreatePasswordReset>,
    user_id: UserId,
    request: CreatePasswordReset,
    client: &Client,
) -> Result<PasswordResetLink> {
    // At the machine itself it is no account that acts.
    let account = can.actor().me().map(|me| me.id);
    if account == Some(user_id) {
        return Err(Error::Conflict(
            "change your own password in your settings, or run `battala admin reset-password` on \
             the machine",
        ));
    }
    let mut reader = hub.read(&can).await?;
    let user = users::get(&mut reader, user_id).await?;
    drop(reader);
    let mut confirmed = None;
    if account.is_some() && user.ok_or(Error::NotFound)?.is_admin {
        let missing = "is needed to reset the password of an administrator";
        let password = request.current_password;
        confirmed = Some(confirm(hub, &can, (password, missing), client).await?);
    }
    let token = hub.random().token();
    let (hash, expires_at) = (hash_of_link(&token), hub.now() + RESET_LINK_MS);
    hub.write(can, move |work| {
        Box::pin(async move {
            if let Some(confirmed) = &confirmed {
                hold(work, confirmed).await?;
            }
            let now = work.now();
            let user = users::get(work.tx(), user_id)
                .await?
                .ok_or(Error::NotFound)?;
            credentials::insert_reset(work.tx(), &hash, user_id, expires_at, now).await?;
            // At the machine itself the operator acts in the name of the account.
            let actor = work.can().user_id().unwrap_or(user.id);
            work.audit_as(actor, Entry::on_hub(Some(user_id.raw())))
                .await
        })
    })
    .await?;
    Ok(PasswordResetLink {
        url: format!("{}/reset#token={token}", hub.config().public_url),
        expires_at,
    })
}

/// The account of this name, for the operator's commands.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(hub: &Hub, can: &Can<access::ListUsers>, username: &str) -> Result<Me> {
    let mut reader = hub.read(can).await?;
    let row = users::by_username(&mut reader, username)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(me_of(row))
}

/// Sets a new password with the secret of a one-time link, and ends every session of the account.
/// Gives what the device keeps, so that the sign-in that follows is not held up by strangers.
///
/// # Errors
/// [`Error::NotFound`] when the link does not work (any more).
pub async fn reset_password(
    hub: &Hub,
    can: Can<access::ResetPassword>,
    request: ResetPassword,
    client: &Client,
) -> Result<String> {
    if is_too_common(request.password.as_str(), &[]) {
        return Err(Error::field(
            "password",
            FieldCode::TooCommon,
            "is among the first that anyone would guess",
        ));
    }
    let hash = hash_of_link(request.token.as_str());
    // Before the costly hash, and once more where it counts.
    let mut reader = hub.read(&can).await?;
    let user_id = credentials::find_reset(&mut reader, &hash, hub.now())
        .await?
        .ok_or(Error::NotFound)?;
    drop(reader);
    let secret = hub
        .passwords(&can)
        .hash(client.caller(), request.password.as_str())
        .await?;
    let known = secret.clone();
    let written = hub.write(can, move |work| {
        Box::pin(async move {
            let now = work.now();
            work.tx().lock_account_exclusive(user_id).await?;
            credentials::lock_password(work.tx(), user_id).await?;
            let user_id = credentials::take_reset(work.tx(), &hash, now)
                .await?
                .ok_or(Error::NotFound)?;
            credentials::set_password(work.tx(), user_id, &secret, now).await?;
            work.audit_as(user_id, Entry::on_hub(Some(user_id.raw())))
                .await?;
            sessions::revoke_sessions(work, user_id, None, EndReason::PasswordChanged).await?;
            if let Some(user) = users::get(work.tx(), user_id).await? {
                work.forget_guesses(&user);
            }
            Ok(())
        })
    });
    written.await?;
    let holder = Credential {
        user_id,
        secret: &known,
    };
    Ok(sessions::device_of(hub, client, holder))
}

#[cfg(test)]
mod tests;
