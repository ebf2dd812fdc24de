//! A password that is compared: at a sign-in, and once more of who is signed in. Knows no sign-in.

use battala_proto::error::FieldCode;
use battala_store::tables::{credentials, sessions};

use crate::Hub;
use crate::access::{Action, Can, HashesPassword};
use crate::credentials::guesses::{Guess, Guesser};
use crate::credentials::passwords::Verdict;
use crate::error::{Error, Result};
use crate::limits::shares::Caller;
use crate::limits::{Bucket, Subject};
use crate::sessions::Client;
use crate::work::Work;

/// Makes the guess, which has been counted, of whoever waits for the hash; keeps the count true.
pub(super) async fn compare<A: HashesPassword>(
    hub: &Hub,
    can: &Can<A>,
    guess: &Guess,
    (whom, password): (Caller, &str),
    stored: Option<&str>,
) -> Result<Verdict> {
    let verdict = hub.passwords(can).verify(whom, password, stored).await;
    match verdict {
        Ok(Verdict::Right | Verdict::RightButOutdated) => hub.guesses().right(guess),
        Ok(Verdict::Wrong) => {}
        Err(_) => hub.guesses().unmade(guess),
    }
    verdict
}

/// A password that someone who is signed in gives once more.
pub(crate) struct Confirmation<'a> {
    pub(crate) password: &'a str,
    /// The field that it came in.
    pub(crate) field: &'static str,
    /// Where it came from.
    pub(crate) client: &'a Client,
}

impl Confirmation<'_> {
    fn wrong(field: &'static str) -> Error {
        Error::Mismatch {
            field: field.into(),
            code: FieldCode::Wrong,
            message: "is not your password",
        }
    }
}

/// A secret that was compared with the password; for [`hold`] or a change in the transaction.
pub(crate) struct Confirmed {
    pub(crate) secret: String,
    field: &'static str,
}

/// Checks the password of an account that is signed in. Wrong guesses count for the session alone:
/// neither those of strangers nor those of a stolen session hold the owner up. The account's own
/// rate counts who knows the password.
///
/// # Errors
/// [`Error::Mismatch`] of the field when it is wrong, [`Error::RateLimited`] when the session or the
/// account asks too often.
pub(crate) async fn confirm_password<A: HashesPassword>(
    hub: &Hub,
    can: &Can<A>,
    confirmation: Confirmation<'_>,
) -> Result<Confirmed> {
    let (user_id, session_id) = (can.user_id()?, can.session_id()?);
    let mut reader = hub.read(can).await?;
    let stored = credentials::password(&mut reader, user_id).await?;
    drop(reader);
    // The delay first: what it refuses takes nothing out of any rate.
    let guess = hub.guesses().begin(Guesser::Session(session_id))?;
    let limits = hub.limits();
    let admitted = limits.check(Bucket::Password, Subject::Session(session_id));
    if let Err(error) = admitted {
        hub.guesses().unmade(&guess);
        return Err(error);
    }
    let Confirmation {
        password,
        field,
        client,
    } = confirmation;
    let whom = client.caller_as(user_id);
    let verdict = compare(hub, can, &guess, (whom, password), stored.as_deref()).await?;
    match (verdict, stored) {
        (Verdict::Wrong, _) | (_, None) => Err(Confirmation::wrong(field)),
        (Verdict::Right | Verdict::RightButOutdated, Some(secret)) => {
            limits.check(Bucket::Password, Subject::User(user_id))?;
            Ok(Confirmed { secret, field })
        }
    }
}

/// Makes sure inside the transaction that what was confirmed before it still holds: the password is
/// the one that was compared, and the session lives. A change that was under way while the owner
/// changed the password or ended the session comes to nothing.
///
/// # Errors
/// [`Error::SessionEnded`], or [`Error::Mismatch`] as [`confirm_password`].
pub(crate) async fn hold<A: Action>(work: &mut Work<'_, A>, confirmed: &Confirmed) -> Result<()> {
    let user_id = work.can().user_id()?;
    let is_held = credentials::hold_password(work.tx(), user_id, &confirmed.secret).await?;
    require_session(work).await?;
    if is_held {
        Ok(())
    } else {
        Err(Confirmation::wrong(confirmed.field))
    }
}

/// Puts a new secret in the place of the confirmed one; otherwise as [`hold`].
///
/// # Errors
/// As [`hold`].
pub(crate) async fn replace_password<A: Action>(
    work: &mut Work<'_, A>,
    confirmed: &Confirmed,
    secret: &str,
) -> Result<()> {
    let (user_id, now) = (work.can().user_id()?, work.now());
    // The password before the session, everywhere: two that lock both never wait for each other.
    let is_swapped =
        credentials::swap_password(work.tx(), user_id, &confirmed.secret, secret, now).await?;
    require_session(work).await?;
    if !is_swapped {
        return Err(Confirmation::wrong(confirmed.field));
    }
    Ok(credentials::remove_resets(work.tx(), user_id).await?)
}

async fn require_session<A: Action>(work: &mut Work<'_, A>) -> Result<()> {
    let (user_id, session_id) = (work.can().user_id()?, work.can().session_id()?);
    let now = work.now();
    if sessions::hold(work.tx(), session_id, user_id, now).await? {
        Ok(())
    } else {
        Err(Error::SessionEnded)
    }
}
