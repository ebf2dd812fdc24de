//! Registration and sign-in.

pub(crate) mod confirm;

use battala_proto::auth::{Login, Register};
use battala_proto::error::FieldCode;
use battala_proto::id::{ServerId, UserId};
use battala_proto::text::{DisplayName, Email, InviteCode};
use battala_proto::users::Me;
use battala_store::tables::{credentials, hub as hub_table, users};

use crate::access::{self, Can};
use crate::credentials::devices::Credential;
use crate::credentials::guesses::{Guesser, Stranger};
use crate::credentials::passwords::{Verdict, is_too_common};
use crate::error::{Error, Result};
use crate::sessions::{Client, SignedIn, open_session, sign_in};
use crate::users::names::refuse_names_of_the_hub;
use crate::users::new::{NewAccount, insert_account};
use crate::users::row::me_of;
use crate::work::Entry;
use crate::{Hub, invites, settings};

use self::confirm::compare;

/// Makes an account and signs it in. With an invite it is a member of that server from the start:
/// use, account and membership are one transaction. The server is told beside the session.
///
/// # Errors
/// [`Error::RegistrationClosed`] or [`Error::InviteInsufficient`] without an invite that opens the
/// hub where one is needed, [`Error::Taken`] for the name, [`Error::TakenTogether`] for the address,
/// [`Error::InvalidInput`] for an invite that does not work, for a password that everyone tries
/// first and for a name that speaks for the hub.
pub async fn register(
    hub: &Hub,
    can: Can<access::Register>,
    request: Register,
    client: Client,
) -> Result<(SignedIn, Option<ServerId>)> {
    hub.settings().require_setup()?;
    refuse_names_of_the_hub(&[
        ("username", Some(request.username.as_str())),
        (
            "display_name",
            request.display_name.as_ref().map(DisplayName::as_str),
        ),
    ])?;
    check_new(&request)?;
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
        secret: hub
            .passwords(&can)
            .hash(client.caller(), request.password.as_str())
            .await?,
        is_admin: false,
    };
    let (session, joined) = hub
        .write(can, move |work| {
            Box::pin(async move {
                let admission = invites::admit(work, code.as_deref()).await?;
                let secret = account.secret.clone();
                let me = insert_account(work, account).await?;
                if let Some(admission) = admission {
                    invites::welcome(work, admission, me.id).await?;
                }
                let session = open_session(work, me, &secret, &client).await?;
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
    check_new(&request)?;
    let account = NewAccount {
        username: request.username,
        display_name: request.display_name,
        email: request.email,
        secret: hub
            .passwords(&can)
            .hash(Client::default().caller(), request.password.as_str())
            .await?,
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

/// What can be refused of a new account before the database is asked.
///
/// # Errors
/// [`Error::InvalidInput`] for a password that anyone would guess.
pub fn check_new(request: &Register) -> Result<()> {
    let email = request.email.as_ref().map(Email::as_str);
    let own_words = [request.username.as_str(), email.unwrap_or_default()];
    if is_too_common(request.password.as_str(), &own_words) {
        return Err(Error::field(
            "password",
            FieldCode::TooCommon,
            "is among the first that anyone would guess",
        ));
    }
    Ok(())
}

/// Signs in by name or address. An unknown account costs what a known one does, and is counted alike.
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
    let (login, password) = (request.login.as_str(), request.password.as_str());
    let (user, stored) = find_account(hub, &can, login).await?;
    let holder = match (&user, &stored) {
        (Some(user), Some(secret)) => Some(Credential {
            user_id: user.id,
            secret,
        }),
        _ => None,
    };
    let guesser = guesser_of(hub, holder, login, &client);
    let whom = client.caller();
    let guess = hub.guesses().begin(guesser)?;
    let verdict = compare(hub, &can, &guess, (whom, password), stored.as_deref()).await?;
    let (Some(user), Some(stored)) = (user, stored) else {
        return Err(Error::InvalidCredentials);
    };
    let replaced = match verdict {
        Verdict::Wrong => return Err(Error::InvalidCredentials),
        Verdict::RightButOutdated => Some(hub.passwords(&can).hash(whom, password).await?),
        Verdict::Right => None,
    };
    let session = hub
        .write(can, move |work| {
            Box::pin(async move {
                let now = work.now();
                // The password may have been changed while it was being compared: then no session
                // may begin that the change did not end.
                let (tx, id) = (work.tx(), user.id);
                tx.lock_account_exclusive(id).await?;
                let is_held = match &replaced {
                    Some(secret) => {
                        credentials::swap_password(tx, id, &stored, secret, now).await?
                    }
                    None => credentials::hold_password(tx, id, &stored).await?,
                };
                if !is_held {
                    return Err(Error::InvalidCredentials);
                }
                let secret = replaced.as_deref().unwrap_or(&stored);
                open_session(work, me_of(user), secret, &client).await
            })
        })
        .await?;
    sign_in(hub, session)
}

/// The account and its secret. As many statements for a name that nobody has.
async fn find_account(
    hub: &Hub,
    can: &Can<access::Login>,
    login: &str,
) -> Result<(Option<users::UserRow>, Option<String>)> {
    let mut reader = hub.read(can).await?;
    // An address is looked up as an address only, and a name as a name only.
    let user = if login.contains('@') {
        users::by_email(&mut reader, login).await?
    } else {
        users::by_username(&mut reader, login).await?
    };
    let id = user.as_ref().map_or(NOBODY, |user| user.id);
    let secret = credentials::password(&mut reader, id).await?;
    Ok((user, secret))
}

/// A device that the account knows is not held up by strangers who guess.
fn guesser_of<'a>(
    hub: &Hub,
    holder: Option<Credential<'_>>,
    login: &'a str,
    client: &'a Client,
) -> Guesser<'a> {
    let stranger = Stranger {
        login,
        address: client.address,
    };
    let known = holder.and_then(|holder| {
        Some(Guesser::Device {
            id: hub.devices().known(client.device.as_deref(), holder)?,
            user_id: holder.user_id,
            otherwise: stranger,
        })
    });
    known.unwrap_or(Guesser::Stranger(stranger))
}

/// No account has this id.
const NOBODY: UserId = UserId::from_raw(0);
