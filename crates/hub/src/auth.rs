//! Registration and sign-in.

use battala_proto::auth::{Login, Register};
use battala_proto::error::FieldCode;
use battala_proto::id::{ServerId, UserId};
use battala_proto::text::{DisplayName, Email, InviteCode, Username};
use battala_proto::users::{Me, UserKind};
use battala_store::tables::{credentials, hub as hub_table, users};

use crate::access::{self, Action, Can};
use crate::error::{Error, Result};
use crate::passwords::{Verdict, is_too_common};
use crate::sessions::{Client, SignedIn, open_session, sign_in};
use crate::work::{Entry, Work};
use crate::{Hub, invites, settings, users::me_of};

/// Failed guesses that cost nothing.
const FREE_GUESSES: i64 = 5;
/// The delay after the first guess that costs; it doubles with every further one.
const GUESS_DELAY_MS: i64 = 1000;
/// The delay grows no further than this.
const GUESS_DELAY_MS_MAX: i64 = 15 * 60 * 1000;
/// An account to make.
pub(crate) struct NewAccount {
    pub(crate) username: Username,
    pub(crate) display_name: Option<DisplayName>,
    pub(crate) email: Option<Email>,
    /// The hash of its password.
    pub(crate) secret: String,
    pub(crate) is_admin: bool,
}

/// Makes an account and signs it in. With an invite it is a member of that server from the start:
/// use, account and membership are one transaction. The server is told beside the session.
///
/// # Errors
/// [`Error::RegistrationClosed`] or [`Error::InviteInsufficient`] without an invite that opens the
/// hub where one is needed, [`Error::Taken`] with the field, [`Error::InvalidInput`] for an invite
/// that does not work and for a password that everyone tries first.
pub async fn register(
    hub: &Hub,
    can: Can<access::Register>,
    request: Register,
    client: Client,
) -> Result<(SignedIn, Option<ServerId>)> {
    hub.settings().require_setup()?;
    check_password(
        request.password.as_str(),
        &request.username,
        request.email.as_ref(),
    )?;
    let code = request.invite.map(InviteCode::into_string);
    {
        // Before the costly hash, and only to spare it: the transaction decides.
        let mut reader = hub.read(&can).await?;
        invites::admitting(&mut reader, code.as_deref(), hub.now()).await?;
    }
    let account = NewAccount {
        username: request.username,
        display_name: request.display_name,
        email: request.email,
        secret: hub.passwords().hash(request.password.as_str()).await?,
        is_admin: false,
    };
    let (session, joined) = hub
        .write(can, move |work| {
            Box::pin(async move {
                let admission = invites::admit(work, code.as_deref()).await?;
                let me = insert_account(work, account).await?;
                if let Some(admission) = admission {
                    invites::welcome(work, admission, me.id).await?;
                }
                let session = open_session(work, me, &client).await?;
                Ok((session, admission.map(|admission| admission.server_id)))
            })
        })
        .await?;
    Ok((sign_in(hub, session)?, joined))
}

/// Makes an account with administration rights, at the machine itself. Ends the setup.
///
/// # Errors
/// As [`register`].
pub async fn create_admin(hub: &Hub, can: Can<access::SetupHub>, request: Register) -> Result<Me> {
    check_password(
        request.password.as_str(),
        &request.username,
        request.email.as_ref(),
    )?;
    let account = NewAccount {
        username: request.username,
        display_name: request.display_name,
        email: request.email,
        secret: hub.passwords().hash(request.password.as_str()).await?,
        is_admin: true,
    };
    let (token, info) = (hub.settings().setup_token(), hub.settings().info());
    hub.write(can, move |work| {
        Box::pin(async move {
            let me = insert_account(work, account).await?;
            if let Some(token) = token {
                let registration = info.registration.as_str();
                hub_table::complete_setup(work.tx(), &token, &info.name, registration).await?;
            }
            work.audit_as(me.id, Entry::on_hub(Some(me.id.raw())))
                .await?;
            settings::replace_with_commit(work).await?;
            Ok(me)
        })
    })
    .await
}

fn check_password(password: &str, username: &Username, email: Option<&Email>) -> Result<()> {
    let email = email.map(Email::as_str).unwrap_or_default();
    if is_too_common(password, &[username.as_str(), email]) {
        return Err(Error::field(
            "password",
            FieldCode::TooCommon,
            "is among the first that anyone would guess",
        ));
    }
    Ok(())
}

/// Adds the account; the fields that are taken are told apart before, inside the same transaction.
pub(crate) async fn insert_account<A: Action>(
    work: &mut Work<'_, A>,
    account: NewAccount,
) -> Result<Me> {
    let email = account.email.map(Email::into_string);
    let occupied =
        users::occupied(work.tx(), account.username.as_str(), email.as_deref(), None).await?;
    if occupied.username {
        return Err(Error::Taken("username"));
    }
    if occupied.email {
        return Err(Error::Taken("email"));
    }
    let username = account.username.into_string();
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
    // Two registrations of one name at the same moment: the second finds the first here.
    if !users::insert(work.tx(), &row).await? {
        return Err(Error::Taken("username"));
    }
    let now = work.now();
    credentials::set_password(work.tx(), row.id, &account.secret, now).await?;
    Ok(me_of(row))
}

/// Signs in by name or address. An unknown account costs the same time as a wrong password.
///
/// # Errors
/// [`Error::InvalidCredentials`], or [`Error::RateLimited`] after too many wrong guesses.
pub async fn login(
    hub: &Hub,
    can: Can<access::Login>,
    request: Login,
    client: Client,
) -> Result<SignedIn> {
    hub.settings().require_setup()?;
    let user = find_account(hub, &can, request.login.as_str()).await?;
    let user_id = user.as_ref().map(|user| user.id);
    let stored = match user_id {
        None => None,
        Some(user_id) => Some(count_guess(hub, can.clone(), user_id).await?),
    };
    let verdict = hub
        .passwords()
        .verify(request.password.as_str(), stored.as_deref())
        .await?;
    let user = match (verdict, user) {
        (Verdict::Wrong, _) | (_, None) => return Err(Error::InvalidCredentials),
        (Verdict::Right | Verdict::RightButOutdated, Some(user)) => user,
    };
    let replaced = match verdict {
        Verdict::RightButOutdated => Some(hub.passwords().hash(request.password.as_str()).await?),
        Verdict::Right | Verdict::Wrong => None,
    };
    let session = hub
        .write(can, move |work| {
            Box::pin(async move {
                let now = work.now();
                // The password may have been changed while it was being compared.
                let current = credentials::password(work.tx(), user.id).await?;
                if current.map(|row| row.secret) != stored {
                    return Err(Error::InvalidCredentials);
                }
                match replaced {
                    Some(secret) => {
                        credentials::set_password(work.tx(), user.id, &secret, now).await?;
                    }
                    None => credentials::clear_guesses(work.tx(), user.id).await?,
                }
                open_session(work, me_of(user), &client).await
            })
        })
        .await?;
    sign_in(hub, session)
}

async fn find_account(
    hub: &Hub,
    can: &Can<access::Login>,
    login: &str,
) -> Result<Option<users::UserRow>> {
    let mut reader = hub.read(can).await?;
    // An address is looked up as an address only, and a name as a name only.
    let user = if login.contains('@') {
        users::by_email(&mut reader, login).await?
    } else {
        users::by_username(&mut reader, login).await?
    };
    Ok(user)
}

/// Counts the guess before it is made, so that parallel guesses all count, and returns the hash to
/// compare with.
async fn count_guess<A: Action>(hub: &Hub, can: Can<A>, user_id: UserId) -> Result<String> {
    hub.write(can, move |work| {
        Box::pin(async move { count(work, user_id).await })
    })
    .await
}

async fn count<A: Action>(work: &mut Work<'_, A>, user_id: UserId) -> Result<String> {
    let now = work.now();
    let latest = now + GUESS_DELAY_MS_MAX;
    let Some(guess) = credentials::count_guess(work.tx(), user_id, now, latest).await? else {
        // Refused, or there is no password at all: the delay tells them apart.
        let row = credentials::password(work.tx(), user_id).await?;
        let retry_at = row.ok_or(Error::InvalidCredentials)?.retry_at;
        let retry_after_ms = (retry_at - now).max(0).unsigned_abs();
        return Err(Error::RateLimited { retry_after_ms });
    };
    if guess.failures > FREE_GUESSES {
        let delay = delay_after(guess.failures - FREE_GUESSES);
        credentials::delay_guesses(work.tx(), user_id, now + delay).await?;
    }
    Ok(guess.secret)
}

/// The delay after this many guesses that cost: a second, doubled each time, up to the limit.
fn delay_after(costly: i64) -> i64 {
    let doublings = u32::try_from(costly - 1).unwrap_or(u32::MAX).min(20);
    (GUESS_DELAY_MS << doublings).min(GUESS_DELAY_MS_MAX)
}

/// Checks the password of an account that is signed in; wrong guesses count as at sign-in.
///
/// # Errors
/// [`Error::InvalidInput`] on `field` when it is wrong.
pub(crate) async fn confirm_password<A: Action>(
    hub: &Hub,
    can: &Can<A>,
    password: &str,
    field: &str,
) -> Result<()> {
    let stored = count_guess(hub, can.clone(), can.user_id()?).await?;
    if hub.passwords().verify(password, Some(&stored)).await? == Verdict::Wrong {
        return Err(Error::field(
            field,
            FieldCode::Wrong,
            "is not your password",
        ));
    }
    let user_id = can.user_id()?;
    hub.write(can.clone(), move |work| {
        Box::pin(async move { Ok(credentials::clear_guesses(work.tx(), user_id).await?) })
    })
    .await
}
